import type { AppLimitName, AtOnceName, Caller, RateLimits, RateName, UnderWay } from "#application";
import type { Answer, Exchange } from "../http/exchange.ts";
import { isReadByPost } from "../http/read-by-post.ts";

/** How much one caller may ask of the data API, at once and in a time. Whoever has signed in is one caller wherever they are; strangers are one by address. */
export interface CallerLimits {
  /** Does `work`, which answers the request. Rejects with `tooManyRequests` where the caller has had enough. */
  during(exchange: Exchange, caller: Caller, work: () => Promise<Answer>): Promise<Answer>;
  /** Counts every operation of a batch as if it had come by itself, before the first one is run. Throws `tooManyRequests`. */
  countBatch(batch: Exchange, operations: readonly Exchange[], caller: Caller): Promise<void>;
}

export const noCallerLimits: CallerLimits = { during: (_exchange, _caller, work) => work(), countBatch: async () => {} };

interface Kind {
  readonly rate: RateName | undefined;
  readonly atOnce: AtOnceName;
  /** What the app may limit by name. */
  readonly own: "functions" | "tables" | undefined;
}

const reads: Kind = { rate: undefined, atOnce: "readsAtOnce", own: undefined };
const writes: Kind = { rate: "writes", atOnce: "writesAtOnce", own: "tables" };
const functions: Kind = { rate: "functions", atOnce: "functionsAtOnce", own: "functions" };

export function createCallerLimits({
  rates,
  underWay,
}: {
  readonly rates: RateLimits;
  readonly underWay: UnderWay;
}): CallerLimits {
  async function countChange({ rate, own }: Kind, key: string | undefined, segments: readonly string[]): Promise<void> {
    if (rate !== undefined) await rates.take(rate, key);
    const limit = ownLimit(own, segments);
    if (limit !== undefined) await rates.take(limit, key);
  }

  return {
    during(exchange, caller, work) {
      const { method, segments } = exchange;
      if (method === "OPTIONS") return work();
      const key = keyOf(exchange, caller);
      const kind = kindOf(exchange);
      // A batch is counted by its operations, once they can be told.
      if (kind.rate === undefined || segments.length <= 2) return underWay.during(kind.atOnce, key, work);
      return countChange(kind, key, segments).then(() => underWay.during(kind.atOnce, key, work));
    },
    async countBatch(batch, operations, caller) {
      const key = keyOf(batch, caller);
      const counts = new Map<RateName | AppLimitName, number>();
      for (const operation of operations) {
        const kind = kindOf(operation);
        for (const name of [kind.rate, ownLimit(kind.own, operation.segments)])
          if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      // The batch itself has been counted as a request.
      if (operations.length > 1) await rates.take("requests", batch.client.group, operations.length - 1);
      for (const [rate, count] of counts) await rates.take(rate, key, count);
    },
  };
}

function kindOf(exchange: Exchange): Kind {
  const { method, segments } = exchange;
  if (segments[2] === "rpc") return functions;
  return method === "GET" || method === "HEAD" || isReadByPost(exchange) ? reads : writes;
}

/** `/rest/v1/rpc/<function>` or `/rest/v1/<table>`. */
function ownLimit(own: Kind["own"], segments: readonly string[]): AppLimitName | undefined {
  const name = segments[own === "functions" ? 3 : 2];
  return own === undefined || name === undefined ? undefined : `${own}.${name}`;
}

function keyOf({ client }: Exchange, caller: Caller): string | undefined {
  if (caller === null) return client.group;
  return typeof caller === "symbol" ? undefined : `user ${caller.id}`;
}
