import type { Logger } from "#base";
import type { Connection, Database } from "#database";
import { Lookout, POLL } from "../../jobs/lookout.ts";
import { disabledReasons } from "./notice-words.ts";
import { type AfterAttempt, type DueDelivery, listDue, mendPlans, noteAttempt, takeDue } from "./delivery-table.ts";
import { disableEndpoint, findEndpoint, noteHealth, type WebhookEndpoint } from "./endpoint-table.ts";
import { fanOut, hasFresh } from "./event-table.ts";
import { longestDelay, retryDelay } from "./retry-schedule.ts";
import { type SendOptions, type Sent, sendWebhook } from "./send-webhook.ts";
import { forgetEvents } from "./webhook-retention.ts";
import { testType } from "./build-webhooks.ts";

export type TellDisabled = (connection: Connection, endpoint: WebhookEndpoint, reason: string) => Promise<void>;

export interface WebhookSenderOptions extends Omit<SendOptions, "signal"> {
  readonly database: Database;
  readonly logger: Logger;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Milliseconds that events are kept. */
  readonly keep: number;
  /** Milliseconds of taking nothing after which an endpoint is disabled. */
  readonly patience: number;
  /** Tells, in the same transaction, who asked to hear of it that an endpoint was disabled. */
  readonly tellDisabled?: TellDisabled | undefined;
}

/** Under way at one endpoint at once; of one that takes nothing at the moment, one. */
const AT_ONCE = 8;
/** The same at all of them: with more, a server that sends to thousands would keep receivers waiting until their time is over. */
const ALL_AT_ONCE = 256;
/** Transactions that make deliveries, before what is due is looked for. */
const ROUNDS = 20;
/** Milliseconds until the next look at most while nothing is under way: the clock may be set. */
const IDLE = 30_000;
/** Milliseconds between two looks for what was kept long enough. */
const SWEEP = 3_600_000;
const SWEPT_AT_ONCE = 500;

interface Ended {
  readonly delivery: DueDelivery;
  readonly sent: Sent;
}

/**
 * Sends what waits: makes the deliveries of new events, sends what is due, and notes together what became of it. What is under way when the
 * process ends is still waiting at the next start, and sent again. One process has one sender.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #stopping = new AbortController();
  /** By endpoint: what is under way, until what became of it has been noted. */
  readonly #underWay = new Map<string, Set<number>>();
  readonly #sending = new Set<Promise<void>>();
  #ended: Ended[] = [];
  #noting: Promise<void> | undefined;
  readonly #lookout: Lookout;
  #sweptAt: number;
  #closed: Promise<void> | undefined;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
    this.#lookout = new Lookout({ ...options, what: "webhooks to send", look: () => this.#look() });
    // A minute after the start: so that a process that is started every hour looks too.
    this.#sweptAt = options.clock.monotonic() - SWEEP + 60_000;
  }

  start(): void {
    this.#lookout.start();
  }

  /** A transaction that has not ended yet has events: commits of the next seconds are worth a look. */
  hint(): void {
    this.#lookout.hint();
  }

  /** To be called after commits. */
  committed(): void {
    this.#lookout.committed();
  }

  /** Looks for what is due now. */
  wake(): void {
    this.#lookout.wake();
  }

  /** Begins nothing new, lets what is under way go on for `grace` milliseconds, and gives up the rest, which is sent at the next start. */
  close(grace: number): Promise<void> {
    this.#closed ??= this.#close(grace);
    return this.#closed;
  }

  /** Begins what there is room for; gives the time until the next look. */
  async #look(): Promise<number> {
    const { database, clock } = this.#options;
    let more = false;
    // Looked for first: a look that finds nothing writes nothing, or its commit would be a reason to look again.
    for (let round = 0; this.#closed === undefined && (await hasFresh(database)); round += 1) {
      // However fast events come, those that have deliveries are sent.
      if (round === ROUNDS) {
        more = true;
        break;
      }
      await database.transaction((connection) => fanOut(connection, clock.now()), { brief: true });
    }
    await this.#sweep();
    const now = clock.now();
    let soonest = this.#sending.size > 0 ? POLL : IDLE;
    for (const { endpoint, at, failing } of await listDue(database)) {
      if (at > now) {
        soonest = Math.min(soonest, at - now);
        break;
      }
      // Whatever ends looks again.
      if (this.#sending.size >= ALL_AT_ONCE) break;
      await this.#beginAt(endpoint, failing ? 1 : AT_ONCE);
    }
    return more ? 0 : Math.max(1, soonest);
  }

  async #beginAt(endpoint: string, atOnce: number): Promise<void> {
    const underWay = this.#underWay.get(endpoint) ?? new Set();
    const limit = Math.min(atOnce - underWay.size, ALL_AT_ONCE - this.#sending.size);
    if (limit <= 0 || this.#closed !== undefined) return;
    const { database, clock } = this.#options;
    const due = await takeDue(database, { endpoint, now: clock.now(), underWay: [...underWay], limit });
    if (due.length > 0) this.#underWay.set(endpoint, underWay);
    for (const delivery of due) {
      // What was read may be what has been noted meanwhile as under way: never twice at once.
      if (underWay.has(delivery.id)) continue;
      underWay.add(delivery.id);
      const sending = this.#send(delivery).finally(() => this.#sending.delete(sending));
      this.#sending.add(sending);
    }
  }

  async #send(delivery: DueDelivery): Promise<void> {
    const { logger } = this.#options;
    try {
      const sent = await sendWebhook(delivery, { ...this.#options, signal: this.#stopping.signal });
      this.#ended.push({ delivery, sent });
      this.#note();
    } catch (error) {
      // Given up because the server stops: it is still waiting.
      if (!this.#stopping.signal.aborted) logger.error({ err: error, delivery: delivery.id }, "A webhook could not be sent.");
      this.#forget(delivery);
    }
  }

  #forget({ endpoint, id }: DueDelivery): void {
    const underWay = this.#underWay.get(endpoint);
    underWay?.delete(id);
    if (underWay?.size === 0) this.#underWay.delete(endpoint);
  }

  /** Writes down what became of deliveries, all that ended since the last time together. */
  #note(): void {
    this.#noting ??= this.#noteAll().finally(() => {
      this.#noting = undefined;
      if (this.#ended.length > 0) this.#note();
      else this.wake();
    });
  }

  async #noteAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const { database, logger } = this.#options;
    const ended = this.#ended.splice(0);
    try {
      const disabled = await database.transaction(
        async (connection) => {
          const found: string[] = [];
          for (const each of ended) found.push(...(await this.#noteOne(connection, each)));
          return found;
        },
        { brief: true },
      );
      for (const endpoint of disabled) logger.warn({ endpoint }, "A webhook endpoint was disabled.");
      for (const { delivery } of ended) this.#forget(delivery);
    } catch (error) {
      logger.error({ err: error, deliveries: ended.length }, "What became of webhooks could not be noted. Trying again.");
      if (this.#closed === undefined) await new Promise((resolve) => setTimeout(resolve, 1000).unref());
      // They are sent again after the next start. A sender that is closing does not wait for a disk that failed.
      if (this.#closed === undefined) this.#ended = [...ended, ...this.#ended];
    }
  }

  /** Gives the endpoint where it was disabled for this. */
  async #noteOne(connection: Connection, { delivery, sent }: Ended): Promise<readonly string[]> {
    const { clock, logger, patience } = this.#options;
    const now = clock.now();
    const { note, retryAfter } = sent;
    const { endpoint } = delivery;
    const isTaken = note.status !== null && note.status >= 200 && note.status < 300;
    const after = isTaken
      ? ({ state: "delivered" } as const)
      : this.#afterFailure(delivery, { retryAfter, now, status: note.status });
    const log = { endpoint, event: delivery.message, type: delivery.type, attempt: delivery.attempts + 1, status: note.status };
    if (!isTaken) {
      const words =
        after.state === "failed" ? "A webhook was not taken and is given up." : "A webhook was not taken and will be sent again.";
      logger[after.state === "failed" ? "warn" : "info"]({ ...log, reason: note.error, err: sent.cause }, words);
    }
    const isOpen = await noteAttempt(connection, delivery, { note, after, now });
    if (!isOpen) return [];
    const since = await noteHealth(connection, endpoint, isTaken, note.at);
    const reason = isTaken ? undefined : reasonToDisable(note.status, since === undefined ? false : now - since >= patience);
    if (reason === undefined || !(await disableEndpoint(connection, endpoint, reason, now))) return [];
    const disabled = await findEndpoint(connection, endpoint);
    if (disabled !== undefined) await this.#tell(connection, disabled, reason);
    return [endpoint];
  }

  /** A notice that cannot be handed over must not keep what became of deliveries from being noted. */
  async #tell(connection: Connection, endpoint: WebhookEndpoint, reason: string): Promise<void> {
    const { tellDisabled, logger } = this.#options;
    try {
      await tellDisabled?.(connection, endpoint, reason);
    } catch (error) {
      logger.error({ err: error, endpoint: endpoint.id }, "The notice of a disabled webhook endpoint could not be handed over.");
    }
  }

  #afterFailure(
    { attempts, type }: DueDelivery,
    { retryAfter, now, status }: { readonly retryAfter: string | null; readonly now: number; readonly status: number | null },
  ): AfterAttempt {
    if (status === GONE || type === testType) return { state: "failed" };
    const delay = retryDelay({ attempts: attempts + 1, retryAfter, now, chance: this.#options.random() });
    return delay === undefined ? { state: "failed" } : { state: "waiting", nextAt: now + delay };
  }

  /** Once an hour. Removes what was kept long enough, in small batches: others write in between. */
  async #sweep(): Promise<void> {
    const { database, clock, keep, logger } = this.#options;
    if (clock.monotonic() - this.#sweptAt < SWEEP) return;
    this.#sweptAt = clock.monotonic();
    await database.transaction((connection) => mendPlans(connection, clock.now(), clock.now() + longestDelay), { brief: true });
    const before = clock.now() - keep;
    let total = 0;
    for (let count = SWEPT_AT_ONCE; count === SWEPT_AT_ONCE && this.#closed === undefined; total += count)
      count = await database.transaction((connection) => forgetEvents(connection, before, SWEPT_AT_ONCE), { brief: true });
    if (total > 0) logger.info({ events: total }, "Events of webhooks were kept long enough and are removed.");
  }

  async #close(grace: number): Promise<void> {
    await this.#lookout.close();
    await this.#idle(grace);
    this.#stopping.abort(new Error("The server is stopping."));
    await Promise.all(this.#sending);
    while (this.#ended.length > 0 || this.#noting !== undefined) {
      this.#note();
      await this.#noting;
    }
  }

  /** Until nothing is under way, or the time is over. */
  async #idle(time: number): Promise<void> {
    if (this.#sending.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise((resolve) => {
      timer = setTimeout(resolve, time);
    });
    await Promise.race([Promise.all(this.#sending), over]);
    clearTimeout(timer);
  }
}

const GONE = 410;

/** In words that end up in front of the endpoint's owner. */
function reasonToDisable(status: number | null, isHopeless: boolean): string | undefined {
  if (status === GONE) return disabledReasons.gone;
  return isHopeless ? disabledReasons.silent : undefined;
}
