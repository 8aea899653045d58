import assert from "node:assert/strict";
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { listDirectory } from "./list-directory.ts";
import { type ListedSchool, readSchools, type SchoolList } from "./read-schools.ts";

let folder: string;
let list: SchoolList;

const files: Readonly<Record<string, string | Uint8Array>> = {
  "stoplist.txt": "not.a.school\nnor.this",
  "edu/plain.txt": "Plain College",
  "edu/Plain.txt": "Plain College, again",
  "uk/ac/lines.txt": "\ufeff First  line \r\nSecond\u00a0line\r\n\r\nSecond line\r\nFirst line\r\n",
  "org/empty.txt": " \n",
  "de/west.txt": Buffer.from("Universit\xe4t L\xfcneburg", "latin1"),
  "ru/east.txt": Uint8Array.of(0xcf, 0xe5, 0xf2, 0xf0, 0xee, 0xe2, 0xf1, 0xea, 0xe8, 0xe9),
  "info/wide.txt": Buffer.from("\ufeff128 СУ\r\nSchool 128", "utf16le"),
  "vn/edu/control.txt": "\u0008Dai\u000bNam\u200b University",
  "fr/decomposed.txt": "Universite\u0301",
  "eu/marked.txt": "One\nTwo\n.group",
  "io/tab/deep.name.txt": "Deep\tName",
  "us/long.txt": "x".repeat(1000),
  "de/no-ending": "The package's own reader never finds this",
};

before(() => {
  folder = mkdtempSync(join(tmpdir(), "pathways-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  list = readSchools(folder);
});

after(() => rmSync(folder, { recursive: true }));

function school(domain: string): ListedSchool | undefined {
  return list.schools.find((one) => one.domain === domain);
}

test("the path is the domain, the first line the name, further lines further names", () => {
  assert.deepEqual(school("lines.ac.uk"), {
    domain: "lines.ac.uk",
    name: "First line",
    otherNames: ["Second line"],
    country: "uk",
  });
  assert.deepEqual(school("deep.name.tab.io"), { domain: "deep.name.tab.io", name: "Deep Name", otherNames: [], country: "io" });
  assert.deepEqual(school("marked.eu"), { domain: "marked.eu", name: "One", otherNames: ["Two"], country: null });
});

test("a school without a name goes by its domain", () => {
  assert.deepEqual(school("empty.org"), { domain: "empty.org", name: "empty.org", otherNames: [], country: null });
});

test("names in older encodings are read, and are tidy", () => {
  assert.equal(school("west.de")?.name, "Universität Lüneburg");
  assert.equal(school("east.ru")?.name, "Петровский");
  assert.deepEqual([school("wide.info")?.name, school("wide.info")?.otherNames], ["128 СУ", ["School 128"]]);
  assert.equal(school("control.edu.vn")?.name, "Dai Nam University");
  assert.equal(school("decomposed.fr")?.name, "Université");
  assert.equal(school("long.us")?.name.length, 300);
});

test("lists, repetitions and files without the ending are no schools", () => {
  assert.equal(list.lists, 1);
  // A file system that does not tell case apart has only one of the two.
  assert.equal(list.files - list.repetitions, list.schools.length + list.lists);
  assert.equal(school("stoplist"), undefined);
  assert.equal(school("no-ending.de"), undefined);
  assert.equal(list.schools.filter((one) => one.domain === "plain.edu").length, 1);
});

test("of the package every school is read, once, with a name that can be shown", () => {
  const real = readSchools(listDirectory());
  const texts = globSync("**/*.txt", { cwd: listDirectory() });
  const domains = texts
    .filter((path) => /[/\\]/.test(path))
    .map((path) => path.slice(0, -4).toLowerCase().split(/[/\\]/).reverse().join("."));
  assert.equal(real.files, texts.length);
  assert.deepEqual(
    real.schools.map((one) => one.domain),
    [...new Set(domains)].sort(),
  );
  for (const one of real.schools) {
    assert.ok(one.name.length > 0 && one.name.isWellFormed() && !/[\p{Cc}\ufeff]/u.test(one.name), one.domain);
    assert.ok(one.country === null || /^[a-z]{2}$/.test(one.country), one.domain);
  }
});
