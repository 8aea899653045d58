import type { Caller } from "#application";
import type { Answer, Exchange } from "../../http/exchange.ts";
import { BufferedExchange } from "../batch/buffered-exchange.ts";
import { answerOnce, hashBody, type KeyedCaller, keyedCaller } from "../write/idempotent.ts";
import { parsePrefer } from "../headers/prefer.ts";
import { receiveRows, SpooledExchange } from "./receive-rows.ts";
import type { RestPorts } from "../rest-request.ts";

export interface Asked {
  readonly ports: RestPorts;
  readonly exchange: Exchange;
  readonly caller: Caller;
  /** The table of an insert, whose body may be long. */
  readonly bulkInto?: string | undefined;
  /** Milliseconds that a part of a batch may hold everybody up. */
  readonly heldLimit?: number;
}

type Work = (ports: RestPorts, exchange: Exchange) => Promise<Answer>;

const writes: ReadonlySet<string> = new Set(["POST", "PATCH", "PUT", "DELETE"]);

/** Under an Idempotency-Key a write is done once; without one, and for reads, this costs the look for the header. */
export function once(asked: Asked, work: Work): Promise<Answer> {
  const { ports, exchange } = asked;
  const key = exchange.header("idempotency-key");
  if (key === undefined || !writes.has(exchange.method)) return work(ports, exchange);
  return onceByKey(asked, keyedCaller(key, asked.caller), work);
}

/** The body is received first, for it belongs to what the key stands for, and no transaction waits for somebody's network. */
async function onceByKey(
  { ports, exchange, caller, bulkInto, heldLimit }: Asked,
  keyed: KeyedCaller,
  work: Work,
): Promise<Answer> {
  // Nothing is written, so there is nothing to do once.
  if (parsePrefer(exchange.header("prefer")).tx === "rollback") return work(ports, exchange);
  if (bulkInto === undefined) {
    const body = await exchange.body();
    const buffered = new BufferedExchange(exchange, body);
    return answerOnce(ports, { ...keyed, exchange: buffered, bodyHash: hashBody(body), heldLimit }, (own) => work(own, buffered));
  }
  const spool = await receiveRows(ports, { exchange, caller, name: bulkInto });
  try {
    const spooled = new SpooledExchange(exchange, spool);
    const isLong = spool.bytes === undefined;
    return await answerOnce(ports, { ...keyed, exchange: spooled, bodyHash: spool.digest(), isLong }, (own) =>
      work(own, spooled),
    );
  } finally {
    await spool.close();
  }
}
