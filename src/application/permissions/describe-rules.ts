import { type Expression, expressions, foldCondition, nobodyFacts, printExpression } from "#database";
import type { FunctionDefinition } from "../functions/function.ts";
import type { TableOperation } from "../rules/rule-gaps.ts";
import { boundTo, type CallerKind, rolesIn } from "./diff/callers.ts";
import { type AccessQuestion, type Ruled, rulesFor } from "./effective-rule.ts";

/** What one kind of caller may do, in words. */
export interface DescribedRule {
  /** Of the table, of a field as `table.field`, or of the function. */
  readonly name: string;
  readonly operation: TableOperation | "call";
  readonly callers: string;
  /** `yes`, `no`, or `if` and a condition. */
  readonly verdict: string;
}

const operations: readonly TableOperation[] = ["read", "create", "update", "delete", "history"];
const anonymous: CallerKind = { name: "anonymous", signedIn: false, roles: [] };
const signedIn: CallerKind = { name: "signed in", signedIn: true, roles: [] };

/**
 * Every operation on every table, every field with a rule of its own and every function: for nobody who is signed in, for who is without a
 * role, and for each role that the rule asks for. Who may no more and no less than who is signed in is not listed again.
 */
export function describeRules({
  model,
  rules,
  functions,
}: Ruled & { readonly functions: ReadonlyMap<string, Pick<FunctionDefinition, "access">> }): readonly DescribedRule[] {
  const lines: DescribedRule[] = [];
  for (const table of model.tables.values()) {
    for (const operation of operations) {
      if (operation === "history" && table.history === undefined) continue;
      lines.push(...describe(table.name, operation, ownRule(rules, { table, operation })));
    }
    const fields = rules.get(table.name)?.fields ?? new Map();
    for (const field of fields.keys())
      for (const operation of ["read", "create", "update"] as const) {
        const column = table.columns.get(field);
        if (column === undefined || fields.get(field)?.[operation] === undefined) continue;
        lines.push(...describe(`${table.name}.${field}`, operation, ownRule(rules, { table, operation, field: column })));
      }
  }
  for (const [name, { access }] of functions) lines.push(...describe(name, "call", access));
  return lines;
}

/** The rule of that operation alone: that a row which is changed must also be readable, and a field's row too, stands in lines of their own. */
function ownRule(rules: Ruled["rules"], question: AccessQuestion): Expression {
  return rulesFor(rules, question).at(-1)?.expression ?? expressions.never;
}

function describe(name: string, operation: DescribedRule["operation"], rule: Expression): readonly DescribedRule[] {
  const roles = rolesIn([rule]);
  const line = (kind: CallerKind): DescribedRule => ({ name, operation, callers: kind.name, verdict: verdictFor(rule, kind) });
  const [nobody, somebody] = [line(anonymous), line(signedIn)];
  const withRoles = roles
    .map((role) => line({ name: role, signedIn: true, roles: [role] }))
    .filter(({ verdict }) => verdict !== somebody.verdict);
  if (nobody.verdict === somebody.verdict && withRoles.length === 0) return [{ ...nobody, callers: "everybody" }];
  return [nobody, somebody, ...withRoles];
}

function verdictFor(rule: Expression, kind: CallerKind): string {
  const bound = boundTo(rule, kind);
  const condition = kind.signedIn ? simplified(bound) : foldCondition(bound, nobodyFacts);
  if (expressions.isConstantTruth(condition, true)) return "yes";
  return expressions.isConstantTruth(condition, false) ? "no" : `if ${printExpression(condition)}`;
}

/** Without the parts that a role has decided. Claims, and what a session has shown, stay open. */
function simplified(expression: Expression): Expression {
  if (expression.type === "exists") return { ...expression, where: expression.where && simplified(expression.where) };
  if (expression.type !== "call") return expression;
  const parts = expression.arguments.map(simplified);
  switch (expression.operator) {
    case "and":
      return expressions.and(...parts);
    case "or":
      return expressions.or(...parts);
    case "not":
      return parts[0] === undefined ? expression : expressions.not(parts[0]);
    default:
      return { ...expression, arguments: parts };
  }
}
