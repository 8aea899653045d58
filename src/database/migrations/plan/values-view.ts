import type { Connection } from "../../driver.ts";
import { quoteName } from "../../sqlite/dialect/literals.ts";
import { checkCondition, type ForeignKey } from "../schema-state.ts";

/** What a table's rows will hold, told from what they hold now: so that a plan knows what would be lost or fail before it is tried. */
export interface PlannedTable {
  /** As it is called now; undefined for a new one, which has no rows. */
  readonly table: string | undefined;
  /** New column name to the name that it has now. */
  readonly columns: ReadonlyMap<string, string>;
  /** New columns, and those whose values change: SQL over the row under its new names. */
  readonly expressions: Map<string, string>;
}

/** The rows under their new names, before any value changes. */
export function renamedRows({ table, columns }: PlannedTable): string {
  const list = [...columns].map(([name, now]) => `${quoteName(now)} AS ${quoteName(name)}`);
  return `SELECT ${list.join(", ")} FROM ${quoteName(table ?? "")}`;
}

/** The rows as they will be. */
function plannedRows(planned: PlannedTable): string {
  const names = new Set([...planned.columns.keys(), ...planned.expressions.keys()]);
  const list = [...names].map((name) => `${planned.expressions.get(name) ?? quoteName(name)} AS ${quoteName(name)}`);
  return `SELECT ${list.join(", ")} FROM (${renamedRows(planned)})`;
}

export class RowCounter {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async count(sql: string): Promise<number> {
    const row = await this.#connection.get(sql, []);
    return Number(row?.[0] ?? 0);
  }

  async rows(planned: PlannedTable): Promise<number> {
    return planned.table === undefined ? 0 : this.count(`SELECT count(*) FROM ${quoteName(planned.table)}`);
  }

  async empty(planned: PlannedTable, column: string): Promise<number> {
    if (planned.table === undefined) return 0;
    return this.count(`SELECT count(*) FROM (${plannedRows(planned)}) WHERE typeof(${quoteName(column)}) = 'null'`);
  }

  async breaking(planned: PlannedTable, constraint: string): Promise<number> {
    const condition = checkCondition(constraint);
    if (planned.table === undefined || condition === undefined) return 0;
    return this.count(`SELECT count(*) FROM (${plannedRows(planned)}) WHERE NOT (${condition})`);
  }

  async orphans(planned: PlannedTable, key: ForeignKey, target: PlannedTable | undefined): Promise<number> {
    if (planned.table === undefined) return 0;
    const column = quoteName(key.column);
    const found =
      target?.table === undefined
        ? "0"
        : `EXISTS (SELECT 1 FROM (${plannedRows(target)}) AS p WHERE p.${quoteName(key.target)} = r.${column})`;
    return this.count(`SELECT count(*) FROM (${plannedRows(planned)}) AS r WHERE r.${column} IS NOT NULL AND NOT ${found}`);
  }

  /** Rows that share their values with another one. */
  async duplicates(planned: PlannedTable, columns: readonly string[], where: string | undefined): Promise<number> {
    if (planned.table === undefined) return 0;
    const list = columns.map(quoteName);
    const conditions = [...list.map((column) => `${column} IS NOT NULL`), ...(where === undefined ? [] : [`(${where})`])];
    return this.count(
      `SELECT ifnull(sum(n), 0) FROM (SELECT count(*) AS n FROM (${plannedRows(planned)}) WHERE ${conditions.join(" AND ")}
        GROUP BY ${list.join(", ")} HAVING count(*) > 1)`,
    );
  }
}
