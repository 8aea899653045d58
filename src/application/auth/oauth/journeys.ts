import { type Actor, AppError } from "#contract";
import type { Connection } from "#database";
import { usedLink } from "../auth-errors.ts";
import type { AuthParts } from "../auth-parts.ts";
import { issueOneTime, useOneTime } from "../one-time-tokens.ts";
import { hashOf, hashSecret, matchesSecret, newSecret } from "../secret-token.ts";
import { callbackPath } from "./oauth-clients.ts";
import type { Journey } from "./provider-client.ts";

/** What somebody goes to another site for: to come in, to connect it to their account, or to show once more who they are. */
export type Intent = "signIn" | "connect" | "prove";

export interface NewJourney {
  readonly provider: string;
  readonly intent: Intent;
  /** Whose account it is about; null for somebody who is yet to come in. */
  readonly me: Actor | null;
  /** Where they want to go after, checked. */
  readonly to: string | undefined;
  readonly maxAge: number | undefined;
  /** What this browser was given on another journey: with it two may be under way at once. */
  readonly browser: string | undefined;
}

export interface StartedJourney extends Journey {
  /** What comes back with the answer, from the same browser, which keeps it where no script sees it. */
  readonly browser: string;
}

export interface EndedJourney extends Journey {
  readonly intent: Intent;
  readonly to: string | undefined;
}

interface Kept {
  readonly provider: string;
  readonly intent: Intent;
  readonly nonce: string;
  readonly verifier: string;
  readonly maxAge: number | null;
  readonly to: string | null;
  /** Of the browser's part: hexadecimal. */
  readonly browser: string;
  /** Of whoever connects or proves. */
  readonly session: string | null;
}

type Parts = Pick<AuthParts, "site" | "clock">;

/** Writes down that somebody sets out. Their state is a one-time token: ten minutes, once, and nothing of it is in their hands but its name. */
export async function beginJourney(parts: Parts, connection: Connection, wanted: NewJourney): Promise<StartedJourney> {
  const { provider, intent, me, to, maxAge } = wanted;
  const browser = hashSecret(wanted.browser) === undefined || wanted.browser === undefined ? newSecret() : wanted.browser;
  const kept: Kept = {
    provider,
    intent,
    nonce: newSecret(),
    verifier: newSecret(),
    maxAge: maxAge ?? null,
    to: to ?? null,
    browser: Buffer.from(hashOf(browser)).toString("hex"),
    session: me?.session?.id ?? null,
  };
  const state = await issueOneTime(connection, {
    purpose: "oauth",
    user: me?.id ?? null,
    addressKey: "",
    data: { ...kept },
    now: parts.clock.now(),
  });
  return { ...journeyOf(parts, kept, state), browser };
}

export interface Arriving {
  readonly provider: string;
  readonly state: unknown;
  readonly browser: string | undefined;
  readonly me: Actor | null;
}

/**
 * Uses the state up, whatever comes of it. Throws `usedLink` where it was never given, is over, was given for another site (mix-up, RFC 9700 section 4.4)
 * or to another browser (a stranger's answer would be taken for this one's), and `signInRequired` where who set out is not signed in as they were.
 */
export async function endJourney(parts: Parts & Pick<AuthParts, "database">, arriving: Arriving): Promise<EndedJourney> {
  const { database, clock } = parts;
  const purpose = { purpose: "oauth", now: clock.now() } as const;
  // By itself, so that it stays used where what follows is refused.
  const used = await database.transaction((connection) => useOneTime(connection, arriving.state, purpose), { brief: true });
  if (used === undefined) throw usedLink();
  const kept = used.data as unknown as Kept;
  if (kept.provider !== arriving.provider || !matchesSecret(arriving.browser, kept.browser)) throw usedLink();
  const { me } = arriving;
  if (kept.intent !== "signIn" && (me === null || me.id !== used.user || me.session?.id !== kept.session))
    throw new AppError("signInRequired", { message: "You are not signed in any more as you were when you set out." });
  return { ...journeyOf(parts, kept, String(arriving.state)), intent: kept.intent, to: kept.to ?? undefined };
}

function journeyOf({ site }: Parts, { provider, nonce, verifier, maxAge }: Kept, state: string): Journey {
  return { redirect: `${site()}${callbackPath(provider)}`, state, nonce, verifier, maxAge: maxAge ?? undefined };
}
