import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { failsWith } from "../support/projects-store.ts";
import { type BoardWorld, createBoardWorld } from "./board-world.ts";

/** Deleted rows that are kept: out of sight everywhere, and back as they were. */
describe("softDelete", () => {
  let world: BoardWorld;
  let board: string;
  let card: string;
  beforeEach(async () => {
    world = await createBoardWorld();
    board = await world.add("boards", { owner: world.ann.id, title: "Plans", secret: "s", shared: "yes" });
    card = await world.add("cards", { board, title: "Sail", points: 3 });
  });
  afterEach(() => world.close());

  test("a deleted row is nowhere, and says so in none of the ways to it", async () => {
    world.clock.step();
    assert.equal(await world.remove("cards", card, world.ann), 1);
    assert.deepEqual(await world.list("cards", world.ann), []);
    assert.deepEqual(await world.list("cards"), []);
    assert.equal(await world.change("cards", card, { points: 9 }), 0);
    assert.equal(await world.remove("cards", card), 0);
    const [shown] = await world.list("boards", world.ann, {
      selection: {
        items: [
          { type: "field", path: { column: "size", json: [] } },
          { type: "field", path: { column: "total", json: [] } },
          { type: "embed", target: "cards", join: "left", spread: false, selection: { items: [{ type: "all" }] } },
        ],
      },
    });
    assert.deepEqual(shown, { size: 0, total: null, cards: [] });
    for (const [quantifier, count] of [
      ["some", 0],
      ["none", 1],
    ] as const) {
      const found = await world.list("boards", world.ann, {
        selection: { items: [], where: { type: "relation", relation: "cards", quantifier } },
      });
      assert.equal(found.length, count, quantifier);
    }
    const counted = await world.store.read(
      { table: "cards", selection: { items: [] }, values: [], form: "json", count: "planned" },
      world.ann,
    );
    assert.deepEqual(counted.total, { count: 0, exact: true });
    const search = { type: "compare", path: { column: "title", json: [] }, operator: "wfts", value: 0 } as const;
    assert.deepEqual(await world.list("cards", world.ann, { selection: { items: [], where: search }, values: ["sail"] }), []);
  });

  test("a guess of how many there are counts no deleted ones, however many", async () => {
    const rows = Array.from({ length: 1300 }, (_, index) => ({ name: `tag ${index}` }));
    await world.write({ type: "insert", table: "tags", rows, rowForm: "json", form: "json", values: [], missing: "default" });
    await world.write({
      type: "delete",
      table: "tags",
      where: { type: "compare", path: { column: "name", json: [] }, operator: "like", value: 0 },
      values: ["tag 1%"],
      form: "json",
    });
    const left = (await world.list("tags", undefined, { selection: { items: [{ type: "count" }] } }))[0]?.["count"];
    assert.ok(Number(left) > 800);
    for (const count of ["planned", "estimated"] as const) {
      const { total } = await world.store.read(
        { table: "tags", selection: { items: [] }, values: [], form: "json", count },
        world.bob,
      );
      assert.deepEqual(total, { count: left, exact: true });
    }
  });

  test("who could delete a row sees it when they ask for deleted ones, and others do not", async () => {
    const at = world.clock.step();
    await world.remove("cards", card, world.ann);
    const [row] = await world.list("cards", world.ann, { deleted: "only" });
    assert.equal(row?.["deleted"], at);
    assert.equal(row?.["version"], 2);
    assert.equal((await world.list("cards", world.ann, { deleted: "include" })).length, 1);
    assert.deepEqual(await world.list("cards", world.bob, { deleted: "only" }), []);
    assert.deepEqual(await world.list("cards", world.bob, { deleted: "include" }), []);
    await assert.rejects(world.list("notes", world.ann, { deleted: "only" }), failsWith("notSupported", /keeps no deleted rows/));
  });

  test("a restore brings back the row and what its delete took along, and nothing else", async () => {
    const other = await world.add("cards", { board, title: "Row" });
    const pin = await world.add("pins", { board, card });
    // In the same millisecond as the board, and all the same a delete of its own.
    world.clock.step();
    await world.remove("cards", other, world.ann);
    assert.equal(await world.remove("boards", board, world.ann), 1);
    assert.deepEqual([await world.list("boards"), await world.list("cards"), await world.list("pins")], [[], [], []]);
    world.clock.step();
    assert.equal(await world.restore("boards", board, world.bob), 0);
    assert.equal(await world.restore("boards", board, world.ann), 1);
    assert.deepEqual(
      (await world.list("cards")).map((row) => row["id"]),
      [card],
    );
    assert.deepEqual(
      (await world.list("pins")).map((row) => row["id"]),
      [pin],
    );
    assert.equal((await world.get("boards", board))?.["deleted"], null);
    assert.equal(await world.restore("boards", board, world.ann), 0);
  });

  test("what two deletes hold comes back with the last of them", async () => {
    const pin = await world.add("pins", { board, card });
    world.clock.step();
    await world.remove("cards", card, world.ann);
    world.clock.step();
    await world.remove("boards", board, world.ann);
    world.clock.step();
    await assert.rejects(world.restore("cards", card), failsWith("foreignKeyViolation", /'board'/));
    // The rule asks the board, which is not there.
    assert.equal(await world.restore("cards", card, world.ann), 0);
    await world.restore("boards", board, world.ann);
    assert.deepEqual([await world.list("cards"), await world.list("pins")], [[], []]);
    await world.restore("cards", card, world.ann);
    assert.deepEqual(
      (await world.list("pins")).map((row) => row["id"]),
      [pin],
    );
  });

  test("a row of a deleted one that waits for another is handed over to that one", async () => {
    const pin = await world.add("pins", { board, card });
    const elsewhere = await world.add("boards", { owner: world.ann.id, title: "Elsewhere" });
    await world.change("pins", pin, { board: elsewhere });
    world.clock.step();
    await world.remove("boards", board, world.ann);
    world.clock.step();
    await world.remove("boards", elsewhere, world.ann);
    world.clock.step();
    await world.restore("boards", board, world.ann);
    assert.deepEqual(await world.list("pins"), []);
    await world.restore("boards", elsewhere, world.ann);
    assert.deepEqual(
      (await world.list("pins")).map((row) => row["id"]),
      [pin],
    );
  });

  test("only rows that are there count for uniqueness, and a restore that collides is refused whole", async () => {
    const twin = { owner: world.ann.id, title: "Plans" };
    await assert.rejects(world.add("boards", twin), failsWith("uniqueViolation"));
    await world.remove("boards", board, world.ann);
    const second = await world.add("boards", twin);
    await assert.rejects(world.restore("boards", board, world.ann), failsWith("uniqueViolation"));
    assert.deepEqual(await world.list("cards"), []);
    await world.remove("boards", second, world.ann);
    assert.equal(await world.restore("boards", board, world.ann), 1);
  });

  test("an upsert does not find a deleted row, and its id stays taken", async () => {
    await world.remove("boards", board, world.ann);
    const upsert = (row: Record<string, unknown>, columns?: readonly string[]): Promise<number> =>
      world.write(
        {
          type: "insert",
          table: "boards",
          rows: [row],
          rowForm: "json",
          form: "json",
          values: [],
          missing: "default",
          onConflict: { resolution: "merge", ...(columns === undefined ? {} : { columns }) },
        },
        world.ann,
      );
    await upsert({ title: "Plans", secret: "new" }, ["owner", "title"]);
    assert.deepEqual(
      (await world.list("boards")).map((row) => row["secret"]),
      ["new"],
    );
    await assert.rejects(upsert({ id: board, title: "Other" }), failsWith("uniqueViolation"));
  });

  test("nothing new can refer to a deleted row, whoever writes", async () => {
    await world.remove("boards", board, world.ann);
    for (const caller of [world.ann, undefined]) {
      await assert.rejects(world.add("cards", { board, title: "New" }, caller), failsWith("foreignKeyViolation"));
      await assert.rejects(world.add("notes", { board, body: "x" }, caller), failsWith("foreignKeyViolation"));
    }
  });

  test("restrict counts the rows that are there; set null waits for the purge", async () => {
    const invoice = await world.add("invoices", { board, amount: 5 });
    await assert.rejects(world.remove("boards", board, world.ann), failsWith("stillReferenced"));
    await world.remove("invoices", invoice);
    const receipt = await world.add("receipts", { card, amount: 5 });
    await assert.rejects(world.remove("boards", board, world.ann), failsWith("stillReferenced"));
    await world.remove("receipts", receipt);
    const note = await world.add("notes", { board, body: "b" });
    await world.remove("boards", board, world.ann);
    assert.equal((await world.get("notes", note))?.["board"], board);
    const embedded = await world.list("notes", world.ann, {
      selection: {
        items: [{ type: "embed", target: "board", join: "left", spread: false, selection: { items: [{ type: "all" }] } }],
      },
    });
    assert.deepEqual(embedded, [{ board: null }]);
    world.clock.step();
    assert.equal(await world.write({ type: "purge", table: "boards", values: [], form: "json" }), 1);
    assert.equal((await world.get("notes", note))?.["board"], null);
    assert.deepEqual(await world.list("cards", undefined, { deleted: "include" }), []);
    await assert.rejects(
      world.write({ type: "purge", table: "boards", values: [], form: "json" }, world.ann),
      failsWith("forbidden"),
    );
  });

  test("a purge takes what was deleted before its moment, oldest first and as much as it is told", async () => {
    const cards = [card];
    for (const title of ["a", "b", "c"]) cards.push(await world.add("cards", { board, title }));
    const moments: string[] = [];
    for (const id of cards) {
      moments.push(world.clock.step());
      await world.remove("cards", id);
    }
    const purge = (more: { before?: string; limit?: number }): Promise<number> =>
      world.write({ type: "purge", table: "cards", values: [], form: "json", ...more });
    assert.equal(await purge({ before: moments[3] ?? "", limit: 2 }), 2);
    assert.equal((await world.list("cards", undefined, { deleted: "only" })).length, 2);
    assert.equal(await purge({ before: moments[3] ?? "" }), 1);
    assert.equal(await purge({}), 1);
  });
});
