import {
  loadSecrets,
  openWebhooks,
  type WebhookEndpoint,
  type WebhookEndpointInput,
  type WebhookOrder,
  type WebhookOrderOutcome,
} from "#application";
import { createIdSource, silentLogger, systemClock } from "#base";
import type { Json } from "#contract";
import type { SqliteDatabase } from "#database";
import { webhookKeys } from "#platform";
import { carryOut, requireDatabase } from "../backend/carry-out.ts";
import { CommandError, UsageError } from "../command-line/command-error.ts";
import { printable } from "../command-line/printable.ts";
import { printResult, type Terminal } from "../command-line/terminal.ts";
import { findServer, openWorkplace, type Workplace } from "../backend/workplace.ts";
import { readSince } from "../command-line/values.ts";
import { typesOf } from "./webhooks-words.ts";

/** Adds an endpoint, and prints its secret: the one time that it is shown. */
export async function webhooksAdd(input: WebhookEndpointInput, backend: string, terminal: Terminal): Promise<void> {
  const { done } = await giveOrder({ type: "webhooks", action: "add", input }, backend);
  const { endpoint, secret } = done as unknown as { readonly endpoint: WebhookEndpoint; readonly secret: string };
  if (terminal.json === true) return printResult(terminal, { ...endpoint, secret });
  terminal.report(`${endpoint.id} takes ${typesOf(endpoint)}. Its secret, which is shown this once:`);
  terminal.print(secret);
}

export interface WebhooksChange {
  readonly action: "remove" | "enable" | "disable" | "rotate";
  readonly id: string;
}

/** Removes, enables or disables an endpoint, or gives it a new secret. */
export async function webhooksChange({ action, id }: WebhooksChange, backend: string, terminal: Terminal): Promise<void> {
  const { done } = await giveOrder({ type: "webhooks", action, id }, backend);
  const name = printable(id);
  if (terminal.json === true)
    return printResult(terminal, {
      action,
      id,
      ...(action === "rotate" ? { secret: (done as { readonly secret: string }).secret } : {}),
    });
  if (action === "rotate") {
    terminal.report(`The new secret of ${name}, which is shown this once. The old one signs beside it for 24 hours:`);
    terminal.print((done as { readonly secret: string }).secret);
  } else if (action === "enable")
    printResult(
      terminal,
      {},
      `${name} is enabled, and gets what happens from now on. \`chassis webhooks replay\` sends what it missed.`,
    );
  else terminal.print(`${name} is ${action === "remove" ? "removed" : "disabled"}. What waited for it is dropped.`);
}

export interface WebhooksReplayOptions {
  readonly event?: string;
  readonly since?: string;
  readonly failed?: boolean;
  readonly endpoint?: string;
}

/** Sends again what is kept. */
export async function webhooksReplay(options: WebhooksReplayOptions, backend: string, terminal: Terminal): Promise<void> {
  const { event, since, failed, endpoint } = options;
  if ([event, since, failed].filter((each) => each !== undefined).length !== 1)
    throw new UsageError("Say what is to be sent again, by one of --event <id>, --since <moment> and --failed.");
  const { done } = await giveOrder(
    {
      type: "webhooks",
      action: "replay",
      ...(event === undefined ? {} : { event }),
      ...(since === undefined ? {} : { since: readSince("--since", since) }),
      ...(failed === undefined ? {} : { failed }),
      ...(endpoint === undefined ? {} : { endpoint }),
    },
    backend,
  );
  printResult(terminal, { sent: done }, done === 1 ? "One message is sent again." : `${done as number} messages are sent again.`);
}

/** By the server that has the database, or here where none runs. */
export async function giveOrder(
  order: WebhookOrder,
  backend: string,
): Promise<{ readonly done: Json; readonly running: boolean }> {
  const workplace = await openWorkplace(backend);
  if (workplace.backend.webhooks.size === 0)
    throw new CommandError("This back end has no webhooks: list them under `webhooks` of defineBackend.");
  requireDatabase(workplace);
  const running = findServer(workplace) !== undefined;
  const { done } = await carryOut(order, workplace, (database) => obeyHere(order, database, workplace));
  return { done, running };
}

async function obeyHere(
  order: WebhookOrder,
  database: SqliteDatabase,
  { backend, config, dataDirectory }: Workplace,
): Promise<WebhookOrderOutcome> {
  // Not started: what is to be sent waits for the next start of the server.
  const { obey } = await openWebhooks({
    database,
    webhooks: backend.webhooks,
    key: webhookKeys(await loadSecrets(dataDirectory)),
    allow: config.webhooksAllow,
    keep: config.webhooksKeep,
    clock: systemClock,
    ids: createIdSource(systemClock),
    logger: silentLogger,
  });
  return obey(order);
}
