import { systemClock } from "#base";
import type { Stored } from "#contract";
import {
  type ActorFacts,
  aliasSource,
  type Binding,
  children,
  compileExpression,
  createAliases,
  type Database,
  evaluateTruth,
  type Expression,
  fold,
  identifier,
  type Model,
  printFact,
  provenThing,
  resolveBindings,
  type RowSource,
  type Sql,
  sql,
  sqliteDialect,
  type Table,
  constant,
} from "#database";

export type Verdict = "true" | "false" | "unknown" | "depends on the row";

const ROW = "row";

/** The SQL of a rule, and in words what each of its parameters is. */
export function compileRule(
  expression: Expression,
  model: Model,
): { readonly text: string; readonly parameters: readonly string[] } {
  const { text, bindings } = compile(expression, model, aliasSource("next"));
  return { text, parameters: bindings.map(describeBinding) };
}

/** What can be said of a clause about somebody while there is no row: all, where it is about nobody else. */
export function verdictWithoutRow(clause: Expression, facts: ActorFacts): Verdict {
  const folded = fold(clause, facts);
  if (looksAtRows(folded)) return "depends on the row";
  return word(evaluateTruth(folded, { rows: {}, actor: facts, now: now() }));
}

export interface RowQuestion {
  readonly model: Model;
  readonly database: Database;
  readonly table: Table;
  /** The row's id, as it is stored. */
  readonly key: Stored;
  readonly facts: ActorFacts;
}

/** What the database says of a clause about a row, which also stands for `next`; undefined where there is no such row. */
export async function verdictOnRow(
  clause: Expression,
  { model, database, table, key, facts }: RowQuestion,
): Promise<Verdict | undefined> {
  const alias = identifier(ROW);
  const asked = compile(clause, model, aliasSource(ROW));
  const statement = sql`SELECT ${asked} FROM ${identifier(table.name)} AS ${alias} WHERE ${alias}.${identifier(table.key.name)} = ${constant(key)}`;
  const row = await database.get(statement.text, resolveBindings(statement.bindings, { values: [], actor: facts, now: now() }));
  if (row === undefined) return undefined;
  return word(row[0] === null || row[0] === undefined ? null : Number(row[0]));
}

function compile(expression: Expression, model: Model, next: RowSource): Sql {
  const rows = new Map([
    [ROW, aliasSource(ROW)],
    ["next", next],
  ]);
  return compileExpression(expression, { model, dialect: sqliteDialect, rows, alias: createAliases() });
}

function looksAtRows(expression: Expression): boolean {
  return "row" in expression || children(expression).some(looksAtRows);
}

function word(truth: number | null): Verdict {
  if (truth === null) return "unknown";
  return truth === 1 ? "true" : "false";
}

function describeBinding(binding: Binding): string {
  switch (binding.type) {
    case "constant":
      return JSON.stringify(typeof binding.value === "bigint" ? String(binding.value) : binding.value);
    case "slot":
      return `value ${binding.index + 1} of the request`;
    case "actor":
      return printFact(binding.fact);
    case "role":
      return describeRole(binding.role);
    case "now":
      return "the moment of the request";
    case "asOf":
      return "the moment in the past that the request names";
  }
}

function describeRole(role: string | undefined): string {
  if (role === undefined) return "whether anybody is signed in";
  const thing = provenThing(role);
  return thing === undefined ? `whether me has the role ${JSON.stringify(role)}` : `whether the session of me shows '${thing}'`;
}

function now(): string {
  return new Date(systemClock.now()).toISOString();
}
