import { setTimeout as wait } from "node:timers/promises";
import { listDeliveries, type WebhookAttempt } from "#application";
import { CommandError } from "../command-line/command-error.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import { printResult, reportResult, type Terminal } from "../command-line/terminal.ts";
import { giveOrder } from "./webhooks-order.ts";

/** A little more than an attempt may take, in milliseconds. */
const PATIENCE = 18_000;

/** Sends a message that tries an endpoint out, and says what became of it. Fails where it was not taken. */
export async function webhooksTest(id: string, backend: string, terminal: Terminal): Promise<void> {
  const { done, running } = await giveOrder({ type: "webhooks", action: "test", id }, backend);
  const event = done as string;
  if (!running) return printResult(terminal, { event, attempt: null }, `${event} is sent once a server runs.`);
  const last = await attemptOf(event, backend);
  if (last === undefined)
    return reportResult(
      terminal,
      { event, attempt: null },
      `${event} has not been sent yet. \`chassis webhooks deliveries --event ${event}\` tells when it is.`,
    );
  const { status, error, answer, took } = last;
  if (status !== null && status >= 200 && status < 300)
    return printResult(terminal, { event, attempt: last }, `Taken: it answered ${status} in ${took} ms.`);
  const words = status === null ? (error ?? "") : `it answered ${status}${answer === null ? "." : `: ${answer}`}`;
  throw new CommandError(`Not taken: ${printable(words)}`);
}

async function attemptOf(event: string, backend: string): Promise<WebhookAttempt | undefined> {
  return withDatabase(backend, async (connection) => {
    for (const deadline = performance.now() + PATIENCE; performance.now() < deadline; await wait(50)) {
      const [delivery] = await listDeliveries(connection, { event, limit: 1 });
      if (delivery !== undefined && delivery.last !== null) return delivery.last;
    }
    return undefined;
  });
}
