import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openSqlite } from "#database";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";

async function rowsOf({ path }: BackendFolder, columns = "slug, body, stars"): Promise<readonly unknown[]> {
  const database = await openSqlite({ path: `${path}/.data/chassis.db` });
  const rows = await database.all(`SELECT ${columns} FROM notes ORDER BY slug`, []);
  await database.close();
  return rows;
}

describe("import", () => {
  test("reads CSV: quotes, line breaks, empty cells, no line break at the end", async (t) => {
    const folder = await backendFolder(t);
    const file = await folder.write("notes.csv", '\ufeffslug,body,stars\r\na,"one, ""two""\nthree",5\r\nb,é,\r\nc,"",1');
    const { code, errors } = await folder.run("import", "notes", file, "-b", folder.path, "--whole");
    assert.equal(errors, "3 rows written.\n");
    assert.equal(code, 0);
    assert.deepEqual(await rowsOf(folder), [
      ["a", 'one, "two"\nthree', 5],
      ["b", "é", null],
      ["c", "", 1],
    ]);
  });

  test("stops at the first line that is refused, and nothing is written", async (t) => {
    const folder = await backendFolder(t);
    const lines = Array.from({ length: 2500 }, (_, index) =>
      JSON.stringify({ slug: `s${index}`, body: "x", stars: index === 1700 ? 9 : 1 }),
    );
    const file = await folder.write("notes.ndjson", lines.join("\n"));
    const { code, errors } = await folder.run("import", "notes", file, "-b", folder.path);
    assert.equal(code, 1);
    assert.match(errors, /^line 1701: .*stars/);
    assert.match(errors, /Nothing was written\. --dry-run lists all that would be refused\.\n$/);
    assert.deepEqual(await rowsOf(folder), []);
  });

  test("skips what is refused, by number, and writes the rest", async (t) => {
    const folder = await backendFolder(t);
    const file = await folder.write(
      "notes.ndjson",
      [
        '{"slug":"a","body":"x"}',
        "rubbish",
        "",
        '["b"]',
        '{"slug":"a","body":"again"}',
        '{"slug":"c"}',
        '{"slug":"d","body":"x","colour":"red"}',
        '{"slug":"e","body":"x"}',
      ].join("\r\n"),
    );
    const { code, errors } = await folder.run("import", "notes", file, "-b", folder.path, "--on-error", "skip");
    assert.equal(code, 1);
    assert.deepEqual(errors.match(/^line \d+/gm), ["line 2", "line 4", "line 5", "line 6", "line 7"]);
    assert.match(errors, /2 rows written, 5 lines left out\.\n$/);
    assert.deepEqual(await rowsOf(folder, "slug"), [["a"], ["e"]]);
  });

  test("stops at the first line that is wrong, not at the first that cannot be read", async (t) => {
    const folder = await backendFolder(t);
    const lines = Array.from({ length: 1010 }, (_, index) => JSON.stringify({ slug: `s${index}`, body: "x", stars: 1 }));
    lines[1000] = '{"slug":"x","body":"x","stars":9}';
    lines[1001] = "{";
    const file = await folder.write("notes.ndjson", lines.join("\n"));
    const stopped = await folder.run("import", "notes", file, "-b", folder.path);
    assert.equal(
      stopped.errors,
      "line 1001: 'stars' must be at most 5.\nNothing was written. --dry-run lists all that would be refused.\n",
    );
    assert.deepEqual(await rowsOf(folder), []);
    lines[999] = "[]";
    const skipped = await folder.run(
      "import",
      "notes",
      await folder.write("more.ndjson", lines.join("\n")),
      "-b",
      folder.path,
      "--on-error",
      "skip",
    );
    assert.deepEqual(skipped.errors.match(/^line \d+/gm), ["line 1000", "line 1001", "line 1002"]);
    assert.match(skipped.errors, /1007 rows written, 3 lines left out\.\n$/);
  });

  test("names the line of a quote that is not closed, after what is wrong before it", async (t) => {
    const folder = await backendFolder(t);
    const file = await folder.write("notes.csv", 'slug,body,stars\na,x,1\nb,x,9\nc,"x,2\nd,x,3\n');
    const unclosed = "The file is no CSV here: a quoted cell is not closed. Nothing after it was read.";
    const stopped = await folder.run("import", "notes", file, "-b", folder.path);
    assert.equal(
      stopped.errors,
      "line 3: 'stars' must be at most 5.\nNothing was written. --dry-run lists all that would be refused.\n",
    );
    const skipped = await folder.run("import", "notes", file, "-b", folder.path, "--on-error", "skip");
    assert.equal(skipped.errors, `line 3: 'stars' must be at most 5.\nline 4: ${unclosed}\n1 row written, 2 lines left out.\n`);
    assert.equal(skipped.code, 1);
    const alone = await folder.write("alone.csv", 'slug,body,stars\nb,"x\ny",1\nc,"x,2\n');
    const { errors } = await folder.run("import", "notes", alone, "-b", folder.path);
    assert.equal(errors, `line 4: ${unclosed}\nNothing was written. --dry-run lists all that would be refused.\n`);
  });

  test("gives up a row that never ends long before the memory is full", async (t) => {
    const folder = await backendFolder(t);
    const long = "x".repeat(1_000_000);
    const quoted = `slug,body\na,x\nb,"${`${long}\n`.repeat(12)}`;
    const run = async (name: string, text: string) =>
      (await folder.run("import", "notes", await folder.write(name, text), "-b", folder.path)).errors;
    assert.match(await run("quoted.csv", quoted), /^line 3: .*a quoted cell is not closed within 10485760 bytes/);
    assert.match(await run("line.csv", `slug,body\na,x\nb,${long.repeat(12)}`), /^line 3: The row is longer than 10485760 bytes/);
    const json = await folder.write("line.ndjson", `{"slug":"a","body":"x"}\n${long.repeat(12)}\n{"slug":"c","body":"x"}`);
    const { errors } = await folder.run("import", "notes", json, "-b", folder.path, "--on-error", "skip");
    assert.equal(errors, "line 2: The row is longer than 10485760 bytes.\n2 rows written, 1 line left out.\n");
    assert.deepEqual(await rowsOf(folder, "slug"), [["a"], ["c"]]);
  });

  test("merges with or ignores what is there", async (t) => {
    const folder = await backendFolder(t);
    const first = await folder.write("first.csv", "slug,body\na,old\n");
    const second = await folder.write("second.csv", "slug,body\na,new\nb,new\n");
    assert.equal((await folder.run("import", "notes", first, "-b", folder.path)).code, 0);
    assert.equal(
      (await folder.run("import", "notes", second, "-b", folder.path, "--on-conflict", "ignore", "--key", "slug")).code,
      0,
    );
    assert.deepEqual(await rowsOf(folder, "slug, body"), [
      ["a", "old"],
      ["b", "new"],
    ]);
    assert.equal(
      (await folder.run("import", "notes", second, "-b", folder.path, "--on-conflict", "merge", "--key", "slug")).code,
      0,
    );
    assert.deepEqual(await rowsOf(folder, "slug, body"), [
      ["a", "new"],
      ["b", "new"],
    ]);
  });

  test("refuses to look for rows by a key that the file does not have", async (t) => {
    const folder = await backendFolder(t);
    const file = await folder.write("notes.csv", "slug,body\na,x\n");
    const { code, errors } = await folder.run("import", "notes", file, "-b", folder.path, "--on-conflict", "merge");
    assert.notEqual(code, 0);
    assert.match(errors, /goes by 'id', which the file does not have.*--key/);
    assert.deepEqual(await rowsOf(folder, "slug"), []);
  });

  test("says what is wrong with the command or the file", async (t) => {
    const folder = await backendFolder(t);
    const run = async (...args: string[]) => (await folder.run("import", ...args, "-b", folder.path)).errors;
    assert.match(await run("nots", "x.csv"), /no table 'nots'; did you mean 'notes'/);
    assert.match(await run("notes", await folder.write("x.xls", "?")), /Say --format/);
    assert.match(await run("notes", `${folder.path}/x.csv`), /There is no file/);
    assert.match(await run("notes", "x.csv", "--key", "slug"), /--key needs --on-conflict/);
    assert.match(await run("notes", await folder.write("empty.csv", "")), /no header line/);
    assert.match(await run("notes", await folder.write("twice.csv", "slug,slug\n")), /names 'slug' twice/);
    assert.match(
      await run("notes", await folder.write("short.csv", "slug,body\na\n")),
      /line 2: .*1 cells, and the header has 2/,
    );
    assert.match(
      await run(
        "notes",
        await folder.write("latin.csv", "slug,body\na,\xe9\n").then(async (file) => {
          const { writeFile } = await import("node:fs/promises");
          await writeFile(file, Buffer.from("slug,body\na,\xe9\n", "latin1"));
          return file;
        }),
      ),
      /^line 2: The line is not UTF-8/,
    );
    assert.deepEqual(await rowsOf(folder), []);
  });
});
