import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { startRetention } from "#application";
import { silentLogger } from "#base";
import { sqliteDialect } from "#database";
import { boardBackend } from "./board-backend.ts";
import { type BoardWorld, createBoardWorld } from "./board-world.ts";

const day = 86_400_000;

async function fill(t: TestContext): Promise<{ world: BoardWorld; board: string; cards: readonly string[] }> {
  const world = await createBoardWorld();
  t.after(() => world.close());
  const board = await world.add("boards", { owner: world.ann.id, title: "Plans" });
  const cards: string[] = [];
  for (const title of ["a", "b", "c", "d", "e"]) cards.push(await world.add("cards", { board, title }));
  return { world, board, cards };
}

const options = { model: boardBackend.model, dialect: sqliteDialect, logger: silentLogger, delay: 1, interval: 1, batch: 2 };

test("what was kept as long as the schema says goes, in batches, and nothing else", async (t) => {
  const { world, board, cards } = await fill(t);
  const retention = startRetention({ ...options, ...world, delay: 100_000 });
  t.after(() => retention.close());
  for (const card of cards.slice(0, 3)) await world.remove("cards", card);
  world.clock.step(20 * day);
  await world.remove("cards", cards[3] ?? "");
  assert.deepEqual(await retention.sweep(), { rows: 0, versions: 0 });
  world.clock.step(11 * day);
  assert.deepEqual(await retention.sweep(), { rows: 3, versions: 0 });
  assert.deepEqual(
    (await world.list("cards", undefined, { deleted: "include" })).map((row) => row["id"]),
    cards.slice(3),
  );
  // Boards are kept until somebody purges them.
  await world.remove("boards", board);
  world.clock.step(400 * day);
  const { rows, versions } = await retention.sweep();
  assert.equal(rows, 2);
  assert.ok(versions > 0);
  assert.equal((await world.list("boards", undefined, { deleted: "only" })).length, 1);
});

test("a row that takes along what others need waits, and does not hold up the rest", async (t) => {
  const { world, board, cards } = await fill(t);
  const second = await world.add("boards", { owner: world.ann.id, title: "Second" });
  await world.remove("boards", board);
  await world.remove("boards", second);
  // By SQL, past every check: a row that is there refers to one that is not.
  await world.database.transaction((connection) =>
    connection.run(
      "INSERT INTO receipts (id, card, amount, created, updated, version) SELECT '10000000-0000-7000-8000-000000000001', id, 1, created, updated, 1 FROM cards WHERE id = ?",
      [cards[0] ?? ""],
    ),
  );
  world.clock.step();
  assert.equal(await world.write({ type: "purge", table: "boards", values: [], form: "json", limit: 1 }), 1);
  assert.deepEqual(
    (await world.list("boards", undefined, { deleted: "only" })).map((row) => row["id"]),
    [board],
  );
});

test("it looks by itself, and not after it is closed", async (t) => {
  const { world, cards } = await fill(t);
  await world.remove("cards", cards[0] ?? "");
  world.clock.step(31 * day);
  const retention = startRetention({ ...options, ...world });
  const left = async (): Promise<number> => (await world.list("cards", undefined, { deleted: "only" })).length;
  for (let tries = 0; tries < 500 && (await left()) > 0; tries++) await wait(2);
  assert.equal(await left(), 0);
  await retention.close();
  await world.remove("cards", cards[1] ?? "");
  world.clock.step(31 * day);
  await wait(20);
  assert.equal(await left(), 1);
});
