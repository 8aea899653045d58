import type { Stored } from "#contract";
import {
  type ActorFacts,
  type Clause,
  children,
  clauses,
  compileExpression,
  createAliases,
  aliasSource,
  evaluateTruth,
  type Expression,
  expressions,
  fold,
  identifier,
  join,
  resolveBindings,
  sql,
  sqliteDialect,
} from "#database";
import { type AccessQuestion, type NamedRule, type Ruled, rulesFor } from "./effective-rule.ts";
import { countsOf, type DecidingFact, factsOf } from "./deciding-facts.ts";
import { isKey, type KnownRow } from "./residual.ts";
import { someNode } from "./rewrite.ts";

export type Verdict = "true" | "false" | "unknown" | "depends on the row";

/** A clause of a rule, what came of it, and by which values. */
export interface ClauseVerdict {
  readonly type: Clause["type"];
  readonly text: string;
  readonly verdict: Verdict;
  /** The verdict on the whole rule follows from this clause, perhaps together with others. */
  readonly decides: boolean;
  readonly facts: readonly DecidingFact[];
  readonly parts: readonly ClauseVerdict[];
}

export interface RuleVerdict {
  readonly name: string;
  /** Undefined where there is no rule: nobody can do this. */
  readonly clause: ClauseVerdict | undefined;
  readonly expression: Expression | undefined;
}

export interface Explanation {
  /** True where all rules are. */
  readonly verdict: Verdict;
  readonly rules: readonly RuleVerdict[];
}

export interface ExplainOptions {
  readonly actor: ActorFacts;
  /** The row that is asked about; it also stands for the row after a change. Left out, no row is looked at. */
  readonly row?: KnownRow | undefined;
}

/** Why somebody may do something, or not: every rule that bears on it, clause by clause. Undefined where there is no such row. */
export async function explainAccess(
  { rules }: Pick<Ruled, "rules">,
  question: AccessQuestion,
  { actor, row }: ExplainOptions,
): Promise<Explanation | undefined> {
  const asked = rulesFor(rules, question);
  const trees = asked.map(({ expression }) => (expression === undefined ? undefined : clauses(expression)));
  const values = new Map<Expression, Stored>();
  if (row !== undefined) {
    for (const tree of trees) if (tree !== undefined) gather(tree, values);
    if (!(await readAs(actor, row, values))) return undefined;
  }
  const verdictOf = (expression: Expression): Verdict =>
    row === undefined ? withoutRow(expression, actor) : word(values.get(expression) ?? null);
  const judged = asked.map(({ name, expression }: NamedRule, index): RuleVerdict => {
    const tree = trees[index];
    return { name, expression, clause: tree === undefined ? undefined : judge(tree, true, { verdictOf, values, actor }) };
  });
  return { verdict: both(judged.map(({ clause }) => clause?.verdict ?? "false")), rules: judged };
}

/** What can be said of a clause about somebody while there is no row: all, where it is about nobody else. */
function withoutRow(clause: Expression, actor: ActorFacts): Verdict {
  const folded = fold(clause, actor);
  if (someNode(folded, (part) => "row" in part)) return "depends on the row";
  return word(evaluateTruth(folded, { rows: {}, actor, now: new Date(0).toISOString() }));
}

function word(truth: Stored): Verdict {
  if (truth === null) return "unknown";
  return Number(truth) === 1 ? "true" : "false";
}

function both(verdicts: readonly Verdict[]): Verdict {
  for (const verdict of ["false", "unknown", "depends on the row"] as const) if (verdicts.includes(verdict)) return verdict;
  return "true";
}

interface Judging {
  readonly verdictOf: (expression: Expression) => Verdict;
  readonly values: ReadonlyMap<Expression, Stored>;
  readonly actor: ActorFacts;
}

function judge(clause: Clause, decides: boolean, judging: Judging): ClauseVerdict {
  const verdict = judging.verdictOf(clause.expression);
  const parts = clause.parts.map((part) => {
    const inner = judging.verdictOf(part.expression);
    return judge(part, decides && (clause.type === "not" || inner === verdict), judging);
  });
  const facts = clause.type === "leaf" ? factsOf(clause.expression, judging) : [];
  return { type: clause.type, text: clause.text, verdict, decides, facts, parts };
}

/** Whatever of a clause has to be asked of the database. */
function gather(clause: Clause, values: Map<Expression, Stored>): void {
  values.set(clause.expression, null);
  for (const part of clause.parts) gather(part, values);
  if (clause.type !== "leaf") return;
  const visit = (expression: Expression): void => {
    if (expression.type === "exists") {
      for (const counting of countsOf(expression)) values.set(counting, null);
      return;
    }
    if (expression.type === "column" || expression.type === "aggregate" || expression.type === "json") {
      values.set(expression, null);
      return;
    }
    for (const part of children(expression)) visit(part);
  };
  visit(clause.expression);
}

/** Columns of one statement: SQLite takes 2000. */
const askedAtOnce = 500;

async function readAs(
  actor: ActorFacts,
  { connection, model, table, key, now }: KnownRow,
  values: Map<Expression, Stored>,
): Promise<boolean> {
  const rows = new Map([
    ["row", aliasSource("row")],
    ["next", aliasSource("row")],
  ]);
  const context = { model, dialect: sqliteDialect, rows, alias: createAliases() };
  const asked = [...values.keys()];
  for (let at = 0; at === 0 || at < asked.length; at += askedAtOnce) {
    const some = asked.slice(at, at + askedAtOnce);
    const list = join([sql`1`, ...some.map((part) => compileExpression(part, context))], ", ");
    const statement = sql`SELECT ${list} FROM ${identifier(table.name)} AS ${identifier("row")} WHERE ${isKey(table, key)}`;
    const found = await connection.get(statement.text, resolveBindings(statement.bindings, { values: [], actor, now }));
    if (found === undefined) return false;
    for (const [index, part] of some.entries()) values.set(part, found[index + 1] ?? null);
  }
  return true;
}

/** The clauses from which the verdict follows, the smallest ones. */
export function decidingClauses(clause: ClauseVerdict): readonly ClauseVerdict[] {
  if (!clause.decides) return [];
  const inner = clause.parts.flatMap(decidingClauses);
  return inner.length > 0 ? inner : [clause];
}

/** A rule that is true for everybody has nothing to explain. */
export function isOpen({ expression }: RuleVerdict): boolean {
  return expression !== undefined && expressions.isConstantTruth(expression, true);
}
