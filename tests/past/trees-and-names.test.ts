import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { type Caller, createRecordStore, system } from "#application";
import { silentLogger } from "#base";
import type { Actor } from "#contract";
import { openSqlite, prepareDatabase, sqliteDialect } from "#database";
import { type AnySchema, defineBackend, defineSchema, everyone, ref, table, text } from "chassis";
import { countingIds } from "../support/projects-data.ts";
import { failsWith } from "../support/projects-store.ts";
import { type AnyRow, SteppingClock } from "./board-world.ts";
import { propertyRuns } from "../support/property-runs.ts";

interface Small {
  readonly clock: SteppingClock;
  readonly add: (table: string, row: AnyRow) => Promise<string>;
  readonly change: (table: string, id: string, set: AnyRow) => Promise<number>;
  readonly remove: (table: string, ...ids: readonly string[]) => Promise<number>;
  readonly restore: (table: string, id: string) => Promise<number>;
  readonly names: (table: string, more?: object) => Promise<unknown>;
  readonly close: () => Promise<void>;
  /** The same world for somebody. */
  readonly as: (actor: Actor) => Pick<Small, "add" | "remove">;
}

const byIds = { type: "compare", path: { column: "id", json: [] }, operator: "in", value: 0 } as const;

/** A world of one schema in which everybody may do everything. */
async function openSmall(t: TestContext, schema: AnySchema): Promise<Small> {
  const open = { read: everyone, write: everyone, history: everyone };
  const rules = Object.fromEntries(
    [...schema.model.tables.values()].map(({ name, history }) => [
      name,
      () => (history === undefined ? { read: everyone, write: everyone } : open),
    ]),
  );
  const { model, rules: book } = defineBackend(schema, { rules: rules as never });
  const clock = new SteppingClock();
  const database = await openSqlite({ path: ":memory:", logger: silentLogger, clock });
  t.after(() => database.close());
  await prepareDatabase(database, model, clock);
  const store = createRecordStore({ database, dialect: sqliteDialect, model, rules: book, clock, ids: countingIds() });
  const writes = (caller: Caller): Pick<Small, "add" | "remove"> => ({
    add: async (name, row) => {
      const { keys } = await store.write(
        { type: "insert", table: name, rows: [row], rowForm: "json", form: "json", values: [], missing: "default" },
        caller,
      );
      return String(keys?.[0]);
    },
    remove: async (name, ...ids) =>
      (await store.write({ type: "delete", table: name, where: byIds, values: [ids], form: "json" }, caller)).affected,
  });
  return {
    clock,
    close: () => database.close(),
    as: writes,
    ...writes(null),
    change: async (name, id, set) =>
      (await store.write({ type: "update", table: name, set, where: byIds, values: [[id]], form: "json" }, system)).affected,
    restore: async (name, id) =>
      (await store.write({ type: "restore", table: name, key: 0, values: [id], form: "json" }, null)).affected,
    names: async (name, more = {}) =>
      JSON.parse(
        (await store.read({ table: name, selection: { items: [field("name")] }, values: [], form: "json", ...more }, null)).json,
      ),
  };
}

const field = (column: string): { type: "field"; path: { column: string; json: [] } } => ({
  type: "field",
  path: { column, json: [] },
});
const called = (...names: readonly string[]): readonly object[] => names.map((name) => ({ name }));

test("a tree goes with its root and comes back with it, but for what was deleted before", async (t) => {
  const schema = defineSchema({
    folders: table({ name: text(), parent: ref("folders").optional().onDelete("cascade") }, { softDelete: true }),
  });
  const { add, remove, restore, names, clock } = await openSmall(t, schema);
  const root = await add("folders", { name: "root" });
  const branch = await add("folders", { name: "branch", parent: root });
  const leaf = await add("folders", { name: "leaf", parent: branch });
  await add("folders", { name: "twig", parent: branch });
  await remove("folders", leaf);
  clock.step();
  assert.equal(await remove("folders", branch, root), 2);
  assert.deepEqual(await names("folders"), []);
  await assert.rejects(restore("folders", branch), failsWith("foreignKeyViolation"));
  assert.equal(await restore("folders", root), 1);
  assert.deepEqual(await names("folders"), called("root", "branch", "twig"));
  assert.equal(await restore("folders", leaf), 1);
  assert.deepEqual(await names("folders"), called("root", "branch", "leaf", "twig"));
});

/** What a tree of folders is: whose it is, and which delete took it, if one did. */
interface Folder {
  readonly id: string;
  readonly parent: number | undefined;
  deletion: number | undefined;
}

test("random deletes and restores of a tree do what a model of it does", async (t) => {
  const schema = defineSchema({
    folders: table({ name: text(), parent: ref("folders").optional().onDelete("cascade") }, { softDelete: true }),
  });
  const step = fc.record({
    type: fc.constantFrom("add", "add", "remove", "remove", "restore", "restore"),
    at: fc.nat(11),
    pause: fc.constantFrom(0, 0, 1),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const { add, remove, restore, names, clock, close } = await openSmall(t, schema);
      const folders: Folder[] = [];
      /** The folder and what hangs on it, as far as it is in the same state. */
      const move = (at: number, deletion: number | undefined, to: number | undefined): void => {
        const folder = folders[at];
        if (folder === undefined || folder.deletion !== deletion) return;
        folder.deletion = to;
        for (const [index, { parent }] of folders.entries()) if (parent === at) move(index, deletion, to);
      };
      for (const [number, { type, at, pause }] of steps.entries()) {
        clock.step(pause);
        const index = at % Math.max(1, folders.length);
        const folder = folders[index];
        const parent = folder?.parent === undefined ? undefined : folders[folder.parent];
        if (type === "add") {
          const isRoot = folder === undefined || at % 4 === 0;
          const wanted = add("folders", { name: String(number), ...(isRoot ? {} : { parent: folder.id }) });
          if (!isRoot && folder.deletion !== undefined) await assert.rejects(wanted, failsWith("foreignKeyViolation"));
          else folders.push({ id: await wanted, parent: isRoot ? undefined : index, deletion: undefined });
        } else if (folder === undefined) continue;
        else if (type === "remove") {
          assert.equal(await remove("folders", folder.id), folder.deletion === undefined ? 1 : 0);
          if (folder.deletion === undefined) move(index, undefined, number);
        } else if (folder.deletion === undefined) assert.equal(await restore("folders", folder.id), 0);
        else if (parent?.deletion !== undefined) {
          await assert.rejects(restore("folders", folder.id), failsWith("foreignKeyViolation"));
        } else {
          assert.equal(await restore("folders", folder.id), 1);
          move(index, folder.deletion, undefined);
        }
        const live = folders.flatMap(({ id, deletion }) => (deletion === undefined ? [{ id }] : []));
        assert.deepEqual(await names("folders", { selection: { items: [field("id")] } }), live);
      }
      await close();
    }),
    { numRuns: propertyRuns(15, 40) },
  );
});

test("whoever was deleted makes nothing any more that is theirs by default", async (t) => {
  const schema = defineSchema({
    users: table({ name: text() }, { softDelete: true }),
    notes: { name: text(), author: ref("users").defaultToActor() },
  });
  const { add, remove, restore, names, as } = await openSmall(t, schema);
  const ada = await add("users", { name: "Ada" });
  const caller = as({ id: ada, roles: [], claims: {} });
  await caller.add("notes", { name: "first" });
  await assert.rejects(remove("users", ada), failsWith("stillReferenced"));
  await caller.remove(
    "notes",
    ...((await names("notes", { selection: { items: [field("id")] } })) as { id: string }[]).map(({ id }) => id),
  );
  await remove("users", ada);
  await assert.rejects(caller.add("notes", { name: "second" }), failsWith("foreignKeyViolation", /'author'/));
  await restore("users", ada);
  await caller.add("notes", { name: "third" });
  assert.deepEqual(await names("notes"), called("third"));
});

test("two rows of which one refers to the other are deleted at once, and not one of them alone", async (t) => {
  const schema = defineSchema({
    people: table({ name: text(), boss: ref("people").optional() }, { softDelete: true }),
  });
  const { add, remove, names } = await openSmall(t, schema);
  const boss = await add("people", { name: "boss" });
  const hand = await add("people", { name: "hand", boss });
  await assert.rejects(remove("people", boss), failsWith("stillReferenced"));
  assert.equal(await remove("people", boss, hand), 2);
  assert.deepEqual(await names("people"), []);
});

test("tables that are called like the names in our SQL keep their past apart", async (t) => {
  const schema = defineSchema({
    later: table({ name: text() }, { history: true }),
    t1: table({ name: text(), r1: ref("later") }, { history: true, softDelete: true }),
    r1: table({ name: text(), t1: ref("t1").onDelete("cascade") }, { history: true, softDelete: true }),
  });
  const { add, change, names, clock } = await openSmall(t, schema);
  const one = await add("later", { name: "one" });
  const two = await add("later", { name: "two" });
  const first = await add("t1", { name: "first", r1: one });
  const second = await add("t1", { name: "second", r1: two });
  await add("r1", { name: "of first", t1: first });
  await add("r1", { name: "of second", t1: second });
  const before = new Date(clock.time).toISOString();
  clock.step();
  await change("later", one, { name: "uno" });
  await change("t1", first, { name: "primo" });
  clock.step();
  const embed = (target: string): object => ({
    type: "embed",
    target,
    join: "left",
    spread: false,
    selection: { items: [field("name")] },
  });
  assert.deepEqual(await names("later", { asOf: before }), called("one", "two"));
  assert.deepEqual(await names("t1", { asOf: before, selection: { items: [field("name"), embed("later")] } }), [
    { name: "first", later: { name: "one" } },
    { name: "second", later: { name: "two" } },
  ]);
  assert.deepEqual(
    await names("t1", {
      asOf: before,
      selection: { items: [field("name"), { ...embed("r1"), hint: "r1_t1_fkey", alias: "back" }] },
    }),
    [
      { name: "first", back: [{ name: "of first" }] },
      { name: "second", back: [{ name: "of second" }] },
    ],
  );
  const some = { type: "relation", relation: "t1", quantifier: "some" } as const;
  assert.deepEqual(
    await names("later", { asOf: before, selection: { items: [field("name")], where: some } }),
    called("one", "two"),
  );
});
