import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { backendFolder } from "../support/backend-folder.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;
const definition = `
import { defineBackend, defineSchema, nobody, ref, table, text } from ${JSON.stringify(library)};

const schema = defineSchema({
  things: table({ label: text(), shelf: ref("shelves"), upon: ref("things").optional() }, { softDelete: true }),
  shelves: table({ name: text().unique() }, { softDelete: true }),
});
export default defineBackend(schema, { rules: { things: () => ({ read: nobody }), shelves: () => ({ read: nobody }) } });
`;

test("deleted rows that refer to deleted rows come back as they were, also in circles", async (t) => {
  const source = await backendFolder(t, definition);
  const made = await source.run(
    "repl",
    source.path,
    "--eval",
    `const shelf = (await db.shelves.create({ name: "gone" })).id;
     const first = (await db.things.create({ label: "a", shelf })).id;
     const second = (await db.things.create({ label: "b", shelf, upon: first })).id;
     await db.things.update(first, { upon: second });
     await db.things.deleteMany({ where: {} });
     await db.shelves.delete(shelf);
     const stays = (await db.shelves.create({ name: "gone" })).id;
     const upon = (await db.things.create({ label: "c", shelf: stays })).id;
     await db.things.create({ label: "d", shelf: stays, upon });
     [await db.things.count(), await db.shelves.count()]`,
  );
  assert.equal(made.output, "[2,1]\n", made.errors);
  const rows =
    "[await db.things.list({ deleted: 'include', orderBy: { label: 'asc' } }), await db.shelves.list({ deleted: 'include' })]";
  const before = await source.run("repl", source.path, "--eval", rows);
  assert.match(before.output, /"deleted":"20/);
  for (const [form, name] of [
    ["csv", "out"],
    ["ndjson", "lines"],
    ["sql", "out.sql"],
  ] as const) {
    const out = join(source.path, name);
    const exported = await source.run("export", "--all", source.path, "--deleted", "--format", form, "--out", out);
    assert.equal(exported.code, 0, exported.errors);
    const target = await backendFolder(t, definition);
    const imported = await target.run("import", "--all", out, target.path);
    assert.equal(imported.code, 0, `${form}: ${imported.errors}`);
    assert.equal((await target.run("repl", target.path, "--eval", rows)).output, before.output, form);
  }
});
