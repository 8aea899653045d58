import { type Column, type Expression, expressions, type Model, type Table } from "#database";
import type { FunctionDefinition } from "../../functions/function.ts";
import type { TableOperation } from "../../rules/rule-gaps.ts";
import { asCondition, type Ruled, rulesFor } from "../effective-rule.ts";
import { callerKinds, rolesIn } from "./callers.ts";
import { type RuleChange, compareRules, type RuleComparison } from "./compare-rules.ts";
import { mergeModels, overMerged } from "./merged-model.ts";
import { keyOf, normalise } from "./normal-form.ts";

/** What two versions of a back end are compared by. */
export interface VersionOfRules extends Ruled {
  readonly functions: ReadonlyMap<string, Pick<FunctionDefinition, "access">>;
}

/** An operation, a field or a function whose rule is another one than before. */
export interface RuleDifference {
  readonly table: Table | undefined;
  readonly operation: TableOperation | "call";
  /** Of the table, or the name of the function. */
  readonly name: string;
  /** The old version has no such table, field or function. */
  readonly isNew: boolean;
  /** What it means, for callers of which it means the same. */
  readonly outcomes: readonly Outcome[];
}

export interface Outcome extends RuleComparison {
  /** Kinds of callers, in words. */
  readonly callers: readonly string[];
  readonly isForAll: boolean;
}

const operations: readonly TableOperation[] = ["read", "create", "update", "delete", "history"];

/** What the new version of the rules allows and the old one did not, and the other way round; what is the same is left out. */
export function* diffRules(old: VersionOfRules, next: VersionOfRules): Generator<RuleDifference> {
  const model = mergeModels(old.model, next.model);
  for (const table of model.tables.values()) {
    const sides: Sides = { old, next, model, table };
    for (const operation of operations) {
      if (operation === "history" && ![old, next].some((version) => version.model.tables.get(table.name)?.history)) continue;
      const isNew = !old.model.tables.has(table.name);
      const difference = compare(sides, { operation, name: table.name, isNew }, (version) => ruleOf(version, table, operation));
      if (difference !== undefined) yield difference;
    }
    for (const field of table.columns.keys()) yield* diffField(sides, field);
  }
  for (const name of new Set([...old.functions.keys(), ...next.functions.keys()])) {
    const access = ({ functions }: VersionOfRules): Expression => functions.get(name)?.access ?? expressions.never;
    const what = { operation: "call", name, isNew: !old.functions.has(name) } as const;
    const difference = compare({ old, next, model, table: undefined }, what, access);
    if (difference !== undefined) yield difference;
  }
}

interface Sides {
  readonly old: VersionOfRules;
  readonly next: VersionOfRules;
  readonly model: Model;
  readonly table: Table | undefined;
}

function ruleOf(version: VersionOfRules, { name }: Pick<Table, "name">, operation: TableOperation, field?: string): Expression {
  const table = version.model.tables.get(name);
  const column = field === undefined ? undefined : table?.columns.get(field);
  if (table === undefined || (field !== undefined && column === undefined)) return expressions.never;
  return asCondition(rulesFor(version.rules, { table, operation, field: column }), "compared");
}

/** A field whose own rule is another one, or that is there or secret or fixed in one version alone. What its table's rule does is told of the table. */
function* diffField(sides: Sides, field: string): Generator<RuleDifference> {
  const { old, next, table } = sides;
  if (table === undefined || !old.model.tables.has(table.name) || !next.model.tables.has(table.name)) return;
  const columnOf = ({ model }: VersionOfRules): Column | undefined => model.tables.get(table.name)?.columns.get(field);
  const isNew = columnOf(old) === undefined;
  for (const operation of ["read", "create", "update"] as const) {
    const own = [old, next].map((version) => {
      const column = columnOf(version);
      const owner = version.model.tables.get(table.name);
      if (column === undefined || owner === undefined) return "missing";
      const tables = rulesFor(version.rules, { table: owner, operation }).length;
      const narrower = rulesFor(version.rules, { table: owner, operation, field: column }).slice(tables);
      return keyOf(normalise(overMerged(asCondition(narrower, "compared"), sides.model), sides.model));
    });
    if (own[0] === own[1]) continue;
    const what = { operation, name: `${table.name}.${field}`, isNew };
    const difference = compare(sides, what, (version) => ruleOf(version, table, operation, field));
    if (difference !== undefined) yield difference;
  }
}

function compare(
  { old, next, model, table }: Sides,
  what: Pick<RuleDifference, "operation" | "name" | "isNew">,
  ruleIn: (version: VersionOfRules) => Expression,
): RuleDifference | undefined {
  const rules = { old: ruleIn(old), next: ruleIn(next) };
  const [before, after] = [rules.old, rules.next].map((rule) => keyOf(normalise(overMerged(rule, model), model)));
  if (before === after) return undefined;
  const kinds = callerKinds(rolesIn([rules.old, rules.next]));
  const compared = kinds.map((kind) => ({ kind, comparison: compareRules({ model, table, ...rules }, kind) }));
  // Of several roles at once only what single ones do not show.
  const shown = compared.filter(
    ({ kind, comparison }) =>
      kind.roles !== undefined ||
      !compared.some((other) => other.kind.roles !== undefined && other.comparison.change === comparison.change),
  );
  const changes = [...new Set(shown.map(({ comparison }) => comparison.change))].filter((change) => change !== "same");
  if (changes.length === 0) return undefined;
  const outcomes = changes.map((change): Outcome => {
    const those = shown.filter(({ comparison }) => comparison.change === change);
    const first = those[0]?.comparison;
    return {
      change,
      callers: those.map(({ kind }) => kind.name),
      isForAll: those.length === shown.length,
      gained: first?.gained,
      lost: first?.lost,
    };
  });
  return { table, outcomes, ...what };
}

/** What CI has to know: whether anything got wider, or might have. */
export function verdictOn(differences: readonly RuleDifference[]): "nothing wider" | "wider" | "cannot tell" {
  const has = (...changes: readonly RuleChange[]): boolean =>
    differences.some(({ outcomes }) => outcomes.some(({ change }) => changes.includes(change)));
  if (has("wider", "incomparable")) return "wider";
  return has("unknown") ? "cannot tell" : "nothing wider";
}
