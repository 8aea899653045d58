import { didYouMean, parseDuration } from "#base";
import type { Column } from "#database";
import { selectionOptions } from "../changes/change-selection.ts";
import {
  findColumn,
  type ReportPart,
  readSelection,
  type SelectedChanges,
  type SelectionReading,
} from "../changes/read-selection.ts";
import type { JobBook } from "../jobs/build-jobs.ts";
import { type DefinitionProblem, inDoubt } from "../schema/definition-error.ts";
import type { DraftModel } from "../schema/doubts.ts";
import { caseTwins, nameProblem } from "../schema/names.ts";
import type { WrittenTrigger } from "./define-trigger.ts";

/** A trigger of a back end, checked. */
export interface TriggerDefinition extends SelectedChanges {
  readonly name: string;
  /** The name of its job. */
  readonly job: string;
  /** Milliseconds. */
  readonly delay: number;
  readonly uniqueBy: Column | undefined;
}

const optionNames = [...selectionOptions, "delay", "uniqueBy"];

export function buildTriggers(
  { model, jobs }: { readonly model: DraftModel; readonly jobs: JobBook },
  written: Readonly<Record<string, unknown>>,
  problems: DefinitionProblem[],
): readonly TriggerDefinition[] {
  const triggers: TriggerDefinition[] = [];
  for (const [name, value] of Object.entries(written)) {
    const report: ReportPart = (message, part = "") => void problems.push({ place: `triggers.${name}${part}`, message });
    const message = nameProblem(name);
    if (message !== undefined) report(message);
    const source = sourceOf(value);
    if (source === undefined) {
      report(
        'is no trigger; write trigger("reviews", { on: ["create"], select: ["id"] }, job) with the trigger of triggersOf(schema)',
      );
      continue;
    }
    const job = jobs.nameOf(source.job);
    if (job === undefined) report("runs a job that is not listed under `jobs`");
    const table = model.tables.get(source.table);
    if (table === undefined) {
      const isDoubtful = model.doubts?.ofTables() === true;
      report(isDoubtful ? inDoubt : `there is no table '${source.table}'${didYouMean(source.table, model.tables.keys())}`);
      continue;
    }
    const reading = { table, model, options: source.options, noun: "trigger", gets: "its job is given" };
    triggers.push(readTrigger({ name, job: job ?? "" }, reading, report));
  }
  for (const [name, earlier] of caseTwins(Object.keys(written)))
    problems.push({ place: `triggers.${name}`, message: `the name differs from '${earlier}' in case alone` });
  return triggers;
}

function sourceOf(value: unknown): WrittenTrigger | undefined {
  if (typeof value !== "object" || value === null || !("~trigger" in value)) return undefined;
  const source = value["~trigger"] as WrittenTrigger;
  const isWhole = typeof source.table === "string" && typeof (source.options as unknown) === "object" && source.options !== null;
  return isWhole ? source : undefined;
}

function readTrigger(
  names: Pick<TriggerDefinition, "name" | "job">,
  reading: SelectionReading,
  report: ReportPart,
): TriggerDefinition {
  const { options } = reading;
  for (const option of Object.keys(options))
    if (!optionNames.includes(option)) report(`'${option}' is no option of a trigger${didYouMean(option, optionNames)}`);
  return {
    ...names,
    ...readSelection(reading, report),
    delay: readDelay(options["delay"], report),
    uniqueBy: readUnique(reading, report),
  };
}

const longest = 365 * 86_400_000;

function readDelay(written: unknown, report: ReportPart): number {
  if (written === undefined) return 0;
  try {
    const delay = typeof written === "string" ? parseDuration(written) : written;
    if (typeof delay === "number" && delay >= 0 && delay <= longest) return delay;
  } catch {
    // Said below.
  }
  report("must be a time of a year at most: milliseconds, or text such as 30s, 15m, 12h or 30d", ".delay");
  return 0;
}

function readUnique({ table, model, options }: SelectionReading, report: ReportPart): Column | undefined {
  const written = options["uniqueBy"];
  if (written === undefined) return undefined;
  const say = (message: string): void => report(message, ".uniqueBy");
  if (typeof written !== "string") {
    say("needs the name of a column");
    return undefined;
  }
  const column = findColumn({ table, model, name: written }, say);
  if (column?.computed !== undefined) say(`'${column.name}' is computed: name a stored column`);
  if (column?.secret === true) say(`'${column.name}' is secret: it is kept nowhere else`);
  return column;
}
