import { didYouMean } from "#base";
import { type Column, createScopes, type Expression, expressions, needsDatabase, type Table } from "#database";
import { rowSource, rowValue } from "../../rules/build-row.ts";
import { conditionOf } from "../../rules/build-value.ts";
import { nodesOf } from "../../rules/inspect.ts";
import { messageOf } from "../../rules/thrown.ts";
import { withUnused } from "../../rules/unused-conditions.ts";
import { type DefinitionProblem, inDoubt } from "../../schema/definition-error.ts";
import type { DraftModel } from "../../schema/doubts.ts";
import { caseTwins } from "../../schema/names.ts";
import { type WebhookOperation, webhookOperations, type WrittenWebhook } from "./define-webhook.ts";

/** A webhook of a back end, checked. */
export interface WebhookDefinition {
  /** What receivers know it by. */
  readonly type: string;
  readonly table: Table;
  readonly on: ReadonlySet<WebhookOperation>;
  /** Over the scopes `row` and `before`; sees no other rows. */
  readonly when: Expression | undefined;
  readonly changed: readonly string[] | undefined;
  readonly select: readonly Column[];
  readonly orderBy: Column | undefined;
}

/** The webhooks of a back end, by their types. */
export type WebhookBook = ReadonlyMap<string, WebhookDefinition>;

/** The type of the messages that try an endpoint out. */
export const testType = "webhook.test";

type Report = (message: string, part?: string) => void;

const optionNames = ["on", "select", "when", "changed", "orderBy"];

export function buildWebhooks(
  model: DraftModel,
  written: Readonly<Record<string, unknown>>,
  problems: DefinitionProblem[],
): WebhookBook {
  const book = new Map<string, WebhookDefinition>();
  for (const [type, value] of Object.entries(written)) {
    const report: Report = (message, part = "") => void problems.push({ place: `webhooks.${type}${part}`, message });
    if (type === testType) report("is the type of messages that try an endpoint out; choose another");
    else if (type.length > 100 || !/^[a-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*$/.test(type))
      report("needs a type of letters, digits, underscores and dots, such as review.created; at most 100 in all");
    const source = sourceOf(value);
    if (source === undefined) {
      report(
        'is no webhook; write webhook("reviews", { on: ["create"], select: ["id"] }) with the webhook of webhooksOf(schema)',
      );
      continue;
    }
    const table = model.tables.get(source.table);
    if (table === undefined) {
      const isDoubtful = model.doubts?.ofTables() === true;
      report(isDoubtful ? inDoubt : `there is no table '${source.table}'${didYouMean(source.table, model.tables.keys())}`);
      continue;
    }
    book.set(type, readWebhook(type, { table, model, options: source.options }, report));
  }
  for (const [type, earlier] of caseTwins(Object.keys(written)))
    problems.push({ place: `webhooks.${type}`, message: `the type differs from '${earlier}' in case alone` });
  return book;
}

function sourceOf(value: unknown): WrittenWebhook | undefined {
  if (typeof value !== "object" || value === null || !("~webhook" in value)) return undefined;
  const source = value["~webhook"] as WrittenWebhook;
  const isWhole = typeof source.table === "string" && typeof (source.options as unknown) === "object" && source.options !== null;
  return isWhole ? source : undefined;
}

interface Reading {
  readonly table: Table;
  readonly model: DraftModel;
  readonly options: WrittenWebhook["options"];
}

function readWebhook(type: string, reading: Reading, report: Report): WebhookDefinition {
  const { table, options } = reading;
  for (const name of Object.keys(options))
    if (!optionNames.includes(name)) report(`'${name}' is no option of a webhook${didYouMean(name, optionNames)}`);
  const on = readOperations(options["on"], report);
  const select = readColumns(reading, "select", report) ?? [];
  if (options["select"] === undefined) report('says not what receivers get: select needs columns such as ["id"]', ".select");
  for (const column of select) checkSelected(column, report);
  const changed = readColumns(reading, "changed", report);
  for (const column of changed ?? [])
    if (column.computed !== undefined) report(`'${column.name}' is computed: name the columns that it is made of`, ".changed");
  if (changed !== undefined && !on.has("update")) report("'changed' is about updates, and 'on' has none", ".changed");
  return {
    type,
    table,
    on,
    select,
    changed: changed?.map(({ name }) => name),
    when: readCondition(reading, report),
    orderBy: readOrder(reading, report),
  };
}

function readOperations(written: unknown, report: Report): ReadonlySet<WebhookOperation> {
  if (!Array.isArray(written) || written.length === 0) {
    report(`needs a list such as ["create"], of ${webhookOperations.join(", ")}`, ".on");
    return new Set();
  }
  const given = written as readonly unknown[];
  for (const each of given) {
    if (!webhookOperations.some((operation) => operation === each))
      report(`'${String(each)}' is none of ${webhookOperations.join(", ")}${didYouMean(String(each), webhookOperations)}`, ".on");
  }
  return new Set(webhookOperations.filter((operation) => given.includes(operation)));
}

function readColumns({ table, model, options }: Reading, option: string, report: Report): readonly Column[] | undefined {
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

interface Wanted {
  readonly table: Table;
  readonly model: DraftModel;
  readonly name: string;
}

function findColumn({ table, model, name }: Wanted, report: (message: string) => void): Column | undefined {
  const column = table.columns.get(name);
  const { doubts } = model;
  if (doubts?.ofField(table.name, name) === true || (column === undefined && doubts?.ofAbsence(table.name, name) === true))
    report(inDoubt);
  else if (column === undefined)
    report(`there is no column '${name}' in '${table.name}'${didYouMean(name, table.columns.keys())}`);
  return column;
}

function checkSelected({ name, secret, computed }: Column, report: Report): void {
  if (secret) report(`'${name}' is secret: nobody gets it`, ".select");
  if (computed !== undefined && needsDatabase(computed))
    report(`'${name}' is computed from other rows, and a webhook sees its own row alone`, ".select");
}

function readOrder({ table, model, options }: Reading, report: Report): Column | undefined {
  const written = options["orderBy"];
  if (written === undefined) return undefined;
  if (typeof written !== "string") {
    report("needs the name of a column", ".orderBy");
    return undefined;
  }
  const column = findColumn({ table, model, name: written }, (message) => report(message, ".orderBy"));
  if (column?.computed !== undefined) report(`'${column.name}' is computed: a line is of a stored column`, ".orderBy");
  if (column?.secret === true) report(`'${column.name}' is secret: it is kept nowhere else`, ".orderBy");
  return column;
}

function readCondition({ table, model, options }: Reading, report: Report): Expression | undefined {
  const callback = options["when"];
  if (callback === undefined) return undefined;
  const say = (message: string): void => report(message, ".when");
  if (typeof callback !== "function") {
    say("needs a function such as ({ row }) => row.stars.lte(2)");
    return undefined;
  }
  const source = rowSource(model, createScopes("w"));
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
    checkCondition(result.expression, say);
    return result.expression;
  } catch (error) {
    say(messageOf(error));
    return undefined;
  }
}

function checkCondition(expression: Expression, say: (message: string) => void): void {
  if (needsDatabase(expression))
    say("looks at other rows; a webhook sees its own row, now and before. Keep what it asks for in a column of the row");
  for (const node of nodesOf(expression)) {
    if (node.type === "actor" || node.type === "role") say("a webhook does not know who is asking; that belongs in a rule");
  }
}
