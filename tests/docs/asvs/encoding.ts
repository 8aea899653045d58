import { met, notYet, ofTheApp, type Requirement } from "./requirement.ts";

const names = "tests/attacks/attacks-names";
const html = "src/server/pages/html";
const mails = "src/application/mail/render-mail";
const functions = "src/application/functions/run-functions";

export const encoding: readonly Requirement[] = [
  met(
    "1.1.1",
    "What comes encoded is decoded once, before anything is checked.",
    "An address has one spelling, and is read once: {src/server/http/target.ts}, {docs/decisions/0021-one-spelling-of-an-address.md}.",
    ["src/server/http/target", "what is read has one spelling, and it reads the same"],
    ["src/server/http/listener", "a subtree gets its segments decoded once"],
    ["tests/attacks/attacks-addresses", "39: an open one answers under its one spelling alone"],
  ),
  met(
    "1.1.2",
    "Escaping is the last thing that happens to what goes out.",
    "Templates that escape each slot where it stands: {src/server/pages/html.ts}; SQL by parameters.",
    [html, "slots are escaped, in elements and in attributes; HTML that was made the same way is not"],
    ["src/database/sql/sql", "pieces keep their parameters in order"],
  ),
  met(
    "1.2.1",
    "What goes into HTML and headers is escaped for its place.",
    "{src/server/pages/html.ts}, {src/application/mail/render-mail.ts}.",
    [html, "whatever is in a slot, the document keeps its shape"],
    [html, "a slot where escaping does not protect is a mistake that is told at once"],
    [
      "tests/attacks/attacks-mail-pages",
      "46: line breaks in a subject make no header of the answer, nor of the file that is downloaded",
    ],
  ),
  met(
    "1.2.2",
    "Addresses are built from encoded parts, and lead nowhere by `javascript:` and the like.",
    "{src/server/pages/html.ts}, links of mails.",
    [html, "an address is of this site, the web or mail; any other becomes #"],
    [mails, "links go to pages and addresses only"],
  ),
  met(
    "1.2.3",
    "What goes into JavaScript or JSON cannot become code or another shape.",
    "JSON is made by the database or `JSON.stringify`; no data goes into the scripts of pages: {src/server/pages/page.ts}.",
    ["src/database/sql/compile-expression", "JSON as text stays text inside JSON"],
    ["src/server/pages/page", "every page has a nonce of its own, and no style can end its element"],
  ),
  met(
    "1.2.4",
    "No value becomes SQL.",
    "Values are parameters, names come from the schema: {src/database/sql/sql.ts}, {docs/decisions/0005-sql-of-our-own-and-kysely.md}.",
    [names, "13: a sort key"],
    [names, "13: nor does a value, wherever it stands"],
    [names, "14: keys of an object become columns or nothing, never placeholders or SQL"],
  ),
  met("1.2.5", "No value becomes a command of the operating system.", "The server runs no commands at all.", [
    "tests/repository/sources",
    "no file runs a command, but those that run our own program beside a server or npm and git for a new project",
  ]),
  met(
    "1.2.9",
    "Text does not become part of a regular expression by accident.",
    "No expression of ours is built from what callers send. Theirs run by themselves, in linear time: {docs/decisions/0004-regular-expressions.md}.",
    ["tests/attacks/attacks-input", "58: patterns that backtrack elsewhere take linear time here"],
    ["src/database/sql/hostile-values", "a regular expression that is none is refused before the statement runs"],
  ),
  ofTheApp("1.3.1", "HTML that people write is cleaned by a library for it.", [
    "Values are stored and sent as they are, and are text in every page of ours.",
    "cleans what it shows as HTML.",
  ]),
  met("1.3.2", "No `eval` and nothing like it.", "Rules are data and not code: {docs/decisions/0002-one-expression-tree.md}.", [
    "tests/repository/sources",
    "no file makes code out of text, but the prompt, which is for that",
  ]),
  met(
    "1.3.3",
    "What goes to where it could do harm is bounded in characters and length first.",
    "Words of a search, patterns, headers and addresses of mails: {docs/reference/limits.md}.",
    [
      "src/database/sqlite/dialect/full-text",
      "whatever is searched for, FTS5 can read it and finds what the evaluator finds, or it is refused",
    ],
    ["src/database/sql/hostile-values", "a pattern that is too long is refused"],
    [
      "src/application/mail/address",
      "text of a header is one line, without what turns its direction, and not longer than it may be",
    ],
  ),
  notYet("1.3.4", "Pictures in SVG that people upload carry no script.", "Files are not there yet."),
  met(
    "1.3.5",
    "What people write is no template, style or markup that is run.",
    "There is no language of templates: mails and pages are values of code.",
    [mails, "no expression in data is evaluated, and no markup in it is"],
    [
      "tests/attacks/attacks-mail-pages",
      "47, 48: whatever a mail holds is text in the page, and what looks like a template stays so",
    ],
  ),
  met(
    "1.3.6",
    "An address that somebody gives cannot make the server ask the inside of its network.",
    "{docs/reference/fetch-safely.md}; receivers of webhooks go through it.",
    ["src/application/outgoing/public-address", "an IPv4 address is judged by its number, however it is spelled"],
    ["src/application/outgoing/fetch-safely", "a name is looked up once, and the connection goes to what was checked then"],
    ["tests/attacks/attacks-webhooks", "52: an address of the inside is no endpoint, in whatever spelling"],
    ["tests/attacks/attacks-webhooks", "52: a redirect to the inside is not followed"],
  ),
  met(
    "1.3.7",
    "No template is made of what people send.",
    "Mails are functions of the back end's code: {docs/learn/mail.md}.",
    [mails, "whatever the data says, the markup of a mail is the same, and its text says it"],
    [mails, "an object of the data is no block and no link, whatever it looks like"],
  ),
  met("1.3.10", "Text that looks like a format is not taken for one.", "{src/server/observability/logger.ts}.", [
    "src/server/observability/logger",
    "no value and no message forges a line, in either form; what looks like a format is text",
  ]),
  met(
    "1.3.11",
    "Nothing in a mail's data becomes a command of SMTP or a header.",
    "{src/application/mail/address.ts}, {src/application/mail/compose-message.ts}.",
    ["src/application/mail/address", "what is no single plain address is refused"],
    ["tests/mail/mails", "no text in a name or a subject begins another header"],
  ),
  met(
    "1.4.2",
    "Numbers do not overflow.",
    "Whole numbers beyond 2^53 keep their digits; arithmetic that leaves the range is null: {docs/reference/rules.md#numbers}.",
    ["src/database/sql/compile-expression", "arithmetic on columns leaves the range as null, unless their limits keep it in"],
    ["src/database/sql/compile-expression", "sums and averages leave the range as null, and only when the sum itself does"],
  ),
  met(
    "1.5.2",
    "What is read from outside becomes data, never objects of a chosen type.",
    "JSON, CSV and forms alone, with depth and size bounded: {src/server/rest/body/request-body.ts}.",
    ["tests/repository/sources", "no file reads objects in a form that can carry code or types"],
    ["src/server/rest/rest-routes", "keys such as __proto__ are data, in every form of body"],
  ),
];

export const validation: readonly Requirement[] = [
  met(
    "2.1.1",
    "It is written down what each value may be.",
    "{docs/reference/schema.md#kinds-of-field}, {docs/reference/schema.md#modifiers}: the definition is the document, and is published to whoever may read a table.",
    ["tests/docs/reference", "docs/reference/schema.md has every kind of field and every modifier, and no other"],
  ),
  met(
    "2.2.1",
    "Values are checked against what they may be, not against what they may not.",
    "Each kind of field has one form ({src/contract/kinds.ts}), limits are the field's; input of functions goes through its schema.",
    ["src/application/records/write", "all that is wrong with a body is said at once"],
    [functions, "input is what its schema makes of it, and its mistakes name their fields"],
    ["src/database/sqlite/definition/column-checks", "every kind of the table of kinds has its scenario"],
  ),
  met(
    "2.2.2",
    "The server checks, whatever the browser did.",
    "Requests are checked by the server, and the database holds the same once more: {src/database/sqlite/definition/column-checks.ts}.",
    ["src/database/sqlite/definition/create-tables", "a check of the table is held by the database, and passes what is unknown"],
    ["tests/http/platform", "take what their schema takes, and name what it does not"],
  ),
  met(
    "2.2.3",
    "Values that belong together fit each other.",
    "`checks` of a table, rules with `next`: {docs/reference/schema.md#table}.",
    ["src/database/sqlite/definition/create-tables", "a check of the table is held by the database, and passes what is unknown"],
    ["src/application/records/write", "the row after must be allowed too"],
  ),
  met(
    "2.3.3",
    "What belongs together happens wholly or not at all.",
    "A mutation, a batch and a body of many rows are one transaction each: {docs/learn/functions.md#a-query-reads-a-mutation-is-one-transaction}.",
    [functions, "is one transaction: what it throws undoes all of it"],
    ["tests/rest/batch", "is all or nothing: the first that fails undoes all, and is told by its number"],
    ["tests/rest/bulk", "is all or nothing, and says which row was refused, on which line and why"],
  ),
  met(
    "2.3.4",
    "What there is little of is not given away twice.",
    "Transactions have a serial order ({docs/decisions/0036-how-we-check-isolation.md}); `If-Match`, `Idempotency-Key`: {docs/learn/writing.md}.",
    ["tests/rest/preconditions", "with forty who read, add one and write, all at once, no point is lost"],
    ["tests/rest/idempotency", "fifty at once: one row, fifty equal answers"],
    ["tests/examples/functions", "a book is borrowed once for each copy, and what fails leaves nothing behind"],
  ),
  met(
    "2.4.1",
    "Nobody can ask so often that it does harm.",
    "{docs/reference/limits.md#how-often}: by address, user, account and kind of request, by what the app names, and what is under way at once.",
    ["src/application/rate-limits/rate-stores", "is that of a model: never more than the amount in any window and its beginning"],
    ["tests/attacks/attacks-rates", "32: not by headers, by another connection, address, method or body"],
    ["tests/attacks/attacks-rates", "33: each write and each call counts, and a batch over the limit does nothing"],
  ),
];
