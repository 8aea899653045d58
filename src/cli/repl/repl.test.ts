import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { describe, test } from "node:test";
import { assertShown } from "../../../tests/docs/code-blocks/compare-output.ts";
import { readPage } from "../../../tests/docs/code-blocks/read-page.ts";
import { requireCommand } from "../../../tests/support/requirements.ts";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import { repl, type ReplOptions } from "./repl.ts";
import { openWorkplace } from "../backend/workplace.ts";
import { type BackendFolder, backendFolder, notesBackend } from "../../../tests/support/backend-folder.ts";

type Scope = Parameters<typeof backendFolder>[0];

const definition = notesBackend
  .replace("query, text", "mutation, query, text")
  .replace(
    "functions: {",
    'functions: { fail: mutation({ access: everyone }, async () => { throw new Error("the inner cause"); }), add: mutation({ access: everyone }, ({ db }) => db.asSystem().notes.create({ slug: "added", body: "x" })), ',
  );

/** Somebody at a terminal that is none. */
async function sitDown(t: Scope, folder: BackendFolder, options: Partial<ReplOptions> = {}) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  let shown = "";
  let said = "";
  output.on("data", (piece) => void (shown += stripVTControlCharacters(String(piece))));
  const terminal = {
    print() {},
    report: (line: string) => void (said += `${line}\n`),
    progress() {},
    style: (_style: string, text: string) => text,
  };
  const stateFolder = join(folder.path, "state");
  const ended = repl({ backend: folder.path, ...options }, terminal, { input, output, stateFolder });
  const wait = async (done: () => boolean): Promise<void> => {
    const limit = Date.now() + 20_000;
    while (!done()) {
      if (Date.now() > limit) assert.fail(`It never came. Shown:\n${shown}\nSaid:\n${said}`);
      await Promise.race([delay(10), ended]);
    }
  };
  const close = async (): Promise<number> => {
    input.write("\u0004");
    return ended;
  };
  await wait(() => /chassis[^\n]*> $/.test(shown));
  t.after(async () => void (await close()));
  return {
    said: () => said,
    stateFolder,
    close,
    ended,
    /** Types a line, and gives what is shown until the prompt stands there again. */
    async type(line: string): Promise<string> {
      const before = shown.length;
      input.write(`${line}\r`);
      await wait(() => /\nchassis[^\n]*> $/.test(shown.slice(before)));
      return shown.slice(before).split("\n").slice(1, -1).join("\n").replaceAll("\r", "");
    },
    /** Presses keys, and gives what is shown once it holds what is expected. */
    async press(keys: string, expected: RegExp): Promise<string> {
      const before = shown.length;
      for (const key of keys) input.write(key);
      await wait(() => expected.test(shown.slice(before)));
      return shown.slice(before);
    },
  };
}

describe("at the prompt", () => {
  test("the data is there as the system, as nobody and as somebody, and results can be read", async (t) => {
    const folder = await backendFolder(t, definition);
    const at = await sitDown(t, folder);
    assert.match(at.said(), /^No server has this database: it is open here/);
    assert.match(
      await at.type('db.notes.createMany([{ slug: "a", body: "one", stars: 5 }, { slug: "b", body: "two" }])'),
      /'[\da-f-]{36}'/,
    );
    assert.equal(
      await at.type('db.notes.list({ select: ["slug", "stars"], orderBy: { slug: "asc" } })'),
      "slug  stars\n----  -----\na         5\nb      null\n(2 rows)",
    );
    assert.equal(await at.type("const many: number = (await api.notes.list()).length as number"), "");
    assert.equal(await at.type("many"), "2");
    assert.equal(await at.type('as("ada").db.notes.create({ slug: "c", body: "x" })'), "This is not allowed. (42501)");
    assert.match(await at.type('(await as("ada", "editor").api.notes.create({ slug: "c", body: "x" })).slug'), /'c'/);
    assert.match(await at.type('as("ada", ["editer"])'), /no role 'editer'; did you mean 'editor'/);
    assert.equal(await at.type("fn.hello()"), "'version 1'");
    assert.match(await at.type("fn.fail()"), /Uncaught Error: the inner cause/);
    assert.equal(await at.type("sql`SELECT slug FROM notes WHERE slug > ${'a'} ORDER BY slug`"), "slug\n----\nb\nc\n(2 rows)");
    assert.match(await at.type("sql`DELETE FROM notes`"), /^sql only reads\./);
    assert.match(await at.type("sql`SELEC`"), /^SQLite says: /);
    assert.equal(
      await at.type('db.notes.create({ slug: "a", body: "x", stars: 9 })'),
      "Some fields are not valid. (validation_failed)\n  'stars' must be at most 5",
    );
    assert.equal(await at.type("await db.notes.count()"), "3");
    assert.equal(await at.close(), 0);
    assert.equal("db" in globalThis, false);
  });

  test("what docs/learn/repl.md shows is what comes", async (t) => {
    const { blocks } = readPage("docs/learn/repl.md");
    const library = JSON.stringify(new URL("../../index.ts", import.meta.url).href);
    const folder = await backendFolder(t, blocks.find(({ title }) => title === "backend.ts")?.text.replace('"chassis"', library));
    const at = await sitDown(t, folder);
    const typed = blocks.find(({ text }) => text.startsWith("chassis> "));
    for (const [, line = "", shown = ""] of typed?.text.matchAll(/^chassis> (.*)\n((?:(?!chassis> ).*\n?)*)/gm) ?? [])
      assertShown({ language: "text", text: shown }, await at.type(line));
    assert.match(await at.type("fn.newest()"), /Emma/);
  });

  test("types are taken away, and what is not finished may go on", async (t) => {
    const at = await sitDown(t, await backendFolder(t, definition), { history: false });
    assert.match(await at.press("interface Named {\r", /\n[|.]/), /[|.]/);
    assert.match(await at.press("  name: string;\r", /\n[|.]/), /[|.]/);
    assert.equal(await at.type("}"), "");
    assert.equal(await at.type('({ name: "x" } satisfies Named).name as string'), "'x'");
    assert.equal(await at.type("{ a: 1 as number, b: 2 }"), "{ a: 1, b: 2 }");
    assert.equal(await at.type("function twice(n: number): number { return n * 2 }"), "");
    assert.equal(await at.type("twice(4)"), "8");
    assert.match(await at.type("enum X { A }"), /TypeScript enum is not supported/);
    assert.match(await at.type("nothing.there"), /Uncaught ReferenceError: nothing is not defined/);
    assert.equal(await at.type("6 * 7"), "42");
  });

  test("Tab completes tables, calls, columns, functions and what somebody has", async (t) => {
    const at = await sitDown(t, await backendFolder(t, definition));
    assert.match(await at.press("db.no\t", /db\.notes/), /db\.notes/);
    assert.match(await at.press(".createM\t", /createMany/), /createMany/);
    await at.press("\u0015", /> $/);
    assert.match(await at.press("db.notes.list({ where: { sl\t", /slug/), /slug/);
    await at.press("\u0015", /> $/);
    assert.match(await at.press("fn.hel\t", /fn\.hello/), /fn\.hello/);
    await at.press("\u0015", /> $/);
    assert.match(await at.press('as("ada", ["editor"]).ap\t', /\.api/), /\.api/);
    await at.press("\u0015", /> $/);
    assert.match(await at.press(".columns no\t", /notes/), /notes/);
    assert.match(await at.type(""), /slug +text/);
    assert.match(await at.type(".columns note"), /There is no table 'note'; did you mean 'notes'/);
    assert.match(await at.type(".tables"), /^table +columns\n-+ +-+\nnotes +id, slug/);
    assert.match(await at.type(".help"), /^db +the data[^]*^\.columns/m);
  });

  test("Ctrl-C ends what takes too long, and twice the prompt; what was typed stays in a file of one's own", async (t) => {
    const folder = await backendFolder(t, definition);
    const at = await sitDown(t, folder);
    await at.press("await new Promise(() => {})\r", /\n/);
    assert.match(await at.press("\u0003", /> $/), /Interrupted\./);
    assert.equal(await at.type("1 + 1"), "2");
    await at.press("\u0003", /press Ctrl\+C again/);
    at.press("\u0003", /^/).catch(() => {});
    assert.equal(await at.ended, 0);
    const file = join(at.stateFolder, "chassis", "repl-history");
    assert.match(await readFile(file, "utf8"), /1 \+ 1/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const quiet = await sitDown(t, folder, { history: false });
    await quiet.type("'not to be kept'");
    await quiet.close();
    assert.doesNotMatch(await readFile(file, "utf8"), /not to be kept/);
  });

  test("a history that cannot be kept is told, and keeps nobody out", async (t) => {
    const folder = await backendFolder(t, definition);
    await mkdir(join(folder.path, "state"));
    await writeFile(join(folder.path, "state", "chassis"), "");
    const at = await sitDown(t, folder);
    assert.equal(await at.type("1 + 1"), "2");
  });

  test("with --as all is theirs, with --read-only nothing is written", async (t) => {
    const folder = await backendFolder(t, definition);
    const writing = await sitDown(t, folder, { as: "ada", role: ["editor"] });
    assert.match(await writing.type('(await db.notes.create({ slug: "a", body: "x", author: "ada" })).author'), /'ada'/);
    assert.match(await writing.type("'sql' in db"), /false/);
    await writing.close();
    const reading = await sitDown(t, folder, { readOnly: true });
    assert.match(reading.said(), /^No server has this database. Nothing is written/);
    assert.equal(await reading.type("db.notes.count()"), "1");
    const refused = "Nothing is written: the prompt was begun with --read-only.";
    assert.equal(await reading.type('db.notes.create({ slug: "b", body: "x" })'), refused);
    assert.equal(await reading.type('as("ada", "editor").db.notes.deleteMany({ where: {} })'), refused);
    assert.match(await reading.type("api.notes.list()"), /^With --read-only `api` and `fn` need a server/);
    assert.equal(await reading.type("sql`SELECT count(*) AS n FROM notes`"), "n\n-\n1\n(1 row)");
  });
});

test("beside a server it reads the file, writes as somebody through the server, and as the system nothing", async (t) => {
  const folder = await backendFolder(t, definition);
  const workplace = await openWorkplace(folder.path);
  const config = loadConfig({ environment: { PORT: "0", CHASSIS_HOST: "127.0.0.1" } });
  const platform = await createPlatform({ ...workplace, config, logger: silentLogger });
  t.after(() => platform.close());
  const url = await platform.listen();
  const at = await sitDown(t, folder);
  assert.match(at.said(), new RegExp(`^The server at ${url} \\(process ${process.pid}\\) has this database`));
  assert.equal(await at.type('(await as("ada", "editor").db.notes.create({ slug: "a", body: "x", author: "ada" })).slug'), "'a'");
  assert.equal(await at.type("db.notes.count()"), "1");
  assert.equal(await at.type('as("ada", "editor").db.notes.updateMany({ where: { slug: "a" }, set: { body: "y" } })'), "1");
  assert.equal(await at.type("(await api.notes.list())[0].body"), "'y'");
  assert.match(await at.type('as("bob").db.notes.create({ slug: "b", body: "x" })'), /42501/);
  assert.match(
    await at.type('db.notes.create({ slug: "b", body: "x" })'),
    new RegExp(`^The server at ${url} .* and it alone writes\\.`),
  );
  assert.match(await at.type("sql`DELETE FROM notes`"), /^sql only reads/);
  assert.equal(await at.type("(await fn.add()).slug"), "'added'");
  await at.close();
  const reading = await sitDown(t, folder, { readOnly: true });
  assert.equal(await reading.type("(await api.notes.list()).length"), "2");
  assert.match(await reading.type('as("ada", "editor").api.notes.create({ slug: "c", body: "x" })'), /^Nothing is written/);
  assert.match(await reading.type("fn.add()"), /^Nothing is written/);
  assert.equal(await reading.type('fn.hello(undefined, { method: "GET" })'), "'version 1'");
  assert.equal(await reading.type("db.notes.count()"), "2");
});

test("at a real terminal it starts, completes, outlives what fails later, and ends", async (t) => {
  const script = requireCommand(t, { names: ["script"], howToGet: "apt-get install bsdutils" });
  // That of other systems takes its arguments otherwise.
  if (script === undefined || process.platform !== "linux") return;
  const folder = await backendFolder(t, definition);
  const program = fileURLToPath(new URL("../main.ts", import.meta.url));
  const command = `XDG_STATE_HOME='${join(folder.path, "state")}' TERM=xterm '${process.execPath}' '${program}' repl '${folder.path}'`;
  const child = spawn(script, ["-qec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let shown = "";
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  t.after(() => void child.kill("SIGKILL"));
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    shown += stripVTControlCharacters(piece);
    child.emit("shown");
  });
  const until = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(shown)) await Promise.race([once(child, "shown"), exited.then(() => assert.fail(shown))]);
    shown = "";
  };
  await until(/chassis> $/);
  for (const [keys, expected] of [
    ["db.no", /db\.no$/],
    // With colours the whole line is drawn again, without them only what is new.
    ["\t", /tes$/],
    [".count()\r", /\n0\r?\n[^]*chassis> $/],
    ["setTimeout(() => { throw new Error('later') }, 1); 7\r", /Uncaught Error: later[^]*chassis> $/],
    ["6 * 7\r", /\n42\r?\n[^]*chassis> $/],
  ] as const) {
    child.stdin.write(keys);
    await until(expected);
  }
  child.stdin.write("\u0004");
  assert.equal(await exited, 0);
  assert.match(await readFile(join(folder.path, "state", "chassis", "repl-history"), "utf8"), /6 \* 7/);
});

describe("code that is given", () => {
  test("prints its result as JSON where nobody looks, and ends with 1 where it fails", async (t) => {
    const folder = await backendFolder(t, definition);
    const run = (...words: readonly string[]) => folder.run("repl", folder.path, ...words);
    const made = await run("--eval", 'const row = await db.notes.create({ slug: "a", body: "x" });\nrow.slug;');
    assert.deepEqual(made, { code: 0, output: '"a"\n', errors: "" });
    assert.equal((await run("-e", 'db.notes.list({ select: ["slug"] })')).output, '[{"slug":"a"}]\n');
    assert.equal((await run("-e", "[1n, new Uint8Array([1, 2])]")).output, '["1","AQI="]\n');
    assert.equal((await run("-e", "const x: number = 1")).output, "");
    assert.equal((await run("-e", "const x: number = 1", "--json")).output, "null\n");
    assert.equal((await run("-e", "1 // a; b")).output, "1\n");
    assert.equal((await run("-e", "`a; b`.length;\n")).output, "4\n");
    assert.equal((await run("-e", "let n = 0; for (const x of [1, 2]) { n += x }\nn")).output, "3\n");
    assert.equal((await run("-e", '(await import("node:path")).sep')).output, '"/"\n');
    const failures: readonly (readonly [code: string, errors: RegExp])[] = [
      ['db.notes.create({ slug: "b" })', /'body' is required/],
      ["nothing.there", /^Uncaught ReferenceError: nothing is not defined\n(?: +at code:\d+:\d+\n)+$/],
      ["1 +", /^SyntaxError: /],
      ["if (true) {", /^SyntaxError: The code ends too soon/],
      ["throw null", /^Uncaught null/],
      ["as(undefined)", /^as\(\) takes the id/],
    ];
    for (const [code, errors] of failures) {
      const failed = await run("-e", code);
      assert.equal(failed.code, 1, code);
      assert.equal(failed.output, "", code);
      assert.match(failed.errors, errors);
    }
    assert.match(
      (await run("-e", "nothing", "--json")).output,
      /^\{"error":\{"code":"notDone","message":"Uncaught ReferenceError/,
    );
    assert.match((await run("-e", "1", "--role", "editor")).errors, /say whose with --as/);
  });

  test("comes from the standard input where nobody sits there", async (t) => {
    const folder = await backendFolder(t, definition);
    let printed = "";
    const terminal = {
      print: (line = "") => void (printed += `${line}\n`),
      report() {},
      progress() {},
      style: (_style: string, text: string) => text,
    };
    const input = new PassThrough();
    input.end("const n: number = await db.notes.count();\nn + 1\n");
    assert.equal(await repl({ backend: folder.path }, terminal, { input, output: undefined }), 0);
    assert.equal(printed, "1\n");
  });
});
