import type { Column, Model, Table } from "../../model/model.ts";
import { SqliteConnection } from "../connection.ts";
import { quoteName } from "../dialect/literals.ts";
import { readSlowStatements, type RecordedSlowStatement } from "../slow/slow-table.ts";
import { ExaminedDatabase } from "./examined-database.ts";

/** A statement that was slow, and the index that it would use. */
export interface SuggestedIndex extends RecordedSlowStatement {
  /** Undefined where no index over one or two columns would be used. */
  readonly index: { readonly table: string; readonly columns: readonly string[] } | undefined;
}

export interface SuggestionOptions {
  readonly path: string;
  readonly model: Model;
  readonly isServed: boolean;
}

/**
 * Which indexes the statements want that a server found slow. No statement is run, and nothing is read of the data: in a copy of the
 * tables that is empty and in memory every column gets an index, and the planner says which of them it would use, as `.expert` of the sqlite3 shell does.
 * What has become fast by an index since is left out.
 */
export async function suggestIndexes({ path, model, isServed }: SuggestionOptions): Promise<readonly SuggestedIndex[]> {
  const database = new ExaminedDatabase(path, isServed);
  try {
    const statements = await readSlowStatements(database.connection);
    if (statements.length === 0) return [];
    const copy = new SqliteConnection({ path: ":memory:", readOnly: false, busyTimeout: 0, maxStatements: 1, pragmas: [] });
    try {
      copySchema(database, copy);
      return statements.flatMap((statement) => {
        const plan = planOf(copy, statement.sql);
        if (plan === undefined || !readsTooMuch(plan)) return [];
        return [{ ...statement, index: findIndex(copy, model, statement.sql) }];
      });
    } finally {
      copy.close();
    }
  } finally {
    database.close();
  }
}

function copySchema(database: ExaminedDatabase, copy: SqliteConnection): void {
  const objects = database.all(
    `SELECT s.sql FROM sqlite_schema AS s LEFT JOIN pragma_table_list(s.name) AS l ON l.schema = 'main'
      WHERE s.sql IS NOT NULL AND s.type IN ('table', 'index') AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND l.type IS NOT 'shadow'
      ORDER BY s.type = 'index'`,
  );
  for (const [sql] of objects) attempt(() => copy.execute(String(sql)));
}

/** What does not fit the copy (a table of another module, a statement on a table that is gone) is not looked into. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The lines of a plan; undefined where the statement does not fit the tables any more. */
function planOf(copy: SqliteConnection, sql: string): readonly string[] | undefined {
  return attempt(() => copy.all(`EXPLAIN QUERY PLAN ${sql}`, []).map((row) => String(row[3])));
}

function sorts(plan: readonly string[]): boolean {
  return plan.some((line) => /USE TEMP B-TREE FOR .*ORDER BY/.test(line));
}

function readsTooMuch(plan: readonly string[]): boolean {
  return sorts(plan) || plan.some((line) => /^SCAN (?!.*VIRTUAL TABLE)|USING AUTOMATIC/.test(line));
}

/** Over the column that the planner finds rows by, or sorts them by, and a second one that goes with it. */
function findIndex(copy: SqliteConnection, model: Model, sql: string): SuggestedIndex["index"] {
  for (const table of model.tables.values()) {
    if (!sql.includes(table.name)) continue;
    const columns = [...table.columns.values()].filter(canHaveIndex);
    const first = tryIndexes(copy, sql, {
      table,
      sets: columns.filter(({ kind }) => kind.name !== "bool").map(({ name }) => [name]),
    });
    if (first === undefined) continue;
    const [column = ""] = first;
    const pairs = columns.filter(({ name }) => name !== column).map(({ name }) => [column, name]);
    // One alone is there to be beaten: a pair must find more, or sort what it would not.
    const pair = tryIndexes(copy, sql, { table, sets: [first, ...pairs] });
    return { table: table.name, columns: pair ?? first };
  }
  return undefined;
}

function canHaveIndex({ type, computed, secret }: Column): boolean {
  return type.scalar !== "json" && computed === undefined && !secret;
}

interface Candidates {
  readonly table: Table;
  readonly sets: readonly (readonly string[])[];
}

/** The one of them by which rows would be found, or without which they would have to be sorted. */
function tryIndexes(copy: SqliteConnection, sql: string, { table, sets }: Candidates): readonly string[] | undefined {
  const before = planOf(copy, sql) ?? [];
  copy.execute("SAVEPOINT candidates");
  try {
    for (const [number, columns] of sets.entries())
      copy.execute(`CREATE INDEX ${nameOf(number)} ON ${quoteName(table.name)} (${columns.map(quoteName).join(", ")})`);
    const plan = planOf(copy, sql) ?? [];
    const isSorted = sorts(before) && !sorts(plan);
    for (const [number, columns] of sets.entries()) {
      const line = plan.find((each) => each.includes(`INDEX ${nameOf(number)}`));
      if (line !== undefined && (isSorted || line.startsWith("SEARCH"))) return columns;
    }
    return undefined;
  } finally {
    copy.execute("ROLLBACK TO candidates; RELEASE candidates");
  }
}

/** Fixed in length, so that no name begins another one. */
function nameOf(number: number): string {
  return `chassis_candidate_${String(number).padStart(4, "0")}`;
}
