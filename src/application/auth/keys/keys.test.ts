import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defineBackend } from "../../definition.ts";
import { everyone, nobody } from "../../rules/conditions.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { text } from "../../schema/fields.ts";
import { DAY, openPeople, refusedAs, request } from "../auth-fixtures.ts";
import type { KeysInput } from "./build-keys.ts";
import { isKey, keyHash, newKey } from "./key-format.ts";
import type { ApiKeys } from "./keys.ts";

const define = (keys: boolean | KeysInput) =>
  defineBackend(defineSchema({ users: { name: text() } }), {
    rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }) },
    auth: { keys },
  });

test("a key is found by its hash, and what one character makes of it is none", () => {
  const { text: key, hash, start } = newKey();
  assert.ok(key.startsWith(start) && start.length < 15 && isKey(key));
  assert.deepEqual(keyHash(key), hash);
  fc.assert(
    fc.property(fc.nat(key.length - 1), fc.constantFrom(..."0Aaz_-~"), (at, other) => {
      fc.pre(key[at] !== other);
      assert.equal(keyHash(key.slice(0, at) + other + key.slice(at + 1)), undefined);
    }),
  );
  assert.equal(new Set(Array.from({ length: 100 }, () => newKey().text)).size, 100);
});

test("what keys may be is said in the definition, and a mistake in it is one of the definition", () => {
  assert.equal(define(false).auth?.keys, undefined);
  assert.deepEqual(define(true).auth?.keys, { days: 90, maxDays: 366, most: 20, factorRoles: false });
  assert.deepEqual(define({ maxDays: 30 }).auth?.keys, { days: 30, maxDays: 30, most: 20, factorRoles: false });
  const wrong = (keys: unknown, message: RegExp): void => assert.throws(() => define(keys as KeysInput), message);
  wrong({ day: 3 }, /auth\.keys\.day: is nothing that keys have.*days/);
  wrong({ days: 0 }, /auth\.keys\.days: is a whole number from 1/);
  wrong({ days: 40, maxDays: 30 }, /auth\.keys\.days: is at most maxDays, which is 30/);
  wrong({ most: "5" }, /auth\.keys\.most/);
  wrong({ factorRoles: 1 }, /auth\.keys\.factorRoles/);
});

test("a key ends when it was said to, is told by mail, and says when it was last used", async () => {
  await using people = await openPeople(define({ maxDays: 30, most: 2 }));
  const { auth, clock } = people;
  const ada = await people.join("ada@example.org");
  const keys = auth.keys as ApiKeys;
  const check = async (key: string) => auth.checkKey?.(key);
  for (const [input, message] of [
    [{ name: " " }, /'name'/],
    [{ name: "x".repeat(61) }, /'name'/],
    [{ name: "a\nb" }, /'name'/],
    [{ name: "x", days: 31 }, /'days'.*30/],
    [{ name: "x", days: "7" }, /'days'/],
    [{ name: "x", access: "all" }, /'access'/],
    [{ name: "x", tables: "users" }, /'tables'/],
    [{ name: "x", tables: ["nothing"] }, /'tables' has 'nothing'/],
    [{ name: "x", routes: 1 }, /'routes'/],
  ] as const)
    await assert.rejects(keys.make(ada.me, input, request), refusedAs("validationFailed", message));
  const made = await keys.make(ada.me, { name: " nightly ", days: 7 }, request);
  assert.deepEqual(
    [made.name, made.scope, Date.parse(made.expires) - Date.parse(made.created)],
    ["nightly", { access: "read", routes: true }, 7 * DAY],
  );
  const letter = people.letterTo("ada@example.org", "keyMade");
  assert.ok("name" in letter.message && letter.message.name === "nightly");
  const actor = await check(made.key);
  assert.deepEqual([actor?.id, actor?.session, actor?.key?.verified], [ada.user, undefined, true]);
  assert.equal(await check(made.key), actor, "the same object for as long as nothing changes");
  await keys.make(ada.me, { name: "second" }, request);
  await assert.rejects(keys.make(ada.me, { name: "third" }, request), refusedAs("limitExceeded", /2 keys/));
  clock.advance(7 * DAY);
  await assert.rejects(check(made.key), refusedAs("expiredToken"));
  assert.deepEqual(
    (await keys.list(ada.me)).map(({ name }) => name),
    ["second"],
  );
});
