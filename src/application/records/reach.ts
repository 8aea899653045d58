import { type Column, expressions, isManaged, type Model, type Relation, type Table } from "#database";
import type { Caller } from "../access/caller.ts";
import { system } from "../access/caller.ts";
import { scopeOf } from "../access/key-scope.ts";
import type { RuleBook } from "../rules/rules.ts";
import { type AccessView, createAccessView, readableColumns, type VisibleColumn } from "./access-view.ts";
import { factsOf } from "./session.ts";
import { createViews } from "./views.ts";

/** What one kind of caller may do with a table, in some row of it: what is not here can be done in none. */
export interface TableReach {
  readonly table: Table;
  /** The columns that may be read, a `mask` being the condition under which a row shows one. Empty where no row may be read. */
  readonly shown: readonly VisibleColumn[];
  readonly relations: readonly Relation[];
  /** The columns that may be given to a new row; undefined where none may be made. */
  readonly creates: readonly Column[] | undefined;
  /** The columns that may be changed; undefined where no row may. */
  readonly updates: readonly Column[] | undefined;
  readonly deletes: boolean;
  /** Whether rows may be read as they were. */
  readonly readsPast: boolean;
}

/** The tables that one kind of caller can do anything with. The same object for all of that kind. */
export type Reach = readonly TableReach[];

export interface ReachFinder {
  /** The system's is what anybody at all may reach: what a rule opens to nobody is not in it. */
  of(caller: Caller): Reach;
}

/** Says what may be reached, from the rules alone: there need be no database. */
export function createReach(model: Model, rules: RuleBook): ReachFinder {
  const viewOf = createViews(model, rules);
  // Nothing is known of the caller, so only what holds of nobody at all is closed.
  const anybody = createAccessView(model, rules, (rule) => rule);
  const known = new WeakMap<AccessView, Reach>();
  return {
    of(caller) {
      const view = caller === system ? anybody : viewOf(factsOf(model, caller), scopeOf(caller)).view;
      let reach = known.get(view);
      if (reach === undefined) known.set(view, (reach = reachOf(view)));
      return reach;
    },
  };
}

function reachOf(view: AccessView): Reach {
  return [...view.model.tables.values()]
    .map((table) => tableReach(view, table))
    .filter(({ shown, creates }) => shown.length > 0 || creates !== undefined);
}

function tableReach(view: AccessView, table: Table): TableReach {
  const isReadable = view.readableTable(table.name) !== undefined;
  const isOpen = (operation: "create" | "update" | "delete"): boolean =>
    !expressions.isConstantTruth(view.writeRule(table, operation).expression, false);
  return {
    table,
    shown: isReadable ? readableColumns(view, table) : [],
    relations: isReadable ? view.readableRelations(table) : [],
    creates: isOpen("create") ? writable(view, table, "create") : undefined,
    updates: isReadable && isOpen("update") ? writable(view, table, "update") : undefined,
    deletes: isReadable && isOpen("delete"),
    readsPast: isReadable && table.history !== undefined && !expressions.isConstantTruth(view.historyRule(table), false),
  };
}

/** What `refusal` (input.ts) does not refuse of a column, and its own rule allows in some row. */
function writable(view: AccessView, table: Table, operation: "create" | "update"): readonly Column[] {
  return [...table.columns.values()].filter((column) => {
    if (column.computed !== undefined || isManaged(column)) return false;
    if (operation === "update" && (column === table.key || column.immutable)) return false;
    const rule = view.fieldWriteRule(column, operation);
    return rule === undefined || !expressions.isConstantTruth(rule.expression, false);
  });
}
