import { AppError } from "#contract";

/** Bounds on what one request may say, before any name in it is looked at. Every refusal names its bound. */
export interface RestLimits {
  /** Characters of the query string, before decoding. */
  readonly urlLength: number;
  /** Bytes of a query string that stands in a body: of a read by POST, or of an operation of a batch. */
  readonly queryBytes: number;
  /** Conditions on columns, in all logic trees together. */
  readonly filters: number;
  /** How deep embeds may nest. */
  readonly embedDepth: number;
  readonly embeds: number;
  /** Columns, aggregates and embeds of `select`, of all levels together. */
  readonly selectItems: number;
  /** Of all levels together. */
  readonly orderTerms: number;
  /** How deep `and`, `or` and relation conditions may nest. */
  readonly logicDepth: number;
  /** Members of one list (`in`, `any`, `all`, `cs`, `cd`, `ov`). */
  readonly listItems: number;
  /** Steps into the JSON of one column. */
  readonly jsonSteps: number;
  /** Names in `columns` or `on_conflict`. */
  readonly columns: number;
  /** Bytes of a body. */
  readonly bodyBytes: number;
  /** Rows of one insert. */
  readonly insertRows: number;
  /** How deep the JSON of a body may nest. */
  readonly jsonDepth: number;
  /** Values in the JSON of a body, counted before they are made: each costs many times the memory of its text. */
  readonly jsonValues: number;
  /** Bytes of a body whose rows are read as a stream. */
  readonly bulkBytes: number;
  /** Rows of one insert whose rows are read as a stream. */
  readonly bulkRows: number;
  /** Milliseconds that the transaction of such an insert may stay open. */
  readonly bulkTime: number;
  /** Bodies over a mebibyte that are received at once; of one caller three quarters of it. */
  readonly bulkAtOnce: number;
  /** Operations of one batch. */
  readonly batchOperations: number;
  /** UTF-16 code units of all answers of one batch together. */
  readonly batchAnswerLength: number;
  /** Bytes of the body of an answer that is kept for an Idempotency-Key. */
  readonly idempotencyBytes: number;
}

export const defaultRestLimits: RestLimits = Object.freeze({
  urlLength: 16 * 1024,
  queryBytes: 256 * 1024,
  filters: 100,
  embedDepth: 5,
  embeds: 30,
  selectItems: 200,
  orderTerms: 16,
  logicDepth: 10,
  listItems: 5000,
  jsonSteps: 32,
  columns: 200,
  bodyBytes: 10 * 1024 * 1024,
  insertRows: 50_000,
  jsonDepth: 64,
  jsonValues: 250_000,
  bulkBytes: 128 * 1024 * 1024,
  bulkRows: 250_000,
  bulkTime: 30_000,
  bulkAtOnce: 8,
  batchOperations: 500,
  batchAnswerLength: 16 * 1024 * 1024,
  idempotencyBytes: 1024 * 1024,
});

/** The limits on a query string that did not come as an address. */
export function forBodies(limits: RestLimits): RestLimits {
  return { ...limits, urlLength: limits.queryBytes };
}

export function overLimit(limits: RestLimits, name: keyof RestLimits, what: string): AppError {
  return new AppError("limitExceeded", {
    message: `${what}: the limit is ${limits[name]} (${name}).`,
    hint: "Ask for less, or in several requests.",
  });
}
