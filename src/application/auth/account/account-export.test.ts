import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Actor } from "#contract";
import { defineBackend } from "../../definition.ts";
import { everyone, nobody } from "../../rules/conditions.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { ref, text } from "../../schema/fields.ts";
import { goodPassword, openPeople, type People, refusedAs, request } from "../auth-fixtures.ts";
import { addRow, ownersBackend, rowId } from "./account-fixtures.ts";
import { propertyRuns } from "../../../../tests/support/property-runs.ts";

interface Document {
  readonly format: string;
  readonly version: number;
  readonly account: Readonly<Record<string, unknown>>;
  readonly sessions: readonly object[];
  readonly factors: object;
  readonly mail: object;
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

interface Taken {
  readonly text: string;
  readonly document: Document;
  /** Bytes of the largest piece. */
  readonly largest: number;
}

async function take({ auth }: People, me: Actor): Promise<Taken> {
  return auth.exportAccount(me, async (pieces) => {
    const all: Uint8Array[] = [];
    for await (const piece of pieces) all.push(piece);
    const text = Buffer.concat(all).toString();
    return { text, document: JSON.parse(text) as Document, largest: Math.max(...all.map(({ byteLength }) => byteLength)) };
  });
}

test("a copy has the account, what sign-in knows and every row that is theirs, and no secret", async () => {
  await using people = await openPeople(ownersBackend());
  const { me, token } = await people.join("ada@example.org", { name: "Ada" });
  const other = await people.join("eve@example.org", { name: "Eve" });
  await people.auth.signIn.signIn({ email: "ada@example.org", password: goodPassword }, request);
  await people.auth.passwordReset.request({ email: "ada@example.org" }, request);
  const reset = people.tokenTo("ada@example.org", "resetPassword");
  await addRow(people, "notes", rowId(1), { author: me.id, body: "mine" });
  await addRow(people, "notes", rowId(2), { author: other.user, body: "hers" });
  await addRow(people, "lines", rowId(3), { note: rowId(1), body: "of mine" });
  await addRow(people, "lines", rowId(4), { note: rowId(2), body: "of hers" });
  await addRow(people, "replies", rowId(5), { author: me.id, body: "said" });
  await addRow(people, "files", rowId(6), { owner: me.id, verdict: "odd" });
  await addRow(people, "orders", rowId(7), { buyer: me.id, total: 3 });
  const { text, document } = await take(people, me);
  const { rows, sessions, account, format, version } = document;
  assert.deepEqual([format, version], ["chassis-account-export", 1]);
  assert.deepEqual([account["user"], account["address"], account["hasPassword"]], [me.id, "ada@example.org", true]);
  assert.equal(sessions.length, 2);
  assert.deepEqual(
    Object.fromEntries(
      Object.entries(rows).map(([table, all]) => [table, all.map((row) => row["body"] ?? row["name"] ?? row["total"])]),
    ),
    { users: ["Ada"], notes: ["mine"], lines: ["of mine"], replies: ["said"], orders: [3] },
  );
  assert.deepEqual(Object.keys(rows["notes"]?.[0] ?? {}).includes("flag"), false, "a field that they may not read");
  const hash = await people.database.get("SELECT password FROM _chassis_accounts WHERE user = ?", [me.id]);
  for (const secret of [String(hash?.[0]), token, reset, "hers", "odd"]) assert.ok(!text.includes(secret), secret);
});

test("a copy of many rows is made a page at a time, each once", async () => {
  await using people = await openPeople(ownersBackend());
  const { me } = await people.join("ada@example.org");
  const rows = Array.from({ length: 1300 }, (_, index) => ({ author: me.id, body: `note ${index} ${"x".repeat(200)}` }));
  const insert = { type: "insert", table: "notes", rows, rowForm: "json", missing: "default", values: [], form: "json" } as const;
  await people.records.write(insert, me);
  const { document, largest, text } = await take(people, me);
  const bodies = (document.rows["notes"] ?? []).map((row) => row["body"]);
  assert.deepEqual(new Set(bodies).size, 1300);
  assert.equal(bodies.length, 1300);
  assert.ok(largest < text.length / 2, `${largest} of ${text.length}`);
});

test("a copy is for whoever has just shown who they are, and signed in", async () => {
  await using people = await openPeople(ownersBackend());
  const { me } = await people.join("ada@example.org");
  people.clock.advance(600_001);
  await assert.rejects(take(people, me), refusedAs("proofRequired"));
  const { session: _, ...token } = me;
  await assert.rejects(take(people, token), refusedAs("signInRequired"));
});

const bodies = ["a", "b", "ab", "c"] as const;
const readRules = ["everyone", "nobody", "author", "begins", "editor"] as const;
const arbitraryRow = fc.record({
  author: fc.constantFrom(0, 1),
  editor: fc.constantFrom(0, 1, null),
  body: fc.constantFrom(...bodies),
});
const arbitraryWorld = fc.record({
  read: fc.constantFrom(...readRules),
  field: fc.constantFrom(...readRules),
  column: fc.constantFrom("author", "editor", "body"),
  partRead: fc.constantFrom("everyone", "nobody", "note"),
  rows: fc.array(arbitraryRow, { maxLength: 6 }),
});

const schema = defineSchema({
  users: { name: text() },
  notes: {
    author: ref("users").onDelete("cascade").inverse("written"),
    editor: ref("users").onDelete("set null").optional().inverse("edited"),
    body: text(),
  },
  parts: { note: ref("notes").onDelete("cascade"), body: text() },
});

test("whatever the rules say, a copy has the rows of theirs that they may read, with the fields that they may read, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryWorld, async ({ read, field, column, partRead, rows }) => {
      const backend = defineBackend(schema, {
        rules: {
          users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: nobody, delete: nobody }),
          notes: ({ row, me }) => {
            const rule = (name: (typeof readRules)[number]) => {
              if (name === "author") return row.author.eq(me.id);
              if (name === "editor") return row.editor.eq(me.id);
              if (name === "begins") return row.body.like("a%");
              return name === "everyone" ? everyone : nobody;
            };
            const fields = { [column]: { read: rule(field) } };
            return { read: rule(read), write: nobody, fields };
          },
          parts: ({ row, me }) => ({
            read: partRead === "everyone" ? everyone : partRead === "nobody" ? nobody : row.note.author.eq(me.id),
            write: nobody,
          }),
        },
        auth: true,
      });
      await using people = await openPeople(backend);
      const [ada, eve] = [await people.join("ada@example.org"), await people.join("eve@example.org")];
      const ids = [ada.user, eve.user];
      for (const [index, { author, editor, body }] of rows.entries()) {
        const values = { author: ids[author] ?? "", editor: editor === null ? null : (ids[editor] ?? ""), body };
        await addRow(people, "notes", rowId(index), values);
        await addRow(people, "parts", rowId(1000 + index), { note: rowId(index), body: `part of ${index}` });
      }
      const { document } = await take(people, ada.me);
      const { json } = await people.records
        .read({ table: "notes", selection: { items: [] }, values: [], form: "json" }, ada.me)
        .catch(() => ({ json: "[]" }));
      const readable = JSON.parse(json) as readonly Readonly<Record<string, unknown>>[];
      const given = document.rows["notes"] ?? [];
      // Nothing that they may not read, and as they may read it.
      for (const row of given)
        assert.deepEqual(
          row,
          readable.find(({ id }) => id === row["id"]),
        );
      // All of theirs, as far as they may see that it is.
      const theirs = readable.filter((row) => row["author"] === ada.user || row["editor"] === ada.user);
      assert.deepEqual(new Set(given.map(({ id }) => id)), new Set(theirs.map(({ id }) => id)));
      const partsOfTheirs = (document.rows["parts"] ?? []).map(({ note }) => rows[Number(String(note).slice(-4))]?.author);
      assert.ok(partsOfTheirs.every((author) => author === 0));
      if (partRead === "nobody") assert.equal(partsOfTheirs.length, 0);
    }),
    { numRuns: propertyRuns(10, 40) },
  );
});
