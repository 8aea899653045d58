import type { Caller } from "#application";
import type { Exchange } from "../../http/exchange.ts";
import { PassedOn } from "../../http/passed-on.ts";
import { BodySpool } from "./body-spool.ts";
import type { RestPorts } from "../rest-request.ts";

/** Bytes of a body of rows that is read whole and kept in memory. */
export const wholeBytes = 1_048_576;

/**
 * Receives the rows of an insert, however long it takes, before anything is written. Who may not insert into the table is told so once the
 * body is large, and not after it has filled the disk.
 */
export function receiveRows(
  ports: RestPorts,
  { exchange, caller, name }: { readonly exchange: Exchange; readonly caller: Caller; readonly name: string },
): Promise<BodySpool> {
  const { limits, records, room } = ports;
  return BodySpool.receive(exchange.stream(limits.bulkBytes, "bulkBytes"), {
    room,
    owner: caller === null ? "" : typeof caller === "symbol" ? "system" : caller.id,
    memory: Math.min(wholeBytes, limits.bulkBytes),
    onLarge: async () => {
      await records.write(
        { type: "insert", table: name, rows: [], rowForm: "json", missing: "default", values: [], form: "json", dryRun: true },
        caller,
        { signal: exchange.signal },
      );
    },
  });
}

/** A request whose body is in a spool, which whoever made it closes. */
export class SpooledExchange extends PassedOn {
  readonly spool: BodySpool;

  constructor(exchange: Exchange, spool: BodySpool) {
    super(exchange);
    this.spool = spool;
  }

  stream(): AsyncIterable<Uint8Array> {
    return this.spool.chunks();
  }

  async body(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.spool.chunks()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}
