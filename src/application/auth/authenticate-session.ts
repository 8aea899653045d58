import { type Actor, AppError } from "#contract";
import type { Authenticate } from "../access/authenticate.ts";
import { type Impersonation, isImpersonationToken, overImpersonation } from "./impersonation/impersonation.ts";
import { isKey } from "./keys/key-format.ts";
import { createSessionCookies, type SessionCookies } from "./session-cookie.ts";
import { isSessionToken, type Sessions } from "./sessions.ts";

export interface SessionAuthenticateOptions {
  readonly sessions: Sessions;
  readonly cookies: () => SessionCookies;
  /** Who asks with a key that somebody made; undefined where nobody makes any. */
  readonly checkKey?: ((key: string) => Actor | Promise<Actor>) | undefined;
  /** Administrators who act as somebody; undefined where none may. */
  readonly impersonation?: Pick<Impersonation, "check"> | undefined;
  /** For every other `Authorization`. */
  readonly tokens: Authenticate;
}

const BEARER = /^Bearer +(\S+)$/i;

/**
 * Sessions by cookie or as a bearer token, keys that people made, and tokens. An `Authorization` header goes before a cookie: a browser sends the one because a script
 * wants it to, and the other by itself. A cookie that is good no more is taken away with the refusal: the next request is nobody's.
 */
export function createSessionAuthenticate({
  sessions,
  cookies,
  checkKey,
  impersonation,
  tokens,
}: SessionAuthenticateOptions): Authenticate {
  return (credentials) => {
    const { authorization, cookie } = credentials;
    if (authorization !== undefined) {
      const token = BEARER.exec(authorization)?.[1];
      if (token !== undefined && checkKey !== undefined && isKey(token)) return checkKey(token);
      if (token !== undefined && impersonation !== undefined && isImpersonationToken(token)) return impersonation.check(token);
      if (token === undefined || !isSessionToken(token)) return tokens(credentials);
      return sessions.recall(token) ?? sessions.check(token);
    }
    if (cookie === undefined) return null;
    const jar = cookies();
    const token = jar.read(cookie);
    if (token === undefined) return null;
    const own = sessions.recall(token) ?? checkCookie(sessions, token, jar);
    if (impersonation === undefined) return own;
    const acting = createSessionCookies(jar.origin, "acting");
    const other = acting.read(cookie);
    return other === undefined ? own : actAs(own, impersonation, { token: other, jar: acting });
  };
}

/**
 * An administrator is somebody else by two cookies: their own session's, and one that is worth something beside that session alone. So taking
 * the second away gives them back to themselves, and a stranger's is nothing. One that is over is answered once with 401: nothing is done as the
 * administrator that was meant to be done as the other.
 */
async function actAs(
  own: Actor | Promise<Actor>,
  impersonation: Pick<Impersonation, "check">,
  { token, jar }: { readonly token: string; readonly jar: SessionCookies },
): Promise<Actor> {
  const { session } = await own;
  try {
    const actor = await impersonation.check(token);
    if (actor.impersonator?.session !== session?.id) throw overImpersonation();
    return actor;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.error !== "expiredToken") throw thrown;
    throw new AppError("expiredToken", { message: thrown.message, headers: { "set-cookie": jar.clear } });
  }
}

async function checkCookie(sessions: Sessions, token: string, { clear }: SessionCookies) {
  try {
    return await sessions.check(token);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.error !== "expiredToken") throw thrown;
    throw new AppError("expiredToken", { message: thrown.message, headers: { "set-cookie": clear } });
  }
}
