import { mkdtemp, rm, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemClock } from "#base";
import { compareRows, type RowComparison, type TablePair } from "../../sqlite/file/compare-rows.ts";
import { copyDatabase } from "../../sqlite/file/copy-database.ts";
import { definitionOf, kindDifferences, readDatabaseDefinition } from "../../sqlite/definition/definition.ts";
import { compareSchemas } from "../../sqlite/definition/inspect.ts";
import { openSqlite, type SqliteDatabase } from "../../sqlite/sqlite-database.ts";
import { applyMigration, rollbackMigration } from "../apply/apply-migration.ts";
import type { Applied } from "../apply/apply-types.ts";
import { MigrationError } from "../errors.ts";
import type { Migration, NamedMigration } from "../written/migration.ts";
import type { Rehearsal, RehearseOptions, TableRehearsal } from "./rehearsal-types.ts";
import { rowKeyOf, type SchemaState, stateOf } from "../schema-state.ts";

/**
 * Tries a migration on a copy of the real data: up, down, up again. The database itself is only read, as of one moment, and may be in use.
 *
 * @throws MigrationError when the disk has no room for the copies, and whatever applying the migration throws.
 */
export async function rehearseMigration(path: string, named: NamedMigration, options: RehearseOptions): Promise<Rehearsal> {
  const { report = () => {}, signal } = options;
  const bytes = (await stat(path)).size + ((await stat(`${path}-wal`).catch(() => undefined))?.size ?? 0);
  const parent = options.folder ?? dirname(path);
  await needSpace(parent, bytes * 3);
  const folder = await mkdtemp(join(parent, ".chassis-rehearsal-"));
  try {
    report("copying the database");
    const [before, work] = [join(folder, "before.db"), join(folder, "rehearsal.db")];
    await copyDatabase({ source: path, target: before, ...(signal === undefined ? {} : { signal }) });
    await copyDatabase({ source: before, target: work, ...(signal === undefined ? {} : { signal }) });
    return await new Rehearsing({ before, work, named, options, databaseBytes: bytes }).run();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function needSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new MigrationError(
    `Rehearsing needs ${megabytes(needed)} in ${folder}, and ${megabytes(free)} are free. Make room, or name a folder on another disk.`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}

interface Files {
  readonly before: string;
  readonly work: string;
  readonly named: NamedMigration;
  readonly options: RehearseOptions;
  readonly databaseBytes: number;
}

class Rehearsing {
  readonly #files: Files;
  readonly #problems: string[] = [];
  readonly #notes: string[] = [];

  constructor(files: Files) {
    this.#files = files;
  }

  async run(): Promise<Rehearsal> {
    const { named, options, databaseBytes } = this.#files;
    const { report = () => {} } = options;
    const { steps } = named.migration;
    const canGoBack = steps.every((step) => step.type !== "sql" || step.down !== undefined);
    if (!canGoBack) this.#problems.push("It cannot be rolled back: a step of SQL says nothing of how it is undone (`down`).");
    const original = await this.#with(async (database) => stateOf((await readDatabaseDefinition(database)).objects));

    report("applying");
    const up = await this.#with(async (database) => {
      const applied = await this.#apply(database);
      await this.#check(database);
      return applied;
    });
    const after = await this.#with(async (database) => ({
      state: stateOf((await readDatabaseDefinition(database)).objects),
      bytes: Number((await database.get("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", []))?.[0] ?? 0),
    }));
    const pairs = pairTables(named.migration, original, after.state);
    report("comparing rows");
    const upRows = this.#compare(pairs.map(({ pair }) => pair));

    let [down, upAgain]: (Applied | undefined)[] = [];
    let downRows: readonly RowComparison[] = [];
    if (canGoBack) {
      report("rolling back");
      down = await this.#with((database) => rollbackMigration(database, this.#applyOptions()));
      if (!down.isExpected) this.#problems.push("Rolled back, the schema is not the one that was there before.");
      downRows = this.#compare([...original.tables].map(([table, state]) => sameTablePair(table, state)));
      report("applying again");
      upAgain = await this.#with(async (database) => {
        const applied = await this.#apply(database);
        await this.#check(database);
        return applied;
      });
    }
    const tables = pairs.map(({ name, old }, index): TableRehearsal => {
      const [rows, back] = [upRows[index], downRows[[...original.tables.keys()].indexOf(old)]];
      return {
        table: name,
        rowsBefore: rows?.rowsBefore ?? 0,
        rowsAfter: rows?.rowsAfter ?? 0,
        rowsAfterDown: back?.rowsAfter ?? 0,
        changed: rows?.changed ?? {},
        changedAfterDown: back?.changed ?? {},
      };
    });
    this.#judge(pairs, upRows, { original, downRows });
    return {
      isGood: this.#problems.length === 0,
      problems: [...new Set(this.#problems)],
      notes: this.#notes,
      up,
      down,
      upAgain,
      longestStall: Math.max(up.longestStall, down?.longestStall ?? 0, upAgain?.longestStall ?? 0),
      tables,
      databaseBytes,
      bytesAfter: after.bytes,
    };
  }

  #applyOptions(): { readonly clock: typeof systemClock; readonly signal?: AbortSignal } {
    const { clock = systemClock, signal } = this.#files.options;
    return { clock, ...(signal === undefined ? {} : { signal }) };
  }

  #apply(database: SqliteDatabase): Promise<Applied> {
    return applyMigration(database, this.#files.named, this.#applyOptions());
  }

  /** Each time opened anew, and closed: then all is in one file, for comparing. */
  async #with<T>(work: (database: SqliteDatabase) => Promise<T>): Promise<T> {
    const database = await openSqlite({ path: this.#files.work, durability: "lose-minutes", readerThreads: 1 });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  #compare(pairs: readonly TablePair[]): readonly RowComparison[] {
    this.#files.options.signal?.throwIfAborted();
    return compareRows(this.#files.before, this.#files.work, pairs);
  }

  /** What must hold of the schema and the file once the migration is through. */
  async #check(database: SqliteDatabase): Promise<void> {
    const { model, statements = [] } = this.#files.options;
    const [wanted, found] = [definitionOf(model), await readDatabaseDefinition(database)];
    for (const line of [...compareSchemas(wanted.objects, found.objects), ...kindDifferences(wanted, found)])
      this.#problems.push(`Afterwards the database still differs from the definition: ${line}.`);
    const damage = (await database.all("PRAGMA integrity_check", []))
      .map(([line]) => String(line))
      .filter((line) => line !== "ok");
    for (const line of damage) this.#problems.push(`integrity_check says: ${line}.`);
    const orphans = await database.all("PRAGMA foreign_key_check", []);
    if (orphans.length > 0)
      this.#problems.push(`${orphans.length} rows refer to rows that are not there (first in '${String(orphans[0]?.[0])}').`);
    for (const { name, sql } of statements) {
      try {
        await database.all(`EXPLAIN ${sql}`, []);
      } catch (error) {
        this.#problems.push(
          `${name} does not work on the new schema: ${error instanceof Error ? error.message : String(error)}.`,
        );
      }
    }
  }

  /** Rows and values are compared with what the steps said that they would change. */
  #judge(
    pairs: ReturnType<typeof pairTables>,
    upRows: readonly RowComparison[],
    { original, downRows }: { readonly original: SchemaState; readonly downRows: readonly RowComparison[] },
  ): void {
    const { steps } = this.#files.named.migration;
    const hasSql = steps.some((step) => step.type === "sql");
    const meant = new Set(
      steps.flatMap((step) => {
        if (step.type === "updateRows") return Object.keys(step.set).map((column) => `${step.table}.${column}`);
        if (step.type === "convertColumn") return [`${step.table}.${step.column}`];
        if (step.type === "changeColumn" && step.fill !== undefined) return [`${step.table}.${step.column}`];
        return step.type === "rebuildTable" ? Object.keys(step.copy).map((column) => `${step.table}.${column}`) : [];
      }),
    );
    for (const [index, { name }] of pairs.entries()) {
      const rows = upRows[index];
      if (rows === undefined) continue;
      const say = hasSql ? this.#notes : this.#problems;
      if (rows.missing > 0) say.push(`'${name}' lacks ${rows.missing} of its ${rows.rowsBefore} rows afterwards.`);
      if (rows.rowsAfter > rows.rowsBefore - rows.missing)
        say.push(`'${name}' has ${rows.rowsAfter - rows.rowsBefore + rows.missing} rows afterwards that were not there.`);
      for (const [column, count] of Object.entries(rows.changed)) {
        const list = meant.has(`${name}.${column}`) ? this.#notes : say;
        list.push(`'${name}.${column}' has another value in ${count} of ${rows.rowsBefore} rows afterwards.`);
      }
    }
    for (const [index, name] of [...original.tables.keys()].entries()) {
      const rows = downRows[index];
      if (rows === undefined) continue;
      if (rows.missing > 0) this.#problems.push(`Rolled back, '${name}' lacks ${rows.missing} of its ${rows.rowsBefore} rows.`);
      for (const [column, count] of Object.entries(rows.changed))
        this.#notes.push(`Rolled back, '${name}.${column}' is not what it was in ${count} of ${rows.rowsBefore} rows.`);
    }
  }
}

function sameTablePair(
  table: string,
  { text }: SchemaState["tables"] extends ReadonlyMap<string, infer T> ? T : never,
): TablePair {
  const key = rowKeyOf(text);
  return {
    before: { table, key },
    after: { table, key },
    columns: new Map([...text.columns.keys()].map((column) => [column, column])),
  };
}

/** The tables that are there before and after, with what the steps call them and their columns. */
function pairTables(
  { steps }: Migration,
  before: SchemaState,
  after: SchemaState,
): readonly { readonly name: string; readonly old: string; readonly pair: TablePair }[] {
  const tables = new Map([...before.tables.keys()].map((name) => [name, name]));
  const columns = new Map(
    [...before.tables].map(([name, { text }]) => [name, new Map([...text.columns.keys()].map((column) => [column, column]))]),
  );
  for (const step of steps) {
    if (step.type === "renameTable") {
      const old = tables.get(step.from);
      if (old === undefined) continue;
      tables.delete(step.from);
      tables.set(step.to, old);
    } else if (step.type === "renameColumn") {
      const names = columns.get(tables.get(step.table) ?? "");
      const old = names?.get(step.from);
      if (names === undefined || old === undefined) continue;
      names.delete(step.from);
      names.set(step.to, old);
    } else if (step.type === "hideColumn") columns.get(tables.get(step.table) ?? "")?.delete(step.column);
    else if (step.type === "hideTable") tables.delete(step.table);
  }
  return [...tables].flatMap(([name, old]) => {
    const [left, right] = [before.tables.get(old), after.tables.get(name)];
    if (left === undefined || right === undefined) return [];
    const both = new Map([...(columns.get(old) ?? [])].filter(([column]) => right.text.columns.has(column)));
    return [
      {
        name,
        old,
        pair: {
          before: { table: old, key: rowKeyOf(left.text) },
          after: { table: name, key: rowKeyOf(right.text) },
          columns: both,
        },
      },
    ];
  });
}
