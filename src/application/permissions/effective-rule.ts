import {
  type Column,
  createScopes,
  type Expression,
  expressions,
  instantiate,
  isManaged,
  type Model,
  type Table,
} from "#database";
import type { TableOperation } from "../rules/rule-gaps.ts";
import type { RuleBook, UpdateRule } from "../rules/rules.ts";

/** One operation on the rows of a table, or on one of their fields. */
export interface AccessQuestion {
  readonly table: Table;
  readonly operation: TableOperation;
  readonly field?: Column | undefined;
}

/** One of the rules that must all hold, and the name under which people know it: `posts: read`, `posts.notes: read`. */
export interface NamedRule {
  readonly name: string;
  /** Over `row`, and `next` where it says so. Undefined where there is no rule: nobody gets through. */
  readonly expression: Expression | undefined;
  readonly isUpdate: boolean;
  readonly mentionsNext: boolean;
}

const named = (name: string, expression: Expression | undefined): NamedRule => ({
  name,
  expression,
  isUpdate: false,
  mentionsNext: false,
});

const updating = (name: string, rule: UpdateRule | undefined): NamedRule => ({
  name,
  expression: rule?.expression,
  isUpdate: true,
  mentionsNext: rule?.mentionsNext ?? false,
});

/**
 * All that must be true for an operation: an update or a delete touches rows alone that may be read, the past is read under today's rule
 * too, and a field has its table's rule beside its own.
 */
export function rulesFor(rules: RuleBook, { table, operation, field }: AccessQuestion): readonly NamedRule[] {
  const own = rules.get(table.name);
  const name = `${table.name}: ${operation}`;
  const read = named(`${table.name}: read`, own?.read);
  const tables: readonly NamedRule[] =
    operation === "read" || operation === "create"
      ? [named(name, own?.[operation])]
      : [read, operation === "update" ? updating(name, own?.update) : named(name, own?.[operation])];
  if (field === undefined || operation === "delete") return tables;
  const verb = operation === "history" ? "read" : operation;
  const label = `${table.name}.${field.name}: ${verb}`;
  if (isClosed(field, verb)) return [...tables, named(label, expressions.never)];
  const narrower = own?.fields.get(field.name);
  if (verb === "update") return narrower?.update === undefined ? tables : [...tables, updating(label, narrower.update)];
  const rule = narrower?.[verb];
  return rule === undefined ? tables : [...tables, named(label, rule)];
}

/** What the field itself forbids, whatever the rules say. */
function isClosed(field: Column, operation: "read" | "create" | "update"): boolean {
  if (operation === "read") return field.secret;
  if (field.computed !== undefined || isManaged(field)) return true;
  return operation === "update" && (field.immutable || field.name === "id");
}

/**
 * The rules as one condition over `row`, and over `next` where one of them compares the two. With `next` left out of account it is that
 * of a change that changes nothing.
 */
export function asCondition(rules: readonly NamedRule[], next: "compared" | "unchanged"): Expression {
  return expressions.and(
    ...rules.flatMap(({ expression, isUpdate, mentionsNext }) => {
      if (expression === undefined) return [expressions.never];
      const row = expressions.scope("row");
      if (next === "unchanged") return [instantiate(expression, { next: row }, createScopes("w"))];
      if (!isUpdate || mentionsNext) return [expression];
      return [expression, instantiate(expression, { row: expressions.scope("next") }, createScopes("n"))];
    }),
  );
}

/** What questions about rules are asked of: a back end, or an earlier version of one. */
export interface Ruled {
  readonly model: Model;
  readonly rules: RuleBook;
}
