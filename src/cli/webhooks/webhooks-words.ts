import type { WebhookDelivery, WebhookEndpoint } from "#application";
import { shortMoment } from "../jobs/jobs-words.ts";
import { clip, printable } from "../command-line/printable.ts";

/** How an endpoint stands, in a few words. */
export function stateOfEndpoint({ enabled, reason, failingSince }: WebhookEndpoint): string {
  if (!enabled) return reason === null ? "disabled" : `disabled: ${printable(reason)}`;
  return failingSince === null ? "enabled" : `failing since ${shortMoment(failingSince)}`;
}

export function typesOf({ types }: WebhookEndpoint): string {
  return types === null ? "all types" : types.map(printable).join(", ");
}

/** What is worth a word about how a delivery went. */
export function describeDelivery({ state, nextAt, attempts, last }: WebhookDelivery): string {
  const words: string[] = [];
  if (last !== null) words.push(last.status === null ? clip(printable(last.error ?? ""), 60) : `answered ${last.status}`);
  if (state === "queued") words.push("behind another of its line");
  if (nextAt !== null && attempts > 0) words.push(`again at ${shortMoment(nextAt)}`);
  return words.join("; ");
}

/** Columns as wide as what stands in them. */
export function alignColumns(lines: readonly (readonly string[])[]): readonly string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
