import { AppError } from "#contract";
import type { AppLimitName } from "./app-limits.ts";
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
  /** Accounts of people who have not signed up, by address: each is a row that is kept for weeks. */
  anonymous: { amount: 30, per: 3_600_000 },
  /** Codes of a second factor, by account: of a million, three are right at any moment. */
  factors: { amount: 5, per: 600_000 },
  /** Mails to strangers that somebody has sent by inviting them, by account: to whichever organisations. */
  invitations: { amount: 100, per: 86_400_000 },
  /** The same by organisation, whoever of its members invites: accounts cost nothing. */
  organisationInvitations: { amount: 200, per: 86_400_000 },
};

/** Those of every single request, which are counted where it is answered: a store that is elsewhere would cost more than the answer. */
const ownRates: ReadonlySet<string> = new Set<RateName>(["requests", "writes", "functions"]);

export type RateName =
  | "requests"
  | "writes"
  | "functions"
  | "signIns"
  | "accountSignIns"
  | "anonymous"
  | "factors"
  | "invitations"
  | "organisationInvitations";

export type Rates = { readonly [Name in RateName]: Rate | "off" };

/** Takes from limits, and refuses where nothing is left. */
export interface RateLimits {
  /**
   * Counts one more of that kind (or `cost`) for whoever `key` is. Throws `tooManyRequests` (429) with when to come back, and counts nothing
   * then; where the store is elsewhere, a promise of it. More at once than the whole limit is refused, and would be later too. `key` undefined is nobody whom one could count. Limits that hold together (an address
   * and an account) are taken one after the other: what the first one took stays taken.
   */
  take(name: RateName | AppLimitName, key: string | undefined, cost?: number): Promise<void> | undefined;
}

export interface RateLimitsOptions {
  readonly store: RateStore;
  /** Keeps what all who share it must count together: attempts at accounts, and what the app limits. By default the same one. */
  readonly shared?: RateStore;
  readonly rates: Rates;
  /** Those of the back end's definition. */
  readonly app?: ReadonlyMap<string, Rate>;
}

export function createRateLimits({ store, shared = store, rates, app }: RateLimitsOptions): RateLimits {
  const own = new Map<string, Rate>(app);
  for (const [name, rate] of Object.entries(rates)) if (rate !== "off") own.set(name, rate);
  return {
    take(name, key, cost = 1) {
      const rate = own.get(name);
      if (key === undefined || rate === undefined) return undefined;
      if (cost > rate.amount) throw tooMuchAtOnce(name, rate, cost);
      const taken = (ownRates.has(name) ? store : shared).take(name, key, rate, cost);
      if (taken instanceof Promise) return taken.then((later) => admit(name, rate, later));
      return admit(name, rate, taken);
    },
  };
}

/** Else one batch would be as much as somebody likes. */
function tooMuchAtOnce(name: string, { amount, per }: Rate, cost: number): AppError {
  return new AppError("tooManyRequests", {
    details: `The limit is ${amount} in ${per / 1000} seconds (${name}), and this is ${cost} at once.`,
    hint: "Send them in smaller batches.",
    headers: { "ratelimit-policy": `"${name}";q=${amount};w=${Math.ceil(per / 1000)}` },
  });
}

export const noRateLimits: RateLimits = { take: () => undefined };

function admit(name: string, { amount, per }: Rate, { taken, remaining, retryAfter }: Taken): undefined {
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
