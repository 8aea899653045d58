import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { type Database, openSqlite } from "#database";
import { createDatabaseRateStore, createRateTable } from "./database-rate-store.ts";
import { createMemoryRateStore } from "./memory-rate-store.ts";
import type { Rate } from "./rate.ts";
import type { RateStore, Taken } from "./rate-store.ts";
import { propertyRuns } from "../../../tests/support/property-runs.ts";

const key = new Uint8Array(32).fill(7);
let time = Date.UTC(2026, 10, 26);
const clock = { now: () => time, monotonic: () => time };
const pass = (milliseconds: number): void => void (time += milliseconds);

const database = await openSqlite({ path: ":memory:" });
after(() => database.close());
await database.transaction(createRateTable);
const openShared = (on: Pick<Database, "transaction"> = database): RateStore =>
  createDatabaseRateStore({ database: on, key, clock });
const rows = async (): Promise<number> => Number((await database.get("SELECT count(*) FROM _chassis_rates", []))?.[0]);

/** Names that nobody had before: the stores of a run are those of the run before. */
let people = 0;
const somebody = (): string => `somebody ${people++}`;

const stores: readonly (readonly [name: string, store: RateStore])[] = [
  ["in memory", createMemoryRateStore(clock)],
  ["in the database", openShared()],
];

/** The generic cell rate algorithm (ITU-T I.371) by the book: whole milliseconds, and one time. */
class Model {
  #back = 0;

  take({ amount, per }: Rate, cost: number): Taken {
    const spacing = per / amount;
    const after = Math.max(this.#back, time) + Math.min(cost, amount) * spacing;
    const isTaken = after <= time + per;
    if (isTaken) this.#back = after;
    const remaining = (time + per - Math.max(this.#back, time)) / spacing;
    return { taken: isTaken, remaining: Math.floor(remaining), retryAfter: isTaken ? 0 : after - time - per };
  }
}

for (const [name, store] of stores) {
  describe(`a rate that is kept ${name}`, () => {
    test("lets all through at once, and then one by one as they come back", async () => {
      const rate: Rate = { amount: 10, per: 10_000 };
      const caller = somebody();
      const take = (cost = 1) => store.take("requests", caller, rate, cost);
      for (let left = 9; left >= 0; left--) assert.deepEqual(await take(), { taken: true, remaining: left, retryAfter: 0 });
      assert.deepEqual(await take(), { taken: false, remaining: 0, retryAfter: 1000 });
      pass(999);
      assert.equal((await take()).taken, false);
      pass(1);
      assert.equal((await take()).taken, true);
      assert.equal((await take()).taken, false);
      pass(10_000);
      assert.equal((await take(10)).taken, true);
      assert.deepEqual(await take(3), { taken: false, remaining: 0, retryAfter: 3000 });
      pass(60_000);
      assert.equal((await take(4000)).taken, true, "more than all of it is all of it");
      assert.equal((await take()).taken, false);
    });

    test("counts nothing of what it refuses, and everybody and every limit by itself", async () => {
      const rate: Rate = { amount: 1, per: 1000 };
      const [one, other] = [somebody(), somebody()];
      assert.equal((await store.take("writes", one, rate, 1)).taken, true);
      for (let attempt = 0; attempt < 100; attempt++) assert.equal((await store.take("writes", one, rate, 1)).taken, false);
      assert.equal((await store.take("writes", other, rate, 1)).taken, true);
      assert.equal((await store.take("functions", one, rate, 1)).taken, true);
      pass(1000);
      assert.equal((await store.take("writes", one, rate, 1)).taken, true);
    });

    test("lets all of it through at once where the time cannot be shared out evenly", async () => {
      for (const rate of [
        { amount: 7, per: 60_000 },
        { amount: 997, per: 1000 },
      ]) {
        const caller = somebody();
        for (let index = 0; index < rate.amount; index++)
          assert.equal((await store.take("writes", caller, rate, 1)).taken, true, String(index));
        assert.equal((await store.take("writes", caller, rate, 1)).taken, false);
      }
    });

    test("is that of a model: never more than the amount in any window and its beginning", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 50 }),
          fc.integer({ min: 1, max: 200 }),
          fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 60 })), { maxLength: 40 }),
          async (amount, spacing, steps) => {
            const rate = { amount, per: amount * spacing };
            const model = new Model();
            const caller = somebody();
            for (const [wait, cost] of steps) {
              pass(wait);
              assert.deepEqual(await store.take("requests", caller, rate, cost), model.take(rate, cost));
            }
          },
        ),
        { numRuns: propertyRuns(20, 60) },
      );
    });

    test("32: a flood of addresses makes it forget nobody, and meets nobody else", async () => {
      const rate: Rate = { amount: 5, per: 600_000 };
      const [guessed, owner] = [somebody(), somebody()];
      for (let attempt = 0; attempt < 5; attempt++) await store.take("signIns", guessed, rate, 1);
      for (let index = 0; index < 1000; index++)
        await store.take("signIns", `2001:db8:${index.toString(16)}::/64`, { amount: 5, per: 10 }, 1);
      assert.equal((await store.take("signIns", guessed, rate, 1)).taken, false);
      assert.equal((await store.take("signIns", owner, rate, 5)).taken, true);
    });
  });
}

test("32: a flood of addresses does not make the memory grow, and hardly meets anybody else", () => {
  const store = createMemoryRateStore(clock);
  const rate: Rate = { amount: 5, per: 600_000 };
  store.take("signIns", "guessed", rate, 5);
  const before = process.memoryUsage();
  for (let index = 0; index < 200_000; index++)
    store.take("signIns", `2001:db8:${index.toString(16)}::/64`, { amount: 5, per: 10 }, 1);
  const after = process.memoryUsage();
  assert.equal(store.take("signIns", "guessed", rate, 1).taken, false);
  assert.equal(after.arrayBuffers - before.arrayBuffers < 65_536, true);

  let refused = 0;
  for (let index = 0; index < 5000; index++) {
    for (let attempt = 0; attempt < 5; attempt++) if (!store.take("accountSignIns", `user ${index}`, rate, 1).taken) refused += 1;
  }
  assert.ok(refused < 25, `${refused} of 25,000 were refused for what others had taken`);
});

describe("a rate in the database", () => {
  const rate: Rate = { amount: 10, per: 60_000 };

  test("is one for all nodes that share it, however many ask at once, and for the next start", async () => {
    const nodes = [openShared(), openShared()] as const;
    const caller = somebody();
    const taken = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => nodes[index % 2 === 0 ? 0 : 1].take("signIns", caller, rate, 1)),
    );
    assert.equal(taken.filter((each) => each.taken).length, 10);
    assert.equal((await openShared().take("signIns", caller, rate, 1)).taken, false);
  });

  test("knows nobody by name", async () => {
    await openShared().take("accountSignIns", "ada@example.org", rate, 1);
    const own = createDatabaseRateStore({ database, key: new Uint8Array(32), clock });
    assert.equal((await own.take("accountSignIns", "ada@example.org", rate, 10)).taken, true, "another key finds nobody");
    const kept = await database.all("SELECT caller FROM _chassis_rates", []);
    assert.ok(kept.length > 0);
    for (const [caller] of kept) {
      assert.ok(caller instanceof Uint8Array && caller.byteLength === 32);
      assert.doesNotMatch(Buffer.from(caller).toString("latin1"), /ada|example/);
    }
  });

  test("forgets who has it all back", async () => {
    const store = openShared();
    for (let index = 0; index < 200; index++) await store.take("signIns", somebody(), rate, 1);
    pass(600_000);
    // A sweep takes up to 128 rows, every 64th time.
    const before = await rows();
    for (let index = 0; index < before; index++) await store.take("signIns", "the same one", { amount: 1e6, per: 60_000 }, 1);
    assert.equal(await rows(), 1, `of ${before}`);
  });

  test("writes nothing for whoever is refused, until something has come back", async () => {
    let transactions = 0;
    const store = openShared({
      transaction: (work, options) => {
        transactions++;
        return database.transaction(work, options);
      },
    });
    const caller = somebody();
    await store.take("signIns", caller, rate, 10);
    for (let attempt = 0; attempt < 100; attempt++) assert.equal((await store.take("signIns", caller, rate, 1)).retryAfter, 6000);
    assert.equal(transactions, 2);
    pass(6000);
    assert.equal((await store.take("signIns", caller, rate, 1)).taken, true);
    assert.equal(transactions, 3);
  });

  test("shuts nobody out for a clock that was wrong for a day", async () => {
    const caller = somebody();
    pass(86_400_000);
    const store = openShared();
    await store.take("signIns", caller, rate, 10);
    assert.equal((await store.take("signIns", caller, rate, 1)).taken, false);
    pass(-86_400_000);
    assert.equal((await store.take("signIns", caller, rate, 1)).taken, true);
    assert.equal((await store.take("signIns", caller, rate, 10)).taken, false);
  });

  test("lets nobody through whom it cannot count", async () => {
    const store = openShared({ transaction: () => Promise.reject(new Error("the disk is full")) });
    await assert.rejects(async () => store.take("signIns", somebody(), rate, 1), /the disk is full/);
  });
});
