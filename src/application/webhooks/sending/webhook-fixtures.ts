import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { type Clock, createIdSource, type Logger, systemClock } from "#base";
import { type Model, openSqlite, prepareDatabase, type SqliteDatabase } from "#database";
import { defineSchema } from "../../schema/define-schema.ts";
import type { DefinitionProblem } from "../../schema/definition-error.ts";
import { enums, integer, text } from "../../schema/fields.ts";
import { table } from "../../schema/table.ts";
import { buildWebhooks } from "./build-webhooks.ts";
import { type Webhook, type WebhookBuilders, webhooksOf } from "./define-webhook.ts";
import type { WebhookDelivery } from "./delivery-table.ts";
import { type OpenWebhooks, type OpenWebhooksOptions, openWebhooks } from "./open-webhooks.ts";

const schema = defineSchema({
  reviews: table(
    {
      school: text().max(40),
      stars: integer().min(1).max(5),
      body: text().optional(),
      state: enums("draft", "shown").default("shown"),
    },
    { softDelete: true },
  ),
  schools: { name: text().max(80) },
});
export type ReviewSchema = typeof schema;
export const reviewModel: Model = schema["~draft"].model;
export const { webhook }: WebhookBuilders<ReviewSchema> = webhooksOf(schema);

/** What a receiver was sent. */
export interface Received {
  readonly headers: Headers;
  readonly payload: string;
  readonly path: string;
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: Readonly<Record<string, unknown>> };
}

export interface Receiver {
  readonly url: string;
  /** `host:port`. */
  readonly host: string;
  readonly received: Received[];
  /** How it answers; by default with 204. It may be changed. */
  answer: (response: ServerResponse, received: Received) => void;
}

/** A real server on loopback, closed when the test ends. */
export async function openReceiver(t: Pick<TestContext, "after">): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const payload = await read(request);
      const headers = new Headers(
        Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
      );
      const one = { headers, payload, path: request.url ?? "", body: JSON.parse(payload) as Received["body"] };
      received.push(one);
      receiver.answer(response, one);
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const receiver: Receiver = {
    url: `http://${host}/hooks`,
    host,
    received,
    answer: (response) => void response.writeHead(204).end(),
  };
  return receiver;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** A clock that is set by hand. Timers go by the real one: a test that sets it wakes the sender. */
export interface TestClock extends Clock {
  pass(milliseconds: number): void;
}

export function testClock(): TestClock {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    monotonic: () => systemClock.monotonic() + ahead,
    pass: (milliseconds) => void (ahead += milliseconds),
  };
}

export interface WebhookWorld extends OpenWebhooks {
  readonly database: SqliteDatabase;
  readonly logged: readonly object[];
  /** Makes a review, and gives its id. */
  readonly review: (values?: Readonly<Record<string, string | number>>) => Promise<string>;
  readonly run: (sql: string, ...parameters: readonly (string | number | null)[]) => Promise<number>;
  /** Lets so many milliseconds pass, and looks for what is due. */
  readonly pass: (milliseconds: number) => void;
}

export interface WebhookWorldOptions extends Partial<OpenWebhooksOptions> {
  readonly written: Readonly<Record<string, Webhook<ReviewSchema>>>;
  readonly clock?: TestClock;
  readonly database?: SqliteDatabase;
  readonly start?: boolean;
}

const testKey: Uint8Array = new Uint8Array(32).fill(7);

/** Webhooks on a database of their own, without the rest of a back end. */
export async function openWebhookWorld(t: Pick<TestContext, "after">, options: WebhookWorldOptions): Promise<WebhookWorld> {
  const { written, clock = testClock(), start = true, ...more } = options;
  const { model } = schema["~draft"];
  const database = options.database ?? (await openSqlite({ path: ":memory:", clock }));
  if (options.database === undefined) await prepareDatabase(database, model, clock);
  const problems: DefinitionProblem[] = [];
  const book = buildWebhooks(model, written, problems);
  assert.deepEqual(problems, []);
  const logged: object[] = [];
  const note = (fields: object, message?: string): void => void logged.push({ ...fields, message });
  const logger: Logger = { debug() {}, info: note, warn: note, error: note };
  const ids = createIdSource(clock);
  const open = await openWebhooks({
    webhooks: book,
    key: testKey,
    allow: [],
    keep: 30 * 86_400_000,
    random: () => 0,
    ids,
    logger,
    ...more,
    clock,
    database,
  });
  if (start) open.start();
  t.after(async () => {
    await open.close(1000);
    if (options.database === undefined) await database.close();
  });
  const run: WebhookWorld["run"] = (sql, ...parameters) => database.transaction((connection) => connection.run(sql, parameters));
  return {
    ...open,
    database,
    logged,
    run,
    async review(values = {}) {
      const id = ids.uuid();
      const row = { id, school: "a", stars: 3, state: "shown", created: now(clock), updated: now(clock), version: 1, ...values };
      const columns = Object.keys(row);
      await run(
        `INSERT INTO reviews (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
        ...Object.values<string | number>(row),
      );
      return id;
    },
    pass(milliseconds) {
      clock.pass(milliseconds);
      open.wake();
    },
  };
}

const now = (clock: Clock): string => new Date(clock.now()).toISOString();

/** Until it holds; fails after half a minute. */
export async function until(condition: () => unknown, about: () => unknown = () => ""): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`It never came about. ${JSON.stringify(about())}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Until nothing is on its way that could be sent now; gives all deliveries, the first first. */
export async function settled({ webhooks }: Pick<OpenWebhooks, "webhooks">): Promise<readonly WebhookDelivery[]> {
  let found: readonly WebhookDelivery[] = [];
  await until(
    async () => {
      found = (await webhooks.deliveries({ limit: 1000 })).toReversed();
      return (
        found.length > 0 && found.every(({ state, attempts }) => state !== "queued" && (state !== "waiting" || attempts > 0))
      );
    },
    () => found,
  );
  return found;
}
