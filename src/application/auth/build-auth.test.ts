import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineBackend } from "../definition.ts";
import { everyone, nobody, signedIn } from "../rules/conditions.ts";
import { DefinitionError } from "../schema/definition-error.ts";
import { defineSchema } from "../schema/define-schema.ts";
import { accountEmail, id, text } from "../schema/fields.ts";

const schema = defineSchema({ users: { name: text() } }, { roles: ["editor"] });

const problemsOf = (define: () => unknown): readonly string[] => {
  try {
    define();
  } catch (error) {
    assert.ok(error instanceof DefinitionError, String(error));
    return error.problems.map(({ place, message }) => `${place}: ${message}`);
  }
  return [];
};

describe("auth of a back end", () => {
  const define =
    (auth: unknown, create?: unknown): (() => unknown) =>
    () =>
      defineBackend(schema, {
        rules: {
          users: ({ row, me }) => ({
            read: everyone,
            create: (create ?? row.id.eq(me.id)) as never,
            update: nobody,
            delete: nobody,
          }),
        },
        auth: auth as never,
      });

  test("is checked with everything else", () => {
    const cases: readonly (readonly [unknown, RegExp | undefined])[] = [
      [true, undefined],
      [false, undefined],
      [undefined, undefined],
      [{}, undefined],
      [{ signUp: "closed", adminRole: "editor", breachedPasswords: true }, undefined],
      [{ signUp: "opne" }, /^auth.signUp: is "open" or "closed"$/],
      [{ signup: "open" }, /^auth.signup: is nothing that auth has.*signUp/],
      [{ adminRole: "edtor" }, /^auth.adminRole: .*editor/],
      [{ breachedPasswords: "yes" }, /^auth.breachedPasswords: is true or false$/],
      ["yes", /^auth: /],
    ];
    for (const [auth, expected] of cases) {
      const problems = problemsOf(define(auth));
      if (expected === undefined) assert.deepEqual(problems, [], JSON.stringify(auth));
      else assert.match(problems.join("\n"), expected, JSON.stringify(auth));
    }
  });

  test("says what is wrong with the provider", () => {
    const cases: readonly (readonly [unknown, RegExp | undefined])[] = [
      [true, undefined],
      [false, undefined],
      [{ accessTokenTime: "5m", refreshTokenTime: "90d", claims: { nickname: "name" } }, undefined],
      ["yes", /^auth.provider: must be an object/],
      [{ acessTokenTime: "5m" }, /^auth.provider.acessTokenTime: is nothing.*accessTokenTime/],
      [{ accessTokenTime: "5s" }, /^auth.provider.accessTokenTime: is a time from a minute to a day/],
      [{ accessTokenTime: "soon" }, /^auth.provider.accessTokenTime: is a time/],
      [{ refreshTokenTime: 1.5 }, /^auth.provider.refreshTokenTime: is a time from an hour to a year/],
      [{ claims: { nickname: "nmae" } }, /^auth.provider.claims.nickname: must name a field of 'users'.*name/],
      [{ claims: { sub: "name" } }, /^auth.provider.claims.sub: is said by sign-in itself/],
      [{ claims: { "Nick Name": "name" } }, /is no name of a claim/],
    ];
    for (const [provider, expected] of cases) {
      const problems = problemsOf(define({ provider }));
      if (expected === undefined) assert.deepEqual(problems, [], JSON.stringify(provider));
      else assert.match(problems.join("\n"), expected, JSON.stringify(provider));
    }
    assert.match(problemsOf(define({ provider: true, pages: false })).join(), /auth.provider: needs the pages of sign-in/);
  });

  test("does not let people sign up whose row nobody may make", () => {
    assert.match(problemsOf(define(true, nobody)).join(), /lets nobody make their row: write create: row.id.eq\(me.id\)/);
    assert.deepEqual(problemsOf(define({ signUp: "closed" }, nobody)), []);
    assert.deepEqual(problemsOf(define(true, signedIn)), []);
  });

  test("needs users whose ids cannot be counted", () => {
    const of = (tables: Record<string, Record<string, never>>) =>
      problemsOf(() =>
        defineBackend(defineSchema(tables), {
          rules: Object.fromEntries(
            Object.keys(tables).map((name) => [name, () => ({ read: everyone, write: signedIn })]),
          ) as never,
          auth: true,
        }),
      );
    assert.match(of({ people: {} }).join(), /auth: needs a table 'users'/);
    assert.match(of({ users: { id: id("integer") as never } }).join(), /auth: needs a table 'users' whose id cannot be guessed/);
    assert.deepEqual(of({ users: { id: id("text") as never } }), []);
  });

  test("keeps an address only where people sign in, and only in their own row", () => {
    const define = (tables: Parameters<typeof defineSchema>[0], auth: boolean) =>
      problemsOf(() =>
        defineBackend(defineSchema(tables), {
          rules: Object.fromEntries(
            Object.keys(tables).map((name) => [name, () => ({ read: everyone, write: signedIn })]),
          ) as never,
          auth,
        }),
      );
    assert.deepEqual(define({ users: { email: accountEmail() } }, true), []);
    assert.match(define({ users: { email: accountEmail() } }, false).join(), /users.email: accountEmail\(\) is kept by sign-in/);
    assert.match(
      define({ users: {}, notes: { email: accountEmail() } }, true).join(),
      /notes.email: accountEmail\(\) belongs to/,
    );
  });

  test("brings its mails, in the languages of all others, and an app's own in their place", () => {
    const { mails } = defineBackend(schema, {
      rules: { users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }) },
      auth: true,
      mail: { languages: ["en", "fi", "nl"] },
    });
    assert.equal(mails.entries.length, 23);
    for (const { name, templates } of mails.entries) {
      assert.match(name, /^auth[A-Z]/);
      assert.deepEqual([...templates.keys()].slice(0, 5), ["en", "nl", "de", "fr", "es"], name);
      assert.ok(templates.has("fi"), name);
    }
  });
});
