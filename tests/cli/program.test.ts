import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openSqlite } from "#database";
import { backendFolder, notesBackend } from "../support/backend-folder.ts";

describe("the command line", () => {
  test("helps, and ends with 0", async (t) => {
    const { run } = await backendFolder(t);
    const { code, output, errors } = await run("--help");
    assert.equal(code, 0);
    assert.equal(errors, "");
    for (const name of ["dev", "start", "check", "explain", "token", "import"])
      assert.match(output, new RegExp(`^ {2}${name}\\b`, "m"));
  });

  test("takes the back end as the last argument of every command, and by name", async (t) => {
    const { run, path, write } = await backendFolder(t);
    const file = await write("notes.csv", "slug,body\na,x\n");
    const commands = [
      ["check"],
      ["explain", "notes", "read"],
      ["token", "--user", "ada"],
      ["token", "create", "--user", "ada"],
      ["token", "revoke", "01a21442-e070-77d6-8390-f6ef66ada417"],
      ["import", "notes", file, "--on-conflict", "ignore", "--key", "slug"],
    ];
    for (const command of commands) {
      for (const rest of [[path], ["-b", path], [path, "-b", path]])
        assert.equal((await run(...command, ...rest)).code, 0, [...command, ...rest].join(" "));
    }
  });

  test("names a folder without a back end", async (t) => {
    const { run, path } = await backendFolder(t);
    assert.match((await run("check", `${path}/nowhere`)).errors, /^There is no .*nowhere\.\n$/);
    await using other = await emptyFolder(t);
    const { code, errors } = await run("check", other.path);
    assert.equal(code, 1);
    assert.match(
      errors,
      /There is no backend\.ts in .*empty\.\nGive the folder that has one: npx chassis check path\/to\/folder\n$/,
    );
    const token = await run("token", other.path, "--user", "x");
    assert.match(token.errors, /: npx chassis token create path\/to\/folder\n$/);
    const explained = await run("explain", "notes", "read", other.path);
    assert.match(explained.errors, /: npx chassis explain \.\.\. --backend path\/to\/folder\n$/);
  });

  test("says what a folder lacks that is no project of the package", async (t) => {
    const definition = 'import "chassis";\nexport default undefined;\n';
    const stranger = await backendFolder(t, definition);
    const missing = await stranger.run("check", stranger.path);
    assert.equal(missing.code, 1);
    assert.match(
      missing.errors,
      /^.*backend\.ts imports chassis, which is not installed there\..*docs\/learn\/first-backend\.md says how\.\n$/,
    );
    const old = await backendFolder(t, definition);
    await old.write("package.json", '{ "type": "commonjs" }');
    const { code, errors } = await old.run("check", old.path);
    assert.equal(code, 1);
    assert.match(errors, /^.*backend\.ts is read as CommonJS.*: npm pkg set type=module\n$/);
  });

  async function emptyFolder(
    t: Parameters<typeof backendFolder>[0],
  ): Promise<{ path: string; [Symbol.asyncDispose](): Promise<void> }> {
    const { mkdir } = await import("node:fs/promises");
    const folder = await backendFolder(t);
    await mkdir(`${folder.path}/empty`);
    return { path: `${folder.path}/empty`, [Symbol.asyncDispose]: async () => {} };
  }
});

describe("check", () => {
  test("names tables of which no first row can be written, and what to do", async (t) => {
    const { run, path } = await backendFolder(
      t,
      `import { defineBackend, defineSchema, nobody, ref } from "${new URL("../../src/index.ts", import.meta.url).href}";
const schema = defineSchema({ users: { team: ref("teams") }, teams: { owner: ref("users") } });
const closed = () => ({ read: nobody, write: nobody });
export default defineBackend(schema, { rules: { users: closed, teams: closed } });
`,
    );
    const { code, errors } = await run("check", path);
    assert.equal(code, 0);
    assert.match(
      errors,
      /^No first row can be written: users\.team needs a row of teams, and teams\.owner needs a row of users\. Add \.optional\(\)/,
    );
    assert.deepEqual((JSON.parse((await run("check", path, "--json")).output) as { circles: unknown }).circles, [
      [
        { table: "users", column: "team" },
        { table: "teams", column: "owner" },
      ],
    ]);
  });

  test("lists what is open to everyone, and ends with 0", async (t) => {
    const { run, path } = await backendFolder(t);
    const { code, output } = await run("check", path);
    assert.equal(code, 0);
    assert.match(output, /^Open to everyone:\n {2}notes: read\n {2}function hello\n/);
    assert.match(output, /1 table, 1 function, every operation has a rule/);
  });

  test("fails where an operation has no rule", async (t) => {
    const { run, path } = await backendFolder(t, notesBackend.replace(', delete: me.hasRole("editor")', ""));
    const { code, errors } = await run("check", path);
    assert.equal(code, 1);
    assert.match(errors, /notes: delete/);
  });

  test("reports all mistakes of a definition at once, without a stack", async (t) => {
    const { run, path } = await backendFolder(
      t,
      notesBackend.replace("min(1).max(5)", "min(9).max(5)").replace("max(20)", "max(-1)"),
    );
    const { code, errors } = await run("check", path);
    assert.equal(code, 1);
    assert.match(errors, /notes\.slug/);
    assert.match(errors, /notes\.stars/);
    assert.doesNotMatch(errors, /\n\s+at /);
  });

  test("lists what has no rule beside the mistakes", async (t) => {
    const wrong = notesBackend.replace("min(1).max(5)", "min(9).max(5)").replace(', delete: me.hasRole("editor")', "");
    const { run, path } = await backendFolder(t, wrong);
    const { code, errors } = await run("check", path);
    assert.equal(code, 1);
    assert.match(errors, /notes\.stars/);
    assert.match(errors, /notes: delete/);
  });

  test("wants a back end as the default export", async (t) => {
    const { run, path } = await backendFolder(t, "export default {};");
    assert.match((await run("check", path)).errors, /must have a back end as its default export/);
  });
});

describe("token", () => {
  test("prints a token alone, and what it is good for beside it", async (t) => {
    const { run, path } = await backendFolder(t);
    const { code, output, errors } = await run(
      "token",
      path,
      "--user",
      "ada",
      "--role",
      "editor",
      "--claim",
      "level=4",
      "--expires",
      "15m",
    );
    assert.equal(code, 0);
    const [, payload = ""] = output.trim().split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    assert.equal(claims.sub, "ada");
    assert.deepEqual(claims.roles, ["editor"]);
    assert.deepEqual(claims.claims, { level: 4 });
    assert.equal(claims.exp - claims.iat, 900);
    assert.match(errors, new RegExp(`For ada as editor until .*npx chassis token revoke -b ${path} ${claims.jti}\n$`));
  });

  test("refuses what the definition does not know", async (t) => {
    const { run, path } = await backendFolder(t);
    const scenarios: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [["--user", "ada", "--role", "editr"], /no role 'editr'; did you mean 'editor'\?/],
      [["--user", "ada", "--claim", "levle=1"], /no claim 'levle'; did you mean 'level'\?/],
      [["--user", "ada", "--claim", "level=high"], /The claim 'level' must be a whole number/],
      [["--user", "ada", "--claim", "level"], /name=value/],
      [["--user", "ada", "--expires", "soon"], /--expires must be a duration/],
      [["--user", ""], /--user needs a value/],
      [["--user", " \n"], /A user's id/],
    ];
    for (const [args, message] of scenarios) {
      const { code, output, errors } = await run("token", path, ...args);
      assert.equal(code, /--help` tells more/.test(errors) ? 2 : 1);
      assert.equal(output, "");
      assert.match(errors, message);
    }
  });

  test("is revoked without a server, by itself and by its id, and never where it is foreign", async (t) => {
    const { run, path } = await backendFolder(t);
    const { output: token } = await run("token", path, "--user", "ada");
    assert.equal((await run("token", "revoke", token.trim(), "-b", path)).code, 0);
    assert.equal((await run("token", "revoke", "01a21442-e070-77d6-8390-f6ef66ada417", "-b", path)).code, 0);
    const foreign = await run("token", "revoke", `${token.trim().slice(0, -4)}AAAA`, "-b", path);
    assert.equal(foreign.code, 1);
    assert.match(foreign.errors, /The token is not valid/);
  });
});

describe("explain", () => {
  test("shows the rule, its SQL, and each clause's verdict on somebody", async (t) => {
    const { run, path } = await backendFolder(t);
    const { code, output } = await run("explain", "notes", "update", "-b", path, "--as", "ada", "--claim", "level=4");
    assert.equal(code, 0);
    assert.match(output, /rule {2}row\.author\.eq\(me\.id\)\.and\(/);
    assert.match(output, /SQL {3}.*"row"\."author"/);
    assert.match(output, /\?1 is me\.id/);
    assert.match(output, /depends on the row: row\.author\.eq\(me\.id\)/);
    assert.match(
      output,
      /true: any of\n\s+false: me\.hasRole\("editor"\) \(roles of me: none\)\n\s+true: me\.claim\("level"\)\.gt\(3\) \(me\.claim\("level"\): 4\)/,
    );
    assert.match(output, /\nWhether ada may update a row of 'notes' depends on the row\.\n/);
  });

  test("spells rules that hold for everyone, for nobody and for whoever is signed in as a definition does", async (t) => {
    const rules = "read: everyone, create: nobody, update: signedIn, delete: me.isSignedIn.and(row.author.isNull())";
    const { run, path } = await backendFolder(
      t,
      notesBackend.replace(/\(\{ read: everyone,.*\}\),/, `({ ${rules} }),`).replace("everyone,", "everyone, nobody, signedIn,"),
    );
    const ruleOf = async (operation: string) =>
      /rule {2}(.*)/.exec((await run("explain", "notes", operation, "-b", path)).output)?.[1];
    assert.deepEqual(await Promise.all(["read", "create", "update", "delete"].map(ruleOf)), [
      "everyone",
      "nobody",
      "signedIn",
      "signedIn.and(row.author.isNull())",
    ]);
  });

  test("asks the database about a row", async (t) => {
    const { run, path, write } = await backendFolder(t);
    const file = await write("one.ndjson", '{"slug":"a","body":"x","author":"ada"}\n{"slug":"b","body":"x"}');
    assert.equal((await run("import", "notes", file, "-b", path)).code, 0);
    const database = await openSqlite({ path: `${path}/.data/chassis.db` });
    const ids = (await database.all("SELECT id FROM notes ORDER BY slug", [])).map(([id]) => String(id));
    await database.close();
    const own = await run("explain", "notes", "update", "-b", path, "--as", "ada", "--role", "editor", "--row", ids[0] ?? "");
    assert.match(own.output, /true: all of\n\s+true: row\.author/);
    const foreign = await run("explain", "notes", "update", "-b", path, "--as", "bob", "--row", ids[0] ?? "");
    assert.match(foreign.output, /false: all of\n\s+false: row\.author/);
    const nobodys = await run("explain", "notes", "update", "-b", path, "--as", "bob", "--row", ids[1] ?? "");
    assert.match(nobodys.output, /unknown: row\.author/);
    assert.match(
      (await run("explain", "notes", "update", "-b", path, "--row", "01a21442-e070-77d6-8390-f6ef66ada417")).errors,
      /There is no row/,
    );
    assert.match((await run("explain", "notes", "update", "-b", path, "--row", "x")).errors, /must be a UUID/);
  });

  test("suggests names", async (t) => {
    const { run, path } = await backendFolder(t);
    assert.match((await run("explain", "note", "read", "-b", path)).errors, /no table 'note'; did you mean 'notes'/);
    assert.match((await run("explain", "notes", "raed", "-b", path)).errors, /did you mean 'read'/);
    assert.match((await run("explain", "notes", "read", "-b", path, "--role", "editor")).errors, /--as/);
  });
});
