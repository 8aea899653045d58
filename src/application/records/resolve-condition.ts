import { AppError } from "#contract";
import { type Expression, expressions, type RowReference, type Table } from "#database";
import type { Condition, Embed } from "./query.ts";
import { findRelation, relatedExists } from "./relations.ts";
import { mismatch, resolveComparison } from "./resolve-comparison.ts";
import { type Resolver, refuseDepth, resolvePath, spend } from "./resolver.ts";

const { and, call, not, or } = expressions;

/** Where a condition stands: the table and row it is about, the embeds it may name, and how deep it is. */
export interface ConditionPlace {
  readonly table: Table;
  readonly row: RowReference;
  readonly embeds: readonly Embed[];
  readonly depth: number;
}

export function resolveCondition(resolver: Resolver, condition: Condition, place: ConditionPlace): Expression {
  switch (condition.type) {
    case "and":
      return and(...condition.conditions.map((part) => resolveCondition(resolver, part, place)));
    case "or":
      return or(...condition.conditions.map((part) => resolveCondition(resolver, part, place)));
    case "not":
      return not(resolveCondition(resolver, condition.condition, place));
    case "compare":
      spend(resolver, "conditions");
      refuseEmbed(resolver, condition.path.column, place);
      return resolveComparison(resolver, condition, place);
    case "is": {
      spend(resolver, "conditions");
      refuseEmbed(resolver, condition.path.column, place);
      const { value, valueType } = resolvePath(resolver, place.table, place.row, condition.path);
      if (condition.value === "null") return call("isNull", value);
      if (valueType.scalar !== "bool") throw mismatch(`is.${condition.value}`, condition.path.column, valueType.scalar);
      if (condition.value === "unknown") return call("isNull", value);
      return call(condition.value === "true" ? "isTrue" : "isFalse", value);
    }
    case "embedIsNull": {
      const embed = place.embeds.find((item) => (item.alias ?? item.target) === condition.embed);
      if (embed === undefined) {
        throw new AppError("notEmbedded", { message: `'${condition.embed}' is not an embedded resource of this request.` });
      }
      return not(embedExists(resolver, embed, place));
    }
    case "relation": {
      spend(resolver, "relations");
      refuseDepth(resolver, place.depth + 1);
      const relation = findRelation(resolver.view, place.table, condition.relation, undefined);
      const holds = (row: RowReference, table: Table): Expression =>
        condition.where === undefined
          ? expressions.always
          : resolveCondition(resolver, condition.where, { table, row, embeds: [], depth: place.depth + 1 });
      // every: no row for which the condition is not true. Unknown is not true, hence isTrue.
      if (condition.quantifier === "every") {
        return not(relatedExists(resolver, relation, place.row, (row, table) => not(call("isTrue", holds(row, table)))));
      }
      const some = relatedExists(resolver, relation, place.row, holds);
      return condition.quantifier === "some" ? some : not(some);
    }
  }
}

/** Of an embed only null tests can be asked, unless its name is also a column's. */
function refuseEmbed(resolver: Resolver, name: string, { table, embeds }: ConditionPlace): void {
  const isEmbed = embeds.some((embed) => (embed.alias ?? embed.target) === name);
  if (isEmbed && resolver.view.readableColumn(table, name) === undefined) throw new AppError("embedFilterNotNull");
}

/** True where the embed shows something for this row: its filters hold, and those of what it embeds with `!inner`. */
export function embedExists(resolver: Resolver, embed: Embed, place: ConditionPlace): Expression {
  spend(resolver, "relations");
  refuseDepth(resolver, place.depth + 1);
  const relation = findRelation(resolver.view, place.table, embed.target, embed.hint);
  return relatedExists(resolver, relation, place.row, (row, table) =>
    embedCondition(resolver, embed, { table, row, embeds: [], depth: place.depth + 1 }),
  );
}

/** What an embed's own selection demands of the row it leads to. */
export function embedCondition(resolver: Resolver, embed: Embed, place: ConditionPlace): Expression {
  const embeds = embed.selection.items.filter((item) => item.type === "embed");
  const inside = { ...place, embeds };
  return and(
    embed.selection.where === undefined ? undefined : resolveCondition(resolver, embed.selection.where, inside),
    ...embeds.filter((item) => item.join === "inner").map((item) => embedExists(resolver, item, inside)),
  );
}
