import { AppError } from "#contract";
import type { Authenticate } from "../access/authenticate.ts";
import type { SessionCookies } from "./session-cookie.ts";
import { isSessionToken, type Sessions } from "./sessions.ts";

export interface SessionAuthenticateOptions {
  readonly sessions: Sessions;
  readonly cookies: () => SessionCookies;
  /** For every other `Authorization`. */
  readonly tokens: Authenticate;
}

const BEARER = /^Bearer +(\S+)$/i;

/**
 * Sessions by cookie or as a bearer token, and keys. An `Authorization` header goes before a cookie: a browser sends the one because a script
 * wants it to, and the other by itself. A cookie that is good no more is taken away with the refusal: the next request is nobody's.
 */
export function createSessionAuthenticate({ sessions, cookies, tokens }: SessionAuthenticateOptions): Authenticate {
  return (credentials) => {
    const { authorization, cookie } = credentials;
    if (authorization !== undefined) {
      const token = BEARER.exec(authorization)?.[1];
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
