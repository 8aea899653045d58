import { statSync } from "node:fs";
import type { Model } from "../../model/model.ts";
import { quoteName } from "../dialect/literals.ts";
import type { ExaminedDatabase } from "./examined-database.ts";
import { advice, type Finding, ok } from "./finding.ts";

const MEBIBYTE = 1_048_576;
/** Below these the gain is not worth a sentence. */
const FREE_BYTES = 16 * MEBIBYTE;
const FREE_SHARE = 0.25;
const LOG_BYTES = 256 * MEBIBYTE;
const ROWS_WITHOUT_STATISTICS = 10_000;

/** The size of the file, of what is free in it, and of its log. */
export function examineSize(database: ExaminedDatabase, path: string): readonly Finding[] {
  const [pages, free, pageSize] = ["page_count", "freelist_count", "page_size"].map((name) =>
    Number(database.get(`PRAGMA ${name}`)?.[0]),
  );
  const [bytes, freeBytes] = [(pages ?? 0) * (pageSize ?? 0), (free ?? 0) * (pageSize ?? 0)];
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const findings: Finding[] = [];
  if (freeBytes > FREE_BYTES && freeBytes > bytes * FREE_SHARE) {
    findings.push(
      advice(
        "size",
        `${inMebibytes(freeBytes)} of the ${inMebibytes(bytes)} of the database are free pages. New rows use them up first; only the disk has less for others.`,
        "Where the disk needs it, stop the server and make the file smaller: sqlite3 chassis.db VACUUM (needs as much room again while it runs).",
      ),
    );
  }
  if (log > LOG_BYTES) {
    findings.push(
      advice(
        "size",
        `The write-ahead log has grown to ${inMebibytes(log)}: something reads for so long that it cannot be copied into the database.`,
        "Look for a backup, a report or another program that keeps the file open for reading. The log gets smaller by itself afterwards.",
      ),
    );
  }
  return findings.length > 0
    ? findings
    : [
        ok(
          "size",
          `The database has ${inMebibytes(bytes)}, ${inMebibytes(freeBytes)} of it free pages; its log ${inMebibytes(log)}.`,
        ),
      ];
}

/** Without statistics SQLite guesses which of two indexes is the better one. */
export function examineStatistics(database: ExaminedDatabase, model: Model): readonly Finding[] {
  const exists = database.get("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'") !== undefined;
  const known = new Set(exists ? database.all("SELECT DISTINCT tbl FROM sqlite_stat1").map(([name]) => String(name)) : []);
  const without = [...model.tables.values()].filter(
    (table) =>
      !known.has(table.name) &&
      table.uniques.length + table.indexes.length > 1 &&
      database.get(`SELECT 1 FROM ${quoteName(table.name)} LIMIT 1 OFFSET ${ROWS_WITHOUT_STATISTICS}`) !== undefined,
  );
  if (without.length === 0) return [];
  const names = without.map(({ name }) => name).join(", ");
  return [
    advice(
      "statistics",
      `SQLite has no statistics about ${names}, and so guesses which of several indexes is the best.`,
      'Stop the server and let it count: sqlite3 chassis.db "PRAGMA analysis_limit = 1000; ANALYZE".',
    ),
  ];
}

function inMebibytes(bytes: number): string {
  return bytes < MEBIBYTE ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / MEBIBYTE).toFixed(bytes < 10 * MEBIBYTE ? 1 : 0)} MiB`;
}
