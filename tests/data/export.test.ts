import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { system } from "#application";
import { requireCommand } from "../support/requirements.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type ShelfFolder, shelfFolder } from "./shelf-folder.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const ada = "01890000-0000-7000-8000-00000000ada0";

const hooks: (() => Promise<void>)[] = [];
const scope = { after: (hook: () => Promise<void>) => void hooks.push(hook) };
let folder: ShelfFolder;
let out: string;

before(async () => {
  folder = await shelfFolder(scope);
  out = await temporaryFolder(scope);
  await folder.put({
    shelves: [
      { id: 1, name: "low" },
      { id: 2, name: "high" },
      { id: 3, name: "gone", deleted: "2026-01-01T00:00:00.000Z" },
    ],
    things: [
      { id: "01890000-0000-7000-8000-000000000001", label: "a", sold: true, price: "1.5", shelf: 1, code: "sesame" },
      { id: "01890000-0000-7000-8000-000000000002", label: 'b, "c"', sold: false, price: "-0.25", shelf: 2, extra: "text" },
      {
        id: "01890000-0000-7000-8000-000000000003",
        label: "",
        sold: true,
        raw: "\\x00ff",
        upon: "01890000-0000-7000-8000-000000000001",
      },
    ],
  });
});
test.after(async () => {
  for (const hook of hooks) await hook();
});

const run = (...args: readonly string[]): ReturnType<ShelfFolder["run"]> => folder.run("export", ...args, "-b", folder.path);

describe("export", () => {
  test("prints a table as CSV, NDJSON or SQL", async () => {
    assert.deepEqual(await run("things", "--select", "label,price,sold,extra,raw,upon"), {
      code: 0,
      output:
        'label,price,sold,extra,raw,upon\na,1.5000,true,,,\n"b, ""c""",-0.2500,false,"""text""",,\n"",,true,,\\x00ff,01890000-0000-7000-8000-000000000001\n',
      errors: "",
    });
    assert.equal(
      (await run("things", "--select", "label,extra", "--format", "ndjson", "--limit", "2")).output,
      '{"label":"a","extra":null}\n{"label":"b, \\"c\\"","extra":"text"}\n',
    );
    const { output } = await run("shelves", "--select", "id,name", "--format", "sql");
    assert.match(
      output,
      /^-- Exported by Chassis at .*\nPRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE IF NOT EXISTS "shelves" \([^;]+\);\nINSERT INTO "shelves" \("id", "name"\) VALUES\n\(1, 'low'\),\n\(2, 'high'\);\nCOMMIT;\n$/,
    );
    assert.doesNotMatch((await run("shelves", "--format", "sql", "--no-schema")).output, /CREATE/);
  });

  test("asks in the words of the data API, and a table without rows has its header", async () => {
    const chosen = await run(
      "things",
      "--where",
      "sold=is.true",
      "--where",
      'label=neq.b, "c" & more',
      "--order",
      "label.desc",
      "--select",
      "label,lies:shelf",
    );
    assert.equal(chosen.output, 'label,lies\na,1\n"",\n', chosen.errors);
    const embedded = await run(
      "things",
      "--select",
      "label,shelves(name)",
      "--where",
      "shelves=not.is.null",
      "--format",
      "ndjson",
    );
    assert.equal(
      embedded.output,
      '{"label":"a","shelves":{"name":"low"}}\n{"label":"b, \\"c\\"","shelves":{"name":"high"}}\n',
      embedded.errors,
    );
    assert.equal((await run("things", "--where", "label=eq.none", "--select", "label,n:count")).output, "label,n\n");
    assert.equal((await run("shelves", "--deleted", "--select", "name")).output, "name\nlow\nhigh\ngone\n");
    assert.equal((await run("things", "--select", "sold,count()", "--order", "sold")).output, "sold,count\nfalse,1\ntrue,2\n");
  });

  test("shows what the rules let somebody read, and secrets to nobody who does not ask for them", async () => {
    const whole = await run("things");
    assert.doesNotMatch(whole.output, /sesame|code/);
    const secrets = await run("things", "--select", "label", "--secrets");
    assert.match(secrets.output, /^label,code\na,sesame\n/);
    assert.match(secrets.errors, /Secret fields .* in the clear/);
    assert.match((await run("things", "--secrets", "--as", ada)).errors, /Nobody but the system/);
    const anonymous = await run("things", "--anonymous", "--order", "label", "--select", "label,sold");
    assert.equal(anonymous.output, 'label,sold\n"",true\na,true\n');
    assert.match((await run("things", "--anonymous", "--select", "price")).errors, /no column 'price'/);
    const keeper = await run("things", "--as", ada, "--role", "keeper", "--select", "label,price", "--limit", "2");
    assert.equal(keeper.output, 'label,price\na,1.5000\n"b, ""c""",-0.2500\n');
    assert.match((await run("shelves", "--as", ada)).errors, /shelves/);
    const all = await run("--all", "--as", ada, "--format", "sql");
    assert.deepEqual(all.output.match(/INSERT INTO "\w+"/g), ['INSERT INTO "things"']);
  });

  test("writes a file whole, for nobody else to read, and never over another", async () => {
    const path = join(out, "things.ndjson");
    assert.equal((await run("things", "--out", path)).errors, `3 rows written to ${path}.\n`);
    assert.equal((await readFile(path, "utf8")).split("\n").length, 4);
    const again = await run("things", "--out", path, "--limit", "1");
    assert.match(again.errors, /There is a file .* already\. .*--force/);
    assert.equal(again.code, 1);
    const forced = await run("things", "--out", path, "--limit", "1", "--force", "--json");
    assert.deepEqual(
      { ...(JSON.parse(forced.output) as object), at: "" },
      { out: path, format: "ndjson", at: "", tables: [{ table: "things", rows: 1 }] },
    );
    const packed = join(out, "things.csv.gz");
    await run("things", "--select", "label", "--out", packed);
    assert.equal(gunzipSync(await readFile(packed)).toString(), 'label\na\n"b, ""c"""\n""\n');
    assert.deepEqual((await readdir(out)).sort(), ["things.csv.gz", "things.ndjson"]);
  });

  test("writes a folder with a file for each table and what lies in it, and replaces no other", async () => {
    const path = join(out, "all");
    assert.equal((await run("--all", "--out", path, "--gzip")).code, 0);
    assert.deepEqual((await readdir(path)).sort(), ["export.json", "shelves.csv.gz", "things.csv.gz"]);
    const manifest = JSON.parse(await readFile(join(path, "export.json"), "utf8")) as { readonly tables: unknown };
    assert.deepEqual(manifest.tables, [
      { table: "shelves", file: "shelves.csv.gz", rows: 2 },
      { table: "things", file: "things.csv.gz", rows: 3 },
    ]);
    assert.match((await run("--all", "--out", path)).errors, /There is a folder .*--force/);
    assert.equal((await run("--all", "--out", path, "--force", "--format", "ndjson")).code, 0);
    assert.deepEqual((await readdir(path)).sort(), ["export.json", "shelves.ndjson", "things.ndjson"]);
    await writeFile(join(path, "diary.txt"), "mine");
    assert.match((await run("--all", "--out", path, "--force")).errors, /other files than an export/);
    assert.equal(await readFile(join(path, "diary.txt"), "utf8"), "mine");
    assert.deepEqual(
      (await readdir(out)).filter((name) => name.startsWith(".")),
      [],
    );
  });

  test("says what is wrong, and leaves nothing", async () => {
    const empty = join(out, "empty");
    await mkdir(empty);
    const cases: readonly (readonly [number, RegExp, readonly string[]])[] = [
      [2, /Name a table, or say --all\./, []],
      [2, /--all is all tables, and 'things' is named besides\./, ["--all", "things"]],
      [1, /no table 'thigns'; did you mean 'things'/, ["thigns"]],
      [1, /no column 'lable' in 'things'; did you mean 'label'/, ["things", "--where", "lable=eq.1", "--out", join(empty, "x")]],
      [2, /Give each condition its own --where/, ["things", "--where", "label=eq.a&sold=is.true"]],
      [2, /A condition is written/, ["things", "--where", "label"]],
      [2, /'limit' is no condition/, ["things", "--where", "limit=1"]],
      [2, /--limit must be a whole number/, ["things", "--limit", "0"]],
      [2, /--order is about one table/, ["--all", "--order", "id", "--out", join(empty, "x")]],
      [2, /Several tables are several files/, ["--all"]],
      [2, /Several tables are several files/, ["--all", "--out", join(empty, "x.csv")]],
      [1, /There is no folder/, ["things", "--out", join(empty, "none", "x.csv")]],
      [1, /is a folder\. Name a file/, ["things", "--out", empty]],
      [1, /The disk is full: \/dev\/full/, ["things", "--out", "/dev/full"]],
      [2, /--json prints/, ["things", "--json"]],
      [2, /--force is for/, ["things", "--force"]],
      [2, /--no-schema goes with/, ["things", "--no-schema"]],
      [2, /--gzip is for the files of a folder/, ["things", "--gzip", "--out", join(empty, "x.csv")]],
      [2, /exclude each other/, ["things", "--as", ada, "--anonymous"]],
      [2, /say whose with --as/, ["things", "--role", "keeper"]],
      [1, /no role 'keepr'; did you mean 'keeper'/, ["things", "--as", ada, "--role", "keepr"]],
      [1, /'shelves' is no column: SQL/, ["things", "--select", "label,shelves(name)", "--format", "sql"]],
      [2, /csv, ndjson/, ["things", "--format", "xml"]],
    ];
    for (const [code, message, args] of cases) {
      const result = await run(...args);
      assert.match(result.errors, message);
      assert.equal(result.code, code, args.join(" "));
      // With --json what went wrong is a result too.
      if (!args.includes("--json")) assert.equal(result.output, "", args.join(" "));
    }
    assert.deepEqual(await readdir(empty), []);
    const nowhere = await shelfFolder(scope);
    assert.match((await nowhere.run("export", "things", nowhere.path)).errors, /There is no database in .* yet/);
  });

  test("writes through a link to a file, and where this user may not write says so", async (t) => {
    const [path, link] = [join(out, "linked.csv"), join(out, "link.csv")];
    await writeFile(path, "old");
    await symlink(path, link);
    assert.equal((await run("things", "--select", "label", "--limit", "1", "--out", link, "--force")).code, 0);
    assert.equal(await readFile(path, "utf8"), "label\na\n");
    if (process.getuid?.() === 0) return t.diagnostic("root may write everywhere");
    const closed = join(out, "closed");
    await mkdir(closed);
    await chmod(closed, 0o500);
    assert.match((await run("things", "--out", join(closed, "x.csv"))).errors, /may not write/);
  });

  test("is of one moment, beside a server whose rows move meanwhile", async () => {
    const busy = await shelfFolder(scope);
    const moved = 3000;
    await busy.put({
      shelves: [
        { id: 1, name: "from" },
        { id: 2, name: "to" },
      ],
      things: Array.from({ length: moved }, (_, place) => ({ label: `t${place}`.padEnd(200, "x"), sold: true, shelf: 1 })),
    });
    const platform = await busy.open();
    try {
      // Each step writes both tables: the name of the second shelf is the number of things that lie on it.
      const moving = new AbortController();
      const mover = (async () => {
        for (let count = 1; !moving.signal.aborted; count++) {
          await platform.records.transaction(async (records) => {
            const where = { type: "compare", path: { column: "label", json: [] }, operator: "eq", value: 0 } as const;
            await records.write(
              { type: "update", table: "things", set: { shelf: 2 }, where, values: [`t${count}`.padEnd(200, "x")], form: "json" },
              system,
            );
            await records.write(
              {
                type: "update",
                table: "shelves",
                set: { name: String(count) },
                where: { ...where, path: { column: "id", json: [] } },
                values: [2],
                form: "json",
              },
              system,
            );
          });
        }
      })();
      const path = join(out, "moment");
      const { code, errors } = await busy.run("export", "--all", "--out", path, "-b", busy.path);
      moving.abort();
      await mover;
      assert.equal(code, 0, errors);
      const [shelves, things] = await Promise.all(
        ["shelves", "things"].map((name) => readFile(join(path, `${name}.csv`), "utf8")),
      );
      const on = things?.split("\n").filter((line) => /,2,,\d{4}-/.test(line)).length;
      const name = /^2,([^,]*),/m.exec(shelves ?? "")?.[1];
      assert.equal(name === "to" ? 0 : Number(name), on);
    } finally {
      await platform.close();
    }
  });

  test("SQLite's shell and `chassis pull` read the SQL", async (t) => {
    const shell = requireCommand(t, { names: ["sqlite3"], howToGet: "`apt-get install sqlite3` on Debian" });
    if (shell === undefined) return;
    const odd = await shelfFolder(scope);
    const texts = ["one\r\ntwo", "\ttab", "it's", ".quit", "a;\nb", "\u0001", "ünï\u2028"];
    await odd.put({
      shelves: [{ id: 1, name: "x" }],
      things: texts.map((label) => ({
        label,
        sold: false,
        price: "123456789.5678",
        raw: "\\x00",
        extra: { a: [label] },
        at: "2026-11-26T10:00:00.123Z",
      })),
    });
    const dump = await odd.run("export", "--all", "--format", "sql", "-b", odd.path);
    const path = join(out, "shell.db");
    const child = execFile(shell, [path]);
    child.stdin?.end(dump.output);
    const [code] = (await once(child, "close")) as [number];
    assert.equal(code, 0);
    const database = new DatabaseSync(path, { readOnly: true });
    const rows = database
      .prepare(
        "SELECT label, price, sold, hex(raw) AS raw, json_extract(extra, '$.a[0]') AS inside, at FROM things ORDER BY rowid",
      )
      .all();
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      texts.map((label) => ({
        label,
        price: "123456789.5678",
        sold: 0,
        raw: "00",
        inside: label,
        at: "2026-11-26T10:00:00.123Z",
      })),
    );
    database.close();
    const pulled = await odd.run("pull", path);
    assert.match(pulled.output, /price: decimal\(18, 4\)/);
    assert.match(pulled.output, /at: timestamp\(\)/);
    assert.match(pulled.output, /extra: json\(\)/);
    assert.match(pulled.output, /sold: bool\(\)/);
  });

  test("says that it is not whole where the reader goes away, and an interrupt leaves nothing", async () => {
    const large = await shelfFolder(scope);
    await large.put({ things: Array.from({ length: 4000 }, () => ({ label: "x".repeat(2000), sold: true })) });
    const head = spawn("sh", ["-c", `"$0" "$1" export things "$2" | head -1; wait`, process.execPath, main, large.path], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const errors = promisify(setImmediate)().then(() => new Response(head.stderr as never).text());
    head.stdout.resume();
    await once(head, "close");
    assert.equal(await errors, "Whoever read the output went away: it is not whole.\n");

    const place = await temporaryFolder(scope);
    const stopped = spawn(process.execPath, [main, "export", "things", large.path, "--out", join(place, "things.csv.gz")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    stopped.stderr.on("data", (piece: Buffer) => (said += piece.toString()));
    const ended = once(stopped, "close");
    while ((await readdir(place)).length === 0 && stopped.exitCode === null) await promisify(setImmediate)();
    stopped.kill("SIGINT");
    const [code] = (await ended) as [number];
    assert.deepEqual([code, said, await readdir(place)], [1, "Interrupted: nothing was kept.\n", []]);
  });
});
