import assert from "node:assert/strict";
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import pathways from "../../../examples/pathways/backend.ts";
import { isOurs } from "../completion/table-names.ts";
import { writeProject } from "../create/write-project.ts";
import { isExport } from "../data/export-manifest.ts";
import { planAll } from "../data/import-files.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "chassis-files-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("65: a folder that is imported has no file of this machine read by a link, and none that export.json names elsewhere", (t) => {
  const folder = folderOf(t);
  const export1 = join(folder, "export");
  mkdirSync(export1);
  writeFileSync(join(folder, "private.csv"), "name\nsecret\n");
  symlinkSync("../private.csv", join(export1, "schools.csv"));
  assert.throws(() => planAll(pathways.model, export1), /schools\.csv is a link that leads out of/);
  rmSync(join(export1, "schools.csv"));
  writeFileSync(join(export1, "schools.csv"), "name\n");
  for (const file of ["../private.csv", join(folder, "private.csv")]) {
    writeFileSync(
      join(export1, "export.json"),
      JSON.stringify({ chassisExport: 1, tables: [{ table: "schools", file, rows: 1 }] }),
    );
    assert.throws(() => planAll(pathways.model, export1), /is not in/);
  }
  for (const tables of [[null], [{ file: 1 }], [{ table: "schools", file: "schools.csv", rows: "1" }]]) {
    writeFileSync(join(export1, "export.json"), JSON.stringify({ chassisExport: 1, tables }));
    assert.equal(planAll(pathways.model, export1).files.length, 1);
    assert.equal(isExport(export1), false);
  }
});

test("66: a project that is made in a folder of somebody else writes through none of its links", (t) => {
  const folder = folderOf(t);
  const path = join(folder, "site");
  mkdirSync(path);
  writeFileSync(join(folder, "profile"), "# mine\n");
  symlinkSync("../profile", join(path, ".gitignore"));
  symlinkSync("../nothing", join(path, "backend.ts"));
  const files = new Map([
    [".gitignore", ".data\n"],
    ["backend.ts", "export {};\n"],
    ["pages.ts", "export {};\n"],
  ]);
  const { kept } = writeProject(files, { path, exists: true, holds: [".gitignore", "backend.ts"] });
  assert.deepEqual(kept, [".gitignore", "backend.ts"]);
  assert.equal(readFileSync(join(folder, "profile"), "utf8"), "# mine\n");
  assert.equal(readlinkSync(join(path, "backend.ts")), "../nothing");
  assert.equal(lstatSync(join(folder, "nothing"), { throwIfNoEntry: false }), undefined);
});

test("67: a database completes no word that a shell would run", () => {
  const names = ["books", "школы", "$(touch x)", "a;b", "`id`", "a b", "a\nb", "_feed", "books_fts"];
  assert.deepEqual(
    names.filter((name) => !isOurs(name)),
    ["books", "школы"],
  );
});
