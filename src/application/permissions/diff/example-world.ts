import type { Stored } from "#contract";
import {
  type ActorFacts,
  type Column,
  evaluate,
  evaluateTruth,
  type Expression,
  type Model,
  nobodyFacts,
  type Relation,
  type RowReference,
  type StoredRow,
  type Table,
} from "#database";
import { someNode } from "../rewrite.ts";
import type { CallerKind } from "./callers.ts";
import { ExampleValues } from "./example-values.ts";

/** A caller and a few rows in which one version of a rule lets through what the other does not. */
export interface Example {
  readonly actor: ActorFacts;
  readonly row: StoredRow;
  /** The row after the change, where the rule compares the two. */
  readonly next: StoredRow | undefined;
  /** Other rows that matter, by table. */
  readonly others: ReadonlyMap<string, readonly StoredRow[]>;
  readonly now: string;
}

export interface ExampleSearch {
  readonly model: Model;
  readonly table: Table | undefined;
  readonly caller: CallerKind;
  /** What must be true in the example, and what must not. */
  readonly holds: Expression;
  readonly fails: Expression;
}

/** Worlds that are tried; a second of work at most. */
const tries = 4000;

/** A world in which one condition holds and the other does not, by trying small ones. The evaluator has the last word. */
export function findExample(search: ExampleSearch, random: () => number = seeded(1)): Example | undefined {
  const maker = new WorldMaker(search, random);
  for (let count = 0; count < tries; count++) {
    const example = maker.make(count);
    if (example !== undefined && isExample(search, example)) return shrink(search, example);
  }
  return undefined;
}

function isExample({ holds, fails }: Pick<ExampleSearch, "holds" | "fails">, example: Example): boolean {
  const context = contextOf(example);
  return evaluateTruth(holds, context) === 1 && evaluateTruth(fails, context) !== 1;
}

function contextOf({ row, next, actor, now, others }: Example): Parameters<typeof evaluateTruth>[1] {
  return { rows: { row, next: next ?? row }, actor, now, related: relatedIn(others) };
}

function relatedIn(rows: Example["others"]): (relation: Relation, row: StoredRow) => readonly StoredRow[] {
  const equal = (table: string, column: string, value: Stored | undefined): readonly StoredRow[] =>
    value === null || value === undefined ? [] : (rows.get(table) ?? []).filter((row) => row[column] === value);
  return ({ target, column, targetColumn, junction }, row) =>
    junction === undefined
      ? equal(target, targetColumn, row[column])
      : equal(junction.table, junction.column, row[column]).flatMap((between) =>
          equal(target, targetColumn, between[junction.targetColumn]),
        );
}

/** The same every time: an example that comes and goes would be no example. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class WorldMaker {
  readonly #search: ExampleSearch;
  readonly #random: () => number;
  readonly #values: ExampleValues;
  readonly #tables: readonly Table[];
  readonly #mentionsNext: boolean;
  readonly #proofs: readonly string[];

  constructor(search: ExampleSearch, random: () => number) {
    this.#search = search;
    this.#random = random;
    const both = [search.holds, search.fails];
    this.#values = new ExampleValues(both);
    this.#tables = tablesIn(both, search);
    this.#mentionsNext = both.some((expression) => someNode(expression, (part) => "row" in part && rootOf(part.row) === "next"));
    const roles = new Set<string>();
    for (const expression of both)
      someNode(expression, (part) => {
        if (part.type === "role" && part.role !== undefined) roles.add(part.role);
        return false;
      });
    this.#proofs = [...roles];
  }

  /** The first ones are the smallest. */
  make(count: number): Example | undefined {
    const { table, caller } = this.#search;
    const most = count < tries / 8 ? 1 : count < tries / 2 ? 2 : 3;
    const rows = new Map<string, StoredRow[]>();
    for (const each of this.#tables) {
      const number = each.name === table?.name ? Math.max(1, this.#below(most + 1)) : this.#below(most + 1);
      rows.set(
        each.name,
        Array.from({ length: number }, (_, index) => ({ id: idOf(each, index) })),
      );
    }
    for (const each of this.#tables) {
      const filled = (rows.get(each.name) ?? []).map((row) => this.#fill(each, row, rows));
      if (filled.some((row) => breaksCheck(each, row)) || breaksUnique(each, filled)) return undefined;
      rows.set(each.name, filled);
    }
    const row = table === undefined ? {} : (rows.get(table.name)?.[0] ?? {});
    const next = table === undefined || !this.#mentionsNext ? undefined : this.#change(table, row, rows);
    if (table !== undefined && next !== undefined && breaksCheck(table, next)) return undefined;
    return { actor: this.#actor(caller, rows), row, next, others: rows, now: "2026-06-01T12:00:00.000Z" };
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[this.#below(items.length)];
  }

  #fill(table: Table, row: StoredRow, rows: ReadonlyMap<string, readonly StoredRow[]>): StoredRow {
    const filled: Record<string, Stored> = { ...row };
    for (const column of table.columns.values())
      if (column.computed === undefined && column.name !== "id") filled[column.name] = this.#value(column, rows);
    return filled;
  }

  #value(column: Column, rows: ReadonlyMap<string, readonly StoredRow[]>): Stored {
    if (column.nullable && this.#below(4) === 0) return null;
    if (column.reference === undefined) return this.#pick(this.#values.of(column.type, column)) ?? null;
    const targets = rows.get(column.reference.table);
    // What no rule looks into need not be there.
    if (targets === undefined) return idOf({ name: column.reference.table, key: column }, this.#below(2));
    const target = this.#pick(targets);
    if (target === undefined) return column.nullable ? null : missing;
    return target["id"] ?? null;
  }

  #change(table: Table, row: StoredRow, rows: ReadonlyMap<string, readonly StoredRow[]>): StoredRow {
    const other = this.#fill(table, row, rows);
    const next: Record<string, Stored> = { ...row };
    for (const name of table.columns.keys())
      if (Object.hasOwn(other, name) && this.#below(3) === 0) next[name] = other[name] ?? null;
    return next;
  }

  #actor({ signedIn, roles }: CallerKind, rows: ReadonlyMap<string, readonly StoredRow[]>): ActorFacts {
    if (!signedIn) return nobodyFacts;
    const { model } = this.#search;
    const claims: Record<string, Stored> = {};
    for (const [name, type] of model.claims)
      claims[name] = this.#below(4) === 0 ? null : (this.#pick(this.#values.of(type)) ?? null);
    const users = rows.get("users") ?? [];
    const key = model.tables.get("users")?.key;
    const id =
      users.length > 0 && this.#below(4) > 0
        ? (this.#pick(users)?.["id"] ?? null)
        : key === undefined
          ? (this.#pick(this.#values.of(model.actorId)) ?? "a")
          : idOf({ name: "users", key }, this.#below(2));
    const asked = this.#proofs.filter((role) => role.startsWith("+") || roles === undefined);
    const given = asked.filter(() => this.#below(2) === 0);
    const fixed = roles ?? [];
    return {
      signedIn,
      id,
      roles: [...fixed, ...given],
      claims,
      proved: this.#below(3) === 0 ? null : (this.#pick(this.#values.of({ scalar: "timestamp" })) ?? null),
    };
  }
}

/** In place of a row that is not there: no such row is made. */
const missing = "00000000-0000-7000-8000-999999999999";

function idOf({ name, key }: { readonly name: string; readonly key: Pick<Column, "type"> }, index: number): Stored {
  if (key.type.scalar === "integer") return index + 1;
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9_000;
  return `00000000-0000-7000-8000-${String(sum).padStart(4, "0")}0000000${index + 1}`;
}

function tablesIn(both: readonly Expression[], { model, table }: ExampleSearch): readonly Table[] {
  const names = new Set<string>(table === undefined ? [] : [table.name]);
  const follow = (row: RowReference): void => {
    if (row.type === "scope") return;
    add(row.relation);
    follow(row.from);
  };
  const add = ({ table: from, target, junction }: Relation): void => {
    for (const name of [from, target, junction?.table]) if (name !== undefined) names.add(name);
  };
  let speaksOfMe = false;
  for (const expression of both)
    someNode(expression, (part) => {
      if (part.type === "actor" && part.fact.type === "id") speaksOfMe = true;
      if ("row" in part) follow(part.row);
      if (part.type === "exists" || part.type === "aggregate") add(part.relation);
      return false;
    });
  if (speaksOfMe) names.add("users");
  return [...names].flatMap((name) => model.tables.get(name) ?? []);
}

function rootOf(row: RowReference): string {
  return row.type === "scope" ? row.name : rootOf(row.from);
}

function breaksCheck(table: Table, row: StoredRow): boolean {
  return (
    Object.values(row).includes(missing) ||
    table.checks.some(({ expression }) => Number(evaluate(expression, { rows: { row }, actor: nobodyFacts, now: "" }) ?? 1) === 0)
  );
}

function breaksUnique(table: Table, rows: readonly StoredRow[]): boolean {
  return table.uniques.some(({ columns }) => {
    const seen = new Set<string>();
    for (const row of rows) {
      const values = columns.map((column) => row[column] ?? null);
      if (values.includes(null)) continue;
      const key = values.map(String).join("\u0000");
      if (seen.has(key)) return true;
      seen.add(key);
    }
    return false;
  });
}

/** Without rows, values, roles and claims that do not matter. */
function shrink(search: ExampleSearch, found: Example): Example {
  let example = found;
  const attempt = (smaller: Example): void => {
    if (isExample(search, smaller)) example = smaller;
  };
  for (const [name, rows] of found.others)
    for (const row of rows) {
      if (row === found.row) continue;
      const rest = (example.others.get(name) ?? []).filter((other) => other !== row);
      const others = new Map(example.others).set(name, rest);
      // A row that others refer to stays.
      if (![...others.values()].some((list) => list.some((other) => Object.values(other).includes(row["id"] ?? missing))))
        attempt({ ...example, others });
    }
  for (const role of found.actor.roles)
    if (search.caller.roles?.includes(role) !== true)
      attempt({ ...example, actor: { ...example.actor, roles: example.actor.roles.filter((other) => other !== role) } });
  for (const claim of Object.keys(found.actor.claims))
    attempt({ ...example, actor: { ...example.actor, claims: { ...example.actor.claims, [claim]: null } } });
  if (example.next !== undefined)
    for (const name of Object.keys(example.next)) {
      if (example.next[name] === example.row[name]) continue;
      attempt({ ...example, next: { ...example.next, [name]: example.row[name] ?? null } });
    }
  return example;
}
