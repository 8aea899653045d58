import type { Clock, IdSource, Logger } from "#base";
import type { Database } from "#database";
import type { Keys } from "../../access/keys.ts";
import type { ResolveHost } from "../../outgoing/resolve-target.ts";
import { allowedHosts } from "../../outgoing/target.ts";
import type { WebhookBook } from "./build-webhooks.ts";
import { listDue } from "./delivery-table.ts";
import { SecretSeal } from "./endpoint-secrets.ts";
import { WebhookListener } from "./webhook-listener.ts";
import { obeyWebhookOrder, type WebhookOrder, type WebhookOrderOutcome } from "./webhook-orders.ts";
import { type TellDisabled, WebhookSender } from "./webhook-sender.ts";
import { createWebhookTables } from "./webhook-tables.ts";
import { createWebhooks, noWebhooks, type Webhooks, type WebhooksIn, type WebhooksOptions } from "./webhooks.ts";

export interface OpenWebhooksOptions {
  readonly database: Database;
  readonly webhooks: WebhookBook;
  /** 32 bytes: what the secrets of endpoints are kept with. */
  readonly key: Keys;
  /** Hosts besides those of the public internet that webhooks may be sent to: `host:port`. */
  readonly allow: readonly string[];
  /** Milliseconds that events, deliveries and attempts are kept. */
  readonly keep: number;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly tellDisabled?: TellDisabled | undefined;
  /** Milliseconds of taking nothing after which an endpoint is disabled. Default five days. */
  readonly patience?: number;
  /** Milliseconds of one attempt. Default 15,000. */
  readonly timeout?: number;
  readonly random?: () => number;
  readonly resolve?: ResolveHost;
  readonly ca?: string;
}

/** The webhooks of a back end that runs. */
export interface OpenWebhooks {
  readonly webhooks: Webhooks;
  readonly webhooksIn: WebhooksIn;
  readonly obey: (order: WebhookOrder) => Promise<WebhookOrderOutcome>;
  /** Begins to send. Until then what happens is kept. */
  readonly start: () => void;
  /** Looks for what is due now. */
  readonly wake: () => void;
  /** When the next attempt is due: milliseconds since 1970. */
  readonly nextDue: () => Promise<number | undefined>;
  /** Lets what is under way end for so many milliseconds; what has not is sent at the next start. */
  close(grace: number): Promise<void>;
}

/** Puts together what keeps events, what sends them, and what looks after their receivers. A back end without webhooks has nothing of it. */
export async function openWebhooks(options: OpenWebhooksOptions): Promise<OpenWebhooks> {
  const {
    database,
    webhooks: book,
    clock,
    ids,
    allow,
    timeout = 15_000,
    patience = 5 * 86_400_000,
    random = Math.random,
  } = options;
  if (book.size === 0) {
    const webhooks = noWebhooks();
    return {
      webhooks,
      webhooksIn: noWebhooks,
      obey: (order) => obeyWebhookOrder(webhooks, order),
      start() {},
      wake() {},
      nextDue: () => Promise.resolve(undefined),
      close: () => Promise.resolve(),
    };
  }
  const id = (): string => ids.uuid().replaceAll("-", "");
  const seal = new SecretSeal(options.key);
  const sender = new WebhookSender({ ...options, seal, timeout, patience, random });
  const listener = new WebhookListener({ book, messageId: () => `msg_${id()}`, onEvents: () => sender.hint() });
  await database.transaction(async (connection) => {
    await createWebhookTables(connection);
    await listener.read(connection);
  });
  const refresh = async (): Promise<void> => {
    await database.transaction((connection) => listener.read(connection));
    sender.wake();
  };
  /** Something was changed in a transaction that may not have ended yet. */
  let isStale = false;
  const committed = (): void => {
    if (isStale) {
      isStale = false;
      // Until it succeeds the listener hears of more than it needs to, and that is all.
      refresh().catch(() => (isStale = true));
    }
    sender.committed();
  };
  const stops = [database.onBeforeCommit(listener), database.onDurable(committed)];
  const shared: Omit<WebhooksOptions, "reader" | "transaction" | "onChanged"> = {
    book,
    clock,
    id,
    seal,
    allow: allowedHosts(allow),
    onWanted: (types) => listener.widen(types),
  };
  const webhooks = createWebhooks({
    ...shared,
    reader: database,
    transaction: (work) => database.transaction(work),
    onChanged: refresh,
  });
  const webhooksIn: WebhooksIn = ({ connection, writes }) =>
    createWebhooks({
      ...shared,
      reader: connection,
      transaction: writes ? (work) => work(connection) : onlySees,
      async onChanged() {
        isStale = true;
        sender.hint();
      },
    });
  return {
    webhooks,
    webhooksIn,
    obey: (order) => obeyWebhookOrder(webhooks, order),
    start: () => sender.start(),
    wake: () => sender.wake(),
    nextDue: async () => (await listDue(database))[0]?.at,
    async close(grace) {
      for (const stop of stops) stop();
      await sender.close(grace);
    },
  };
}

function onlySees(): Promise<never> {
  return Promise.reject(new Error("A query function may only read: define it with mutation(...) to change webhooks."));
}
