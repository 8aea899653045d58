import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { backendFolder } from "../support/backend-folder.ts";

/** What is typed in a folder with a back end that has the table `notes`, how it ends, and the first line that is said of it. */
const mistypes: readonly (readonly [line: string, code: number, message: string])[] = [
  ["strat", 2, "There is no command 'strat'; did you mean 'start'?"],
  ["chek", 2, "There is no command 'chek'; did you mean 'check'?"],
  ["chek --help", 2, "There is no command 'chek'; did you mean 'check'?"],
  ["serve", 2, "There is no command 'serve'; did you mean 'dev' or 'start'?"],
  ["status", 2, "There is no command 'status'; did you mean 'doctor' or 'migrate status'?"],
  ["db", 2, "There is no command 'db'; did you mean 'migrate'?"],
  ["swagger", 2, "There is no command 'swagger'; did you mean 'openapi'?"],
  ["users", 2, "There is no command 'users'; did you mean 'user'?"],
  ["verify", 2, "There is no command 'verify'; did you mean 'audit verify' or 'backup verify'?"],
  ["list", 2, "There is no command 'list'; did you mean 'backup list', 'audit list', 'user list' or others?"],
  ["revok", 2, "There is no command 'revok'; did you mean 'key revoke'?"],
  ["tset", 2, "There is no command 'tset'; did you mean 'webhooks test'?"],
  ["./src", 2, "There is no command './src'."],
  ["--json check", 2, "Options come after the command: npx chassis check --json"],
  ["--frobnicate", 2, "`chassis` has no option '--frobnicate'."],
  ["start --prot 1", 2, "`npx chassis start` has no option '--prot'; did you mean '--port'?"],
  ["start -x", 2, "`npx chassis start` has no option '-x'."],
  ["start --migrate=yes", 2, "--migrate takes no value."],
  ["check --port 1", 2, "`npx chassis check` has no option '--port'; `npx chassis dev` or `npx chassis start` have it."],
  ["check --jsno", 2, "`npx chassis check` has no option '--jsno'; did you mean '--json'?"],
  ["start --port", 2, "--port needs a value: --port <port>."],
  ["start --port --host", 2, "--port needs a value: --port <port>."],
  ["check b c", 2, "'c' is too many: npx chassis check [backend]"],
  ["check . -b ..", 2, "Two back ends are given, '.' and '..'."],
  [
    "import notes",
    2,
    "`npx chassis import` needs <file>, the file, or - for the standard input: npx chassis import [table] [file] [backend]",
  ],
  ["import", 2, "`npx chassis import` needs <table>, the table: npx chassis import [table] [file] [backend]"],
  ["import notes a.csv --on-error ignore", 2, "--on-error is stop or skip, not 'ignore'."],
  ["import notes a.csv --on-conflict mrege", 2, "--on-conflict is merge or ignore, not 'mrege'; did you mean 'merge'?"],
  ["import notes a.csv --format xml", 2, "--format is csv, ndjson, json or sql, not 'xml'."],
  ["import note a.csv", 1, "There is no table 'note'; did you mean 'notes'?"],
  ["import a.csv notes", 1, "The table comes first: npx chassis import notes a.csv"],
  ["import people a.csv", 1, "There is no table 'people'; there is notes."],
  ["import notes nowhere.csv", 1, "There is no file nowhere.csv."],
  ["import notes a.txt", 1, "There is no file a.txt."],
  ["import notes a.csv --key slug", 2, "--key needs --on-conflict merge or ignore."],
  ["token", 2, "`npx chassis token create` needs --user <id>: whose token it is."],
  ["token creat --user x", 2, "There is no command 'token creat'; did you mean 'token create'?"],
  ["token --user ada --role editr", 1, "There is no role 'editr'; did you mean 'editor'?"],
  ["token --user ada --role admin", 1, "There is no role 'admin'; there is editor."],
  ["token --user ada --claim levle=1", 1, "There is no claim 'levle'; did you mean 'level'?"],
  ["token --user ada --claim level", 2, "A claim is written name=value, not 'level'."],
  ["token --user ada --expires soon", 2, "--expires must be a duration such as 90s, 15m, 12h or 30d, not 'soon'."],
  [
    "token revoke",
    2,
    "`npx chassis token revoke` needs <token>, the token, or its id: npx chassis token revoke <token> [backend]",
  ],
  ["explain read notes", 1, "There is no table 'read': the table comes first, and the operation after it."],
  ["explain nots read", 1, "There is no table 'nots'; did you mean 'notes'?"],
  [
    "explain notes raed",
    1,
    "There is no operation 'raed': it is one of read, create, update, delete, history; did you mean 'read'?",
  ],
  ["explain notes read --role editor", 2, "Roles and claims are somebody's: say whose with --as."],
  ["explain notes read --row x", 1, "The id of a row of 'notes' must be a UUID, not 'x'."],
  ["who notes", 2, "`npx chassis who` needs <id>, the id of the row: npx chassis who <table> <id> [backend]"],
  ["who notes x --operation raed", 2, "--operation is read, create, update, delete or history, not 'raed'; did you mean 'read'?"],
  ["check --accept cors", 2, "--accept goes with --deploy."],
  ["check --deploy --accept corss", 2, "--accept: there is no finding 'corss'; did you mean 'cors'?"],
  ["check nowhere", 1, "There is no PATH/nowhere."],
  ["check package.json", 1, "PATH/package.json is no back end: give its folder, or a file such as backend.ts."],
  ["check --backend", 2, "--backend needs a value: --backend <path>."],
  ["explain users read", 1, "There is no table 'users'; there is notes."],
  ["who notes x --field bdy", 1, "There is no field 'bdy' in 'notes'; did you mean 'body'?"],
  ["help migrat", 2, "There is no command 'migrat'; did you mean 'migrate'?"],
  ["migrate aply", 2, "There is no command 'migrate aply'; did you mean 'migrate apply'?"],
  ["migrate help plna", 2, "There is no command 'migrate plna'; did you mean 'migrate plan'?"],
  [
    "jobs list --state faild",
    2,
    "--state is scheduled, ready, running, behind, done, failed or cancelled, not 'faild'; did you mean 'failed'?",
  ],
  ["mail suppresions", 2, "There is no command 'mail suppresions'; did you mean 'mail suppressions'?"],
  ["mail suppressions lst", 2, "There is no command 'mail suppressions lst'; did you mean 'mail suppressions list'?"],
  [
    "mail suppressions list --reason bounced",
    2,
    "--reason is bounce, complaint, unsubscribed or manual, not 'bounced'; did you mean 'bounce'?",
  ],
  ["webhooks deliveries --state lost", 2, "--state is waiting, queued, delivered, failed or dropped, not 'lost'."],
  ["backup crate", 2, "There is no command 'backup crate'; did you mean 'backup create'?"],
  ["backup --form x", 2, "`npx chassis backup create` has no option '--form'."],
  ["client add x --algorithm RS512", 2, "--algorithm is RS256 or ES256, not 'RS512'."],
  ["rules dif", 2, "There is no command 'rules dif'; did you mean 'rules diff'?"],
  [
    "rules diff",
    2,
    "`npx chassis rules diff` needs <old>, a snapshot (.json) or a back end, its file or folder: npx chassis rules diff <old> [backend]",
  ],
  ["backup verfy latest", 2, "There is no command 'backup verfy'; did you mean 'backup verify'?"],
  [
    "restore --at yesterday",
    2,
    "--at must be a time with its zone such as 2026-11-25T22:00:00Z or 2026-11-25T23:00:00+01:00, or how long ago, such as 15m, not 'yesterday'.",
  ],
  ["user show ada@example.org", 1, "PATH/backend.ts has no sign-in: give defineBackend `auth: true`."],
  ["check --help=yes", 2, "--help takes no value."],
  ["check --json=yes", 2, "--json takes no value."],
  ["start --port 1 --port 2", 2, "--port is given twice: '1' and '2'."],
  ["start --port 80000", 2, "--port must be a whole number from 0 to 65535, not '80000'."],
  ["start --port=", 2, "--port needs a value: --port <port>."],
  ["check -b=", 1, "There is no PATH/=."],
  ["check --backend=", 2, "--backend needs a value: --backend <path>."],
  ["jobs --limit 1e999", 2, "--limit must be a whole number from 1 to 999999999, not '1e999'."],
  ["jobs --limit -1", 2, "--limit must be a whole number from 1 to 999999999, not '-1'."],
  ["export notes --limit 0", 2, "--limit must be a whole number from 1 to 999999999, not '0'."],
  ["pull a.db --sample many", 2, "--sample must be a whole number from 1 to 999999999, not 'many'."],
  ["secret rotate --keep 1.5h", 2, "--keep must be a duration such as 90s, 15m, 12h or 30d, not '1.5h'."],
  ["export notes --as x --anonymous", 2, "--as and --anonymous exclude each other."],
  ["openapi --as x --anonymous", 2, "'--anonymous' cannot be used with '--as <user>'."],
  [
    "audit --since 2026-02-30",
    2,
    "--since must be a day such as 2026-11-25, a time with its zone such as 2026-11-25T22:00:00Z, or how long ago, such as 12h, not '2026-02-30'.",
  ],
  [
    "audit --since 2026-02-30T10:00:00Z",
    2,
    "--since must be a day such as 2026-11-25, a time with its zone such as 2026-11-25T22:00:00Z, or how long ago, such as 12h, not '2026-02-30T10:00:00Z'.",
  ],
  [
    "audit --since 0h",
    2,
    "--since must be a day such as 2026-11-25, a time with its zone such as 2026-11-25T22:00:00Z, or how long ago, such as 12h, not '0h'.",
  ],
  [
    "restore --at 0m --from .",
    2,
    "--at must be a time with its zone such as 2026-11-25T22:00:00Z or 2026-11-25T23:00:00+01:00, or how long ago, such as 15m, not '0m'.",
  ],
  [
    "restore --at 9999999d --from .",
    2,
    "--at must be a time with its zone such as 2026-11-25T22:00:00Z or 2026-11-25T23:00:00+01:00, or how long ago, such as 15m, not '9999999d'.",
  ],
  [
    "restore --at 2026-02-30T10:00:00Z --from .",
    2,
    "--at must be a time with its zone such as 2026-11-25T22:00:00Z or 2026-11-25T23:00:00+01:00, or how long ago, such as 15m, not '2026-02-30T10:00:00Z'.",
  ],
  [
    "restore --at 2026-11-25 --from .",
    2,
    "--at must be a time with its zone such as 2026-11-25T22:00:00Z or 2026-11-25T23:00:00+01:00, or how long ago, such as 15m, not '2026-11-25'.",
  ],
  ["restore latest --at 1h", 2, "Give a backup or --at, and not both: --at finds the backup that it needs."],
  ["pull nowhere.db", 1, "There is no file PATH/nowhere.db."],
  ["rules diff nowhere.json", 1, "There is no PATH/nowhere.json."],
];

test("every mistype is answered by what was meant, and nothing is done", async (t) => {
  const { run, path, write } = await backendFolder(t);
  // What reads needs a database.
  assert.equal((await run("import", "notes", await write("none.csv", "slug,body\n"), "-b", path)).code, 0);
  const home = process.cwd();
  process.chdir(path);
  t.after(() => process.chdir(home));
  for (const [line, code, message] of mistypes) {
    const ended = await run(...line.split(" "));
    const [first, hint, ...more] = ended.errors.replaceAll(path, "PATH").trimEnd().split("\n");
    assert.deepEqual([line, ended.code, first], [line, code, message]);
    if (!line.includes("--json")) assert.equal(ended.output, "", line);
    assert.deepEqual(more, [], line);
    // How to find out more, as it can be copied.
    if (code === 2) assert.match(hint ?? "", /^`npx chassis [a-z -]*--help` (?:tells more|lists the commands)\.$/, line);
    else assert.equal(hint, undefined, line);
  }
});

test("with --json it is told on the standard output too, as one line", async (t) => {
  const { run, path } = await backendFolder(t);
  for (const [args, code, error] of [
    [
      ["check", "--deplyo", "--json"],
      2,
      {
        code: "usage",
        message: "`npx chassis check` has no option '--deplyo'; did you mean '--deploy'?",
        hint: "`npx chassis check --help` tells more.",
      },
    ],
    [
      ["explain", "note", "read", path, "--json"],
      1,
      { code: "notDone", message: "There is no table 'note'; did you mean 'notes'?", hint: null },
    ],
  ] as const) {
    const ended = await run(...args);
    assert.equal(ended.code, code);
    assert.deepEqual(JSON.parse(ended.output), { error });
    assert.ok(ended.errors.startsWith(error.message));
    // The page shows one of them.
    if (code === 1) assert.ok(readFileSync("docs/reference/cli.md", "utf8").includes(`\n${ended.output}`));
  }
});

test("commands that hints name can be copied: with npx, and the folder as it was given", async (t) => {
  const folder = await backendFolder(t);
  const home = process.cwd();
  process.chdir(`${folder.path}/..`);
  t.after(() => process.chdir(home));
  const name = folder.path.slice(folder.path.lastIndexOf("/") + 1);
  const told = async (...args: readonly string[]): Promise<string> => (await folder.run(...args)).errors;
  assert.match(await told("token", name, "--user", "ada"), new RegExp(`: npx chassis token revoke -b ${name} [0-9a-f-]{36}\n$`));
  assert.match(await told("token", "-b", name, "--user", "ada"), new RegExp(`: npx chassis token revoke -b ${name} `));
  process.chdir(name);
  assert.match(await told("token", "--user", "ada"), /: npx chassis token revoke [0-9a-f-]{36}\n$/);
});
