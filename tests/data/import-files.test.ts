import assert from "node:assert/strict";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type ShelfFolder, shelfFolder } from "./shelf-folder.ts";

const hooks: (() => Promise<void>)[] = [];
const scope = { after: (hook: () => Promise<void>) => void hooks.push(hook) };
let folder: ShelfFolder;
let place: string;

before(async () => {
  folder = await shelfFolder(scope);
  place = await temporaryFolder(scope);
});
beforeEach(() => folder.empty());
test.after(async () => {
  for (const hook of hooks) await hook();
});

const run = (...args: readonly string[]): ReturnType<ShelfFolder["run"]> => folder.run("import", ...args, "-b", folder.path);
const labels = async (): Promise<readonly unknown[]> =>
  (await folder.stored())["things"]?.map((row) => (row as unknown[])[1]) ?? [];
const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(place, name);
  await writeFile(path, content);
  return path;
};

const rows = "label,sold\na,true\nb,false\n";

describe("import, file by file", () => {
  test("knows packed files by what they are, and JSON and SQL too", async () => {
    assert.equal((await run("things", await file("a.csv.gz", gzipSync(rows)))).errors, "2 rows written.\n");
    assert.equal((await run("things", await file("a.csv", gzipSync(rows)))).errors, "2 rows written.\n");
    assert.equal(
      (await run("things", await file("a.json", '[\n{"label":"c","sold":true},\n{"label":"d","sold":false}]'))).errors,
      "2 rows written.\n",
    );
    assert.equal(
      (await run("things", await file("a", '{"label":"e","sold":true}\n{"label":"f","sold":true}\n'))).errors,
      "2 rows written.\n",
    );
    const sql =
      "BEGIN;\nCREATE TABLE things (a);\n/* a\ncomment */ INSERT INTO \"things\" (\"label\", sold, price, raw) VALUES ('it''s\n;', 1, -1.5e0, X'00FF'), (CAST(X'0d0a' AS TEXT), FALSE, NULL, x'');\nINSERT INTO others (x) VALUES (1);\nCOMMIT;";
    const refused = await run("things", await file("a.sql", sql));
    assert.match(refused.errors, /^line 4: 'price' must be a decimal number/);
    assert.equal((await run("things", await file("a.sql", sql.replace("-1.5e0", "-1.5")))).errors, "2 rows written.\n");
    assert.deepEqual(await labels(), ["a", "b", "a", "b", "c", "d", "e", "f", "it's\n;", "\r\n"]);
  });

  test("refuses what was cut off or is not what it seems, and writes nothing of it", async () => {
    const packed = gzipSync(`${rows.repeat(1).trimEnd()}\n${"c,true\n".repeat(5000)}`);
    const damaged = Buffer.from(packed);
    damaged.writeUInt32LE(1, damaged.length - 8);
    const sql = "BEGIN;\nINSERT INTO things (label, sold) VALUES ('a', 1)";
    const cases: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
      ["cut.csv", "label,sold\na,true\nb,fal", /line 3: 'sold' must be true or false/],
      [
        "cut.csv",
        "label,sold\na,true\nb",
        /line 3: There are 1 cells, and the header has 2\. The file ends there, as one does that was cut off/,
      ],
      ["cut.csv", 'label,sold\na,true\n"b,fal', /line 3: .*a quoted cell is not closed/],
      ["cut.csv", "label,sold\na,true\nb\n", /line 3: There are 1 cells, and the header has 2/],
      ["cut.csv.gz", packed.subarray(0, -12), /The packed file is cut off/],
      ["damaged.csv.gz", damaged, /The packed file is damaged/],
      ["cut.ndjson", '{"label":"a","sold":true}\n{"label":"b","so', /line 2: The line is not JSON: .*probably cut off/],
      ["cut.json", '[{"label":"a","sold":true},{"label":"b"', /The array does not end/],
      ["cut.sql", sql, /line 2: Column 1: the statement that begins here does not end/],
      ["cut.sql", `${sql};\n`, /line 1: Column 1: the file ends without the COMMIT/],
      ["cut.sql", sql.slice(0, -5), /line 2: Column \d+: a text or a comment is not closed/],
      ["odd.sql", "UPDATE things SET sold = 1;\n", /line 1: Column 1: INSERT ... VALUES is read, and not 'UPDATE'/],
      ["odd.sql", "INSERT INTO things VALUES ('a', 1);\n", /line 1: Column 20: the INSERT does not name its columns/],
      ["odd.sql", "INSERT INTO things (label, sold) VALUES ('a', random());\n", /line 1: Column 47: a value is .* not 'random'/],
      [
        "odd.sql",
        "INSERT INTO things (label, sold) VALUES\n ('a', 1, 2);\n",
        /line 2: Column 2: there are 3 values for 2 columns/,
      ],
      [
        "header.csv",
        "lable,sold\na,true\n",
        /line 1: There is no field 'lable' in 'things'; did you mean 'label'\?\n.*--map "lable=field"/,
      ],
      ["header.csv", "hello,true\nworld,false\n", /line 1: There is no field 'hello' in 'things': it has id, label, /],
      ["header.csv", "label;sold\na;true\n", /separated by ';' here, and must be by commas/],
      ["wide.csv", Buffer.from("\ufefflabel,sold\na,true\n", "utf16le"), /is UTF-16\. .*iconv -f UTF-16/],
      ["latin.csv", Buffer.from("label,sold\nb,true\n\u00e9,true\n", "latin1"), /line 3: The line is not UTF-8.*WINDOWS-1252/],
      ["sheet.csv", Buffer.from("PK\u0003\u0004......", "latin1"), /is a zip archive, as spreadsheets are/],
      ["data.csv", "SQLite format 3\0....", /is an SQLite database.*chassis pull/],
      ["what", "hello\n", /What is .*Say --format csv, ndjson, json or sql/],
    ];
    for (const [name, content, message] of cases) {
      const { code, errors } = await run("things", await file(name, content));
      assert.match(errors, message);
      assert.equal(code, 1);
    }
    assert.deepEqual(await labels(), []);
  });

  test("takes a last line without its end where it has all of its columns, and tells its last cell", async () => {
    const path = await file("whole.csv", "label,sold\na,true");
    const told = await run("things", path);
    assert.deepEqual(
      [told.code, told.errors],
      [
        0,
        "line 2: The last line has no line break, as that of a file that was cut off. Its last cell is 'true': look whether that is all of it. Where it is, --whole says so beforehand.\n1 row written.\n",
      ],
    );
    const { tables, notes } = JSON.parse((await run("things", path, "--json")).output);
    assert.deepEqual([tables[0].written, notes.length], [1, 1]);
    assert.equal((await run("things", path, "--whole")).errors, "1 row written.\n");
  });

  test("calls columns by the fields' names, and leaves out what is not wanted or computed", async () => {
    const path = await file("map.csv", "Full name,sold?,notes,shout\na,true,x,A\n");
    const mapped = await run("things", path, "--map", "Full name=label", "--map", "sold?=sold", "--map", "notes=");
    assert.equal(mapped.errors, "Passed over, for it is computed: things.shout.\n1 row written.\n");
    const json = await run(
      "things",
      await file("map.ndjson", '{"Name":"b","sold":true,"shout":1}\n'),
      "--map",
      "Name=label",
      "--map",
      "other=price",
    );
    assert.match(json.errors, /--map speaks of 'other', which no row of 'things' has/);
    assert.deepEqual(await labels(), ["a", "b"]);
    assert.match((await run("things", path, "--map", "label")).errors, /--map is written column=field/);
    assert.match((await run("things", path, "--map", "a=label", "--map", "b=label")).errors, /two columns for the field 'label'/);
    assert.match((await run("things", path, "--map", "a=lable")).errors, /no field 'lable' in 'things'; did you mean 'label'/);
    assert.match((await run("things", await file("n.csv", rows), "--map", "x=price")).errors, /header has no column 'x'/);
  });

  test("tries without keeping anything, lists all that is wrong, and says it as JSON", async () => {
    const bad = `label,sold\n${Array.from({ length: 150 }, (_, index) => `l${index},${index < 130 ? "perhaps" : "true"}\n`).join("")}`;
    const path = await file("bad.csv", bad);
    const tried = await run("things", path, "--dry-run");
    assert.equal(tried.code, 1);
    assert.match(tried.errors, /^line 2: 'sold' must be true or false\.\nline 3: /);
    assert.match(
      tried.errors,
      /\nAnd 30 more\.\n130 lines would be refused, and so nothing would be written\. --on-error skip .*\n$/,
    );
    const skipping = await run("things", path, "--dry-run", "--on-error", "skip");
    assert.match(skipping.errors, /\nAnd 30 more\.\n20 rows would be written, 130 lines left out\. Nothing was\.\n$/);
    assert.equal((await run("things", await file("good.csv", rows), "--dry-run")).code, 0);
    assert.deepEqual(await labels(), []);
    const stopped = await run("things", path, "--json");
    assert.deepEqual(JSON.parse(stopped.output), {
      kept: false,
      dryRun: false,
      tables: [{ table: "things", written: 0, refused: 1 }],
      refusals: [{ table: "things", line: 2, message: "'sold' must be true or false." }],
      notes: [],
    });
    const skipped = JSON.parse((await run("things", path, "--json", "--on-error", "skip")).output) as Record<string, unknown>;
    assert.deepEqual([skipped["kept"], skipped["tables"]], [true, [{ table: "things", written: 20, refused: 130 }]]);
  });

  test("takes a folder in the order of its references, all or nothing", async () => {
    const all = join(place, "all");
    await mkdir(all);
    await writeFile(
      join(all, "things.csv"),
      "id,label,sold,shelf,upon\n01890000-0000-7000-8000-000000000001,a,true,7,01890000-0000-7000-8000-000000000002\n01890000-0000-7000-8000-000000000002,b,true,,\n",
    );
    await writeFile(join(all, "shelves.ndjson.gz"), gzipSync('{"id":7,"name":"low"}\n'));
    assert.equal((await run("--all", all)).errors, "  shelves  1 row\n  things   2 rows\n3 rows written.\n");
    await folder.empty();
    await writeFile(join(all, "shelves.ndjson.gz"), gzipSync('{"id":8,"name":"low"}\n'));
    const dangling = await run("--all", all);
    assert.match(dangling.errors, /^things\.csv, line 2: The row that 'shelf' refers to is not there\.\nNothing was written/);
    const upon = "01890000-0000-7000-8000-00000000000f";
    const alone = await run("things", await file("upon.csv", `id,label,sold,upon\n${upon.replace("f", "e")},a,true,${upon}\n`));
    assert.match(
      alone.errors,
      /^things: The row [\w-]+e refers by 'upon' to a row of 'things' that is not there\.\nNothing was written/,
    );
    assert.deepEqual(await folder.stored(), { shelves: [], things: [] });
    await writeFile(
      join(all, "export.json"),
      JSON.stringify({ chassisExport: 1, at: "", format: "csv", tables: [{ table: "things", file: "things.csv", rows: 3 }] }),
    );
    assert.match((await run("--all", all, "--dry-run")).errors, /things.csv, line 3: There are 2 rows, and export\.json says 3/);
    await rm(join(all, "things.csv"));
    assert.match((await run("--all", all)).errors, /things.csv is not in .*export\.json says that it was/);
    await rm(join(all, "export.json"));
    await writeFile(join(all, "thigns.csv"), rows);
    assert.match((await run("--all", all)).errors, /thigns.csv is of no table: .*did you mean 'things'/);
    assert.match((await run("--all", await file("some.csv", rows))).errors, /does not say of which table/);
    assert.match((await run("things", all)).errors, /is a folder\. .*chassis import .*--all/);
    assert.equal((await run("--all", all, "x", "y")).code, 2);
    assert.equal((await run("things")).code, 2);
  });

  test("has it written by the server that runs, under the same promises, and leaves nothing lying about", async () => {
    const platform = await folder.open();
    try {
      await platform.listen();
      const lines = Array.from({ length: 2500 }, (_, index) =>
        JSON.stringify({ label: `\u2028 l${index}`, sold: true, shout: "x" }),
      );
      const good = await run("things", await file("many.ndjson", lines.join("\n")));
      assert.equal(good.errors, "Passed over, for it is computed: things.shout.\n2500 rows written.\n");
      const stopped = await run("things", await file("bad.csv", "label,sold\na,true\nb,perhaps\n"));
      assert.match(stopped.errors, /^line 3: 'sold' must be true or false\.\nNothing was written/);
      const skipped = await run("things", await file("bad.csv", "label,sold\na,true\nb,perhaps\n"), "--on-error", "skip");
      assert.equal(skipped.errors, "line 3: 'sold' must be true or false.\n1 row written, 1 line left out.\n");
      assert.equal(skipped.code, 1);
      assert.match((await run("things", await file("header.csv", "x\n1\n"))).errors, /no field 'x'/);
      const [[count] = []] = await platform.database.all("SELECT count(*) FROM things WHERE label LIKE '\u2028%'", []);
      assert.equal(count, 2500);
      assert.deepEqual(
        (await readdir(join(folder.path, ".data"))).filter((name) => name.startsWith("importing")),
        [],
      );
    } finally {
      await platform.close();
    }
  });
});
