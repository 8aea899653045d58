import { met, notYet, partly, type NamedTest, type Requirement } from "./requirement.ts";

const auth = "src/application/auth/auth";
const attacks = "tests/attacks/attacks-sign-in";
const links: NamedTest = ["tests/docs/documents", "every link inside the documents leads somewhere"];
const rulesPage: NamedTest = [
  "tests/docs/reference",
  "docs/reference/rules.md has every operator and every call of related rows, and no other",
];

export const sessions: readonly Requirement[] = [
  met(
    "7.1.1",
    "It is written down how long sessions last, and why.",
    "{docs/reference/auth.md#how-long-a-session-lasts}.",
    links,
  ),
  met(
    "7.1.2",
    "It is written down how many sessions somebody may have.",
    "{docs/reference/auth.md#how-long-a-session-lasts}: any number, each shown to its owner.",
    links,
  ),
  met("7.2.1", "The server checks sessions, on each request.", "{src/application/auth/sessions.ts}.", [
    auth,
    "is known by its token alone, of which the database has a hash",
  ]),
  met("7.2.2", "Sessions are made for each sign-in, and are no fixed keys.", "{src/application/auth/sessions.ts}.", [
    attacks,
    "34: a session from before signing in is worth nothing after it",
  ]),
  met(
    "7.2.3",
    "Their tokens cannot be guessed.",
    "256 random bits: {src/application/auth/secret-token.ts}.",
    [auth, "is known by its token alone, of which the database has a hash"],
    ["tests/repository/sources", "what is random by Math.random is a time to wait, and no secret"],
  ),
  met(
    "7.2.4",
    "Each sign-in has a new token, and the one before is good no more.",
    "{src/application/auth/sessions.ts}.",
    [auth, "takes the place of the one that the browser had"],
    [auth, "goes on under another token once the password was given again, as recently as that"],
    [attacks, "34: a session from before signing in is worth nothing after it"],
  ),
  met("7.3.1", "A session that is not used ends.", "`CHASSIS_SESSION_IDLE`.", [
    auth,
    "ends when it was not used for long, and at the latest after its lifetime",
  ]),
  met("7.3.2", "Every session ends some day.", "`CHASSIS_SESSION_LIFETIME`.", [
    auth,
    "ends when it was not used for long, and at the latest after its lifetime",
  ]),
  met(
    "7.4.1",
    "A session that has ended opens nothing.",
    "From the next request on: {docs/reference/auth.md#who-is-asking}.",
    [attacks, "26: sign-out, a change of the password, a reset"],
    ["tests/auth/auth", "signs in by any spelling of the address and out again, which ends it for good"],
  ),
  met(
    "7.4.2",
    "Who is suspended or deleted has no session.",
    "{src/application/auth/user-end.ts}.",
    [attacks, "26: suspension, for sessions, keys and links alike, and a role that was taken"],
    [attacks, "26: deletion, by the user's own request to the data API: the session, the key, the account"],
  ),
  met(
    "7.4.3",
    "With another password or factor, other sessions can be ended.",
    "With another password or an authenticator app they end by themselves; with a passkey, or one less, by a button of the account's page: {src/server/auth/pages/account-page.ts}.",
    [auth, "that is changed ends every other session and every link, and tells its owner"],
    ["src/application/auth/factors/factors", "ends the sessions that no second factor opened, and spares the one that set it up"],
  ),
  met(
    "7.4.4",
    "Every page for which one signs in shows the way out.",
    "The account's page has it, and all others of ours lead there: {src/server/auth/pages/account-page.ts}. An app's own pages link to `/auth/sign-out`.",
    ["tests/auth/page-fields", "the account's page has the way out, and those that change something of it lead there"],
  ),
  met(
    "7.4.5",
    "Administrators can end somebody's sessions, or everybody's.",
    "{docs/reference/cli.md#user-sign-out}, {docs/reference/cli.md#user-sign-out-all}; {docs/reference/cli.md#user-suspend} lets nobody in again.",
    ["tests/cli/user", "people are seen and steered beside a running server, and without one"],
    [attacks, "26: suspension, for sessions, keys and links alike, and a role that was taken"],
  ),
  met(
    "7.5.1",
    "To change what lets somebody in, they show once more who they are.",
    "The address and factors want a proof of the last ten minutes, by a second factor where there is one, the password the present one.",
    ["src/application/auth/mail-sign-in", "is changed by nobody who has not just shown who they are, nor by a token"],
    ["src/application/auth/factors/factors", "is set up and taken away by whoever has just shown who they are"],
  ),
  partly(
    "7.5.2",
    "People see their sessions and end them, having shown who they are.",
    [
      "`GET` and `DELETE /auth/v1/sessions`: {src/server/auth/session-routes.ts}.",
      "to end one takes no fresh proof, on purpose: {docs/decisions/0050-sign-in.md}.",
    ],
    ["tests/auth/auth", "sees where else they are signed in, and ends that"],
    [auth, "is one of a list, each of which its owner ends, and nobody else"],
  ),
  notYet("7.6.1", "Sessions here and at an identity provider end as documented.", "OIDC is not there yet."),
  met(
    "7.6.2",
    "No session begins without somebody's doing.",
    "Following a link uses nothing up, and a page of another site signs nobody in.",
    [attacks, "21: the owner's click alone does not finish what an attacker began"],
    ["tests/attacks/attacks-cross-site", "42, 43: neither to the data API, nor to pages, nor to sign-in, in any form"],
    [auth, "needs the browser that began it, or the password: the link alone is not enough"],
  ),
];

export const authorisation: readonly Requirement[] = [
  met(
    "8.1.1",
    "It is written down who may do what, with which rows.",
    "The rules of the definition: {docs/reference/rules.md}; `chassis explain` and `chassis who` say it of single cases.",
    rulesPage,
    ["tests/docs/permissions", "the code of docs/learn/permissions.md is the example, and its commands say what the page says"],
  ),
  met("8.1.2", "The same for fields.", "`fields` of a rule: {docs/reference/rules.md#operations}.", rulesPage, [
    "src/application/rules/build-rules",
    "fields narrow reading and writing",
  ]),
  met(
    "8.2.1",
    "Functions are called by those who may.",
    "Closed until opened: {docs/learn/functions.md#who-may-call-it}.",
    ["src/application/definition", "operations without a rule are missing; nobody is a rule"],
    ["tests/http/platform", "that one may not call look like those that are not there"],
    ["tests/attacks/attacks-hidden-rows", "18: a function that one may not call is one that is not there, whatever it is asked"],
  ),
  met(
    "8.2.2",
    "Rows are reached by those who may.",
    "The rule is part of the statement: {docs/reference/rules.md}.",
    ["tests/attacks/attacks-hidden-rows", "18: a hidden row's address is a missing row's, for every method"],
    ["tests/attacks/attacks-hidden-rows", "4: rows that one may not see decide nothing, whichever relation leads to them"],
    ["tests/attacks/attacks-writes", "12: no change moves a row to where its writer may not put it"],
  ),
  met(
    "8.2.3",
    "Fields are read and written by those who may.",
    "{docs/reference/rules.md#what-hidden-means}.",
    [
      "tests/attacks/attacks-hidden-fields",
      "1: a filter on the prefix of a hidden field is a filter on a column that is not there",
    ],
    [
      "tests/attacks/attacks-hidden-fields",
      "6: star, CSV and a row's own address leave out what is hidden, and empty what is hidden in some rows",
    ],
    ["tests/attacks/attacks-writes", "11: by insert, update, upsert, put, form or CSV"],
  ),
  met(
    "8.3.1",
    "The server decides, on nothing that the caller can change.",
    "One road for every request: {src/application/records/read.ts}.",
    ["tests/attacks/non-interference", "for reads"],
    ["tests/attacks/non-interference", "for writes"],
    ["tests/attacks/attacks-addresses", "39: nor does a header stand in for the address or for who is asking"],
  ),
  met(
    "8.4.1",
    "Nothing that one tenant does reaches another.",
    "`tenant` stands in every rule of a table: {docs/reference/rules.md#tenants}.",
    ["tests/attacks/tenants", "are read by those who belong to it, and by nobody else"],
    ["tests/attacks/tenants", "ATTACKS 12: are not moved to another tenant, not even by who belongs to both"],
    ["tests/attacks/tenants", "are not changed, deleted or brought back from outside"],
    [
      "src/application/auth/organisations/organisations-property",
      "whatever people do: an owner stays, nobody rises but by whoever may raise them, and who is no member reads nothing",
    ],
  ),
];
