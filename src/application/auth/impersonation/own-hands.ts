import { type Actor, AppError } from "#contract";

/** What an administrator who acts as somebody may do with that account: look, and leave. */
const allowed: ReadonlySet<string> = new Set([
  "nameOf",
  "signIn.sessions",
  "signIn.signOut",
  "factors.list",
  "factors.passkeys.list",
  "keys.list",
  "oauth.list",
  "provider.apps",
  "impersonation.begin",
  "impersonation.end",
  "impersonation.list",
]);

type Method = (...given: readonly unknown[]) => unknown;

/**
 * The same functions, of which those that are given whoever asks refuse an administrator who acts as them, but for the few above: the ways in, the
 * address, the keys and the end of an account are its owner's alone. What is added later is refused until it is named.
 */
export function inOwnHands<T extends object>(parts: T, within = ""): T {
  const wrapped = Object.entries(parts).map(([name, part]: [string, unknown]) => {
    const path = `${within}${name}`;
    if (typeof part === "function") return [name, allowed.has(path) ? part : refusing(part as Method)] as const;
    const isGroup = typeof part === "object" && part !== null && Object.values(part).some((each) => typeof each === "function");
    return [name, isGroup && path !== "sessions" ? inOwnHands(part, `${path}.`) : part] as const;
  });
  return Object.fromEntries(wrapped) as T;
}

function refusing(method: Method): Method {
  return (...given) => {
    if (given.some(isImpersonated)) throw new AppError("impersonating");
    return method(...given);
  };
}

function isImpersonated(given: unknown): boolean {
  if (typeof given !== "object" || given === null) return false;
  const actor = ("me" in given ? given.me : given) as Partial<Actor> | null;
  return typeof actor === "object" && actor !== null && actor.impersonator !== undefined;
}
