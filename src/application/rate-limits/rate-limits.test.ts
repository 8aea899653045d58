import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "#contract";
import { defaultAtOnce, UnderWay } from "./at-once.ts";
import { createKeyedHash } from "./keyed-hash.ts";
import { createMemoryRateStore } from "./memory-rate-store.ts";
import { parseRate } from "./rate.ts";
import { createRateLimits, defaultRates } from "./rate-limits.ts";

function setUp() {
  let time = 1_000_000;
  const store = createMemoryRateStore({ now: () => time, monotonic: () => time });
  return { store, pass: (milliseconds: number) => (time += milliseconds), time: () => time };
}

describe("a rate", () => {
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
