import { open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { type ImportOutcome, type ImportRow, importRows, type ImportRules, type RecordStore } from "#application";
import { AppError } from "#contract";
import type { Model, Progress } from "#database";

/** Rows that lie in the data directory, to be written by whoever has the database. */
export interface ImportOrder {
  readonly type: "import";
  /** The name of the file there: see `spoolLine`. It is gone once it is open. */
  readonly spool: string;
  readonly rows: number;
  readonly rules: ImportRules;
}

export interface ImportPlace {
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
  readonly records: RecordStore;
  readonly model: Model;
  readonly dataDirectory: string;
  /** Milliseconds that others may have to wait for it. */
  readonly timeLimit: number;
}

const SPOOL = /^importing-[0-9a-f-]{36}\.ndjson$/;

/** A name for the file, which is asked for by nobody else. */
export function spoolName(uuid: string): string {
  return `importing-${uuid}.ndjson`;
}

/** Whether the file is one that an import left, whose command was killed. */
export function isSpool(name: string): boolean {
  return SPOOL.test(name);
}

/** A row as a line of the file. */
export function spoolLine({ table, form, file, line, row, problem }: ImportRow): string {
  // These two end a line too, for who reads lines in Node.js.
  const text = JSON.stringify([table, form, line, row, file ?? null, problem ?? null]);
  return `${text.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}\n`;
}

/** @throws AppError where it is no such order: it comes from whoever holds the secret, and may be of another version. */
export function readImportOrder(given: object): ImportOrder {
  const { spool, rows, rules } = given as Partial<ImportOrder>;
  const isOrder =
    typeof spool === "string" &&
    SPOOL.test(spool) &&
    typeof rows === "number" &&
    typeof rules === "object" &&
    (rules.onError === "stop" || rules.onError === "skip") &&
    (rules.onConflict === undefined || rules.onConflict === "merge" || rules.onConflict === "ignore") &&
    (rules.key === undefined || (Array.isArray(rules.key) && rules.key.every((name) => typeof name === "string")));
  if (!isOrder) throw new AppError("invalidBody", { details: "The order of an import is not one of this version." });
  return { type: "import", spool, rows, rules };
}

/** Writes the rows as the system. With `stop` others who write wait for all of them, so there is a limit of time. */
export async function importSpool(order: ImportOrder, place: ImportPlace): Promise<ImportOutcome> {
  const { records, model, dataDirectory, timeLimit, signal, report } = place;
  const { spool, rules, rows: total } = order;
  try {
    return await importRows(readSpool(join(dataDirectory, spool)), rules, {
      records,
      model,
      timeLimit,
      signal,
      onProgress: (done) => report({ id: "import", step: 1, steps: 1, text: "rows of an import", rows: { done, total } }),
    });
  } catch (error) {
    const fate = rules.onError === "skip" && rules.dryRun !== true ? "What was written before stays." : "Nothing was written.";
    if (signal.aborted) throw new Error(`The server closed meanwhile. ${fate}`, { cause: error });
    if (error instanceof AppError && error.error === "timeout")
      throw new Error(
        `It took longer than ${timeLimit} ms, and nothing was written: who else writes waits meanwhile. --on-error skip writes a thousand rows at a time, CHASSIS_LIMIT_BULK_TIME allows more time, and without a server there is no limit.`,
        { cause: error },
      );
    throw error;
  }
}

async function* readSpool(path: string): AsyncGenerator<ImportRow> {
  const handle = await open(path, "r");
  try {
    await unlink(path);
    for await (const text of handle.readLines()) {
      const [table, form, line, row, file, problem] = JSON.parse(text) as [
        string,
        ImportRow["form"],
        number,
        ImportRow["row"],
        string | null,
        string | null,
      ];
      yield { table, form, line, row, ...(file === null ? {} : { file }), ...(problem === null ? {} : { problem }) };
    }
  } finally {
    await handle.close();
  }
}
