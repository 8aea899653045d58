import assert from "node:assert/strict";
import { test } from "node:test";
import { printExpression } from "#database";
import { defineBackend } from "../../definition.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { bytes, decimal, enums, integer, json, ref, secret, text } from "../../schema/fields.ts";
import { table } from "../../schema/table.ts";
import { everyone, nobody, signedIn } from "../../rules/conditions.ts";
import { functionsOf } from "../../functions/define-function.ts";
import { diffRules } from "./diff-rules.ts";
import { readSnapshot, SnapshotError, writeSnapshot } from "./snapshot.ts";

const schema = defineSchema(
  {
    users: { name: text(), password: secret() },
    tags: { name: text() },
    posts: table(
      {
        author: ref("users"),
        price: decimal(10, 2).min("0.50"),
        big: integer(),
        raw: bytes(),
        data: json(),
        state: enums("a", "b"),
      },
      { history: true, checks: (row) => ({ cheap: row.price.lt("100.00") }) },
    ),
    post_tags: table({ post: ref("posts"), tag: ref("tags") }, { unique: [["post", "tag"]] }),
  },
  { roles: ["editor"], claims: { level: integer() }, computed: { posts: (row) => ({ tagged: row.tags.count() }) } },
);
const { query } = functionsOf(schema);
const backend = defineBackend(schema, {
  rules: {
    users: () => ({ read: everyone, write: nobody }),
    tags: ({ row }) => ({ read: row.posts.some((post) => post.tagged.gt(1)), write: nobody }),
    posts: ({ row, next, me }) => ({
      read: row.price.gt("9.99").or(row.raw.eq("\\x00ff"), row.data.contains({ a: [1] }), row.big.lt(9007199254740991)),
      create: row.author.eq(me.id),
      update: next.price.gte(row.price),
      delete: me.hasRole("editor").and(me.claim("level").gt(3)),
      history: signedIn,
      fields: { big: { read: row.author.name.like("a%"), update: me.hasRole("editor") } },
    }),
    post_tags: () => ({ read: everyone, write: nobody }),
  },
  functions: { hello: query({ access: ({ me }) => me.hasRole("editor") }, () => "hello") },
});
const text1 = writeSnapshot(backend);

test("a snapshot is read as it was written, and changes nothing", () => {
  const read = readSnapshot(text1);
  assert.equal(writeSnapshot(read), text1);
  const print = (version: typeof read): unknown =>
    [...version.rules].map(([name, { read: rule, update, fields }]) => [
      name,
      rule && printExpression(rule),
      update?.mentionsNext,
      [...fields].map(([field, own]) => [field, own.read && printExpression(own.read)]),
    ]);
  assert.deepEqual(print(read), print(backend));
  assert.deepEqual([...diffRules(read, backend)], []);
  assert.deepEqual([...diffRules(backend, read)], []);
  assert.equal(read.model.tables.get("posts")?.columns.get("tagged")?.computed?.type, "aggregate");
});

test("what is no snapshot is refused, and why is said", () => {
  const broken = (change: (text: string) => string, message: RegExp): void => {
    const text2 = change(text1);
    assert.notEqual(text2, text1);
    assert.throws(
      () => readSnapshot(text2),
      (error) => error instanceof SnapshotError && message.test(error.message),
    );
  };
  broken(() => "{", /no JSON/);
  broken(() => "[]", /no snapshot of rules/);
  broken((text2) => text2.replace("chassis rules 1", "chassis rules 2"), /another version: 'chassis rules 2'/);
  broken((text2) => text2.replaceAll('"operator": "gt"', '"operator": "gtx"'), /operator that this version does not know: 'gtx'/);
  broken(
    (text2) => text2.replaceAll('"operator": "gt"', '"operator": "constructor"'),
    /operator that this version does not know/,
  );
  broken((text2) => text2.replace('"price"\n', '"prize"\n'), /does not have: 'posts\.prize'/);
  broken(
    (text2) => text2.replace('"kind": "bytes"', '"kind": "bites"'),
    /kind of field that this version does not know: 'bites'/,
  );
  broken((text2) => text2.replace('"tables": [', '"tablets": ['), /damaged/);
});
