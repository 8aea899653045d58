import { met, partly, type NamedTest, type Requirement } from "./requirement.ts";

const passwords = "src/application/auth/passwords/passwords";
const people = "src/application/auth/auth";
const mailSignIn = "src/application/auth/mail-sign-in";
const factors = "src/application/auth/factors/factors";
const secondFactor = "tests/attacks/attacks-second-factor";
const attacks = "tests/attacks/attacks-sign-in";
const links: NamedTest = ["tests/docs/documents", "every link inside the documents leads somewhere"];
const pageFields: NamedTest = [
  "tests/auth/page-fields",
  "fields of passwords hide what is typed, and let it be pasted and filled in by managers",
];

export const authentication: readonly Requirement[] = [
  met(
    "6.1.1",
    "It is written down how guessing is slowed, and how nobody is locked out by it.",
    "{docs/reference/limits.md#how-often}, {docs/reference/auth.md#passwords}.",
    ["tests/docs/limits", "how often somebody may ask is there, with its settings, and refused in the page's words"],
    [
      "src/application/auth/lock-out",
      "whoever uses up the attempts at an account keeps its owner out of nothing but the password",
    ],
  ),
  met("6.1.3", "Each way to sign in is written down, with what holds for it.", "{docs/reference/auth.md#ways-in}.", links),
  met("6.2.1", "Passwords have eight characters at least.", "{docs/reference/auth.md#passwords}.", [
    passwords,
    "has 8 to 128 characters of any kind, counted as people count them in NFC",
  ]),
  met("6.2.2", "People can change their password.", "`POST /auth/v1/password`: {src/server/auth/password-routes.ts}.", [
    "tests/auth/auth",
    "changes the password, is told so, and is signed out elsewhere",
  ]),
  met("6.2.3", "To change it takes the present one.", "{src/application/auth/sign-in.ts}.", [
    people,
    "that is changed ends every other session and every link, and tells its owner",
  ]),
  met(
    "6.2.4",
    "The commonest passwords are refused.",
    "17,950 of them are in the package: {src/application/auth/passwords/common-passwords.ts}.",
    [passwords, "is not among the commonest, in any case"],
  ),
  met("6.2.5", "A password may be of any characters.", "{src/application/auth/passwords/password-rules.ts}.", [
    passwords,
    "has 8 to 128 characters of any kind, counted as people count them in NFC",
  ]),
  met("6.2.6", "Fields of passwords hide what is typed.", "{src/server/auth/page/fields.ts}.", pageFields),
  met(
    "6.2.7",
    "Passwords can be pasted and filled in by managers.",
    "`autocomplete` says which is which, and no script is in the way: {src/server/auth/page/fields.ts}.",
    pageFields,
  ),
  met(
    "6.2.8",
    "A password is compared whole and as it is.",
    "NUL and what is beyond 72 bytes included. Accents are brought into one form (NFC), so that every keyboard types the same.",
    [passwords, "fits its password and no other, of whatever characters and length: nothing is cut short"],
    [passwords, "is the same however its accents were typed, and otherwise as it was given"],
    [attacks, "37: a password is compared to its last character, NUL and what follows it included"],
  ),
  met("6.2.9", "Passwords may be long.", "128 characters.", [
    passwords,
    "has 8 to 128 characters of any kind, counted as people count them in NFC",
  ]),
  met("6.2.10", "Nobody has to change a password because of its age.", "{docs/reference/auth.md#passwords}.", [
    "src/application/auth/password-age",
    "a password is good for as long as nobody changes it, however old it is",
  ]),
  met(
    "6.2.11",
    "Words that suggest themselves are no passwords.",
    "The address and the name of the site: {docs/reference/auth.md#passwords}.",
    [passwords, "is not the address, nor the site"],
  ),
  partly(
    "6.2.12",
    "Passwords known from breaches are refused.",
    [
      "`breachedPasswords: true` asks haveibeenpwned.com ({src/application/auth/passwords/breached-passwords.ts}); the list of the commonest holds always.",
      "it is off unless it is switched on, since it asks a third party.",
    ],
    [passwords, "the service of breaches hears five digits alone, and what it does not answer does no harm"],
  ),
  met(
    "6.3.1",
    "Guessing and trying stolen passwords is slowed.",
    "{docs/reference/limits.md#how-often}: by address and by account.",
    [attacks, "32: attempts are counted for an account, whoever makes them and however they spell it"],
    ["tests/attacks/attacks-rates", "32: not by headers, by another connection, address, method or body"],
    [passwords, "is done a few at a time; who is one too many is told so, and who left takes no turn"],
  ),
  met(
    "6.3.2",
    "There is no account that everybody knows.",
    "The first administrator is made by a link on the console: {src/application/auth/first-admin.ts}.",
    [mailSignIn, "is made by the link of the console, once, and by none before it"],
    ["tests/cli/user", "the console shows the link that makes the first administrator, until there is one"],
  ),
  partly(
    "6.3.3",
    "More than one factor is needed to get in.",
    [
      "Passkeys are two in one ({src/application/auth/factors/passkeys/passkeys.ts}); codes of an authenticator app are asked for once they are set up, and of roles that the definition names.",
      "whoever has no such role may do without.",
    ],
    [factors, "counts once a code of it has come back, and is then asked for"],
    [factors, "lets whoever has none do nothing but set one up"],
    [
      "src/application/auth/factors/passkeys/passkeys",
      "signs its owner in, who need not say who they are, as two factors in one",
    ],
  ),
  met(
    "6.3.4",
    "No way in is weaker than the others, or hidden.",
    "All end in one place, which asks for the second factor: {src/application/auth/start-session.ts}; the ways are those of {docs/reference/auth.md#requests}.",
    [secondFactor, "35: neither a reset, nor a link, nor a code by mail"],
    [secondFactor, "35: nor a key, which can neither add a factor nor take one away"],
    [secondFactor, "35: nor a session from before, nor a sign-in that had begun before the password was changed"],
  ),
  met(
    "6.4.1",
    "What lets somebody in for the first time is random, short-lived and not their password.",
    "Links of 256 random bits, each once: {src/application/auth/one-time-tokens.ts}.",
    [people, "that was forgotten is set by a link, once and within the hour, which signs nobody in and ends all sessions"],
    [people, "ends after ten wrong passwords, after a day, and for everybody else once one of them has the account"],
    [
      "src/application/auth/auth-property",
      "one-time tokens are good once, for one purpose, for their time and their tries: held to a model",
    ],
  ),
  met("6.4.2", "No hints and no secret questions.", "There is no field for them: {docs/reference/auth.md#requests}.", [
    "tests/auth/auth",
    "what is sent to /auth/v1 is JSON, of fields that there are",
  ]),
  met(
    "6.4.3",
    "To reset a password goes round no second factor.",
    "A reset signs nobody in: {src/application/auth/password-reset.ts}.",
    [people, "that was forgotten is set by a link, once and within the hour, which signs nobody in and ends all sessions"],
    [secondFactor, "35: neither a reset, nor a link, nor a code by mail"],
  ),
  met(
    "6.5.1",
    "A code is good once.",
    "{src/application/auth/one-time-tokens.ts}, {src/application/auth/factors/totp.ts}.",
    [attacks, "25: a link that signs in, a code, a reset and an address, twenty times at once"],
    [factors, "lets somebody in once with each of its codes"],
    [factors, "stand in for the app, each once, and their owner is told how many are left"],
  ),
  met(
    "6.5.2",
    "Recovery codes are kept as hashes.",
    "By Argon2id, like passwords: {src/application/auth/factors/recovery-codes.ts}.",
    [factors, "stand in for the app, each once, and their owner is told how many are left"],
  ),
  met("6.5.3", "Codes and their seeds come from the system's generator.", "`node:crypto`: {docs/reference/cryptography.md}.", [
    "tests/repository/sources",
    "what is random by Math.random is a time to wait, and no secret",
  ]),
  met(
    "6.5.4",
    "Codes are long enough not to be guessed.",
    "Eight digits by mail with five tries, six of an app, fifty bits of a recovery code: {src/application/auth/sign-in-code.ts}.",
    [mailSignIn, "is good for ten minutes and five tries"],
  ),
  partly(
    "6.5.5",
    "Codes last for minutes, those of an app for half a minute.",
    [
      "Codes and links of a mail that sign in: ten minutes.",
      "codes of an app are taken one step early and late, so for a minute and a half.",
    ],
    [mailSignIn, "is good for ten minutes and five tries"],
    [mailSignIn, "does so once, within ten minutes, and says that it was a link"],
    ["src/application/auth/factors/totp-code", "are taken one step late and one early, no further, and none twice"],
  ),
  partly(
    "6.6.2",
    "A code belongs to the request that it was made for.",
    [
      "A code is good with the `request` that asked for it alone: {src/application/auth/sign-in-code.ts}.",
      "a link that signs in is good in any browser.",
    ],
    [mailSignIn, "does so once, however it is typed, where it was asked for"],
  ),
  met(
    "6.6.3",
    "Codes cannot be guessed by trying.",
    "Five tries a code, and attempts are counted by account.",
    [mailSignIn, "is good for ten minutes and five tries"],
    [factors, "is guessed five times in one sign-in, and five times in ten minutes in all"],
  ),
  met(
    "6.8.1",
    "A person of one identity provider is not taken for one of another.",
    "Issuer and subject are the key of a connection; an address never is: {docs/reference/oauth.md}.",
    ["tests/attacks/attacks-oauth", "22: the same subject of another issuer is somebody else"],
    ["tests/attacks/attacks-oauth", "22: an address ${what} is never joined to its account"],
  ),
  met(
    "6.8.2",
    "What providers sign is checked, always.",
    "ID tokens by the issuer's keys, where TLS brought them too: {src/application/auth/oauth/provider-client.ts}.",
    ["tests/attacks/attacks-id-tokens", "23: an ID token ${what}"],
    ["tests/attacks/attacks-id-tokens", "23: an ID token of which a single character was changed"],
  ),
  met(
    "6.8.4",
    "What was asked of a provider (factors, how recent) is looked for in its answer.",
    "`acr` and `maxAge` of `oidc`; what a site says of when (`auth_time`) is when it was proved here: {docs/reference/oauth.md}, with what counts where it says nothing.",
    ["src/application/auth/oauth/oauth", "is asked for and held to, where the definition says so"],
    ["src/application/auth/oauth/oauth", "and how, likewise"],
    ["src/application/auth/oauth/oauth", "is when they have proved who they are here"],
  ),
];
