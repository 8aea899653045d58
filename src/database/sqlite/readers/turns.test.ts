import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#contract";
import { createTurns } from "./turns.ts";

test("turns are taken in the order in which they were asked for", async () => {
  const turns = createTurns({ maxWaiting: 10, what: "changes" });
  const order: number[] = [];
  await Promise.all(
    [1, 2, 3, 4].map(async (number) => {
      const release = await turns.take();
      await sleep(1);
      order.push(number);
      release();
    }),
  );
  assert.deepEqual(order, [1, 2, 3, 4]);
  assert.equal(turns.waiting, 0);
});

test("one more than may wait is refused as overloaded, with a time to come back", async () => {
  const turns = createTurns({ maxWaiting: 1, what: "changes" });
  const first = await turns.take();
  const second = turns.take();
  await assert.rejects(
    turns.take(),
    (error) => error instanceof AppError && error.error === "overloaded" && error.headers["Retry-After"] === "1",
  );
  first();
  (await second)();
  (await turns.take())();
});

test("one who gives up leaves the line, and nobody behind is lost", async () => {
  const turns = createTurns({ maxWaiting: 10, what: "changes" });
  const first = await turns.take();
  const controller = new AbortController();
  const second = turns.take(controller.signal);
  const third = turns.take();
  controller.abort(new Error("gone"));
  await assert.rejects(second, /gone/);
  assert.equal(turns.waiting, 1);
  first();
  (await third)();
  await assert.rejects(turns.take(controller.signal), /gone/);
});

test("releasing twice gives no second turn", async () => {
  const turns = createTurns({ maxWaiting: 10, what: "changes" });
  const first = await turns.take();
  const second = turns.take();
  const third = turns.take();
  first();
  first();
  const release = await second;
  assert.equal(turns.waiting, 1);
  release();
  (await third)();
});

test("the last turn waits behind all others, even when the line is full", async () => {
  const turns = createTurns({ maxWaiting: 1, what: "changes" });
  const first = await turns.take();
  const second = turns.take();
  const last = turns.takeLast();
  first();
  (await second)();
  (await last)();
});
