import { Option } from "commander";
import type { DeliveryState, JobState, SuppressionReason, TableOperation } from "#application";

// Written out, because a command line that only asks for help must not wait for the application to be loaded; the compiler keeps
// them whole: a word that is new, or gone, is an error here.
const words = <Word extends string>(all: Readonly<Record<Word, true>>): readonly Word[] => Object.keys(all) as Word[];

export const operationWords: readonly TableOperation[] = words<TableOperation>({
  read: true,
  create: true,
  update: true,
  delete: true,
  history: true,
});

export const jobStateWords: readonly JobState[] = words<JobState>({
  scheduled: true,
  ready: true,
  running: true,
  behind: true,
  done: true,
  failed: true,
  cancelled: true,
});

export const suppressionReasonWords: readonly SuppressionReason[] = words<SuppressionReason>({
  bounce: true,
  complaint: true,
  unsubscribed: true,
  manual: true,
});

export const deliveryStateWords: readonly DeliveryState[] = words<DeliveryState>({
  waiting: true,
  queued: true,
  delivered: true,
  failed: true,
  dropped: true,
});

export type ImportFormat = "csv" | "ndjson" | "json" | "sql";

export const importFormats: readonly ImportFormat[] = words<ImportFormat>({ csv: true, ndjson: true, json: true, sql: true });

export type ExportFormat = Exclude<ImportFormat, "json">;

export const exportFormats: readonly ExportFormat[] = words<ExportFormat>({ csv: true, ndjson: true, sql: true });

/** An option that takes one of a few words: completed, and refused with the nearest one. */
export function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}
