import type { Stored } from "#contract";
import {
  type Binding,
  type Column,
  compileExpression,
  type Expression,
  evaluate,
  expressions,
  needsDatabase,
  type RowSource,
  sql,
  type Table,
} from "#database";
import { parametersOf } from "../compiled.ts";
import { compileContext, type Session } from "../session.ts";
import { reachOf } from "./rule-reach.ts";

/** The values of a row to be made, by the place of their column among those that are stored; undefined where the database fills it. */
export type RowValues = readonly (Stored | undefined)[];

/** A rule about a row that is not stored yet, of which `row` and `next` both speak: made once for all rows of its kind. */
export type NewRowRule =
  | { readonly type: "always" | "never" }
  | { readonly type: "evaluate"; readonly rule: Expression; readonly names: readonly string[] }
  | {
      readonly type: "ask";
      readonly statement: string;
      readonly bindings: readonly Binding[];
      /**
       * The places of the columns that the verdict depends on. Undefined where it also depends on rows of the table itself, and so may
       * change from row to row.
       */
      readonly decisive: readonly number[] | undefined;
    };

export function planNewRowRule(session: Session, table: Table, columns: readonly Column[], rule: Expression): NewRowRule {
  if (expressions.isConstantTruth(rule, true)) return { type: "always" };
  if (expressions.isConstantTruth(rule, false)) return { type: "never" };
  if (!needsDatabase(rule)) return { type: "evaluate", rule, names: columns.map(({ name }) => name) };
  const places = new Map(columns.map((column, place) => [column, place]));
  const source: RowSource = {
    column: (column) => ({ text: "?", bindings: [{ type: "slot", index: places.get(column) ?? columns.length }] }),
    rowKey: undefined,
  };
  const rows = new Map([
    ["row", source],
    ["next", source],
  ]);
  const { text, bindings } = sql`SELECT ${compileExpression(rule, { ...compileContext(session), rows })}`;
  const reach = reachOf(rule, table);
  const decisive = reach.tables.has(table.name) ? undefined : [...reach.columns].map((column) => places.get(column) ?? 0);
  return { type: "ask", statement: text, bindings, decisive };
}

/** Verdicts that are remembered for one rule within one write. */
const maxVerdicts = 10_000;

/** Asks a rule of one row after another of one write, and of each kind of row once. */
export class NewRowCheck {
  readonly #session: Session;
  readonly #rule: NewRowRule;
  readonly #verdicts = new Map<string, boolean>();

  constructor(session: Session, rule: NewRowRule) {
    this.#session = session;
    this.#rule = rule;
  }

  /** At once where it can be told without the database. */
  allows(values: RowValues): boolean | Promise<boolean> {
    const rule = this.#rule;
    switch (rule.type) {
      case "always":
        return true;
      case "never":
        return false;
      case "evaluate":
        return this.#evaluate(rule.rule, rule.names, values);
      case "ask": {
        const key = rule.decisive === undefined ? undefined : keyOf(rule.decisive, values);
        const known = key === undefined ? undefined : this.#verdicts.get(key);
        return known ?? this.#ask(rule.statement, rule.bindings, values, key);
      }
    }
  }

  #evaluate(rule: Expression, names: readonly string[], values: RowValues): boolean {
    const { facts, now } = this.#session;
    const stored: Record<string, Stored> = {};
    for (let place = 0; place < names.length; place++) {
      const value = values[place];
      if (value !== undefined) stored[names[place] as string] = value;
    }
    return evaluate(rule, { rows: { row: stored, next: stored }, actor: facts, values: [], now, related: neverRelated }) === 1;
  }

  async #ask(statement: string, bindings: readonly Binding[], values: RowValues, key: string | undefined): Promise<boolean> {
    const slots = values.map((value) => value ?? null);
    const row = await this.#session.connection.get(statement, parametersOf(this.#session, bindings, slots));
    const verdict = Number(row?.[0]) === 1;
    if (key !== undefined) {
      if (this.#verdicts.size >= maxVerdicts) this.#verdicts.clear();
      this.#verdicts.set(key, verdict);
    }
    return verdict;
  }
}

/** Undefined for bytes, which are no good as a key. No text holds U+0000. */
function keyOf(places: readonly number[], values: RowValues): string | undefined {
  let key = "";
  for (const place of places) {
    const value = values[place] ?? null;
    if (value instanceof Uint8Array) return undefined;
    key += `${typeof value}${String(value)}\u0000`;
  }
  return key;
}

function neverRelated(): never {
  throw new Error("An expression that stays within its rows asked for other rows.");
}
