import { quoteName } from "../dialect/literals.ts";
import type { ExaminedDatabase } from "./examined-database.ts";
import { type Finding, ok, problem, restoreAdvice } from "./finding.ts";

const SHOWN = 20;

/** SQLite's own examination of every page, index and constraint; `quick` leaves the indexes out. */
export function examinePages(database: ExaminedDatabase, isQuick: boolean): readonly Finding[] {
  const name = isQuick ? "quick_check" : "integrity_check";
  let lines: readonly string[];
  try {
    lines = database.all(`PRAGMA ${name}`).map(([line]) => String(line));
  } catch (error) {
    const broken = brokenTables(database);
    if (broken.length === 0) throw error;
    const where = broken.map((table) => `the table '${table}'`).join(", ");
    return [problem("integrity", `SQLite finds damage in ${where}: it cannot read all of it.`, restoreAdvice)];
  }
  if (lines.length === 1 && lines[0] === "ok")
    return [
      ok(
        "integrity",
        isQuick
          ? "Every page is sound (quick_check; indexes were not compared)."
          : "Every page, index and constraint is sound (integrity_check).",
      ),
    ];
  // What only an index has wrong, it can be made anew from its table; broken values have an examination of their own.
  const indexes = new Set(lines.flatMap((line) => indexOf(line) ?? []));
  const others = lines.filter((line) => indexOf(line) === undefined && !isValueLine(line));
  const findings: Finding[] = [];
  if (others.length > 0) {
    const trees = damagedTrees(database, others);
    const where = trees.length === 0 ? "" : ` in ${trees.join(", ")}`;
    findings.push(problem("integrity", `SQLite finds damage${where}: ${listed(others)}`, restoreAdvice));
  }
  if (indexes.size > 0) {
    const names = [...indexes].map((index) => `"${index}"`);
    findings.push(
      problem(
        "integrity",
        `${names.length === 1 ? "The index" : "The indexes"} ${names.join(", ")} ${names.length === 1 ? "does" : "do"} not agree with the table: rows may not be found, or appear twice.`,
        others.length > 0
          ? "Restore a backup first; the indexes come with it."
          : `Stop the server and make it anew from the table: ${names.map((each) => `sqlite3 chassis.db 'REINDEX ${each}'`).join("; ")}. Then look at the disk.`,
      ),
    );
  }
  const values = lines.filter(isValueLine);
  if (values.length > 0 && findings.length === 0) {
    findings.push(
      problem("integrity", `Values break constraints: ${listed([...new Set(values)])}`, "See what is said of the values below."),
    );
  }
  return findings;
}

/** Where damage ends the check of the whole file, the pages of each table are read; none where not even their names can be read. */
function brokenTables(database: ExaminedDatabase): readonly string[] {
  try {
    const tables = database.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0");
    return tables.map(([name]) => String(name)).filter((name) => !isReadable(database, name));
  } catch {
    return [];
  }
}

function isReadable(database: ExaminedDatabase, table: string): boolean {
  try {
    database.get(`SELECT count(*) FROM ${quoteName(table)} NOT INDEXED`);
    return true;
  } catch {
    return false;
  }
}

/** SQLite tells a table or index by the number of its first page: "Tree 12 page 15: ...". */
function damagedTrees(database: ExaminedDatabase, lines: readonly string[]): readonly string[] {
  const roots = new Set(lines.flatMap((line) => /\bTree (\d+)\b/.exec(line)?.[1] ?? []).map(Number));
  return [...roots].flatMap((root) => {
    const [type, name, table] = database.get("SELECT type, name, tbl_name FROM sqlite_schema WHERE rootpage = ?", root) ?? [];
    if (type === undefined) return [];
    return [type === "index" ? `the index "${String(name)}" of '${String(table)}'` : `the table '${String(name)}'`];
  });
}

function indexOf(line: string): string | undefined {
  return /(?:missing from index|wrong # of entries in index|non-unique entry in index) (\S+)/.exec(line)?.[1];
}

function isValueLine(line: string): boolean {
  return /^(?:CHECK constraint failed|NULL value|non-\w+ value|\w+ value) in /.test(line);
}

function listed(lines: readonly string[]): string {
  const rest = lines.length - SHOWN;
  return `${lines.slice(0, SHOWN).join("; ")}${rest > 0 ? `; and ${rest} more` : ""}.`;
}

/** Rows that refer to rows that are not there: written by a program that does not enforce foreign keys. */
export function examineForeignKeys(database: ExaminedDatabase): readonly Finding[] {
  const rows = database.all('SELECT "table", parent, count(*), min(rowid) FROM pragma_foreign_key_check GROUP BY 1, 2, fkid');
  if (rows.length === 0) return [ok("foreign keys", "Every reference leads to a row.")];
  return rows.map(([table, parent, count, row]) =>
    problem(
      "foreign keys",
      `${String(count)} ${count === 1 ? "row" : "rows"} of '${String(table)}' refer to rows of '${String(parent)}' that are not there; the first has the number ${String(row)}.`,
      `Something else than Chassis wrote to the file with foreign keys off, or it is damaged. PRAGMA foreign_key_check('${String(table)}') lists them all.`,
    ),
  );
}
