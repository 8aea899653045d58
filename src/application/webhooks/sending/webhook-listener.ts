import { createPacer } from "#base";
import type { BeforeCommitListener, Connection } from "#database";
import { rowEvents, selects } from "../../changes/row-event.ts";
import type { WebhookBook, WebhookDefinition } from "./build-webhooks.ts";
import { describeEvent, lineOf } from "./describe-event.ts";
import { wantedTypes } from "./endpoint-table.ts";
import { insertEvent } from "./event-table.ts";

export interface WebhookListenerOptions {
  readonly book: WebhookBook;
  readonly messageId: () => string;
  /** Hears that a transaction which has not ended yet has something to be sent. */
  readonly onEvents: () => void;
}

/**
 * Keeps what webhooks tell, in the transaction in which it happens: there is no event of a rollback, and no commit without its events. Where no
 * endpoint takes a type, its table is not even listened to.
 */
export class WebhookListener implements BeforeCommitListener {
  readonly #options: WebhookListenerOptions;
  #byTable: ReadonlyMap<string, readonly WebhookDefinition[]> = new Map();
  /** Types beside those that were read: of transactions that have not ended. */
  #wanted: ReadonlySet<string> | "all" = new Set();

  constructor(options: WebhookListenerOptions) {
    this.#options = options;
  }

  get tables(): Iterable<string> {
    return this.#byTable.keys();
  }

  /** Before the end of a transaction that adds such an endpoint: the next one must be heard. */
  widen(types: readonly string[] | null): void {
    const wanted = this.#wanted;
    this.#set(types === null || wanted === "all" ? "all" : new Set([...wanted, ...types]));
  }

  /** To be called in a transaction: then none that has not ended can have added others. */
  async read(connection: Connection): Promise<void> {
    this.#set(await wantedTypes(connection));
  }

  #set(wanted: ReadonlySet<string> | "all"): void {
    this.#wanted = wanted;
    const all = [...this.#options.book.values()];
    this.#byTable = Map.groupBy(
      all.filter(({ type }) => wanted === "all" || wanted.has(type)),
      ({ table }) => table.name,
    );
  }

  readonly beforeCommit: BeforeCommitListener["beforeCommit"] = async (changes, connection, { moment }) => {
    const { messageId, onEvents } = this.#options;
    const at = Date.parse(moment);
    // Others are served in between: an import may bring a hundred thousand rows.
    const pace = createPacer();
    let isHeard = false;
    for (const change of changes) {
      for (const webhook of this.#byTable.get(change.table) ?? []) {
        for (const event of rowEvents(webhook.table, change)) {
          if (!selects(webhook, event, moment)) continue;
          isHeard = true;
          const payload = describeEvent(webhook, event, moment);
          await insertEvent(connection, { id: messageId(), type: webhook.type, payload, line: lineOf(webhook, event), at });
        }
      }
      await pace();
    }
    if (isHeard) onEvents();
  };
}
