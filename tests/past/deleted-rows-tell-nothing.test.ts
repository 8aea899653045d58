import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Caller, Condition, MutationQuery, ReadQuery, SelectItem } from "#application";
import { AppError } from "#contract";
import { type AnyRow, type BoardWorld, createBoardWorld } from "./board-world.ts";

/**
 * Two worlds that differ in what was deleted and in what is past, and in nothing that Bob or nobody may see: whatever these ask, both worlds
 * answer alike, errors too.
 */

interface Filled {
  readonly world: BoardWorld;
  readonly ids: Readonly<Record<string, string>>;
}

async function fill(): Promise<Filled> {
  const world = await createBoardWorld();
  const board = await world.add("boards", { owner: world.ann.id, title: "Open", shared: "yes" });
  const card = await world.add("cards", { board, title: "Card", points: 3 });
  const bobs = await world.add("boards", { owner: world.bob.id, title: "Mine" });
  const note = await world.add("notes", { board, body: "note" });
  const tag = await world.add("tags", { name: "red" });
  world.clock.step();
  return { world, ids: { board, card, bobs, note, tag } };
}

/** Rows that come and go, as Ann and the system make them. */
async function addThePast({ world, ids }: Filled): Promise<void> {
  const { ann, auditor } = world;
  const gone = await world.add("boards", { owner: ann.id, title: "Gone", shared: "yes" });
  const bobsGone = await world.add("boards", { owner: ann.id, title: "Mine", shared: "yes" });
  for (const title of ["a", "b", "sail"]) {
    const card = await world.add("cards", { board: ids["board"], title, points: 100 });
    await world.add("pins", { board: ids["board"], card });
    await world.change("cards", card, { points: 1000 });
    await world.remove("cards", card, ann);
  }
  await world.add("cards", { board: gone, title: "under it", points: 7 });
  for (const board of [gone, bobsGone]) await world.remove("boards", board, ann);
  const blue = await world.add("tags", { name: "blue", note: "deleted" });
  await world.remove("tags", blue, auditor);
  const plain = await world.add("plain", { name: "gone for good" });
  await world.remove("plain", plain);
}

const field = (column: string): SelectItem => ({ type: "field", path: { column, json: [] } });
const embed = (target: string, join: "left" | "inner" = "left"): SelectItem => ({
  type: "embed",
  target,
  join,
  spread: false,
  selection: { items: [{ type: "all" }] },
});
const compare = (column: string, operator: "eq" | "gte" | "wfts" | "ilike" | "in"): Condition => ({
  type: "compare",
  path: { column, json: [] },
  operator,
  value: 0,
});
const related = (relation: string, quantifier: "some" | "none" | "every", where?: Condition): Condition => ({
  type: "relation",
  relation,
  quantifier,
  ...(where === undefined ? {} : { where }),
});

type Ask = (ids: Filled["ids"]) => Partial<ReadQuery> & { readonly table: string };

const reads: Readonly<Record<string, Ask>> = {
  boards: () => ({ table: "boards" }),
  cards: () => ({ table: "cards" }),
  pins: () => ({ table: "pins" }),
  tags: () => ({ table: "tags" }),
  "boards with what hangs on them": () => ({
    table: "boards",
    selection: { items: [field("title"), field("size"), field("total"), embed("cards"), embed("pins"), embed("notes")] },
  }),
  "boards with cards": () => ({ table: "boards", selection: { items: [field("title"), embed("cards", "inner")] } }),
  "figures of cards": () => ({
    table: "cards",
    selection: { items: [{ type: "count", alias: "n" }, { ...field("points"), aggregate: { function: "sum" } } as SelectItem] },
  }),
  "boards with some dear card": () => ({
    table: "boards",
    selection: { items: [], where: related("cards", "some", compare("points", "gte")) },
    values: [50],
  }),
  "boards without a dear card": () => ({
    table: "boards",
    selection: { items: [], where: related("cards", "none", compare("points", "gte")) },
    values: [50],
  }),
  "boards whose cards are all cheap": () => ({
    table: "boards",
    selection: { items: [], where: related("cards", "every", { type: "not", condition: compare("points", "gte") }) },
    values: [50],
  }),
  "notes and their boards": () => ({ table: "notes", selection: { items: [field("body"), embed("board")] } }),
  search: () => ({ table: "cards", selection: { items: [], where: compare("title", "wfts") }, values: ["sail"] }),
  patterns: () => ({ table: "cards", selection: { items: [], where: compare("title", "ilike") }, values: ["%a%"] }),
  "count exactly": () => ({ table: "cards", count: "exact", selection: { items: [], limit: 0 }, values: [1] }),
  "count by a guess": () => ({ table: "tags", count: "planned" }),
  "count up to a bound": () => ({ table: "tags", count: "estimated" }),
  "deleted ones too": () => ({ table: "tags", deleted: "include" }),
  "deleted ones alone": () => ({ table: "boards", deleted: "only" }),
  "a moment": () => ({ table: "boards", asOf: "2026-01-01T00:00:00Z" }),
  "a moment of cards": () => ({ table: "cards", asOf: "2026-01-01T00:00:01Z" }),
  "versions of a card": ({ card }) => ({ table: "cards", versionsOf: 0, values: [card] }),
};

type Do = (ids: Filled["ids"]) => MutationQuery;
const write = { values: [], form: "json", dryRun: true } as const;
const insert = (table: string, row: AnyRow, more: object = {}): MutationQuery => ({
  type: "insert",
  table,
  rows: [row],
  rowForm: "json",
  missing: "default",
  returning: { items: [field("version")] },
  ...write,
  ...more,
});

const writes: Readonly<Record<string, Do>> = {
  "a tag of a deleted name": () => insert("tags", { name: "blue" }),
  "a tag that is there": () => insert("tags", { name: "red" }),
  "the same by an upsert": () =>
    insert("tags", { name: "blue", note: "x" }, { onConflict: { resolution: "merge", columns: ["name"] } }),
  "passed over, where it is there": () =>
    insert("tags", { name: "blue" }, { onConflict: { resolution: "ignore", columns: ["name"] } }),
  "a change to a deleted name": ({ tag }) => ({
    type: "update",
    table: "tags",
    set: { name: "blue" },
    where: compare("id", "eq"),
    ...write,
    values: [tag],
  }),
  "a change of all": () => ({ type: "update", table: "tags", set: { note: "x" }, ...write }),
  "a board of a deleted title": () => insert("boards", { title: "Gone" }),
  "a delete of all": () => ({ type: "delete", table: "boards", ...write }),
  "a delete of a note": ({ note }) => ({ type: "delete", table: "notes", where: compare("id", "eq"), ...write, values: [note] }),
  "a restore": ({ board }) => ({ type: "restore", table: "boards", key: 0, ...write, values: [board] }),
  "a version put back": ({ board }) => ({ type: "restore", table: "boards", key: 0, version: 1, ...write, values: [board] }),
  "a purge": () => ({ type: "purge", table: "boards", ...write }),
};

/** The answer, or what is said of why there is none. */
async function answer(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { error: name, message, details, hint } = error;
    return { name, message, details, hint };
  }
}

describe("what was deleted or changed tells nothing to whom it is closed", async () => {
  const [still, moved] = [await fill(), await fill()];
  await addThePast(moved);
  // The clock of both shows the same, whatever happened meanwhile.
  still.world.clock.time = moved.world.clock.time;
  after(() => Promise.all([still.world.close(), moved.world.close()]));
  const callers: Readonly<Record<string, (world: BoardWorld) => Caller>> = { Bob: ({ bob }) => bob, nobody: () => null };

  test("the worlds do differ", async () => {
    assert.notDeepEqual(
      await still.world.list("tags", undefined, { deleted: "include" }),
      await moved.world.list("tags", undefined, { deleted: "include" }),
    );
  });

  for (const [who, callerOf] of Object.entries(callers)) {
    for (const [name, ask] of Object.entries(reads)) {
      test(`${who} reads: ${name}`, async () => {
        const [left, right] = await Promise.all(
          [still, moved].map(({ world, ids }) =>
            answer(() => world.store.read({ selection: { items: [] }, values: [], form: "json", ...ask(ids) }, callerOf(world))),
          ),
        );
        assert.deepEqual(left, right);
      });
    }
    for (const [name, ask] of Object.entries(writes)) {
      test(`${who} writes: ${name}`, async () => {
        const [left, right] = await Promise.all(
          [still, moved].map(({ world, ids }) =>
            answer(async () => {
              const { keys: _, ...result } = await world.store.write(ask(ids), callerOf(world));
              return result;
            }),
          ),
        );
        assert.deepEqual(left, right);
      });
    }
  }
});
