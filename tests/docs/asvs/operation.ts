import { met, notYet, partly, type NamedTest, type Requirement } from "./requirement.ts";

const connections: NamedTest = [
  "tests/docs/connections",
  "docs/reference/connections.md has every file that opens a connection, and no other",
];
const nothingElse: NamedTest = [
  "tests/http/nothing-else",
  "a server serves no file and lists no folder, whatever lies beside the back end",
];
const kept: NamedTest = ["tests/attacks/attacks-headers", "44: what was made for somebody is kept by nobody else"];
const links: NamedTest = ["tests/docs/documents", "every link inside the documents leads somewhere"];
const jsonLines: NamedTest = [
  "src/server/observability/logger",
  "JSON lines are one object each, with levels by name, errors serialised and secrets left out",
];
const logsPage: NamedTest = [
  "tests/docs/logs",
  "docs/reference/logs.md has every line that can be logged: node tests/docs/write-pages.ts writes it",
];
const refusals: NamedTest = [
  "src/server/http/refusal-log",
  "who was not let in, not allowed, or asked too often is told with where they came from; other mistakes are not",
];
const internal: NamedTest = [
  "src/server/http/listener",
  "an unknown throw is `internal` without its detail, and logged with its request id",
];
const outgoingOpen =
  "`fetchSafely` and webhooks reach the whole public internet: there is no setting that names what they may reach and nothing else.";

export const configuration: readonly Requirement[] = [
  met(
    "13.1.1",
    "It is written down what the server connects to, and where people choose that.",
    "{docs/reference/connections.md}.",
    connections,
  ),
  met(
    "13.2.3",
    "No password is a default.",
    "There is none: {src/application/auth/first-admin.ts}, {src/application/access/token-secret.ts}.",
    ["tests/cli/user", "the console shows the link that makes the first administrator, until there is one"],
    ["src/application/access/tokens", "is made once, for its owner's eyes alone, however many start at once"],
  ),
  partly(
    "13.2.4",
    "A list says what the server may connect to.",
    ["Nothing of the inside of a network unless it is named, by host and port (`CHASSIS_WEBHOOKS_ALLOW`).", outgoingOpen],
    ["src/application/outgoing/public-address", "what is allowed is exactly a host and a port"],
    connections,
  ),
  partly(
    "13.2.5",
    "The same for what it loads.",
    ["It loads nothing from elsewhere but what {docs/reference/connections.md} says.", outgoingOpen],
    connections,
  ),
  partly(
    "13.3.1",
    "Secrets are made, kept and replaced by something that is for that.",
    [
      "The server makes its own, mode 0600, and `chassis secret rotate` replaces it; others come from the environment or a file.",
      "no vault is asked.",
    ],
    ["src/application/access/tokens", "is refused where others may read it, or where it is damaged"],
    ["tests/cli/secret-rotate", "loses no secret where it is interrupted"],
  ),
  met(
    "13.4.1",
    "Nobody reaches the folder of a version control.",
    "The server serves no files, and the package has none.",
    nothingElse,
    ["tests/repository/package", "the package that is built works where only it and its dependencies are installed"],
  ),
  met(
    "13.4.2",
    "Nothing that is for developing is on where it is not.",
    "`chassis start` has no mailbox and no detail in errors.",
    ["tests/mail/mailbox", "nothing is at that path but for somebody at this machine, in development"],
    internal,
    ["tests/cli/check-deploy", 'finds ${found.length === 0 ? "nothing in" : ""} ${what}, and says why and what to do'],
  ),
  met("13.4.3", "Folders are not listed.", "The server serves no files.", nothingElse),
  met("13.4.4", "TRACE is not there.", "{src/server/http/router.ts}.", [
    "tests/http/nothing-else",
    "TRACE repeats nothing of a request",
  ]),
  met(
    "13.4.5",
    "Documents and what watches the server tell strangers nothing.",
    "Only `/health/live` and `/health/ready` are there, which say that they are well: {src/server/health/health.ts}.",
    nothingElse,
  ),
];

export const dataProtection: readonly Requirement[] = [
  partly(
    "14.2.1",
    "What is sensitive is in the body or a header, and not in an address.",
    [
      "No token or password is read from an address; no log has a query.",
      "filters on fields stand in the query, as PostgREST has them; links in mails have their token, good once, in theirs.",
    ],
    ["tests/cli/log-secrets", "no secret of a request is in the log (${format})"],
  ),
  met("14.2.2", "No cache on the way keeps what is somebody's.", "{docs/reference/headers.md#who-may-keep-an-answer}.", kept, [
    "tests/attacks/attacks-cross-site",
    "44: what is answered about somebody is kept by nobody",
  ]),
  met("14.3.1", "After signing out, the browser has nothing left.", "`Clear-Site-Data`: {src/server/auth/session-routes.ts}.", [
    "tests/auth/auth",
    "signs in by any spelling of the address and out again, which ends it for good",
  ]),
  met("14.3.2", "Browsers keep nothing that is somebody's.", "{docs/reference/headers.md#who-may-keep-an-answer}.", kept, [
    "tests/attacks/attacks-headers",
    "44: those of our own are kept, framed and run by nobody",
  ]),
  met(
    "14.3.3",
    "Nothing sensitive is in the storage of a browser.",
    "Cookies alone, which no script reads: of a session, of what is half done, for minutes, and for an hour at most the address that somebody had a mail sent to: {src/server/auth/page/visit-state.ts}.",
    ["tests/repository/sources", "no page keeps anything in the browser but cookies, nor takes messages of other windows"],
  ),
];

export const codeAndArchitecture: readonly Requirement[] = [
  met("15.1.1", "It is written down how soon what is found in packages is mended.", "{SECURITY.md#updates}.", links),
  met(
    "15.1.2",
    "There is a bill of materials.",
    "`npm run sbom`: {tools/make-sbom.ts}, {tools/check-lockfile.ts}.",
    [
      "tests/repository/supply-chain",
      "the bill of materials has every package of an installation, with version, checksum and licence",
    ],
    [
      "tests/repository/supply-chain",
      "the lock file names a checksum for every package, ties none to an address, and runs no install script unread",
    ],
  ),
  met("15.1.3", "It is written down what is costly, and what bounds it.", "{docs/reference/limits.md}.", [
    "tests/docs/limits",
    "docs/reference/limits.md has every limit of the code with its default, and no other",
  ]),
  notYet("15.2.1", "No package is older than that allows.", "Nothing in CI asks which packages have known flaws, and how long."),
  met(
    "15.2.2",
    "What is costly cannot take the server from others.",
    "{docs/reference/limits.md#how-often}, {docs/reference/limits.md#time}; jobs for what takes long: {docs/learn/jobs.md#work-that-burns-the-processor}.",
    ["tests/attacks/attacks-rates", "is bounded, for functions and for pages, and the others do not notice"],
    [
      "tests/attacks/attacks-waiting",
      "58: by scans in a batch behind a change, which nobody but the writer can see; with a key neither",
    ],
    ["tests/jobs/heavy/heavy", "a job that burns the processor for a second does not keep others from being answered"],
  ),
  met(
    "15.2.3",
    "What is for tests and development is not there.",
    "The package has no tests and examples; `/dev` is of `chassis dev` alone.",
    ["tests/repository/package", "the package that is built works where only it and its dependencies are installed"],
    ["tests/mail/mailbox", "nothing is at that path but for somebody at this machine, in development"],
  ),
  met(
    "15.3.1",
    "Answers have the fields that the caller may see, and no others.",
    "{docs/reference/rules.md#what-hidden-means}.",
    [
      "tests/attacks/attacks-hidden-fields",
      "6: star, CSV and a row's own address leave out what is hidden, and empty what is hidden in some rows",
    ],
    ["tests/attacks/attacks-hidden-fields", "6: what one may write but not read is not answered by the write"],
  ),
  met(
    "15.3.2",
    "Requests that go out follow redirects only where that is meant.",
    "None for webhooks, S3, SNS and breaches; `fetchSafely` checks each step: {docs/reference/fetch-safely.md#options}.",
    ["tests/attacks/attacks-webhooks", "52: a redirect to the inside is not followed"],
    ["src/application/outgoing/redirects", "redirects are followed by the rules, and checked like the first address"],
  ),
  met(
    "15.3.3",
    "Nobody sets a field that they may not.",
    "{docs/reference/rules.md#operations}.",
    ["tests/attacks/attacks-writes", "11: by insert, update, upsert, put, form or CSV"],
    ["tests/attacks/attacks-writes", "11: columns= takes only what it names, and does not open what is closed"],
  ),
  met(
    "15.3.4",
    "Who is asking is known behind proxies too, and cannot be made up.",
    "{docs/learn/behind-a-proxy.md}.",
    ["src/server/clients/read-client", "whatever stands before it changes nothing"],
    ["tests/attacks/attacks-proxies", "24, 32, 40: behind ${proxy}, as documented, it is the proxy who says who is asking"],
  ),
  met(
    "15.3.5",
    "Values have the type that is meant, and are compared strictly.",
    "Parsed at the edge; `eqeqeq` in {oxlint.config.ts}.",
    ["tests/attacks/attacks-input", "15: an object, an array or a number is no text, and no operator"],
    ["tests/attacks/attacks-sign-in", "38: values that are no text, where text is meant, match nothing"],
  ),
  met(
    "15.3.6",
    "No name of JavaScript's objects is a way in.",
    "Maps, and objects without a prototype.",
    ["tests/attacks/attacks-names", "16: ${name}"],
    ["src/server/rest/rest-routes", "keys such as __proto__ are data, in every form of body"],
  ),
  met(
    "15.3.7",
    "What is given twice is not checked as one and used as the other.",
    "{src/server/rest/grammar/parse-parameters.ts}.",
    ["tests/attacks/attacks-addresses", "45: parameters that are no filters are refused when repeated, on every method"],
    ["tests/attacks/attacks-addresses", "45: two tokens, two content types, two lengths or two hosts are nobody's request"],
  ),
];

export const logging: readonly Requirement[] = [
  met(
    "16.1.1",
    "It is written down what is logged, where, for whom and for how long.",
    "{docs/reference/logs.md}, with every line.",
    logsPage,
  ),
  met(
    "16.2.1",
    "A line says when, where, who and what.",
    "{docs/reference/logs.md#a-line}; the audit log has the author and the request: {docs/reference/audit.md}.",
    jsonLines,
    ["tests/auth/who-in-the-log", "the line of each request says who asked and by which session, whatever they asked for"],
    ["tests/cli/audit", "says who did what by which request, beside the running server, and that nothing was changed since"],
  ),
  met("16.2.2", "Times are UTC, and clocks agree.", "ISO 8601 in UTC; a clock that is behind is found.", jsonLines, [
    "tests/cli/check-deploy",
    "finds a clock that is behind",
  ]),
  met(
    "16.2.3",
    "Logs go where the list says, and nowhere else.",
    "Standard output: {docs/reference/logs.md}; `no-console` in {oxlint.config.ts}.",
    logsPage,
    connections,
  ),
  met("16.2.4", "Programs can read them.", "A JSON object a line: {src/server/observability/logger.ts}.", jsonLines),
  met(
    "16.2.5",
    "What is secret is in no log.",
    "{src/server/observability/redact.ts}.",
    ["tests/cli/log-secrets", "no secret of a request is in the log (${format})"],
    ["src/server/observability/redact", "has none inside text, in the forms that are known"],
    ["src/database/audit/audit", "every change of an audited table is written down with who made it, and secrets are not"],
  ),
  met(
    "16.3.1",
    "Each attempt to sign in is logged, with how it went.",
    "Whose it was, from where, by which way, and how it ended: {src/application/auth/auth-log.ts}.",
    ["src/application/auth/auth-log", "an attempt is a line: whose, from where, and how it ended"],
    refusals,
  ),
  partly(
    "16.3.2",
    "What somebody may not do is logged where they try.",
    [
      "401, 403 and 421 are: {docs/reference/logs.md#what-to-watch-for}.",
      "what hides behind 404 is in the lines of `debug` alone, where nothing tells it from a misspelt name.",
    ],
    refusals,
  ),
  partly(
    "16.3.3",
    "So is what goes round other controls.",
    [
      "Who asks too much, comes under another name, or from another site's page.",
      "input that is refused (400) is in the lines of `debug` alone.",
    ],
    refusals,
    ["src/server/http/refusal-log", "of a flood some lines are told, and how many were left out"],
  ),
  met("16.3.4", "So is what breaks.", "With its cause and the request: {src/server/http/access-log.ts}.", internal, [
    "tests/cli/start",
    "lives on when a function's promise is rejected unheard, and logs it",
  ]),
  met("16.4.1", "No value forges a line.", "{src/server/observability/text-logger.ts}.", [
    "src/server/observability/logger",
    "no value and no message forges a line, in either form; what looks like a format is text",
  ]),
  met(
    "16.5.1",
    "Errors tell nothing of the inside.",
    "One table: {docs/reference/errors.md}.",
    internal,
    [
      "tests/attacks/attacks-hidden-rows",
      "17: an error has the five fields of the table and its own message where nothing better is safe",
    ],
    ["tests/docs/errors", "docs/reference/errors.md lists the errors that there are, and no others"],
  ),
  met(
    "16.5.2",
    "Where something else fails, the server goes on.",
    "Mail and webhooks are jobs; backups and breaches are tried and told.",
    ["tests/mail/smtp-delivery", "a server that is not there, that hangs up or that speaks no SMTP is tried again"],
    ["src/database/backup/backup-service", "a destination that does not work is told, and tried again, while nothing else stops"],
    ["src/application/webhooks/sending/sending", "one slow endpoint holds up no other"],
  ),
  met(
    "16.5.3",
    "Where something fails, nothing opens and nothing is half done.",
    "What throws undoes its transaction; a setting or a definition that is wrong stops the start.",
    ["src/application/functions/run-functions", "is one transaction: what it throws undoes all of it"],
    ["tests/cli/start", "refuses settings that are wrong, all at once"],
    [
      "tests/attacks/attacks-sign-in",
      "38: a setting that would let passwords be read on the way, or links go astray, is refused",
    ],
  ),
];
