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

test("a row may come any number of rows before the one that it refers to, but not refer to a deleted one", async (t) => {
  const folder = await backendFolder(t, definition);
  const idOf = (index: number): string => `01890000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;
  const shelf = idOf(0xffff);
  const shelves = await folder.write("shelves.csv", `id,name\n${shelf},a\n`);
  assert.equal((await folder.run("import", "shelves", shelves, folder.path)).code, 0);
  // More than two batches, each row upon the next.
  const count = 2500;
  const rows = (deleted: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => {
      const upon = index === count - 1 ? "" : idOf(index + 1);
      return `${idOf(index)},t${index},${shelf},${upon},${deleted(index)}\n`;
    }).join("");
  const header = "id,label,shelf,upon,deleted\n";
  const last = (index: number): string => (index === count - 1 ? "2026-11-25T00:00:00Z" : "");
  const refused = await folder.run("import", "things", await folder.write("last.csv", header + rows(last)), folder.path);
  assert.equal(refused.code, 1);
  assert.equal(
    refused.errors,
    `things: The row ${idOf(count - 2)} refers by 'upon' to a row of 'things' that is deleted.\nNothing was written. --dry-run lists all that would be refused.\n`,
  );
  const file = await folder.write("things.csv", header + rows(() => ""));
  const imported = await folder.run("import", "things", file, folder.path);
  assert.deepEqual([imported.code, imported.errors], [0, `${count} rows written.\n`]);
  const missing = await folder.write("missing.csv", `${header}${idOf(0x10000)},x,${shelf},${idOf(0x20000)},\n`);
  assert.match(
    (await folder.run("import", "things", missing, folder.path)).errors,
    /refers by 'upon' to a row of 'things' that is not there/,
  );
});

const teams = `
import { defineBackend, defineSchema, enums, nobody, ref, table, text } from ${JSON.stringify(library)};

const schema = defineSchema(
  {
    users: { name: text() },
    organisations: table({ name: text() }, { softDelete: true }),
    members: table(
      {
        organisation: ref("organisations").onDelete("cascade"),
        user: ref("users").onDelete("cascade"),
        role: enums("owner", "member"),
      },
      { unique: [["organisation", "user"]] },
    ),
  },
  { organisations: true },
);
const closed = () => ({ read: nobody, write: nobody });
export default defineBackend(schema, { rules: { users: closed, organisations: closed, members: closed } });
`;

test("memberships of a deleted organisation come along with it, and without it stay away", async (t) => {
  const source = await backendFolder(t, teams);
  const made = await source.run(
    "repl",
    source.path,
    "--eval",
    `const user = (await db.users.create({ name: "Ada" })).id;
     for (const name of ["gone", "here"]) {
       const organisation = (await db.organisations.create({ name })).id;
       await db.members.create({ organisation, user, role: "owner" });
     }
     await db.organisations.deleteMany({ where: { name: "gone" } });
     await db.members.count()`,
  );
  assert.equal(made.output, "2\n", made.errors);
  const rows = "[await db.organisations.count({ deleted: 'include' }), await db.members.count()]";
  for (const [options, counts] of [
    [["--deleted"], "[2,2]\n"],
    [[], "[1,1]\n"],
  ] as const) {
    const out = join(source.path, `out${options.length}`);
    const exported = await source.run("export", "--all", source.path, ...options, "--out", out);
    assert.equal(exported.code, 0, exported.errors);
    const target = await backendFolder(t, teams);
    const imported = await target.run("import", "--all", out, target.path);
    assert.equal(imported.code, 0, imported.errors);
    assert.equal((await target.run("repl", target.path, "--eval", rows)).output, counts);
  }
});

test("a trial refuses what the import itself would, and counts each row once", async (t) => {
  const folder = await backendFolder(t, definition);
  const idOf = (index: number): string => `01890000-0000-7000-8000-00000000000${index}`;
  const shelf = idOf(9);
  const shelves = await folder.write("shelves.csv", `id,name\n${shelf},a\n`);
  assert.equal((await folder.run("import", "shelves", shelves, folder.path)).code, 0);
  // The second refers to nothing in two ways, the last to the one after it.
  const rows = [
    [1, shelf, ""],
    [2, idOf(8), idOf(7)],
    [3, shelf, idOf(4)],
    [4, shelf, ""],
  ] as const;
  const text = rows.map(([id, on, upon]) => `${idOf(id)},t${id},${on},${upon}\n`).join("");
  const file = await folder.write("things.csv", `id,label,shelf,upon\n${text}`);
  const run = async (...options: readonly string[]): Promise<{ tables: unknown; refusals: readonly { line?: number }[] }> =>
    JSON.parse((await folder.run("import", "things", file, folder.path, "--json", ...options)).output);
  const tried = await run("--dry-run");
  assert.deepEqual(tried.tables, [{ table: "things", written: 3, refused: 1 }]);
  const [skippedTrial, skipped] = [await run("--dry-run", "--on-error", "skip"), await run("--on-error", "skip")];
  assert.deepEqual(skippedTrial.refusals, skipped.refusals);
  assert.deepEqual(skippedTrial.tables, skipped.tables);
  assert.deepEqual(
    skipped.refusals.map(({ line }) => line),
    [3, 4],
  );
});
