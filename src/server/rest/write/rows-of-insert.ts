import type { Caller, InsertQuery } from "#application";
import type { Exchange } from "../../http/exchange.ts";
import { BufferedExchange } from "../batch/buffered-exchange.ts";
import { receiveRows, SpooledExchange, wholeBytes } from "../body/receive-rows.ts";
import { contentTypeOf, readRows } from "../body/request-body.ts";
import type { RestPorts } from "../rest-request.ts";
import type { RowFormat } from "../body/row-splitter.ts";
import { SpooledRows } from "../body/spooled-rows.ts";

const forInsert: ReadonlySet<RowFormat | "form"> = new Set(["json", "ndjson", "csv", "form"] as const);

type Rows = Pick<InsertQuery, "rows" | "rowForm">;

/**
 * The rows of an insert's body, for as long as `write` takes. A body of up to a mebibyte is read whole; a longer one, and one of a row a
 * line, is received into a spool first and gone through row by row, so that neither memory nor a transaction waits for it.
 */
export async function withRows<T>(
  ports: RestPorts,
  { exchange, caller, name }: { readonly exchange: Exchange; readonly caller: Caller; readonly name: string },
  write: (rows: Rows) => Promise<T>,
): Promise<T> {
  const type = contentTypeOf(exchange, forInsert);
  if (type === "form" || (type !== "ndjson" && isShort(exchange))) return write(await rowsOfWhole(exchange, ports));
  const given = exchange instanceof SpooledExchange ? exchange.spool : undefined;
  const spool = given ?? (await receiveRows(ports, { exchange, caller, name }));
  try {
    const { bytes } = spool;
    if (type !== "ndjson" && bytes !== undefined)
      return await write(await rowsOfWhole(new BufferedExchange(exchange, bytes), ports));
    return await write({ rows: new SpooledRows(spool, type, ports.limits), rowForm: type === "csv" ? "text" : "json" });
  } finally {
    if (given === undefined) await spool.close();
  }
}

async function rowsOfWhole(exchange: Exchange, { limits }: RestPorts): Promise<Rows> {
  const { rows, form } = await readRows(exchange, limits);
  return { rows, rowForm: form };
}

/** It says itself that it is. Of one that does not say how long it is (chunked), that shows when it has come. */
function isShort(exchange: Exchange): boolean {
  const length = exchange.header("content-length");
  return length !== undefined && Number(length) <= wholeBytes && !(exchange instanceof SpooledExchange);
}
