import type { Caller, MutationQuery, ReadQuery, RecordStore } from "#application";
import { createRecordStore, system } from "#application";
import { type Clock, silentLogger } from "#base";
import type { Actor } from "#contract";
import { openSqlite, prepareDatabase, type SqliteDatabase, sqliteDialect } from "#database";
import { countingIds } from "../support/projects-data.ts";
import { boardBackend } from "./board-backend.ts";

export type AnyRow = Readonly<Record<string, unknown>>;

/** A clock that goes when it is told. */
export class SteppingClock implements Clock {
  time: number = Date.UTC(2026, 0, 1);

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  /** The moment after so many more milliseconds. */
  step(milliseconds = 1000): string {
    this.time += milliseconds;
    return new Date(this.time).toISOString();
  }
}

/** The board back end on a database of its own, with a clock that stands until it is moved. */
export interface BoardWorld {
  readonly database: SqliteDatabase;
  readonly store: RecordStore;
  readonly clock: SteppingClock;
  readonly ann: Actor;
  readonly bob: Actor;
  readonly auditor: Actor;
  add(table: string, row: AnyRow, caller?: Caller): Promise<string>;
  change(table: string, id: string, set: AnyRow, caller?: Caller): Promise<number>;
  remove(table: string, id: string, caller?: Caller): Promise<number>;
  restore(table: string, id: string, caller?: Caller, version?: number): Promise<number>;
  list(table: string, caller?: Caller, more?: Partial<ReadQuery>): Promise<readonly AnyRow[]>;
  get(table: string, id: string, caller?: Caller, more?: Partial<ReadQuery>): Promise<AnyRow | undefined>;
  write(query: MutationQuery, caller?: Caller): Promise<number>;
  close(): Promise<void>;
}

/** An id in its JSON form. */
const idOf = (id: string): string | number => (/^\d+$/.test(id) ? Number(id) : id);

const byId = { type: "compare", path: { column: "id", json: [] }, operator: "eq", value: 0 } as const;

export async function createBoardWorld(): Promise<BoardWorld> {
  const { model, rules } = boardBackend;
  const clock = new SteppingClock();
  const database = await openSqlite({ path: ":memory:", logger: silentLogger, clock });
  await prepareDatabase(database, model, clock);
  const store = createRecordStore({ database, dialect: sqliteDialect, model, rules, clock, ids: countingIds() });
  const write: BoardWorld["write"] = async (query, caller = system) => (await store.write(query, caller)).affected;
  const add: BoardWorld["add"] = async (table, row, caller = system) => {
    const { keys } = await store.write(
      { type: "insert", table, rows: [row], rowForm: "json", form: "json", values: [], missing: "default" },
      caller,
    );
    return String(keys?.[0]);
  };
  const list: BoardWorld["list"] = async (table, caller = system, more = {}) => {
    const { json } = await store.read({ table, selection: { items: [] }, values: [], form: "json", ...more }, caller);
    return JSON.parse(json) as AnyRow[];
  };
  const user = async (name: string, roles: readonly string[] = []): Promise<Actor> => ({
    id: await add("users", { name }),
    roles,
    claims: {},
  });
  return {
    database,
    store,
    clock,
    ann: await user("Ann"),
    bob: await user("Bob"),
    auditor: await user("Auditor", ["auditor"]),
    add,
    change: (table, id, set, caller) =>
      write({ type: "update", table, set, where: byId, values: [idOf(id)], form: "json" }, caller),
    remove: (table, id, caller) => write({ type: "delete", table, where: byId, values: [idOf(id)], form: "json" }, caller),
    restore: (table, id, caller, version) =>
      write(
        { type: "restore", table, key: 0, values: [idOf(id)], form: "json", ...(version === undefined ? {} : { version }) },
        caller,
      ),
    list,
    get: async (table, id, caller, more) =>
      (await list(table, caller, { selection: { items: [], where: byId }, values: [idOf(id)], ...more }))[0],
    write,
    close: () => database.close(),
  };
}
