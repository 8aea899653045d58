import { met, notYet, type Requirement } from "./requirement.ts";

const tokensTest = "src/application/access/tokens";
const format = "{src/application/access/token-format.ts}";
const forged = [
  [tokensTest, "is refused: ${name}"],
  [tokensTest, "what is refused above is refused for that alone"],
] as const;
const noClient = "Signing in by other sites (OAuth, OIDC) is not there yet.";
const noProvider = "Signing in elsewhere with accounts of this site (an OIDC provider) is not there yet.";

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
  notYet("10.1.1", "Tokens go to whoever needs them alone.", noClient),
  notYet("10.1.2", "What a provider sends back belongs to what this browser began.", noClient),
  notYet("10.2.1", "Nobody else can finish such a sign-in (PKCE, `state`).", noClient),
  notYet("10.2.2", "One provider's answer is not taken for another's.", noClient),
  notYet("10.3.1", "Access tokens count where they were meant to.", noProvider),
  notYet("10.3.2", "What a token was given for decides what it opens.", noProvider),
  notYet("10.3.3", "Whom a token is about is known by what cannot pass to somebody else.", noProvider),
  notYet("10.3.4", "How strongly and how recently somebody signed in is asked of the token where that matters.", noProvider),
  notYet("10.5.1", "An ID token counts once (`nonce`).", noClient),
  notYet("10.5.2", "Somebody is known by the provider's `sub`.", noClient),
  notYet("10.5.3", "A provider cannot say that it is another.", noClient),
  notYet("10.5.4", "An ID token is for this client.", noClient),
];
