import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { AppError } from "#contract";
import { defaultAtOnce, UnderWay } from "./at-once.ts";
import { createKeyedHash } from "./keyed-hash.ts";
import { createMemoryRateStore } from "./memory-rate-store.ts";
import { parseRate, type Rate } from "./rate.ts";
import { createRateLimits, defaultRates } from "./rate-limits.ts";

function setUp() {
  let time = 1_000_000;
  const store = createMemoryRateStore({ now: () => time, monotonic: () => time });
  return { store, pass: (milliseconds: number) => (time += milliseconds), time: () => time };
}

describe("a rate", () => {
  test("lets all through at once, and then one by one as they come back", () => {
    const { store, pass } = setUp();
    const rate: Rate = { amount: 10, per: 10_000 };
    const take = (cost = 1) => store.take("requests", "a", rate, cost);
    assert.deepEqual(
      Array.from({ length: 10 }, () => take().remaining),
      [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    );
    assert.deepEqual(take(), { taken: false, remaining: 0, retryAfter: 1000 });
    pass(999);
    assert.equal(take().taken, false);
    pass(1);
    assert.equal(take().taken, true);
    assert.equal(take().taken, false);
    pass(10_000);
    assert.equal(take(10).taken, true);
    assert.deepEqual(take(3), { taken: false, remaining: 0, retryAfter: 3000 });
    pass(60_000);
    assert.equal(take(4000).taken, true, "more than all of it is all of it");
    assert.equal(take().taken, false);
  });

  test("counts nothing of what it refuses, and everybody and every limit by itself", () => {
    const { store, pass } = setUp();
    const rate: Rate = { amount: 1, per: 1000 };
    assert.equal(store.take("writes", "a", rate, 1).taken, true);
    for (let attempt = 0; attempt < 100; attempt++) assert.equal(store.take("writes", "a", rate, 1).taken, false);
    assert.equal(store.take("writes", "b", rate, 1).taken, true);
    assert.equal(store.take("functions", "a", rate, 1).taken, true);
    pass(1000);
    assert.equal(store.take("writes", "a", rate, 1).taken, true);
  });

  test("is that of a model: never more than the amount in any window and its beginning", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 10, max: 5000 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 5 })), { maxLength: 60 }),
        (amount, per, steps) => {
          const { store, pass } = setUp();
          // A bucket that fills at the rate of the limit.
          let level = amount;
          for (const [wait, cost] of steps) {
            pass(wait);
            level = Math.min(amount, level + (wait * amount) / per);
            const wanted = Math.min(cost, amount);
            const { taken, retryAfter } = store.take("requests", "a", { amount, per }, cost);
            if (Math.abs(level - wanted) > 0.01) assert.equal(taken, level > wanted);
            if (taken) level -= wanted;
            else assert.ok(Math.abs(retryAfter - ((wanted - level) * per) / amount) < 0.1);
          }
        },
      ),
    );
  });

  test("32: a flood of addresses neither grows it nor makes it forget, and hardly meets anybody else", () => {
    const { store } = setUp();
    const rate: Rate = { amount: 5, per: 600_000 };
    for (let attempt = 0; attempt < 5; attempt++) store.take("signIns", "guessed", rate, 1);
    const before = process.memoryUsage();
    for (let index = 0; index < 200_000; index++)
      store.take("signIns", `2001:db8:${index.toString(16)}::/64`, { amount: 5, per: 10 }, 1);
    const after = process.memoryUsage();
    assert.equal(store.take("signIns", "guessed", rate, 1).taken, false);
    assert.equal(after.arrayBuffers - before.arrayBuffers < 65_536, true);

    let refused = 0;
    for (let index = 0; index < 5000; index++) {
      for (let attempt = 0; attempt < 5; attempt++)
        if (!store.take("accountSignIns", `user ${index}`, rate, 1).taken) refused += 1;
    }
    assert.ok(refused < 25, `${refused} of 25,000 were refused for what others had taken`);
  });

  test("is written as a number and a time", () => {
    assert.deepEqual(parseRate("1200/1m"), { amount: 1200, per: 60_000 });
    assert.deepEqual(parseRate("1/12h"), { amount: 1, per: 43_200_000 });
    assert.equal(parseRate("off"), "off");
    for (const text of ["", "0/1m", "1/0s", "10", "10/m", "-1/1m", "1e3/1m", "1/1m/1m", "on", "10 / 1m"])
      assert.throws(() => parseRate(text), /1200\/1m/);
  });
});

test("the hash gives each text its own 64 bits, and another key others", () => {
  const text = createKeyedHash(new Uint32Array([1, 2]));
  const seen = new Set<string>();
  const texts = [
    "",
    "\0",
    "\0\0",
    "a",
    "a\0",
    "aa",
    "aaa",
    "ab",
    "ba",
    ...Array.from({ length: 20_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`),
  ];
  for (const each of texts) {
    const { low, high } = text(each);
    seen.add(`${low} ${high}`);
    // Places are the lower bits.
    assert.ok(Number.isInteger(low) && Number.isInteger(high));
  }
  assert.equal(seen.size, texts.length);
  const { low } = text("a");
  assert.notEqual(createKeyedHash(new Uint32Array([1, 3]))("a").low, low);
  const counts = new Uint32Array(64);
  for (const each of texts) counts[text(each).low & 63] = (counts[text(each).low & 63] ?? 0) + 1;
  for (const count of counts) assert.ok(Math.abs(count - texts.length / 64) < 120, String(count));
});

describe("the limits", () => {
  const refusal = (
    limits: ReturnType<typeof createRateLimits>,
    ...args: Parameters<ReturnType<typeof createRateLimits>["take"]>
  ): AppError | undefined => {
    try {
      void limits.take(...args);
      return undefined;
    } catch (error) {
      assert.ok(error instanceof AppError);
      return error;
    }
  };

  test("refuse with 429, when to come back, and the fields of the draft", () => {
    const { store, pass } = setUp();
    const limits = createRateLimits({ store, rates: { ...defaultRates, writes: { amount: 2, per: 60_000 }, functions: "off" } });
    assert.equal(refusal(limits, "writes", "a", 2), undefined);
    pass(500);
    const error = refusal(limits, "writes", "a");
    assert.deepEqual(
      [error?.status, error?.code, error?.details],
      [429, "too_many_requests", "The limit is 2 in 60 seconds (writes)."],
    );
    assert.deepEqual(error?.headers, {
      "retry-after": "30",
      "ratelimit-policy": '"writes";q=2;w=60',
      ratelimit: '"writes";r=0;t=30',
    });
    for (let call = 0; call < 10_000; call++) {
      assert.equal(refusal(limits, "functions", "a"), undefined);
      assert.equal(refusal(limits, "writes", undefined), undefined);
    }
  });

  test("wait for a store that is elsewhere", async () => {
    const { store } = setUp();
    const limits = createRateLimits({
      store: { take: async (...args) => store.take(...args) },
      rates: { ...defaultRates, writes: { amount: 1, per: 1000 } },
    });
    await limits.take("writes", "a");
    await assert.rejects(async () => limits.take("writes", "a"), { code: "too_many_requests" });
  });

  test("of what is under way hold until it is over, however it ends", async () => {
    const underWay = new UnderWay({ ...defaultAtOnce, readsAtOnce: 2 });
    const gates = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
    const first = underWay.during("readsAtOnce", "a", () => gates[0]?.promise);
    const second = underWay.during("readsAtOnce", "a", () => gates[1]?.promise);
    const read = (key: string | undefined): Promise<string> => underWay.during("readsAtOnce", key, () => "read");
    await assert.rejects(read("a"), { code: "too_many_requests", details: "The limit is 2 at once (readsAtOnce)." });
    assert.equal(await read("b"), "read");
    assert.equal(await read(undefined), "read");
    assert.equal(await underWay.during("writesAtOnce", "a", () => "written"), "written");
    gates[0]?.resolve(1);
    gates[1]?.reject(new Error("broken"));
    await first;
    await assert.rejects(second, /broken/);
    assert.equal(await read("a"), "read");
    assert.equal(underWay.size, 0);
  });
});
