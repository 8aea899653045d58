import { AppError, type Json } from "#contract";
import type { EndpointInput } from "./endpoint-input.ts";
import type { Webhooks } from "./webhooks.ts";

/** What people ask of webhooks from outside. Plain data: it comes over HTTP where a server runs. */
export type WebhookOrder = { readonly type: "webhooks" } & (
  | { readonly action: "add"; readonly input: EndpointInput }
  | { readonly action: "remove" | "enable" | "disable" | "rotate" | "test"; readonly id: string }
  | {
      readonly action: "replay";
      readonly event?: string;
      /** ISO 8601. */
      readonly since?: string;
      readonly failed?: boolean;
      readonly endpoint?: string;
    }
);

/** `refused`: why nothing was done, in words for people. */
export type WebhookOrderOutcome = { readonly done: Json } | { readonly refused: string };

const aboutOne = ["remove", "enable", "disable", "rotate", "test"] as const;

/** Carries out one order. */
export async function obeyWebhookOrder(webhooks: Webhooks, order: WebhookOrder): Promise<WebhookOrderOutcome> {
  try {
    return { done: (await carryOut(webhooks, order)) as Json };
  } catch (error) {
    if (error instanceof AppError) return { refused: [error.details ?? error.message, error.hint ?? ""].join(" ").trim() };
    if (error instanceof TypeError) return { refused: error.message };
    throw error;
  }
}

async function carryOut(webhooks: Webhooks, order: WebhookOrder): Promise<unknown> {
  switch (order.action) {
    case "add":
      return webhooks.add(order.input);
    case "remove":
      await webhooks.remove(order.id);
      return null;
    case "enable":
      return webhooks.enable(order.id);
    case "disable":
      return webhooks.disable(order.id);
    case "rotate":
      return webhooks.rotateSecret(order.id);
    case "test":
      return webhooks.test(order.id);
    case "replay": {
      const { event, since, failed, endpoint } = order;
      const what =
        event !== undefined ? { event } : since !== undefined ? { since: new Date(since) } : { failed: failed === true };
      if ("failed" in what && !what.failed)
        throw new TypeError("A replay is of a message, since a moment, or of all that failed.");
      return webhooks.replay({ ...(what as { readonly failed: true }), ...(endpoint === undefined ? {} : { endpoint }) });
    }
  }
}

/** Only a holder of the data directory's secret gives one; it may still be of another version. @throws AppError `invalidBody` where it is none. */
export function readWebhookOrder(value: object): WebhookOrder {
  const { action, id, input } = value as { readonly action?: unknown; readonly id?: unknown; readonly input?: unknown };
  const isOne = aboutOne.some((each) => each === action) && typeof id === "string";
  const isAdd = action === "add" && typeof input === "object" && input !== null;
  const isReplay =
    action === "replay" &&
    ["event", "since", "endpoint"].every((name) => ["string", "undefined"].includes(typeof Reflect.get(value, name)));
  if (isOne || isAdd || isReplay) return value as WebhookOrder;
  throw new AppError("invalidBody", {
    details: `An order about webhooks is to add an endpoint, to ${aboutOne.join(", ")} one, or to replay.`,
  });
}
