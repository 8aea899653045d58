import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openSqlite, prepareDatabase, type SqliteDatabase } from "#database";
import { openReceiver, openWebhookWorld, testClock, until, webhook, type WebhookWorld, reviewModel } from "./webhook-fixtures.ts";
import { propertyRuns } from "../../../../tests/support/property-runs.ts";

const written = { "review.created": webhook("reviews", { on: ["create"], select: ["id", "school", "body"], orderBy: "school" }) };
const DAY = 86_400_000;
const ATTEMPTS = 10;

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant("write" as const),
        school: fc.constantFrom("a", "b", "c"),
        poison: fc.nat(9).map((n) => n === 0),
      }),
    },
    { weight: 4, arbitrary: fc.record({ type: fc.constantFrom("pass" as const, "kill" as const, "rest" as const) }) },
  ),
  { minLength: 5, maxLength: 30 },
);

/** What became of a message at one endpoint, as its receiver saw it. */
interface Seen {
  taken: number;
  refused: number;
}

/** A database whose process can be killed: from then on nothing is written any more. */
function killable(database: SqliteDatabase): { readonly database: SqliteDatabase; readonly kill: () => void } {
  let dead = false;
  const proxy = new Proxy(database, {
    get(target, name) {
      if (name === "transaction" && dead) return () => Promise.reject(new Error("The process is dead."));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { database: proxy, kill: () => void (dead = true) };
}

test("of a line the next is never sent before the one before was taken or given up, and nothing is lost, whatever fails or is killed", async (t) => {
  let kills = 0;
  let waits = 0;
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.boolean(), { minLength: 7, maxLength: 20 }), async (script, luck) => {
      const clock = testClock();
      const database = await openSqlite({ path: ":memory:", clock });
      await prepareDatabase(database, reviewModel, clock);
      const [one, other] = [await openReceiver(t), await openReceiver(t)];
      const order: { readonly id: string; readonly school: string; readonly poison: boolean }[] = [];
      const problems: string[] = [];
      const seen = new Map<string, Seen>();
      let answers = 0;
      for (const receiver of [one, other]) {
        receiver.answer = (response, { body }) => {
          const row = body.data["row"] as { readonly id: string; readonly school: string; readonly body: string | null };
          const of = (id: string): Seen => seen.get(`${receiver.host} ${id}`) ?? { taken: 0, refused: 0 };
          for (const { id, school } of order) {
            if (id === row.id) break;
            const before = of(id);
            if (school === row.school && before.taken === 0 && before.refused < ATTEMPTS) problems.push(`${row.id} before ${id}`);
          }
          const isTaken = row.body !== "poison" && luck[answers++ % luck.length] === true;
          const now = of(row.id);
          seen.set(`${receiver.host} ${row.id}`, { taken: now.taken + Number(isTaken), refused: now.refused + Number(!isTaken) });
          response.writeHead(isTaken ? 204 : 500).end();
        };
      }
      const open = async (): Promise<{ readonly world: WebhookWorld; readonly kill: () => void }> => {
        const guarded = killable(database);
        const world = await openWebhookWorld(t, {
          written,
          clock,
          database: guarded.database,
          allow: [one.host, other.host],
          patience: Number.POSITIVE_INFINITY,
          keep: 3650 * DAY,
        });
        return { world, kill: guarded.kill };
      };
      let { world, kill } = await open();
      try {
        for (const receiver of [one, other]) await world.webhooks.add({ url: receiver.url });
        for (const step of script) {
          if (step.type === "write") {
            const { school, poison } = step;
            const id = await world.review({ school, ...(poison ? { body: "poison" } : {}) });
            order.push({ id, school, poison });
          } else if (step.type === "kill") {
            kills += 1;
            kill();
            await world.close(0);
            ({ world, kill } = await open());
          } else if (step.type === "rest") {
            await new Promise((resolve) => setTimeout(resolve, 3));
          } else {
            world.pass(DAY + DAY / 6);
          }
        }
        const unsettled = async (): Promise<number> =>
          Number(
            (
              await database.get("SELECT count(*) FROM _chassis_webhook_deliveries WHERE state IN ('waiting', 'queued')", [])
            )?.[0],
          ) + Number((await database.get("SELECT count(*) FROM _chassis_webhook_events WHERE fanned = 0", []))?.[0]);
        await until(async () => {
          world.pass(DAY + DAY / 6);
          return (await unsettled()) === 0;
        });
        assert.deepEqual(problems, []);
        for (const { id, poison } of order) {
          for (const { host } of [one, other]) {
            const { taken, refused } = seen.get(`${host} ${id}`) ?? { taken: 0, refused: 0 };
            waits += refused;
            assert.ok(taken > 0 || refused >= ATTEMPTS, `${id} is lost: ${refused}`);
            assert.ok(!poison || taken === 0);
          }
        }
        const [two] =
          (await database.get(
            "SELECT max(c) FROM (SELECT count(*) AS c FROM _chassis_webhook_deliveries GROUP BY event, endpoint)",
            [],
          )) ?? [];
        assert.ok(order.length === 0 || two === 1, "one delivery of a message to an endpoint");
      } finally {
        await world.close(0);
        await database.close();
      }
    }),
    { numRuns: propertyRuns(8, 15) },
  );
  assert.ok(kills > 0 && waits > 0, "there were kills and refusals");
});
