import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openSqlite, type SqliteDatabase } from "#database";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;
const definition = `
import { defineBackend, defineSchema, everyone, nobody, ref, secret, signedIn, table, text, bool } from ${JSON.stringify(library)};

const schema = defineSchema(
  {
    users: { name: text(), password: secret().optional() },
    teams: { name: text() },
    members: table({ team: ref("teams"), user: ref("users") }, { unique: [["team", "user"]] }),
    notes: { author: ref("users"), team: ref("teams"), title: text(), isOpen: bool(), draft: text().optional() },
  },
  { roles: ["editor", "banned"], claims: { plan: text() } },
);
export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, update: row.password.isNotNull().and(row.id.eq(me.id)), create: nobody, delete: nobody }),
    teams: () => ({ read: everyone, write: nobody }),
    members: () => ({ read: everyone, write: nobody }),
    notes: ({ row, me }) => {
      const mine = row.author.eq(me.id);
      const ours = row.team.members.some((member) => member.user.eq(me.id));
      return {
        read: row.isOpen.or(ours, me.hasRole("editor")),
        create: mine,
        update: mine.and(me.hasRole("banned").not()),
        delete: mine.or(me.claim("plan").eq("gold")),
        fields: { draft: { read: mine } },
      };
    },
  },
});
`;

const id = (table: string, number: number): string => `00000000-0000-7000-8000-${table}0000000000${number}`;
const [ann, bob] = [id("1", 1), id("1", 2)];
const closed = id("4", 1);
const open = id("4", 2);

describe("who may do what", () => {
  let folder: BackendFolder;
  let path: string;
  let held: SqliteDatabase | undefined;
  const cleanups: (() => unknown)[] = [];
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, output, errors } = await folder.run(...args, "-b", path);
    assert.equal(code, 0, errors);
    return output;
  };

  before(async () => {
    folder = await backendFolder({ after: (work: () => unknown) => void cleanups.push(work) }, definition);
    ({ path } = folder);
    const rows: readonly (readonly [string, readonly object[]])[] = [
      [
        "users",
        [
          { id: ann, name: "Ann", password: "hush" },
          { id: bob, name: "Bob\u001b[31m" },
          ...Array.from({ length: 30 }, (_, index) => ({ name: `P${index}` })),
        ],
      ],
      ["teams", [{ id: id("2", 1), name: "Red" }]],
      [
        "members",
        [
          { team: id("2", 1), user: ann },
          { team: id("2", 1), user: bob },
        ],
      ],
      [
        "notes",
        [
          { id: closed, author: ann, team: id("2", 1), title: "Closed", isOpen: false, draft: "x" },
          { id: open, author: ann, team: id("2", 1), title: "Open", isOpen: true },
        ],
      ],
    ];
    for (const [table, list] of rows) {
      const file = await folder.write(`${table}.ndjson`, list.map((row) => JSON.stringify(row)).join("\n"));
      await run("import", table, file);
    }
    // As beside a server: somebody else has the database open.
    held = await openSqlite({ path: `${path}/.data/chassis.db` });
  });
  after(async () => {
    await held?.close();
    for (const work of cleanups) await work();
  });

  describe("explain", () => {
    test("says why somebody may not, by the values that decided, beside a running server", async () => {
      const output = await run("explain", "notes", "update", "--row", closed, "--as", bob);
      assert.match(output, /^notes: read\n[\s\S]*\nnotes: update\n/);
      assert.match(
        output,
        /true: row\.team\.members\.some\(.*\) \(row\.team\.members: 2 rows, of which 1 meets the condition, me\.id: "0.*2"\)/,
      );
      assert.match(
        output,
        /false: all of\n {4}false: row\.author\.eq\(me\.id\) \(row\.author: "0.*1", me\.id: "0.*2"\)\n {4}true: not\n {6}false: me\.hasRole\("banned"\) \(roles of me: none\)/,
      );
      assert.match(
        output,
        /\n0.*2 may not update the row 0.* of 'notes': row\.author\.eq\(me\.id\) is false \(row\.author: "0.*1", me\.id: "0.*2"\)\.\n/,
      );
    });

    test("says what of a row is hidden", async () => {
      const output = await run("explain", "notes", "read", "--row", closed, "--as", bob);
      assert.match(output, /may read the row .* of 'notes': row\.team\.members\.some/);
      assert.match(output, /\n {2}They may not read 'draft': row\.author\.eq\(me\.id\) is false/);
    });

    test("explains every operation where none is named, and takes the back end in its place", async () => {
      const { code, output } = await folder.run("explain", "notes", path, "--row", open);
      assert.equal(code, 0);
      assert.match(output, /Whoever is not signed in may read the row .*: row\.isOpen is true \(row\.isOpen: true\)\./);
      assert.match(
        output,
        /Whoever is not signed in may not update the row .*: row\.author\.eq\(me\.id\) is unknown \(row\.author: "0.*", me\.id: null\)/,
      );
      assert.match(output, /Whoever is not signed in may not delete the row/);
      assert.doesNotMatch(output, /may not create/);
    });

    test("shows no secret", async () => {
      const output = await run("explain", "users", "update", "--row", ann, "--as", ann);
      assert.match(output, /true: not\n\s+false: row\.password\.isNull\(\) \(row\.password: a secret\)/);
      assert.doesNotMatch(output, /hush/);
    });

    test("gives JSON", async () => {
      const { operations } = JSON.parse(await run("explain", "notes", "read", "--row", closed, "--as", bob, "--json")) as {
        operations: {
          operation: string;
          verdict: string;
          fields: { field: string; verdict: string }[];
          rules: { clause: { parts: { facts: unknown; decides: boolean }[] } }[];
        }[];
      };
      const [read] = operations;
      assert.equal(read?.verdict, "true");
      assert.deepEqual(
        read?.fields.map(({ field, verdict }) => [field, verdict]),
        [["draft", "false"]],
      );
      assert.deepEqual(
        read?.rules[0]?.clause.parts.map(({ decides }) => decides),
        [false, true, false],
      );
      assert.deepEqual(read?.rules[0]?.clause.parts[0]?.facts, [{ text: "row.isOpen", value: "false" }]);
    });
  });

  describe("who", () => {
    test("names the people, and what else lets in", async () => {
      const output = await run("who", "notes", closed);
      assert.equal(
        output,
        `Who may read the row ${closed} of 'notes':\n  2 people:\n    ${ann}  Ann\n    ${bob}  Bob\\u{1b}[31m\n  everybody who is signed in and has the role editor\n`,
      );
    });

    test("says everybody, and nobody", async () => {
      assert.match(await run("who", "notes", open), /:\n {2}everybody, signed in or not\n$/);
      assert.match(await run("who", "teams", id("2", 1), "--operation", "delete"), /:\n {2}nobody\n$/);
    });

    test("tells of other operations, fields, and who lacks a role or has a claim", async () => {
      assert.match(
        await run("who", "notes", open, "--operation", "update"),
        /:\n {2}1 person who has not the role banned:\n {4}\S+ {2}Ann\n$/,
      );
      assert.match(
        await run("who", "notes", open, "--operation", "delete"),
        /:\n {2}1 person:\n {4}\S+ {2}Ann\n {2}everybody who is signed in and for whom me\.claim\("plan"\)\.eq\("gold"\) is true\n$/,
      );
      assert.match(await run("who", "notes", open, "--field", "draft"), /Who may read 'draft' of the row .*\n {2}1 person:\n/);
    });

    test("asks of given roles and claims", async () => {
      assert.match(await run("who", "notes", closed, "--role", "editor"), /than those given:\n {2}everybody who is signed in\n$/);
      assert.match(
        await run("who", "notes", open, "--operation", "delete", "--claim", "plan=silver"),
        /:\n {2}1 person:\n {4}\S+ {2}Ann\n$/,
      );
    });

    test("counts before it lists, and lists no more than is asked for", async () => {
      await held?.transaction((connection) =>
        connection.run(
          "INSERT INTO members (id, team, user, created, updated, version) SELECT replace(id, '-8', '-9'), ?, id, created, updated, 1 FROM users WHERE name LIKE 'P%'",
          [id("2", 1)],
        ),
      );
      const few = await run("who", "notes", closed, "--limit", "3");
      assert.match(few, /:\n {2}32 people:\n( {4}\S+ {2}\S+\n){3} {4}and 29 more: --all lists them\n/);
      assert.equal((await run("who", "notes", closed, "--all")).match(/\n {4}0/g)?.length, 32);
      const lines = (await run("who", "notes", closed, "--json", "--limit", "5"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.equal(lines.length, 6);
      assert.deepEqual(
        ((lines[0]?.["ways"] ?? []) as { count?: number; everybody: boolean; conditions: unknown }[]).map(
          ({ count, everybody, conditions }) => [count, everybody, conditions],
        ),
        [
          [32, false, []],
          [undefined, true, [{ condition: 'me.hasRole("editor")', truth: "true" }]],
        ],
      );
      assert.deepEqual(lines[1], { way: 0, id: ann, label: "Ann" });
    });

    test("says what is mistyped", async () => {
      const errors = async (...args: readonly string[]): Promise<string> => (await folder.run("who", ...args, "-b", path)).errors;
      assert.match(await errors("note", open), /no table 'note'; did you mean 'notes'/);
      assert.match(await errors("notes", id("4", 9)), /There is no row/);
      assert.match(await errors("notes", "x"), /must be a UUID/);
      assert.match(await errors("notes", open, "--field", "drft"), /no field 'drft' in 'notes'; did you mean 'draft'/);
      assert.match(await errors("notes", open, "--limit", "0"), /--limit must be a whole number/);
      assert.match(await errors("notes", open, "--role", "edtor"), /no role 'edtor'; did you mean 'editor'/);
    });
  });
});
