import { met, type Requirement } from "./requirement.ts";

const tokensTest = "src/application/access/tokens";
const format = "{src/application/access/token-format.ts}";
const forged = [
  [tokensTest, "is refused: ${name}"],
  [tokensTest, "what is refused above is refused for that alone"],
] as const;
const providerTokens = "tests/attacks/attacks-provider-tokens";
const checks = "{src/application/auth/provider/token-checks.ts}, {docs/reference/oidc-provider.md}";

export const tokens: readonly Requirement[] = [
  met("9.1.1", "What a token says counts once its signature was found good.", `HS256 by jose: ${format}.`, ...forged),
  met(
    "9.1.2",
    "There is a list of algorithms that count, and `none` is not on it.",
    `One algorithm, pinned: ${format}, {docs/decisions/0020-tokens.md}.`,
    ...forged,
  ),
  met(
    "9.1.3",
    "Keys that check tokens are the server's own, and nothing in a token names one.",
    "The data directory's secret: {docs/decisions/0020-tokens.md}.",
    ...forged,
  ),
  met(
    "9.2.1",
    "A token counts within its time.",
    `To the millisecond, and a clock that is set back brings none back: ${format}, {src/application/access/steady-clock.ts}.`,
    [tokensTest, "ends when it expires, also from memory, to the millisecond"],
    [
      "src/application/access/steady-clock",
      "goes on from the latest time when the machine's clock is set back, and follows it again once it has caught up",
    ],
  ),
  met("9.2.2", "A token counts for what it was made for.", `By its type and audience: ${format}.`, ...forged, [
    tokensTest,
    "by id needs a permission for that id, and the permission is good for nothing else",
  ]),
  met(
    "9.2.3",
    "A token counts where it was meant to.",
    `By its audience, issuer and the server's own key: ${format}.`,
    ...forged,
  ),
  met(
    "9.2.4",
    "Tokens of one key for several audiences name them.",
    `Each of the three audiences is in its tokens: ${format}.`,
    ...forged,
  ),
];

export const oauth: readonly Requirement[] = [
  met(
    "10.1.1",
    "Tokens go to whoever needs them alone.",
    "Those of other sites stay on the server, are used to ask who somebody is, and are kept nowhere: {src/application/auth/oauth/provider-client.ts}.",
    ["tests/attacks/attacks-oauth-journeys", "no token of a site is in any answer, nor in the database"],
  ),
  met(
    "10.1.2",
    "What a provider sends back belongs to what this browser began.",
    "`state`, verifier and nonce are 256 random bits each, kept by the server, good once and in the browser that has the other half: {src/application/auth/oauth/journeys.ts}.",
    ["tests/attacks/attacks-oauth-journeys", "34: an answer that another browser began is not taken"],
    ["tests/attacks/attacks-oauth-journeys", "25: a code and its state let in once, however many come at once"],
  ),
  met(
    "10.2.1",
    "Nobody else can finish such a sign-in (PKCE, `state`).",
    "`state` each time, and PKCE but at a site that takes none (LinkedIn): {docs/reference/oauth.md}.",
    ["tests/attacks/attacks-oauth-journeys", "an answer without a state, with another, or with two is not taken"],
    ["tests/attacks/attacks-oauth-journeys", "34: an answer that another browser began is not taken"],
  ),
  met(
    "10.2.2",
    "One provider's answer is not taken for another's.",
    "An address to come back to for each, and `iss` (RFC 9207) where it is given: {src/application/auth/oauth/journeys.ts}.",
    ["tests/attacks/attacks-oauth-journeys", "a sign-in begun at one site is not finished by the answer of another (mix-up)"],
  ),
  met(
    "10.3.1",
    "Access tokens count where they were meant to.",
    `By the resource that they were asked for; they open nothing of the data API: ${checks}.`,
    [providerTokens, "not this site's own data API, nor its sign-in"],
    [providerTokens, "one that is for an API opens that API alone, and its own app sees that it does"],
  ),
  met(
    "10.3.2",
    "What a token was given for decides what it opens.",
    `Claims are those of its scopes: {src/application/auth/provider/claims.ts}.`,
    [providerTokens, "claims are what the scopes say, and what the person may read of themselves"],
    [providerTokens, "27: it gives what was granted or less, never more"],
  ),
  met(
    "10.3.3",
    "Whom a token is about is known by what cannot pass to somebody else.",
    `By the id of the row in users: ${checks}.`,
    [
      "tests/auth/provider",
      "openid-client: ${kind} signs somebody in, learns of them, goes on by refresh tokens and signs them out",
    ],
  ),
  met(
    "10.3.4",
    "How strongly and how recently somebody signed in is asked of the token where that matters.",
    `A role that needs a second factor ends tokens without one; APIs elsewhere see auth_time, acr and amr: ${checks}.`,
    [providerTokens, "35: a role that needs a second factor is worn by no app whose person showed none"],
  ),
  met(
    "10.5.1",
    "An ID token counts once (`nonce`).",
    "A nonce for each sign-in, and no ID token is read that could have none: {src/application/auth/oauth/journeys.ts}.",
    ["tests/attacks/attacks-id-tokens", "23: the ID token of an earlier sign-in"],
    ["tests/attacks/attacks-id-tokens", "23: an ID token ${what}"],
  ),
  met(
    "10.5.2",
    "Somebody is known by the provider's `sub`.",
    "With the issuer, and by nothing else: {src/application/auth/oauth/identity-table.ts}.",
    ["src/application/auth/oauth/oauth", "comes in again by who they are there, whatever their address has become"],
  ),
  met(
    "10.5.3",
    "A provider cannot say that it is another.",
    "Its description must name the issuer of the definition: {src/application/auth/oauth/provider-client.ts}.",
    ["src/application/auth/oauth/provider-client", "${what} is refused"],
  ),
  met(
    "10.5.4",
    "An ID token is for this client.",
    "`aud`, and `azp` where it is there: {src/application/auth/oauth/provider-client.ts}.",
    ["tests/attacks/attacks-id-tokens", "23: an ID token ${what}"],
  ),
];
