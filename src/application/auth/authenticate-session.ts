import { type Actor, AppError } from "#contract";
import type { Authenticate } from "../access/authenticate.ts";
import { isKey } from "./keys/key-format.ts";
import type { SessionCookies } from "./session-cookie.ts";
import { isSessionToken, type Sessions } from "./sessions.ts";

export interface SessionAuthenticateOptions {
  readonly sessions: Sessions;
  readonly cookies: () => SessionCookies;
  /** Who asks with a key that somebody made; undefined where nobody makes any. */
  readonly checkKey?: ((key: string) => Actor | Promise<Actor>) | undefined;
  /** For every other `Authorization`. */
  readonly tokens: Authenticate;
}

const BEARER = /^Bearer +(\S+)$/i;

/**
 * Sessions by cookie or as a bearer token, keys that people made, and tokens. An `Authorization` header goes before a cookie: a browser sends the one because a script
 * wants it to, and the other by itself. A cookie that is good no more is taken away with the refusal: the next request is nobody's.
 */
export function createSessionAuthenticate({ sessions, cookies, checkKey, tokens }: SessionAuthenticateOptions): Authenticate {
  return (credentials) => {
    const { authorization, cookie } = credentials;
    if (authorization !== undefined) {
      const token = BEARER.exec(authorization)?.[1];
      if (token !== undefined && checkKey !== undefined && isKey(token)) return checkKey(token);
      if (token === undefined || !isSessionToken(token)) return tokens(credentials);
      return sessions.recall(token) ?? sessions.check(token);
    }
    if (cookie === undefined) return null;
    const jar = cookies();
    const token = jar.read(cookie);
    if (token === undefined) return null;
    return sessions.recall(token) ?? checkCookie(sessions, token, jar);
  };
}

async function checkCookie(sessions: Sessions, token: string, { clear }: SessionCookies) {
  try {
    return await sessions.check(token);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.error !== "expiredToken") throw thrown;
    throw new AppError("expiredToken", { message: thrown.message, headers: { "set-cookie": clear } });
  }
}
