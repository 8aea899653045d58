import type { KeyScope } from "#contract";
import type { Column, Expression, Model, Relation, Table } from "#database";
import { expressions, tableOf } from "#database";
import type { RuleBook, TableRules, UpdateRule } from "../rules/rules.ts";

/** A column that may be known of, and the condition (over the scope `row`) under which a row shows it; undefined for always. */
export interface VisibleColumn {
  readonly column: Column;
  readonly mask: Expression | undefined;
}

/** A write rule that has been narrowed to one kind of caller. */
export type WriteRule = UpdateRule;

/**
 * The data as one kind of caller may know of it: the rules with everything folded that is known before any row is looked
 * at. A table, column or relation that can be read in no row is not there at all, so that whoever resolves names
 * through a view cannot tell the forbidden from the missing.
 */
export interface AccessView {
  readonly model: Model;
  /** False for the system, to which no rule applies. */
  readonly restricted: boolean;
  /** Of a caller who asks with a key that leaves something out: what it has. */
  readonly scope?: KeyScope;
  /** The table if some row of it may be readable, else undefined. */
  readableTable(name: string): Table | undefined;
  /** Over `row`; `never` where nothing may be read. */
  readRule(table: Table): Expression;
  writeRule(table: Table, operation: "create" | "update" | "delete"): WriteRule;
  /** Over `row`, as it was; `never` where nobody of this kind may read the past. The read rule must hold besides. */
  historyRule(table: Table): Expression;
  /** The column if it may be read in some row. */
  readableColumn(table: Table, name: string): VisibleColumn | undefined;
  /** The rule for giving the field a value; undefined where the table's own rule decides. */
  fieldWriteRule(column: Column, operation: "create" | "update"): WriteRule | undefined;
  /** Every relation of the table whose target and joined columns may be read. */
  readableRelations(table: Table): readonly Relation[];
}

export function createAccessView(model: Model, rules: RuleBook, fold: ((rule: Expression) => Expression) | "system"): AccessView {
  return fold === "system" ? systemView(model) : restrictedView(model, rules, fold);
}

const { always, never, isConstantTruth } = expressions;
const openRule: WriteRule = { expression: always, mentionsNext: false };

function systemView(model: Model): AccessView {
  return {
    model,
    restricted: false,
    readableTable: (name) => model.tables.get(name),
    readRule: () => always,
    writeRule: () => openRule,
    historyRule: () => always,
    // Even the system does not select a secret: it goes in, and is compared by code that has a use for it.
    readableColumn(table, name) {
      const column = table.columns.get(name);
      return column === undefined || column.secret ? undefined : { column, mask: undefined };
    },
    fieldWriteRule: () => undefined,
    readableRelations: (table) => table.relations,
  };
}

function restrictedView(model: Model, rules: RuleBook, fold: (rule: Expression) => Expression): AccessView {
  const readRules = new Map<string, Expression>();
  const columns = new Map<string, VisibleColumn | undefined>();
  const relations = new Map<string, readonly Relation[]>();
  const rulesOf = (table: string): TableRules | undefined => rules.get(table);
  const foldOrNever = (rule: Expression | undefined): Expression => (rule === undefined ? never : fold(rule));
  const foldWrite = (rule: UpdateRule | undefined): WriteRule =>
    rule === undefined
      ? { expression: never, mentionsNext: false }
      : { expression: fold(rule.expression), mentionsNext: rule.mentionsNext };

  const view: AccessView = {
    model,
    restricted: true,
    readableTable(name) {
      const table = model.tables.get(name);
      return table === undefined || isConstantTruth(view.readRule(table), false) ? undefined : table;
    },
    readRule: (table) => remember(readRules, table.name, () => foldOrNever(rulesOf(table.name)?.read)),
    writeRule(table, operation) {
      const own = rulesOf(table.name);
      if (operation === "update") return foldWrite(own?.update);
      const rule = operation === "create" ? own?.create : own?.delete;
      return { expression: foldOrNever(rule), mentionsNext: operation === "create" };
    },
    historyRule: (table) => foldOrNever(rulesOf(table.name)?.history),
    readableColumn(table, name) {
      const column = table.columns.get(name);
      // Before anything is remembered: names come from callers, who could fill the memory with them.
      if (column === undefined || column.secret) return undefined;
      return remember(columns, `${table.name}.${name}`, () => {
        const rule = rulesOf(table.name)?.fields.get(name)?.read;
        const mask = rule === undefined ? always : fold(rule);
        if (isConstantTruth(mask, false)) return undefined;
        return { column, mask: isConstantTruth(mask, true) ? undefined : mask };
      });
    },
    fieldWriteRule(column, operation) {
      const own = rulesOf(column.table)?.fields.get(column.name);
      if (operation === "update") return own?.update === undefined ? undefined : foldWrite(own.update);
      return own?.create === undefined ? undefined : { expression: fold(own.create), mentionsNext: true };
    },
    readableRelations: (table) =>
      remember(relations, table.name, () => table.relations.filter((relation) => isReadable(view, relation))),
  };
  return view;
}

function isReadable(view: AccessView, relation: Relation): boolean {
  const { model } = view;
  const sees = (table: string, column: string): boolean =>
    view.readableTable(table) !== undefined && view.readableColumn(tableOf(model, table), column) !== undefined;
  const { junction } = relation;
  if (!sees(relation.table, relation.column) || !sees(relation.target, relation.targetColumn)) return false;
  return junction === undefined || (sees(junction.table, junction.column) && sees(junction.table, junction.targetColumn));
}

function remember<V>(cache: Map<string, V>, key: string, make: () => V): V {
  if (cache.has(key)) return cache.get(key) as V;
  const value = make();
  cache.set(key, value);
  return value;
}

/** Names of columns that the caller may read, in the order of their definition. */
export function readableColumns(view: AccessView, table: Table): readonly VisibleColumn[] {
  return [...table.columns.keys()].flatMap((name) => view.readableColumn(table, name) ?? []);
}
