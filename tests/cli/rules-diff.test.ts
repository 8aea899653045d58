import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { describe, test, type TestContext } from "node:test";
import { backendFolder } from "../support/backend-folder.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

const definition = (
  users: string,
  more: { readonly fields?: string; readonly tables?: string; readonly rules?: string; readonly access?: string } = {},
): string => `
import { defineBackend, defineSchema, everyone, nobody, query, ref, secret, signedIn, text } from ${JSON.stringify(library)};

const schema = defineSchema(
  { users: { name: text(), email: text(), phone: text().optional(), ${more.fields ?? ""} }, ${more.tables ?? ""} },
  { roles: ["editor"] },
);
export default defineBackend(schema, {
  rules: { users: ({ row, me }) => (${users}), ${more.rules ?? ""} },
  functions: { hello: query({ access: ${more.access ?? "signedIn"} }, () => "hello") },
});
`;
const users = "{ read: signedIn, write: row.id.eq(me.id), fields: { email: { read: row.id.eq(me.id) } } }";

interface Outcome {
  readonly change: string;
  readonly callers: readonly string[];
  readonly gained?: { readonly caller: { readonly id: string } | null; readonly row: Readonly<Record<string, unknown>> };
}

interface Answer {
  readonly verdict: string;
  readonly differences: readonly {
    readonly operation: string;
    readonly name: string;
    readonly isNew: boolean;
    readonly outcomes: readonly Outcome[];
  }[];
}

describe("rules diff", () => {
  async function diff(t: TestContext, next: string, ...options: readonly string[]) {
    const { run, path, write } = await backendFolder(t, definition(users));
    const { output: snapshot, code } = await run("rules", "snapshot", "-b", path);
    assert.equal(code, 0);
    const old = await write("rules.json", snapshot);
    await mkdir(`${path}/next`);
    const file = await write("next/backend.ts", next);
    const people = await run("rules", "diff", old, file, ...options);
    const { output } = await run("rules", "diff", old, file, "--json", ...options);
    const answer = JSON.parse(output) as Answer;
    const told = answer.differences.flatMap(({ operation, name, outcomes }) =>
      outcomes.map(({ change, callers }) => `${change}: ${operation} ${name}: ${callers.join(", ")}`),
    );
    return { ...people, answer, told };
  }

  test("ends with 0 where the rules are the same, also where they are written otherwise", async (t) => {
    const { code, output } = await diff(t, definition(users));
    assert.deepEqual([code, output], [0, "The rules are the same.\n"]);
    const other = await diff(t, definition(users.replace("read: signedIn", "read: me.id.isNotNull().and(me.isSignedIn)")));
    assert.deepEqual([other.code, other.told], [0, []]);
  });

  test("ends with 0 where something is narrower", async (t) => {
    const { code, output, told } = await diff(t, definition(users.replace("read: signedIn", 'read: me.hasRole("editor")')));
    assert.deepEqual(told, [
      "narrower: read users: people who are signed in",
      "narrower: update users: people who are signed in",
      "narrower: delete users: people who are signed in",
    ]);
    assert.equal(code, 0);
    assert.match(output, /^narrower: people who are signed in may read 'users' in fewer cases\n/);
    assert.match(output, /Nothing is wider, of 3 rules that changed\.\n$/);
  });

  test("ends with 1 where anonymous visitors may read a field, with an example", async (t) => {
    const { code, output, answer, told } = await diff(
      t,
      definition(users.replace("read: signedIn", "read: everyone").replace("read: row.id.eq(me.id)", "read: everyone")),
    );
    assert.equal(code, 1);
    assert.ok(told.includes("wider: read users.email: anonymous visitors, people who are signed in"), told.join("\n"));
    assert.match(
      output,
      /WIDER: everybody may now read 'users\.email' where they could not\n {4}now, and not before: somebody who is not signed in, of \{"id":/,
    );
    assert.match(output, /Something is wider, of \d rules that changed\.\n$/);
    const [gained] = answer.differences
      .filter(({ name }) => name === "users.email")
      .flatMap(({ outcomes }) => outcomes.map((each) => each.gained));
    assert.equal(gained?.caller, null);
    assert.equal(typeof gained?.row["email"], "string");
  });

  test("ends with 2 where it cannot be told", async (t) => {
    const open = users.replace("read: signedIn", 'read: row.name.match("^a+$")');
    const { run, path, write } = await backendFolder(t, definition(open));
    const old = await write("rules.json", (await run("rules", "snapshot", path)).output);
    await mkdir(`${path}/next`);
    await write("next/backend.ts", definition(users.replace("read: signedIn", 'read: row.name.match("^aa*$")')));
    const { code, output } = await run("rules", "diff", old, `${path}/next`);
    assert.equal(code, 2, output);
    assert.match(output, /CANNOT TELL: whether everybody may read 'users' in more cases/);
  });

  test("tells of tables, fields and functions that are new, and leaves them out of account where that is asked for", async (t) => {
    const next = definition(users, {
      fields: "nick: text().optional()",
      tables: "notes: { body: text() }",
      rules: "notes: () => ({ read: everyone, write: nobody })",
      access: "everyone",
    });
    const { code, told, output } = await diff(t, next);
    assert.equal(code, 1);
    assert.match(output, /WIDER: everybody may now read 'notes' where they could not \(new\)/);
    assert.ok(told.includes("wider: read users.nick: people who are signed in"), told.join("\n"));
    assert.ok(told.includes("wider: call hello: anonymous visitors"), told.join("\n"));
    const without = definition(users, {
      fields: "nick: text().optional()",
      tables: "notes: { body: text() }",
      rules: "notes: () => ({ read: everyone, write: nobody })",
    });
    assert.equal((await diff(t, without)).code, 1);
    assert.equal((await diff(t, without, "--ignore-new")).code, 0);
  });

  test("sees that a secret is one no more, and that a field can be changed", async (t) => {
    const { run, path, write } = await backendFolder(
      t,
      definition(users, { fields: "pin: secret().optional(), code: text().immutable()" }),
    );
    const old = await write("rules.json", (await run("rules", "snapshot", path)).output);
    await mkdir(`${path}/next`);
    await write("next/backend.ts", definition(users, { fields: "pin: text().optional(), code: text()" }));
    const { code, output } = await run("rules", "diff", old, `${path}/next`);
    assert.equal(code, 1);
    assert.match(output, /WIDER: people who are signed in may now read 'users\.pin'/);
    assert.match(output, /WIDER: people who are signed in may now update 'users\.code'/);
  });

  test("says what cannot be read", async (t) => {
    const { run, path, write } = await backendFolder(t);
    const old = await write("rules.json", '{"format":"chassis rules 7"}');
    assert.match(
      (await run("rules", "diff", old, path)).errors,
      /rules\.json cannot be read\. It is a snapshot of another version/,
    );
    assert.match((await run("rules", "diff", `${path}/nowhere.json`, path)).errors, /^There is no .*nowhere\.json/);
    const { code, errors } = await run("rules", "dif", old, path);
    assert.deepEqual([code, /did you mean 'rules diff'\?/.test(errors)], [2, true]);
  });
});
