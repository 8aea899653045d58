import { type Authenticate, createIdempotency, createUnits, type Functions, type RecordStore } from "#application";
import type { Clock } from "#base";
import type { Config } from "#config";
import { type CallerLimits, type Cors, createRest, createUnaskedWrites, type Route, whoAsks } from "#server";

/** The data API, with the page that a browser sends for, and every caller's proof, checked before anything else of the request is looked at. */
export function createDataApi({
  callers,
  records,
  functions,
  config,
  dataDirectory,
  clock,
  authenticate,
  cors,
}: {
  callers: CallerLimits;
  records: RecordStore;
  functions: Functions;
  config: Config;
  dataDirectory: string;
  clock: Clock;
  authenticate: Authenticate;
  cors: Cors;
}): Route {
  const { urlLength, bodyBytes } = config.limits;
  const rest = createRest({
    records,
    functions,
    units: createUnits(records, functions),
    idempotency: createIdempotency({ clock, retention: config.idempotencyRetention }),
    callers,
    limits: { urlLength, bodyBytes, bulkBytes: config.bulkBytes, bulkRows: config.bulkRows, bulkTime: config.bulkTime },
    spoolDirectory: dataDirectory,
  });
  const { baseUrl } = config;
  const checkPage = createUnaskedWrites({ cors, site: baseUrl === undefined ? undefined : new URL(baseUrl).origin });
  return {
    path: "/rest/v1",
    // Clients written for PostgREST ask its root for a description.
    rootSlashed: true,
    subtree: async (exchange) => {
      checkPage(exchange);
      const caller = whoAsks(exchange, authenticate);
      return rest(exchange, caller instanceof Promise ? await caller : caller);
    },
  };
}
