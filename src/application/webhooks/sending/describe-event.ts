import { columnJson, type RowEvent, tellChange } from "../../changes/row-event.ts";
import type { WebhookDefinition } from "./build-webhooks.ts";

/** The body of its message, in the form that Standard Webhooks advises. */
export function describeEvent(webhook: WebhookDefinition, event: RowEvent, moment: string): string {
  return JSON.stringify({ type: webhook.type, timestamp: moment, data: tellChange(webhook, event, moment) });
}

/** The key of the line that it stands in; null where it stands in none. */
export function lineOf({ orderBy }: WebhookDefinition, { row }: RowEvent): string | null {
  if (orderBy === undefined) return null;
  const value = columnJson(orderBy, row, "");
  return value === null ? null : typeof value === "string" ? value : JSON.stringify(value);
}
