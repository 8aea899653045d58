import type { Clock } from "#base";
import { AppError } from "#contract";
import type { Connection } from "#database";
import { createWebhookSecret } from "../standard-webhooks.ts";
import { testType } from "./build-webhooks.ts";
import {
  type DeliveryFilter,
  listAttempts,
  listDeliveries,
  type WebhookAttempt,
  type WebhookDelivery,
} from "./delivery-table.ts";
import { type EndpointInput, type EndpointRules, readEndpoint } from "./endpoint-input.ts";
import type { SecretSeal } from "./endpoint-secrets.ts";
import {
  disableEndpoint,
  enableEndpoint,
  findEndpoint,
  insertEndpoint,
  listEndpoints,
  removeEndpoint,
  replaceSecret,
  updateEndpoint,
  type WebhookEndpoint,
} from "./endpoint-table.ts";
import { insertEventFor } from "./event-table.ts";
import { replayBatch, type ReplayOf } from "./replay.ts";
import { EVENTS } from "./webhook-tables.ts";

/**
 * The receivers of a back end's webhooks, and what is sent to them. A call that changes something is a transaction of its own, or part of the
 * mutation in which it is made. Where there is no such endpoint, it throws `notFound`; where what is given is wrong, `validationFailed`. There are
 * no rules here: ask first who is calling.
 */
export interface Webhooks {
  list(): Promise<readonly WebhookEndpoint[]>;
  find(id: string): Promise<WebhookEndpoint | null>;
  /** It is sent what happens from now on. The secret is shown here, and never again. */
  add(input: EndpointInput): Promise<{ readonly endpoint: WebhookEndpoint; readonly secret: string }>;
  /** Changes what is given. What waits goes to the new address. */
  update(id: string, input: Partial<EndpointInput>): Promise<WebhookEndpoint>;
  /** What waits for it is dropped. */
  remove(id: string): Promise<void>;
  /** Sends what happens from now on. What happened meanwhile is sent by `replay`. */
  enable(id: string): Promise<WebhookEndpoint>;
  /** What waits for it is dropped, and sent by `replay({ failed: true })`. `reason` is shown. */
  disable(id: string, reason?: string): Promise<WebhookEndpoint>;
  /** A new secret, shown here and never again. For 24 hours messages are signed by the old one too; nine times a day at most. */
  rotateSecret(id: string): Promise<{ readonly endpoint: WebhookEndpoint; readonly secret: string }>;
  /** Sends again, under the same message ids, to one endpoint or to all that are enabled and take it. Gives how many messages that are. */
  replay(what: ReplayOf & { readonly endpoint?: string }): Promise<number>;
  /** Sends a message of type `webhook.test`, once, and gives its id: `deliveries({ event: id })` says what became of it. */
  test(id: string): Promise<string>;
  /** What was sent or is to be, newest first. */
  deliveries(filter?: DeliveryFilter): Promise<readonly WebhookDelivery[]>;
  /** Every attempt of one delivery, the first first. */
  attempts(delivery: number): Promise<readonly WebhookAttempt[]>;
}

export interface WebhooksOptions extends EndpointRules {
  readonly clock: Clock;
  /** 32 hexadecimal digits, growing. */
  readonly id: () => string;
  readonly seal: SecretSeal;
  readonly transaction: <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;
  readonly reader: Connection;
  /** There will be endpoints of these types, or all, when the transaction has ended. */
  readonly onWanted: (types: readonly string[] | null) => void;
  /** A transaction has ended: there may be fewer types, and something to send. */
  readonly onChanged: () => Promise<void>;
}

/** Within what is open already: a transaction's connection, or one that only reads. */
export type WebhooksIn = (scope: { readonly connection: Connection; readonly writes: boolean }) => Webhooks;

/** Milliseconds that an old secret stays good. */
const ROTATION = 86_400_000;
/** Deliveries that one transaction of a replay makes: others wait for it. */
const REPLAYED_AT_ONCE = 500;

/** Of a back end without webhooks. */
export function noWebhooks(): Webhooks {
  const refuse = (): Promise<never> =>
    Promise.reject(new TypeError("This back end has no webhooks: list them under `webhooks` of defineBackend."));
  return {
    list: refuse,
    find: refuse,
    add: refuse,
    update: refuse,
    remove: refuse,
    enable: refuse,
    disable: refuse,
    rotateSecret: refuse,
    replay: refuse,
    test: refuse,
    deliveries: refuse,
    attempts: refuse,
  };
}

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { clock, id: newId, seal, reader, transaction, onWanted, onChanged } = options;

  async function change<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const result = await transaction(work);
    await onChanged();
    return result;
  }

  return {
    list: () => listEndpoints(reader),
    find: async (id) => (await findEndpoint(reader, id)) ?? null,
    async add(input) {
      const { url, types = null, description = null, notify = null } = readEndpoint(input, options);
      if (url === undefined) throw missing("url");
      const id = `ep_${newId()}`;
      const secret = createWebhookSecret();
      return change(async (connection) => {
        await insertEndpoint(connection, { id, url, types, description, notify, secret: seal.seal(secret, id) }, clock.now());
        onWanted(types);
        return { endpoint: await existing(connection, id), secret };
      });
    },
    async update(id, input) {
      const given = readEndpoint(input, options);
      return change(async (connection) => {
        await existing(connection, id);
        await updateEndpoint(connection, id, given);
        const endpoint = await existing(connection, id);
        onWanted(endpoint.types);
        return endpoint;
      });
    },
    remove: (id) =>
      change(async (connection) => {
        if (!(await removeEndpoint(connection, id, clock.now()))) throw unknown(id);
      }),
    enable: (id) =>
      change(async (connection) => {
        await existing(connection, id);
        await enableEndpoint(connection, id);
        return existing(connection, id);
      }),
    disable: (id, reason) =>
      change(async (connection) => {
        await existing(connection, id);
        await disableEndpoint(connection, id, reason?.slice(0, MAX_REASON) ?? null, clock.now());
        return existing(connection, id);
      }),
    rotateSecret(id) {
      const secret = createWebhookSecret();
      return change(async (connection) => {
        await existing(connection, id);
        const now = clock.now();
        if (!(await replaceSecret(connection, id, { secret: seal.seal(secret, id), now, oldUntil: now + ROTATION })))
          throw new AppError("limitExceeded", {
            message: "The secret of a webhook endpoint can be replaced nine times a day.",
            hint: "Each old one signs for 24 hours more: wait, or add the endpoint anew.",
          });
        return { endpoint: await existing(connection, id), secret };
      });
    },
    async replay({ endpoint, ...what }) {
      if ("since" in what && Number.isNaN(what.since.getTime())) throw new TypeError("replay: `since` is no moment.");
      await transaction(async (connection) => checkReplay(connection, what, endpoint));
      let total = 0;
      for (let after: number | undefined = 0; after !== undefined; ) {
        const from: number = after;
        const { count, next } = await transaction((connection) =>
          replayBatch(connection, what, { endpoint, after: from, limit: REPLAYED_AT_ONCE, now: clock.now() }),
        );
        total += count;
        after = next;
      }
      await onChanged();
      return total;
    },
    test: (id) =>
      change(async (connection) => {
        mustBeEnabled(await existing(connection, id));
        const now = clock.now();
        const message = `msg_${newId()}`;
        const payload = JSON.stringify({ type: testType, timestamp: new Date(now).toISOString(), data: { endpoint: id } });
        await insertEventFor(connection, id, { id: message, type: testType, payload, line: null, at: now });
        return message;
      }),
    deliveries: (filter) => listDeliveries(reader, filter),
    attempts: (delivery) => listAttempts(reader, delivery),
  };
}

const MAX_REASON = 500;

async function checkReplay(connection: Connection, what: ReplayOf, endpoint: string | undefined): Promise<void> {
  if (endpoint !== undefined) mustBeEnabled(await existing(connection, endpoint));
  if (!("event" in what)) return;
  const event = await connection.get(`SELECT 1 FROM ${EVENTS} WHERE id = ?`, [what.event]);
  if (event === undefined)
    throw new AppError("notFound", {
      message: `There is no message '${what.event}'.`,
      hint: "What was kept for its time is removed. `chassis webhooks deliveries` lists what is there.",
    });
}

async function existing(connection: Connection, id: string): Promise<WebhookEndpoint> {
  const endpoint = await findEndpoint(connection, id);
  if (endpoint === undefined) throw unknown(id);
  return endpoint;
}

function mustBeEnabled({ id, enabled, reason }: WebhookEndpoint): void {
  if (enabled) return;
  throw new AppError("validationFailed", {
    fields: [{ field: "endpoint", message: `'${id}' is disabled: enable it first` }],
    details: `endpoint: '${id}' is disabled: enable it first.${reason === null ? "" : ` ${reason}`}`,
  });
}

function unknown(id: string): AppError {
  return new AppError("notFound", { message: `There is no webhook endpoint '${id}'.` });
}

function missing(field: string): AppError {
  return new AppError("validationFailed", { fields: [{ field, message: "is missing" }], details: `${field}: is missing` });
}
