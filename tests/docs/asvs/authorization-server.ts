import { met, type NamedTest, type Requirement } from "./requirement.ts";

const tokens = (title: string): NamedTest => ["tests/attacks/attacks-provider-tokens", title];
const requests = (title: string): NamedTest => ["tests/attacks/attacks-provider-requests", title];
const page = "{docs/reference/oidc-provider.md}";

/** What is asked of whoever signs people in to other apps. */
export const authorizationServer: readonly Requirement[] = [
  met(
    "10.4.1",
    "People are sent back to addresses of the app alone, compared letter by letter.",
    "But for the port of a program on their own machine: {src/application/auth/provider/redirect-uri.ts}.",
    requests("to ${redirect_uri}"),
    requests("that of another app, an app that there is not, and one that is sent twice"),
    requests("a program on the person's own machine takes any port there, and another app or another name does not"),
  ),
  met(
    "10.4.2",
    "A code counts once, and what came of one that is used twice ends.",
    "In one statement of the transaction that makes the tokens: {src/application/auth/provider/authorization-table.ts}.",
    tokens("25: twenty times at once: one gets tokens, and they end, for the code was stolen"),
    tokens("used once more after a while, by whoever: the tokens of the first end"),
  ),
  met("10.4.3", "A code is good for a short time.", `A minute: ${page}.`, tokens("longer than a minute after")),
  met(
    "10.4.4",
    "An app has the grants that it needs, and none of those that show tokens or passwords.",
    `Codes, and refresh tokens where the app may ask for \`offline_access\`: ${page}.`,
    requests("${what}: ${error}"),
    requests("other grants: the password, the app for itself, devices, a token for another"),
  ),
  met(
    "10.4.5",
    "A refresh token that was used ends all that came of the same code.",
    "Each is good once, for confidential apps too: {src/application/auth/provider/token-grants.ts}.",
    tokens("27: by a thief after the app: all that came of the same code ends"),
    tokens("27: long after, by somebody who has gone on with it many times: all ends"),
    tokens("27: twenty times at once: one goes on at the most, and then nobody"),
  ),
  met(
    "10.4.6",
    "Codes are bound to whoever asked for them (PKCE), and not by `plain`.",
    "S256, for every app: {src/application/auth/provider/authorization-request.ts}.",
    requests("${what}: ${error}"),
    tokens("with another address, another verifier, or none"),
    tokens("the challenge itself, whose hash is another one"),
  ),
  met(
    "10.4.7",
    "Nobody registers an app that could pass for another.",
    "No app registers itself: {docs/reference/cli.md#client-add}.",
    requests("${what}: ${error}"),
  ),
  met(
    "10.4.8",
    "Refresh tokens end, however often they are used.",
    `\`refreshTokenTime\` after the first sign-in: ${page}.`,
    tokens("27: it ends when the time of the first sign-in is over, however often it was used"),
  ),
  met(
    "10.4.9",
    "People can take back what they allowed.",
    "On the page of their account: {src/server/auth/provider/apps-page.ts}.",
    tokens("26: when the person takes it back, and is asked anew"),
    [
      "tests/auth/provider-browser",
      "in a browser without scripts: an app sends people here, they sign in, say no, say yes, sign out, and take it back",
    ],
  ),
  met(
    "10.4.10",
    "Apps that can keep a secret show it, whatever they ask.",
    "For tokens, to look at them and to end them: {src/application/auth/provider/client-authentication.ts}.",
    tokens("without the app's secret, with another's, with a wrong one, and by an app that has none"),
    tokens("whatever is asked of a token, an app with a secret shows it"),
  ),
  met(
    "10.4.11",
    "An app may ask for what it needs alone.",
    `Scopes are given to each app, and what it may not ask for is left out: ${page}.`,
    tokens("an app is given none of the scopes that it was not written down with"),
  ),
  met("10.6.1", "Answers to a request come by the modes that are meant.", "Codes, in the query.", requests("${what}: ${error}")),
  met(
    "10.6.2",
    "No stranger's link signs anybody out.",
    "The person is asked, or the app shows an ID token of this very session: {src/server/auth/provider/end-session-page.ts}.",
    requests("a link of a stranger signs nobody out: without an ID token of this session the person is asked"),
  ),
  met(
    "10.7.1",
    "People are asked, and each time where the app could be another program.",
    "Not about apps of the site's own: whoever runs it says so of each (`--trusted`), and of none that could be another program: {src/application/auth/provider/authorizations.ts}.",
    requests("it is asked for each scope that is new, and once for the rest"),
    requests("an app that could be another program is asked about each time; one that is trusted never is"),
  ),
  met(
    "10.7.2",
    "Who is asked is told by whom, and what for.",
    "The app, where it is, what it gets, and for which account: {src/server/auth/provider/consent-page.ts}.",
    requests("who is asked is told which app it is, where, what it gets and for how long"),
  ),
  met(
    "10.7.3",
    "People see what they allowed, and can take it back.",
    "On the page of their account: {src/server/auth/provider/apps-page.ts}.",
    tokens("26: when the person takes it back, and is asked anew"),
  ),
];
