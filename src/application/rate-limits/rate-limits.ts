import { AppError } from "#contract";
import type { Rate } from "./rate.ts";
import type { RateStore, Taken } from "./rate-store.ts";

/** What is counted by time. Whoever adds one gives it a setting in src/settings/limit-settings.ts and a row in docs/reference/limits.md. */
export const defaultRates: Readonly<Record<RateName, Rate>> = {
  /** Everything, by address. */
  requests: { amount: 6000, per: 60_000 },
  /** Changes of the data API, each operation of a batch by itself: by user, of strangers by address. */
  writes: { amount: 1200, per: 60_000 },
  /** Calls of functions: by user, of strangers by address. */
  functions: { amount: 1200, per: 60_000 },
  /** What tries a password, a code or an address out, by address. */
  signIns: { amount: 30, per: 300_000 },
  /** The same by account, from wherever it is tried. NIST SP 800-63B and ASVS 6.3.1 want far less than a hundred an hour. */
  accountSignIns: { amount: 10, per: 600_000 },
  /** Codes of a second factor, by account: of a million, three are right at any moment. */
  factors: { amount: 5, per: 600_000 },
};

export type RateName = "requests" | "writes" | "functions" | "signIns" | "accountSignIns" | "factors";

export type Rates = { readonly [Name in RateName]: Rate | "off" };

/** Takes from limits, and refuses where nothing is left. */
export interface RateLimits {
  /**
   * Counts one more of that kind (or `cost`) for whoever `key` is. Throws `tooManyRequests` (429) with when to come back, and counts nothing
   * then; where the store is elsewhere, a promise of it. `key` undefined is nobody whom one could count. Limits that hold together (an address
   * and an account) are taken one after the other: what the first one took stays taken.
   */
  take(name: RateName, key: string | undefined, cost?: number): Promise<void> | undefined;
}

export function createRateLimits({ store, rates }: { readonly store: RateStore; readonly rates: Rates }): RateLimits {
  return {
    take(name, key, cost = 1) {
      const rate = rates[name];
      if (key === undefined || rate === "off") return undefined;
      const taken = store.take(name, key, rate, cost);
      if (taken instanceof Promise) return taken.then((later) => admit(name, rate, later));
      return admit(name, rate, taken);
    },
  };
}

export const noRateLimits: RateLimits = { take: () => undefined };

function admit(name: RateName, { amount, per }: Rate, { taken, remaining, retryAfter }: Taken): undefined {
  if (taken) return undefined;
  const seconds = Math.max(Math.ceil(retryAfter / 1000), 1);
  throw new AppError("tooManyRequests", {
    details: `The limit is ${amount} in ${per / 1000} seconds (${name}).`,
    // draft-ietf-httpapi-ratelimit-headers-10
    headers: {
      "retry-after": String(seconds),
      "ratelimit-policy": `"${name}";q=${amount};w=${Math.ceil(per / 1000)}`,
      ratelimit: `"${name}";r=${remaining};t=${seconds}`,
    },
  });
}
