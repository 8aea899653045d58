import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Caller } from "#application";
import { failsWith } from "../support/projects-store.ts";
import { type AnyRow, type BoardWorld, createBoardWorld } from "./board-world.ts";

/** Old versions: what a moment shows, whom it shows it, and how it comes back. */
describe("history", () => {
  let world: BoardWorld;
  let board: string;
  beforeEach(async () => {
    world = await createBoardWorld();
    board = await world.add("boards", { owner: world.ann.id, title: "First", secret: "a" }, world.ann);
  });
  afterEach(() => world.close());

  const at = (moment: string, caller?: Caller, id = board): Promise<AnyRow | undefined> =>
    world.get("boards", id, caller, { asOf: moment });
  const versions = async (table: string, id: string, caller: Caller): Promise<readonly AnyRow[]> =>
    world.list(table, caller, { versionsOf: 0, values: [id] });

  test("a moment shows the row as it was, from its change on and up to the next", async () => {
    const made = new Date(world.clock.time).toISOString();
    const second = world.clock.step();
    await world.change("boards", board, { title: "Second" });
    const third = world.clock.step();
    await world.change("boards", board, { title: "Third" });
    const before = (moment: string): string => new Date(Date.parse(moment) - 1).toISOString();
    assert.equal(await at(before(made)), undefined);
    assert.equal((await at(made))?.["title"], "First");
    assert.equal((await at(before(second)))?.["title"], "First");
    assert.equal((await at(second))?.["title"], "Second");
    assert.equal((await at(before(third)))?.["title"], "Second");
    assert.equal((await at(third))?.["title"], "Third");
    assert.equal((await at(second))?.["version"], 2);
  });

  test("several changes in one transaction are one version", async () => {
    world.clock.step();
    await world.store.transaction(async (records) => {
      for (const title of ["a", "b", "c"])
        await records.write(
          {
            type: "update",
            table: "boards",
            set: { title },
            where: { type: "compare", path: { column: "id", json: [] }, operator: "eq", value: 0 },
            values: [board],
            form: "json",
          },
          world.ann,
        );
    });
    assert.deepEqual(
      (await versions("boards", board, world.ann)).map((each) => each["version"]),
      [4, 1],
    );
  });

  test("the rules are asked of the row as it was, and the history rule besides", async () => {
    await world.change("boards", board, { shared: "yes" });
    const open = world.clock.step();
    await world.change("boards", board, { shared: "no" });
    const closed = world.clock.step();
    // Open then and hidden today: Bob may not look back, the auditor may, and sees what everybody saw.
    assert.equal(await world.get("boards", board, world.bob), undefined);
    assert.equal(await at(closed, world.bob), undefined);
    assert.equal(await at(new Date(Date.parse(open) - 1).toISOString(), world.bob), undefined);
    const seen = await at(new Date(Date.parse(open) - 1).toISOString(), world.auditor);
    assert.equal(seen?.["title"], "First");
    assert.equal(seen?.["secret"], null);
    assert.equal(await at(closed, world.auditor), undefined);
    assert.equal((await at(closed, world.ann))?.["secret"], "a");
    await assert.rejects(world.list("cards", null, { asOf: closed }), failsWith("signInRequired"));
    await assert.rejects(world.list("plain", world.ann, { asOf: closed }), failsWith("forbidden", /past of 'plain'/));
    await assert.rejects(world.list("users", world.ann, { asOf: closed }), failsWith("notSupported", /'users' has no past/));
  });

  test("embeds, computed fields and relation conditions are of the same moment", async () => {
    const card = await world.add("cards", { board, title: "One", points: 2 });
    const one = world.clock.step();
    await world.add("cards", { board, title: "Two", points: 5 });
    await world.change("cards", card, { title: "One more", points: 3 });
    const two = world.clock.step();
    await world.remove("cards", card);
    const three = world.clock.step();
    const shown = async (asOf: string): Promise<unknown> => {
      const [row] = await world.list("boards", world.ann, {
        asOf,
        selection: {
          items: [
            { type: "field", path: { column: "size", json: [] } },
            { type: "field", path: { column: "total", json: [] } },
            {
              type: "embed",
              target: "cards",
              join: "left",
              spread: false,
              selection: {
                items: [{ type: "field", path: { column: "title", json: [] } }],
                order: [{ path: { column: "title", json: [] }, direction: "asc" }],
              },
            },
          ],
        },
      });
      return row;
    };
    const early = (moment: string): string => new Date(Date.parse(moment) - 1).toISOString();
    assert.deepEqual(await shown(early(one)), { size: 1, total: 2, cards: [{ title: "One" }] });
    assert.deepEqual(await shown(early(two)), { size: 2, total: 8, cards: [{ title: "One more" }, { title: "Two" }] });
    assert.deepEqual(await shown(three), { size: 1, total: 5, cards: [{ title: "Two" }] });
    const inThePast = {
      asOf: three,
      selection: {
        items: [{ type: "embed", target: "notes", join: "left", spread: false, selection: { items: [{ type: "all" }] } }],
      },
    } as const;
    await assert.rejects(world.list("boards", world.ann, inThePast), failsWith("notSupported", /'notes' has no past/));
    const search = { type: "compare", path: { column: "title", json: [] }, operator: "wfts", value: 0 } as const;
    await assert.rejects(
      world.list("cards", world.ann, { asOf: three, selection: { items: [], where: search }, values: ["one"] }),
      failsWith("notSupported", /search/),
    );
  });

  test("the versions of a row say who made each, when and how", async () => {
    const times = [new Date(world.clock.time).toISOString()];
    times.push(world.clock.step());
    await world.change("boards", board, { title: "Second" });
    times.push(world.clock.step());
    await world.remove("boards", board, world.ann);
    times.push(world.clock.step());
    await world.restore("boards", board, world.ann);
    const list = await versions("boards", board, world.ann);
    const facts = list.map(({ values, ...rest }) => ({ ...rest, title: (values as AnyRow | null)?.["title"] }));
    const { id } = world.ann;
    assert.deepEqual(facts, [
      { version: 4, operation: "restore", from: times[3], until: null, author: id, system: false, title: "Second" },
      { version: 3, operation: "delete", from: times[2], until: times[3], author: id, system: false, title: "Second" },
      { version: 2, operation: "update", from: times[1], until: times[2], author: null, system: true, title: "Second" },
      { version: 1, operation: "create", from: times[0], until: times[1], author: id, system: false, title: "First" },
    ]);
    assert.deepEqual(await versions("boards", board, world.bob), []);
    await assert.rejects(versions("plain", board, world.ann), failsWith("forbidden"));
    await assert.rejects(versions("users", world.ann.id, world.ann), failsWith("notSupported"));
  });

  test("a version is put back as a change like any other", async () => {
    world.clock.step();
    await world.change("boards", board, { title: "Second", secret: "b" });
    world.clock.step();
    assert.equal(await world.restore("boards", board, world.bob, 1), 0);
    assert.equal(await world.restore("boards", board, world.ann, 9), 0);
    // The auditor sees nothing of it: the board was never shared.
    assert.equal(await world.restore("boards", board, world.auditor, 1).catch((error: { error: string }) => error.error), 0);
    assert.equal(await world.restore("boards", board, world.ann, 1), 1);
    const row = await world.get("boards", board);
    assert.deepEqual([row?.["title"], row?.["secret"], row?.["version"]], ["First", "a", 3]);
    await world.remove("boards", board, world.ann);
    assert.equal(await world.restore("boards", board, world.ann, 2), 1);
    assert.equal((await world.get("boards", board))?.["title"], "Second");
  });

  test("a row that is gone for good comes back whole, with its id", async () => {
    const plain = await world.add("plain", { name: "One" });
    world.clock.step();
    await world.change("plain", plain, { name: "Two" });
    const gone = world.clock.step();
    await world.remove("plain", plain);
    assert.deepEqual(await world.list("plain", undefined, { asOf: gone }), []);
    assert.equal((await world.list("plain", undefined, { asOf: new Date(Date.parse(gone) - 1).toISOString() })).length, 1);
    world.clock.step();
    assert.equal(await world.restore("plain", plain, undefined, 1), 1);
    const back = await world.get("plain", plain);
    assert.deepEqual([back?.["name"], back?.["version"]], ["One", 3]);
    assert.deepEqual(
      (await world.list("plain", undefined, { versionsOf: 0, values: [Number(plain)] })).map((each) => [
        each["version"],
        each["operation"],
      ]),
      [
        [3, "create"],
        [null, "delete"],
        [2, "update"],
        [1, "create"],
      ],
    );
  });

  test("SQL of one's own leaves versions too, and no moment has two", async () => {
    const made = new Date(world.clock.time).toISOString();
    const changed = world.clock.step();
    await world.database.transaction((connection) => connection.run("UPDATE boards SET title = 'By SQL'", []));
    world.clock.step(-5000);
    await world.change("boards", board, { title: "Back in time" });
    assert.deepEqual(
      (await world.list("boards", undefined, { asOf: made })).map((row) => row["title"]),
      ["First"],
    );
    assert.equal((await world.list("boards", undefined, { asOf: changed })).length, 1);
  });

  test("asOf is a moment, not in the future, and not before what is kept", async () => {
    await assert.rejects(at("yesterday"), failsWith("invalidValue", /'asOf'/));
    await assert.rejects(at("2030-01-01T00:00:00Z"), failsWith("invalidValue", /future/));
    world.clock.step(400 * 86_400_000);
    await assert.rejects(
      world.list("cards", world.ann, { asOf: "2026-01-01T12:00:00Z" }),
      failsWith("notSupported", /'cards' is kept for 365 days/),
    );
    assert.equal((await at("2026-01-01T12:00:00Z"))?.["title"], "First");
  });
});
