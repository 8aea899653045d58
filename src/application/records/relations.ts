import { AppError } from "#contract";
import { didYouMean } from "#base";
import {
  columnOf,
  type Expression,
  expressions,
  instantiate,
  type Relation,
  type RowReference,
  type Table,
  tableOf,
} from "#database";
import type { AccessView } from "./access-view.ts";
import { pastRule } from "./past.ts";
import type { Resolver } from "./resolver.ts";
import { ruleFirst } from "./rule-first.ts";

const { and, call, column, scope } = expressions;

/**
 * The relation that a name means, with PostgREST's ways of naming one: the target's table, the referring column, the foreign
 * key; our own names of relations too. A hint narrows the choice. Relations that the caller may not follow are not there.
 */
export function findRelation(view: AccessView, table: Table, target: string, hint: string | undefined): Relation {
  const readable = view.readableRelations(table);
  const named = readable.filter((relation) => isNamed(relation, target));
  const fitting = hint === undefined ? named : named.filter((relation) => fitsHint(relation, hint));
  // Our own name for a relation belongs to one alone, and wins where no hint says otherwise.
  const chosen = hint === undefined ? (fitting.find((relation) => relation.name === target) ?? fitting[0]) : fitting[0];
  if (chosen === undefined) {
    const known = readable.map((relation) => relation.name ?? relation.target);
    const by = hint === undefined ? "" : ` by '${hint}'`;
    throw new AppError("unknownRelation", {
      message: `There is no relation from '${table.name}' to '${target}'${by}${hint === undefined ? didYouMean(target, known) || "." : "."}`,
    });
  }
  if (fitting.length > 1 && chosen.name !== target) {
    throw new AppError("ambiguousRelation", {
      message: `More than one relation leads from '${table.name}' to '${target}'.`,
      details: fitting.map((relation) => `${target}!${hintFor(relation)}`).join(", "),
      hint: "Say which one is meant, in one of the ways that 'details' lists.",
    });
  }
  return chosen;
}

function isNamed(relation: Relation, target: string): boolean {
  if (relation.name === target || relation.target === target || relation.constraint === target) return true;
  return relation.cardinality === "one" && relation.column === target && relation.foreignColumn === target;
}

function fitsHint(relation: Relation, hint: string): boolean {
  const { junction } = relation;
  if (junction !== undefined) return junction.table === hint || relation.name === hint;
  return relation.foreignColumn === hint || relation.constraint === hint || relation.name === hint;
}

function hintFor(relation: Relation): string {
  return relation.junction?.table ?? relation.foreignColumn;
}

/** How two rows belong together, as a condition: the joined columns are equal, and neither is hidden by a field rule. */
export function linkCondition(resolver: Resolver, relation: Relation, near: RowReference, far: RowReference): Expression {
  const { model } = resolver.view;
  const nearColumn = columnOf(tableOf(model, relation.table), relation.column);
  const farColumn = columnOf(tableOf(model, relation.target), relation.targetColumn);
  return and(
    call("eq", column(far, farColumn), column(near, nearColumn)),
    maskOf(resolver, relation.table, relation.column, near),
    maskOf(resolver, relation.target, relation.targetColumn, far),
  );
}

export function maskOf(resolver: Resolver, table: string, name: string, row: RowReference): Expression | undefined {
  const mask = resolver.view.readableColumn(tableOf(resolver.view.model, table), name)?.mask;
  return mask === undefined ? undefined : instantiate(mask, { row }, resolver.fresh);
}

/** What the caller may see of a table's row, as a condition on it. */
export function readCondition(resolver: Resolver, table: Table, row: RowReference): Expression {
  const { view, past, fresh } = resolver;
  return instantiate(past === undefined ? view.readRule(table) : pastRule(view, table, past), { row }, fresh);
}

/** The two halves of a many-to-many relation: to the junction's rows, and from one of them to the target. */
export function junctionHalves(
  resolver: Resolver,
  relation: Relation,
): { readonly toJunction: Relation; readonly toTarget: Relation } | undefined {
  const { junction } = relation;
  if (junction === undefined) return undefined;
  const { model } = resolver.view;
  const toJunction = tableOf(model, relation.table).relations.find(
    (half) =>
      half.junction === undefined &&
      half.target === junction.table &&
      half.foreignColumn === junction.column &&
      half.cardinality === "many",
  );
  const toTarget = tableOf(model, junction.table).relations.find(
    (half) =>
      half.junction === undefined && half.column === junction.targetColumn && half.foreignColumn === junction.targetColumn,
  );
  if (toJunction === undefined || toTarget === undefined)
    throw new Error(`The junction of '${relation.table}' and '${relation.target}' is incomplete.`);
  return { toJunction, toTarget };
}

/**
 * True where the relation leads from `near` to some row that the caller may read and that fulfils `where`. Through a junction
 * the junction's row must be readable too.
 */
export function relatedExists(
  resolver: Resolver,
  relation: Relation,
  near: RowReference,
  where: (far: RowReference, table: Table) => Expression,
): Expression {
  const halves = junctionHalves(resolver, relation);
  if (halves !== undefined) {
    return relatedExists(resolver, halves.toJunction, near, (row) => relatedExists(resolver, halves.toTarget, row, where));
  }
  const name = resolver.fresh();
  const far = scope(name);
  const target = tableOf(resolver.view.model, relation.target);
  const condition = and(
    maskOf(resolver, relation.table, relation.column, near),
    maskOf(resolver, relation.target, relation.targetColumn, far),
    ruleFirst(() => readCondition(resolver, target, far), where(far, target)),
  );
  return { type: "exists", row: near, relation, scope: name, where: condition };
}
