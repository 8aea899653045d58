import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after as cleanUp, test } from "node:test";
import fc from "fast-check";
import { migrationChecksum } from "../apply/apply-migration.ts";
import { clock, openWith } from "../migration-fixtures.ts";
import type { Migration } from "./migration.ts";
import { parseMigration } from "./parse-migration.ts";
import { planMigration } from "../plan/plan-migration.ts";
import { migrationId, readMigrations, reconcile } from "./read-migrations.ts";
import { renderMigration } from "./render-migration.ts";
import { after, answers, before, fill, wholeMigration } from "../whole-scenario.ts";

const folder = mkdtempSync(join(tmpdir(), "chassis-migrations-"));
cleanUp(() => rmSync(folder, { recursive: true, force: true }));
// Files of migrations import the package by its name.
mkdirSync(join(folder, "node_modules", "chassis"), { recursive: true });
writeFileSync(
  join(folder, "node_modules", "chassis", "package.json"),
  '{ "name": "chassis", "type": "module", "exports": "./index.js" }',
);
writeFileSync(join(folder, "node_modules", "chassis", "index.js"), "export const migration = (definition) => definition;");

let files = 0;
async function load(text: string): Promise<Migration> {
  const own = join(folder, `m${++files}`);
  mkdirSync(own);
  writeFileSync(join(own, "20261125120000_change.ts"), text);
  const [file] = await readMigrations(own);
  assert.ok(file !== undefined);
  return file.migration;
}

test("what is written into a file is read from it again, whatever is in it", async () => {
  const database = await openWith(before);
  await fill(database, 30);
  const plan = await planMigration(database, after, answers);
  await database.close();
  const { migration } = wholeMigration(plan);
  const text = renderMigration(migration, { plan });
  assert.match(
    text,
    /\/\/ \d+\. rename column articles\.title to heading\n    \/\/    ALTER TABLE "articles" RENAME COLUMN "title" TO "heading"\n/,
  );
  assert.match(text, /What gets lost, as it was allowed:\n(?: \* .*\n)* \* - The table 'tags' is dropped with its 20 rows\./);
  assert.equal(migrationChecksum(await load(text)), migrationChecksum(migration));

  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom("a", "`", "$", "{", "\\", "\n", '"', "'", "*", "/", "\u2028", "é", "\t") }),
      async (wild) => {
        const sql = `SELECT 1 -- ${wild}\n;`;
        const changed: Migration = { ...migration, name: `n ${wild}`, steps: [{ type: "sql", sql, down: `x${wild}`, undo: [] }] };
        assert.deepEqual(await load(renderMigration(changed)), { ...changed });
      },
    ),
    { numRuns: 25 },
  );
});

const good = { name: "n", from: "0123456789abcdef", to: "0123456789abcdef", steps: [], kinds: {} };
const column = { type: "addColumn", table: "t", column: "c", definition: "TEXT" };
const bad: readonly (readonly [string, unknown, RegExp])[] = [
  ["no object", 3, /m\.ts: here must be the migration/],
  ["an unknown field", { ...good, step: [] }, /no field 'step'; did you mean 'steps'\?/],
  ["a fingerprint that is none", { ...good, from: "x" }, /'from' must be the fingerprint/],
  [
    "an unknown type of step",
    { ...good, steps: [{ type: "addColum" }] },
    /step 1: there is no type of step 'addColum'; did you mean 'addColumn'\?/,
  ],
  ["a type that every object has", { ...good, steps: [{ type: "toString" }] }, /no type of step 'toString'/],
  [
    "a field that is missing",
    { ...good, steps: [{ ...column, definition: undefined }] },
    /step 1 \(addColumn\): 'definition' must be a text/,
  ],
  ["a field too many", { ...good, steps: [{ ...column, defualt: "1" }] }, /step 1: there is no field 'defualt'/],
  [
    "an undo that is none",
    { ...good, steps: [{ ...column, undo: [{ type: "x" }] }] },
    /step 1, undo 1: there is no type of step 'x'/,
  ],
  ["SQL with an undo", { ...good, steps: [{ type: "sql", sql: "x", undo: [column] }] }, /undone by its 'down'/],
  [
    "objects without their SQL",
    { ...good, steps: [{ type: "createTable", table: "t", objects: [{ type: "table", name: "t", table: "t" }] }] },
    /item 1: 'sql' must be/,
  ],
];

for (const [says, value, message] of bad) {
  test(`a file with ${says} is refused with the place`, () => {
    assert.throws(() => parseMigration(value, "m.ts"), message);
  });
}

test("names of files are checked, and what became of applied ones is told", async () => {
  assert.equal(migrationId("Add Größe & colour!", clock), "20261125000000_add_gro_e_colour");
  assert.throws(() => migrationId("!!", clock), /letters or digits/);
  assert.deepEqual(await readMigrations(join(folder, "nowhere")), []);
  const own = join(folder, "names");
  mkdirSync(own);
  writeFileSync(join(own, "README.md"), "");
  writeFileSync(join(own, "20261125120000_one.ts"), `export default ${JSON.stringify(good)}`);
  assert.equal((await readMigrations(own)).length, 1);
  writeFileSync(join(own, "2026_two.ts"), "");
  await assert.rejects(readMigrations(own), /2026_two\.ts is no name of a migration/);
  rmSync(join(own, "2026_two.ts"));
  writeFileSync(join(own, "20261125120000_two.ts"), `export default ${JSON.stringify(good)}`);
  await assert.rejects(readMigrations(own), /same moment/);
  writeFileSync(join(own, "20261125120001_two.ts"), "export default (");
  rmSync(join(own, "20261125120000_two.ts"));
  await assert.rejects(readMigrations(own), /20261125120001_two\.ts cannot be loaded/);
  writeFileSync(join(own, "20261125120002_three.ts"), "export const x = 1");
  rmSync(join(own, "20261125120001_two.ts"));
  await assert.rejects(readMigrations(own), /exports nothing by default/);
  rmSync(join(own, "20261125120002_three.ts"));
  const list = await readMigrations(own);
  const [one] = list;
  assert.ok(one !== undefined);
  const record = { id: one.id, state: "applied", checksum: one.checksum };
  assert.deepEqual(reconcile(list, [record]), { pending: [], problems: [] });
  assert.match(reconcile(list, [{ ...record, checksum: "other" }]).problems[0] ?? "", /was edited after it was applied/);
  assert.match(reconcile([], [record]).problems[0] ?? "", /its file is gone/);
  assert.equal(reconcile(list, [{ ...record, state: "rolledBack" }]).pending.length, 1);
});
