import { type AuthParts, type AuthRequest, countAttempt } from "../auth-parts.ts";
import { findOneTime, issueOneTime } from "../one-time-tokens.ts";

/** Requests of apps that are too long to go through the pages of sign-in in an address and a cookie. */
export interface KeptRequests {
  /** Keeps one for an hour, and gives the name that it goes by. Counted as an attempt: anybody can send one. Throws `tooManyRequests`. */
  keepRequest(query: string, request: AuthRequest): Promise<string>;
  /** Undefined where it was never kept, or that is over. */
  keptRequest(name: string): Promise<string | undefined>;
}

export function createKeptRequests(parts: Pick<AuthParts, "database" | "clock" | "rates">): KeptRequests {
  const { database, clock } = parts;
  return {
    async keepRequest(query, request) {
      await countAttempt(parts, request);
      const kept = { purpose: "appRequest", user: null, addressKey: "", data: query, now: clock.now() } as const;
      return database.transaction((connection) => issueOneTime(connection, kept));
    },
    async keptRequest(name) {
      const found = await findOneTime(database, name, { purpose: "appRequest", now: clock.now() });
      return typeof found?.data === "string" ? found.data : undefined;
    },
  };
}
