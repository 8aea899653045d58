import { didYouMean } from "#base";
import type { Column } from "#database";
import { selectionOptions } from "../../changes/change-selection.ts";
import {
  findColumn,
  type ReportPart,
  readSelection,
  type SelectedChanges,
  type SelectionReading,
} from "../../changes/read-selection.ts";
import { type DefinitionProblem, inDoubt } from "../../schema/definition-error.ts";
import type { DraftModel } from "../../schema/doubts.ts";
import { caseTwins } from "../../schema/names.ts";
import type { WrittenWebhook } from "./define-webhook.ts";

/** A webhook of a back end, checked. */
export interface WebhookDefinition extends SelectedChanges {
  /** What receivers know it by. */
  readonly type: string;
  readonly orderBy: Column | undefined;
}

/** The webhooks of a back end, by their types. */
export type WebhookBook = ReadonlyMap<string, WebhookDefinition>;

/** The type of the messages that try an endpoint out. */
export const testType = "webhook.test";

const optionNames = [...selectionOptions, "orderBy"];

export function buildWebhooks(
  model: DraftModel,
  written: Readonly<Record<string, unknown>>,
  problems: DefinitionProblem[],
): WebhookBook {
  const book = new Map<string, WebhookDefinition>();
  for (const [type, value] of Object.entries(written)) {
    const report: ReportPart = (message, part = "") => void problems.push({ place: `webhooks.${type}${part}`, message });
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
    book.set(type, readWebhook(type, { table, model, options: source.options, noun: "webhook", gets: "receivers get" }, report));
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

function readWebhook(type: string, reading: SelectionReading, report: ReportPart): WebhookDefinition {
  for (const name of Object.keys(reading.options))
    if (!optionNames.includes(name)) report(`'${name}' is no option of a webhook${didYouMean(name, optionNames)}`);
  return { type, ...readSelection(reading, report), orderBy: readOrder(reading, report) };
}

function readOrder({ table, model, options }: SelectionReading, report: ReportPart): Column | undefined {
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
