import {
  createDatabaseRateStore,
  createMemoryRateStore,
  createRateLimits,
  createRateTable,
  createTokens,
  noRateLimits,
  openRevocations,
  openSteadyClock,
  type RateLimits,
  type RateStore,
  type SteadyClock,
  type Tokens,
  UnderWay,
} from "#application";
import { rateKey, signingSecrets } from "./keys.ts";
import type { Data } from "./open-data.ts";
import type { Surroundings } from "./platform-options.ts";

/** How callers are known, and how much each of them may ask. */
export interface Callers {
  /** Never behind what was seen: what has expired stays so. */
  readonly steady: SteadyClock;
  readonly tokens: Tokens;
  /** Counts for all processes of the back end, where the settings say so. */
  readonly sharedRates: RateStore;
  readonly rates: RateLimits;
  readonly underWay: UnderWay;
}

export async function openCallers(
  { backend, config, dataDirectory, logger, clock, ids, closedAtEnd }: Surroundings,
  { database, secrets }: Pick<Data, "database" | "secrets">,
): Promise<Callers> {
  const steady = closedAtEnd(await openSteadyClock({ directory: dataDirectory, clock, logger }));
  const tokens = createTokens({
    ...signingSecrets(secrets),
    revocations: await openRevocations(database, steady),
    clock: steady,
    ids,
    onExpired: steady.remember,
  });
  const store = createMemoryRateStore(clock);
  const isShared = config.rateStore === "database";
  if (isShared) await database.transaction(createRateTable);
  const sharedRates = isShared ? createDatabaseRateStore({ database, key: rateKey(secrets), clock }) : store;
  const isCounting = config.rateLimits === "on";
  return {
    steady,
    tokens,
    sharedRates,
    rates: isCounting
      ? createRateLimits({ store, shared: sharedRates, rates: config.rates, app: backend.limits.rates })
      : noRateLimits,
    underWay: new UnderWay(isCounting ? config.atOnce : undefined),
  };
}
