import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "#base";
import { openSqlite } from "#database";
import { createIdempotency, type KeptAnswer, type KeptRequest } from "./idempotency.ts";

const answer: KeptAnswer = { status: 201, headers: { "content-type": "application/json" }, body: "[]" };
const request = (key: string): KeptRequest => ({ caller: "u1", key, fingerprint: `of ${key}` });

test("an answer is kept for its time, then its key is free; what is over its time is forgotten in small numbers", async (t) => {
  let now = Date.UTC(2026, 10, 25);
  const clock: Clock = { now: () => now, monotonic: () => 0 };
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  const idempotency = createIdempotency({ clock, retention: 1000 });
  const keep = (key: string): Promise<void> =>
    database.transaction(async (connection) => {
      assert.equal(await idempotency.find(connection, request(key)), undefined);
      await idempotency.keep(connection, request(key), answer);
    });
  const count = async (): Promise<number> => Number((await database.get("SELECT count(*) FROM _chassis_idempotency", []))?.[0]);

  for (let index = 0; index < 50; index++) await keep(`k${index}`);
  now += 999;
  const kept = await database.transaction((connection) => idempotency.find(connection, request("k0")));
  assert.deepEqual(kept, answer);
  now += 1;
  assert.equal(await database.transaction((connection) => idempotency.find(connection, request("k1"))), undefined);
  assert.equal(await count(), 50);
  await keep("k1");
  await keep("new");
  assert.ok((await count()) <= 13, String(await count()));
});

test("what its transaction undoes is not kept, and a key tells requests apart by their fingerprint alone", async (t) => {
  const clock: Clock = { now: () => 0, monotonic: () => 0 };
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  const idempotency = createIdempotency({ clock });
  const failed = database.transaction(async (connection) => {
    await idempotency.find(connection, request("k"));
    await idempotency.keep(connection, request("k"), answer);
    throw new Error("later");
  });
  await assert.rejects(failed, /later/);
  const find = (wanted: KeptRequest): Promise<KeptAnswer | undefined> =>
    database.transaction((connection) => idempotency.find(connection, wanted));
  assert.equal(await find(request("k")), undefined);
  await database.transaction((connection) => idempotency.keep(connection, request("k"), { ...answer, body: undefined }));
  assert.deepEqual(await find(request("k")), { ...answer, body: undefined });
  assert.equal(await find({ ...request("k"), caller: "u2" }), undefined);
  await assert.rejects(find({ ...request("k"), fingerprint: "another" }), { error: "idempotencyKeyReused" });
});
