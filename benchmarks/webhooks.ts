/**
 * Webhooks: what an insert costs with no endpoint, with some, and with many; and how many messages a second go out, by lines and without.
 * `node benchmarks/webhooks.ts`, or with `--small`, which only shows that it runs. All in one process, the receiver too.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenWebhooks, openWebhooks } from "#application";
import { createIdSource, silentLogger, systemClock } from "#base";
import { openSqlite, prepareDatabase, type SqliteDatabase } from "#database";
import { defineBackend, defineSchema, integer, nobody, text, webhooksOf } from "chassis";
import { median } from "./measure/statistics.ts";

const isSmall = process.argv.includes("--small");
const sizes = isSmall ? { inserts: 50, rounds: 3, messages: 50 } : { inserts: 2000, rounds: 7, messages: 5000 };

const schema = defineSchema({ reviews: { school: text(), stars: integer(), body: text() } });
const { webhook } = webhooksOf(schema);
const closed = { read: nobody, write: nobody };
const define = (orderBy?: "school"): ReturnType<typeof defineBackend> =>
  defineBackend(schema, {
    rules: { reviews: () => closed },
    webhooks: {
      "review.created": webhook("reviews", {
        on: ["create"],
        when: ({ row }) => row.stars.lte(5),
        select: ["id", "school", "stars", "body"],
        ...(orderBy === undefined ? {} : { orderBy }),
      }),
    },
  });

let received = 0;
const receiver = createServer((request, response) => {
  request.resume().once("end", () => {
    received += 1;
    response.writeHead(204).end();
  });
});
await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;

interface World {
  readonly database: SqliteDatabase;
  readonly hooks: OpenWebhooks;
  /** Inserts so many rows in one transaction; gives microseconds a row. */
  readonly insert: (rows: number, schools: number) => Promise<number>;
}

async function open<T>(backend: ReturnType<typeof defineBackend>, work: (world: World) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "chassis-bench-webhooks-"));
  const database = await openSqlite({ path: join(folder, "chassis.db") });
  await prepareDatabase(database, backend.model);
  const ids = createIdSource(systemClock);
  const hooks = await openWebhooks({
    database,
    webhooks: backend.webhooks,
    key: new Uint8Array(32),
    allow: [host],
    keep: 86_400_000,
    clock: systemClock,
    ids,
    logger: silentLogger,
  });
  const statement = "INSERT INTO reviews (id, school, stars, body, created, updated, version) VALUES (?, ?, 3, ?, ?, ?, 1)";
  const body =
    "A review of about a hundred and twenty characters, as people write them: it was good, and it was bad, and all in all it was.";
  const insert = async (rows: number, schools: number): Promise<number> => {
    const now = new Date().toISOString();
    const begin = performance.now();
    await database.transaction(async (connection) => {
      for (let row = 0; row < rows; row++)
        await connection.run(statement, [ids.uuid(), `school ${row % schools}`, body, now, now]);
    });
    return ((performance.now() - begin) * 1000) / rows;
  };
  try {
    return await work({ database, hooks, insert });
  } finally {
    await hooks.close(0);
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Microseconds that one row costs in a transaction of many, and one alone, nothing being sent beside it. */
async function cost(endpoints: number): Promise<{ readonly many: number; readonly alone: number }> {
  return open(define(), async ({ hooks, insert }) => {
    for (let count = 0; count < endpoints; count++) await hooks.webhooks.add({ url: `http://${host}/` });
    await insert(sizes.inserts, 100);
    const many: number[] = [];
    const alone: number[] = [];
    for (let round = 0; round < sizes.rounds; round++) {
      many.push(await insert(sizes.inserts, 100));
      for (let each = 0; each < 20; each++) alone.push(await insert(1, 1));
    }
    return { many: median(many), alone: median(alone) };
  });
}

/** Messages a second that are taken, noted and all. */
async function rate(endpoints: number, schools: number | undefined): Promise<number> {
  return open(define(schools === undefined ? undefined : "school"), async ({ database, hooks, insert }) => {
    for (let count = 0; count < endpoints; count++) await hooks.webhooks.add({ url: `http://${host}/` });
    received = 0;
    await insert(Math.ceil(sizes.messages / endpoints), schools ?? 1);
    const begin = performance.now();
    hooks.start();
    const open =
      "SELECT 1 FROM _chassis_webhook_events WHERE fanned = 0 UNION ALL SELECT 1 FROM _chassis_webhook_deliveries WHERE state IN ('waiting', 'queued') LIMIT 1";
    while ((await database.get(open, [])) !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    return (received * 1000) / (performance.now() - begin);
  });
}

for (const endpoints of [0, 1, 10, 100, 1000]) {
  const { many, alone } = await cost(endpoints);
  console.log(
    `${endpoints} endpoints: ${many.toFixed(1)} µs a row in a transaction of ${sizes.inserts}, ${alone.toFixed(0)} µs for one of one row, to the disk`,
  );
}
for (const [endpoints, schools] of [
  [1, undefined],
  [10, undefined],
  [100, undefined],
  [10, 100],
  [10, 1],
] as const) {
  const lines = schools === undefined ? "no lines" : `${schools} lines each`;
  console.log(`${endpoints} endpoints, ${lines}: ${(await rate(endpoints, schools)).toFixed(0)} messages a second`);
}
receiver.closeAllConnections();
receiver.close();
