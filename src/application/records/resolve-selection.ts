import { AppError, kinds } from "#contract";
import {
  columnOf,
  deletedColumn,
  type EmbedOutput,
  type Expression,
  expressions,
  instantiate,
  type OrderPlan,
  type Output,
  type Relation,
  type RowBound,
  type SelectPlan,
  type SpreadOutput,
  type Table,
  tableOf,
  type ValueOutput,
} from "#database";
import { readableColumns } from "./access-view.ts";
import type { Embed, Field, OrderTerm, Path, ReadQuery, SelectItem, Selection, ValueIndex } from "./query.ts";
import { findRelation, junctionHalves, linkCondition, maskOf, readCondition } from "./relations.ts";
import { type ConditionPlace, embedCondition, embedExists, resolveCondition } from "./resolve-condition.ts";
import { type Resolver, refuseDepth, resolvePath, spend } from "./resolver.ts";
import { ruleFirst } from "./rule-first.ts";
import { named } from "./slots.ts";

const { and, call, column, not, or, scope } = expressions;

/** How a selection hangs on its parent; absent at the top. */
interface Hanging {
  readonly where: Expression;
  readonly link: SelectPlan["link"];
  readonly via: SelectPlan["via"];
}

/** Where a selection stands in the tree. */
export interface SelectionPlace {
  readonly table: Table;
  readonly scope: string;
  readonly depth: number;
  readonly hanging?: Hanging;
  readonly stripNulls: boolean;
  /** Whether deleted rows come too; by default they do not. */
  readonly deleted?: ReadQuery["deleted"];
}

/** Names become things of the model, rules join the conditions, and the whole becomes a plan. */
export function resolveSelection(resolver: Resolver, selection: Selection, place: SelectionPlace): SelectPlan {
  const { table } = place;
  const row = scope(place.scope);
  const isTop = place.hanging === undefined;
  const items: readonly SelectItem[] = isTop && selection.items.length === 0 ? [{ type: "all" }] : selection.items;
  const embeds = items.filter((item) => item.type === "embed");
  const inside: ConditionPlace = { table, row, embeds, depth: place.depth };
  const outputs = resolveItems(resolver, items, place);
  const grouped = outputs.some(
    (output) => output.type === "count" || (output.type === "value" && output.aggregate !== undefined),
  );
  if (grouped) refuseOrderByFigures(items, selection.order ?? []);
  const order = (selection.order ?? []).map((term) => resolveOrder(resolver, term, inside));
  if (grouped) refuseUngroupedOrder(items, selection.order ?? []);
  return {
    table,
    scope: place.scope,
    ...(place.deleted === undefined ? {} : { rows: "all" as const }),
    via: place.hanging?.via,
    link: place.hanging?.link,
    outputs,
    where: and(
      place.hanging?.where,
      ruleFirst(
        () => and(deletedCondition(resolver, place), readCondition(resolver, table, row)),
        selection.where === undefined ? undefined : resolveCondition(resolver, selection.where, inside),
      ),
      ...embeds.filter((embed) => embed.join === "inner").map((embed) => embedExists(resolver, embed, inside)),
    ),
    order,
    limit: resolveLimit(resolver, selection.limit),
    offset: selection.offset === undefined ? undefined : bound(resolver, selection.offset, "offset"),
    grouped,
    stripNulls: place.stripNulls,
  };
}

/** Where deleted rows were asked for: those that are shown to whoever could delete them, and so restore them. */
function deletedCondition({ view, fresh }: Resolver, { table, scope: name, deleted }: SelectionPlace): Expression | undefined {
  if (deleted === undefined) return undefined;
  if (table.softDelete === undefined) {
    throw new AppError("notSupported", {
      message: `'${table.name}' keeps no deleted rows: its definition would need 'softDelete'.`,
    });
  }
  const row = scope(name);
  const isLive = call("isNull", column(row, columnOf(table, deletedColumn)));
  const mayDelete = instantiate(view.writeRule(table, "delete").expression, { row }, fresh);
  return deleted === "only" ? and(not(isLive), mayDelete) : or(isLive, mayDelete);
}

function resolveItems(resolver: Resolver, items: readonly SelectItem[], place: SelectionPlace): readonly Output[] {
  const outputs = new Map<string, Output>();
  const fromAll = new Set<string>();
  const add = (key: string, output: Output): void => {
    // What `*` brought gives way to an item that has the same name, as `*,author(name)` has where `author` refers to a user.
    if (outputs.has(key) && !fromAll.delete(key)) {
      throw new AppError("invalidQuery", {
        message: `Two parts of select are called '${key}'.`,
        hint: `Rename one: another:${key}.`,
      });
    }
    outputs.set(key, output);
  };
  for (const item of items) {
    switch (item.type) {
      case "all":
        for (const { column: each } of readableColumns(resolver.view, place.table)) {
          if (outputs.has(each.name)) continue;
          outputs.set(each.name, valueOutput(resolver, place, { column: each.name, json: [] }, each.name));
          fromAll.add(each.name);
        }
        break;
      case "field": {
        const key = item.alias ?? defaultKey(item);
        if (countsRows(resolver, item, place.table)) add(key, { type: "count", key, cast: item.cast });
        else
          add(key, {
            ...valueOutput(resolver, place, item.path, key),
            cast: item.cast,
            aggregate:
              item.aggregate === undefined ? undefined : { function: item.aggregate.function, cast: item.aggregate.cast },
          });
        break;
      }
      case "count": {
        const key = item.alias ?? "count";
        add(key, { type: "count", key, cast: item.cast });
        break;
      }
      case "embed": {
        const output = resolveEmbed(resolver, item, place);
        // An embed with nothing in it only filters.
        if (output.plan.outputs.length === 0) break;
        if (output.type === "embed") add(output.key, output);
        else for (const key of spreadKeys(output.plan)) add(key, output);
        break;
      }
    }
  }
  return [...new Set(outputs.values())];
}

/** `count` without parentheses, as PostgREST's older clients write `count()`: where there is no column of that name. */
function countsRows(resolver: Resolver, { path, aggregate }: Field, table: Table): boolean {
  return (
    path.column === "count" &&
    path.json.length === 0 &&
    aggregate === undefined &&
    resolver.view.readableColumn(table, "count") === undefined
  );
}

/** The last key of a JSON path names the value, as in PostgREST; an index takes the name before it; an aggregate its function's. */
function defaultKey(item: Field): string {
  if (item.aggregate !== undefined) return item.aggregate.function;
  const key = item.path.json.findLast((step) => typeof step.key === "string")?.key;
  return typeof key === "string" ? key : item.path.column;
}

function spreadKeys(plan: SelectPlan): readonly string[] {
  return plan.outputs.flatMap((output) => (output.type === "spread" ? spreadKeys(output.plan) : [output.key]));
}

function valueOutput(resolver: Resolver, place: SelectionPlace, path: Path, key: string): ValueOutput {
  const { value, valueType } = resolvePath(resolver, place.table, scope(place.scope), path);
  return { type: "value", key, value, valueType, cast: undefined, aggregate: undefined };
}

function resolveEmbed(resolver: Resolver, embed: Embed, place: SelectionPlace): EmbedOutput | SpreadOutput {
  spend(resolver, "relations");
  refuseDepth(resolver, place.depth + 1);
  const relation = findRelation(resolver.view, place.table, embed.target, embed.hint);
  const name = resolver.fresh();
  const target = tableOf(resolver.view.model, relation.target);
  const plan = resolveSelection(resolver, embed.selection, {
    table: target,
    scope: name,
    depth: place.depth + 1,
    hanging: hang(resolver, relation, place.scope, name),
    stripNulls: place.stripNulls,
  });
  const { cardinality } = relation;
  if (embed.spread) return { type: "spread", cardinality, plan };
  return { type: "embed", key: embed.alias ?? embed.target, cardinality, plan };
}

function hang(resolver: Resolver, relation: Relation, parent: string, child: string): Hanging {
  const halves = junctionHalves(resolver, relation);
  const { model } = resolver.view;
  const near = columnOf(tableOf(model, relation.table), relation.column);
  const link = { column: halves?.toJunction.targetColumn ?? relation.targetColumn, value: column(scope(parent), near) };
  if (halves === undefined)
    return { where: linkCondition(resolver, relation, scope(parent), scope(child)), link, via: undefined };
  const table = tableOf(model, halves.toJunction.target);
  const name = resolver.fresh();
  const target = tableOf(model, relation.target);
  const on = call(
    "eq",
    column(scope(child), columnOf(target, relation.targetColumn)),
    column(scope(name), columnOf(table, halves.toTarget.column)),
  );
  return {
    where: and(
      linkCondition(resolver, halves.toJunction, scope(parent), scope(name)),
      maskOf(resolver, table.name, halves.toTarget.column, scope(name)),
      readCondition(resolver, table, scope(name)),
    ),
    link,
    via: { table, scope: name, on },
  };
}

function resolveOrder(resolver: Resolver, term: OrderTerm, place: ConditionPlace): OrderPlan {
  const { direction } = term;
  const nulls = term.nulls ?? (direction === "asc" ? "last" : "first");
  const resolved =
    term.embed === undefined
      ? resolvePath(resolver, place.table, place.row, term.path)
      : resolveEmbedOrder(resolver, term, term.embed, place);
  const { scalar } = resolved.valueType;
  if (scalar === "json" || scalar === "bytes") {
    throw new AppError("operatorMismatch", { message: `Rows cannot be ordered by '${term.path.column}', which is ${scalar}.` });
  }
  return { value: resolved.value, valueType: resolved.valueType, direction, nulls, nullable: resolved.nullable };
}

/** By a column of what a to-one embed shows: null where it shows nothing, be it by its own filter or by a rule. */
function resolveEmbedOrder(
  resolver: Resolver,
  term: OrderTerm,
  name: string,
  place: ConditionPlace,
): ReturnType<typeof resolvePath> {
  const embed = place.embeds.find((item) => (item.alias ?? item.target) === name);
  if (embed === undefined)
    throw new AppError("notEmbedded", { message: `'${name}' is not an embedded resource of this request.` });
  spend(resolver, "relations");
  const relation = findRelation(resolver.view, place.table, embed.target, embed.hint);
  if (relation.cardinality !== "one" || relation.junction !== undefined) {
    throw new AppError("orderNotToOne", {
      message: `'${place.table.name}' and '${name}' do not form a many-to-one or one-to-one relationship.`,
    });
  }
  const row = { type: "through", from: place.row, relation } as const;
  const table = tableOf(resolver.view.model, relation.target);
  const resolved = resolvePath(resolver, table, row, term.path);
  const shown = and(
    maskOf(resolver, relation.table, relation.column, place.row),
    maskOf(resolver, relation.target, relation.targetColumn, row),
    readCondition(resolver, table, row),
    embedCondition(resolver, embed, { table, row, embeds: [], depth: place.depth + 1 }),
  );
  if (expressions.isConstantTruth(shown, true)) return { ...resolved, nullable: true };
  // biome-ignore lint/suspicious/noThenProperty: SQL's word; the node is data and is never awaited.
  return { ...resolved, nullable: true, value: { type: "when", condition: shown, then: resolved.value, otherwise: undefined } };
}

/** Before names are looked up: `order=count.desc` is no misspelt column. */
function refuseOrderByFigures(items: readonly SelectItem[], order: readonly OrderTerm[]): void {
  if (items.some((item) => item.type === "all")) return;
  const figures = new Set(items.flatMap((item) => figureName(item) ?? []));
  const groups = groupsOf(items);
  const stray = order.find(
    (term) => term.embed === undefined && figures.has(term.path.column) && !groups.has(JSON.stringify(term.path)),
  );
  if (stray !== undefined) {
    throw new AppError("invalidGrouping", {
      message: `Rows are grouped: they cannot be ordered by the figure '${stray.path.column}'.`,
      hint: "Order by a column that select names without an aggregate, sort the answer, or write a function with SQL.",
    });
  }
}

function figureName(item: SelectItem): string | undefined {
  if (item.type === "count") return item.alias ?? "count";
  return item.type === "field" && item.aggregate !== undefined ? (item.alias ?? item.aggregate.function) : undefined;
}

function groupsOf(items: readonly SelectItem[]): ReadonlySet<string> {
  return new Set(
    items
      .filter((item) => item.type === "field" && item.aggregate === undefined)
      .map((item) => JSON.stringify((item as Field).path)),
  );
}

function refuseUngroupedOrder(items: readonly SelectItem[], order: readonly OrderTerm[]): void {
  const grouped = groupsOf(items);
  const stray = order.find((term) => term.embed !== undefined || !grouped.has(JSON.stringify(term.path)));
  if (stray !== undefined && !items.some((item) => item.type === "all")) {
    throw new AppError("invalidGrouping", {
      message: `Rows are grouped: they cannot be ordered by '${stray.path.column}', which is not one of the groups.`,
      hint: "Order by a column that select names without an aggregate.",
    });
  }
}

function resolveLimit(resolver: Resolver, limit: ValueIndex | undefined): RowBound | undefined {
  if (limit !== undefined) return bound(resolver, limit, "limit");
  return resolver.view.restricted ? { type: "fixed", rows: resolver.limits.maxRows } : undefined;
}

function bound(resolver: Resolver, value: ValueIndex, name: "limit" | "offset"): RowBound {
  const most = name === "limit" && resolver.view.restricted ? resolver.limits.maxRows : Number.MAX_SAFE_INTEGER;
  const parse = named(name, (given) => {
    const parsed = typeof given === "string" ? kinds.integer.fromText(given, {}) : kinds.integer.fromJson(given, {});
    if (!parsed.ok) return parsed;
    return Number(parsed.value) < 0
      ? { ok: false, message: "must not be negative" }
      : { ok: true, value: Math.min(Number(parsed.value), most) };
  });
  return { type: "slot", index: resolver.slots.add(value, parse) };
}
