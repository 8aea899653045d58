import { didYouMean } from "#base";
import { type Column, createScopes, type Expression, expressions, needsDatabase, type Table } from "#database";
import { rowSource, rowValue } from "../rules/build-row.ts";
import { conditionOf } from "../rules/build-value.ts";
import { nodesOf } from "../rules/inspect.ts";
import { messageOf } from "../rules/thrown.ts";
import { withUnused } from "../rules/unused-conditions.ts";
import { inDoubt } from "../schema/definition-error.ts";
import type { DraftModel } from "../schema/doubts.ts";
import { type ChangeOperation, changeOperations } from "./change-selection.ts";

/** A selection of changes, checked. */
export interface SelectedChanges {
  readonly table: Table;
  readonly on: ReadonlySet<ChangeOperation>;
  /** Over the scopes `row` and `before`; sees no other rows. */
  readonly when: Expression | undefined;
  readonly changed: readonly string[] | undefined;
  readonly select: readonly Column[];
}

export interface SelectionReading {
  readonly table: Table;
  readonly model: DraftModel;
  readonly options: Readonly<Record<string, unknown>>;
  /** What is being defined, for messages: "webhook". */
  readonly noun: string;
  /** Who gets the columns, for messages: "receivers get". */
  readonly gets: string;
}

/** Hears a mistake, and in which part of what is being defined: `.select`. */
export type ReportPart = (message: string, part?: string) => void;

/** Reads `on`, `select`, `when` and `changed`. Every mistake is reported. */
export function readSelection(reading: SelectionReading, report: ReportPart): SelectedChanges {
  const { table, options, gets } = reading;
  const on = readOperations(options["on"], report);
  const select = readColumns(reading, "select", report) ?? [];
  if (options["select"] === undefined) report(`says not what ${gets}: select needs columns such as ["id"]`, ".select");
  for (const column of select) checkSelected(reading, column, report);
  const changed = readColumns(reading, "changed", report);
  for (const column of changed ?? [])
    if (column.computed !== undefined) report(`'${column.name}' is computed: name the columns that it is made of`, ".changed");
  if (changed !== undefined && !on.has("update")) report("'changed' is about updates, and 'on' has none", ".changed");
  return { table, on, select, changed: changed?.map(({ name }) => name), when: readCondition(reading, report) };
}

function readOperations(written: unknown, report: ReportPart): ReadonlySet<ChangeOperation> {
  if (!Array.isArray(written) || written.length === 0) {
    report(`needs a list such as ["create"], of ${changeOperations.join(", ")}`, ".on");
    return new Set();
  }
  const given = written as readonly unknown[];
  for (const each of given) {
    if (!changeOperations.some((operation) => operation === each))
      report(`'${String(each)}' is none of ${changeOperations.join(", ")}${didYouMean(String(each), changeOperations)}`, ".on");
  }
  return new Set(changeOperations.filter((operation) => given.includes(operation)));
}

function readColumns(
  { table, model, options }: SelectionReading,
  option: string,
  report: ReportPart,
): readonly Column[] | undefined {
  const written = options[option];
  if (written === undefined) return undefined;
  if (!Array.isArray(written) || written.length === 0) {
    report("needs a list of columns, with one at least", `.${option}`);
    return undefined;
  }
  const names = written.map(String);
  for (const name of names.filter((each, index) => names.indexOf(each) < index)) report(`names '${name}' twice`, `.${option}`);
  return names.flatMap((name) => findColumn({ table, model, name }, (message) => report(message, `.${option}`)) ?? []);
}

interface WantedColumn {
  readonly table: Table;
  readonly model: DraftModel;
  readonly name: string;
}

/** A column of a table by its name, or a report that there is none. */
export function findColumn({ table, model, name }: WantedColumn, report: (message: string) => void): Column | undefined {
  const column = table.columns.get(name);
  const { doubts } = model;
  if (doubts?.ofField(table.name, name) === true || (column === undefined && doubts?.ofAbsence(table.name, name) === true))
    report(inDoubt);
  else if (column === undefined)
    report(`there is no column '${name}' in '${table.name}'${didYouMean(name, table.columns.keys())}`);
  return column;
}

function checkSelected({ noun }: SelectionReading, { name, secret, computed }: Column, report: ReportPart): void {
  if (secret) report(`'${name}' is secret: nobody gets it`, ".select");
  if (computed !== undefined && needsDatabase(computed))
    report(`'${name}' is computed from other rows, and a ${noun} sees its own row alone`, ".select");
}

function readCondition({ table, model, options, noun }: SelectionReading, report: ReportPart): Expression | undefined {
  const callback = options["when"];
  if (callback === undefined) return undefined;
  const say = (message: string): void => report(message, ".when");
  if (typeof callback !== "function") {
    say("needs a function such as ({ row }) => row.stars.lte(2)");
    return undefined;
  }
  const source = rowSource(model, createScopes("c"));
  const scope = {
    row: rowValue(source, table.name, expressions.scope("row")),
    before: rowValue(source, table.name, expressions.scope("before")),
  };
  try {
    const { result, complaints } = withUnused(
      () => conditionOf((callback as (scope: unknown) => unknown)(scope), "when")["~built"],
    );
    const mistakes = result.problems.length > 0 ? result.problems : complaints;
    for (const message of mistakes) say(message);
    if (mistakes.length > 0) return undefined;
    checkCondition(result.expression, noun, say);
    return result.expression;
  } catch (error) {
    say(messageOf(error));
    return undefined;
  }
}

function checkCondition(expression: Expression, noun: string, say: (message: string) => void): void {
  if (needsDatabase(expression))
    say(`looks at other rows; a ${noun} sees its own row, now and before. Keep what it asks for in a column of the row`);
  for (const node of nodesOf(expression)) {
    if (node.type === "actor" || node.type === "role") say(`a ${noun} does not know who is asking; that belongs in a rule`);
  }
}
