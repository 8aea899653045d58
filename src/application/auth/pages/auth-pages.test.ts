import assert from "node:assert/strict";
import { test } from "node:test";
import { defineBackend } from "../../definition.ts";
import { everyone, nobody } from "../../rules/conditions.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { bool, bytes, enums, integer, json, ref, text } from "../../schema/fields.ts";
import type { AuthPagesInput } from "./build-auth-pages.ts";
import { labelFrom, readPageFields } from "./page-fields.ts";
import { authPageWords, authPageWordsIn, placeholdersOf } from "./page-words.ts";

const schema = defineSchema({
  users: {
    firstName: text().min(1),
    track: enums("self-guided", "degree"),
    agreed: bool(),
    about: text().max(500).optional(),
    years: integer().optional(),
    points: integer().default(0),
    picture: bytes().optional(),
  },
});

const define = (pages: unknown) =>
  defineBackend(schema, {
    rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: nobody, delete: nobody }) },
    auth: { pages: pages as AuthPagesInput },
  }).auth?.pages;

test("every language has every text with every placeholder, and says nothing of another language's", () => {
  const english = authPageWords["en"] ?? assert.fail();
  for (const [language, words] of Object.entries(authPageWords)) {
    assert.deepEqual(new Set(Object.keys(words)), new Set(Object.keys(english)), language);
    for (const [name, said] of Object.entries(words)) {
      assert.deepEqual(placeholdersOf(said), placeholdersOf(english[name as keyof typeof english]), `${language} ${name}`);
      assert.equal(said, said.trim(), `${language} ${name}`);
    }
    const same = Object.entries(words).filter(([name, said]) => said === english[name as keyof typeof english]);
    if (language !== "en") assert.ok(same.length < 6, `${language}: ${same.map(([name]) => name).join(", ")}`);
  }
});

test("a page speaks the first language that it has words in, with the app's own in front", () => {
  const changes = { en: { signUpTitle: "Join" }, it: { signInTitle: "Accedi" } };
  const title = (...wanted: string[]): unknown => {
    const { language, words } = authPageWordsIn(wanted, changes);
    return [language, words.signUpTitle, words.signInTitle];
  };
  assert.deepEqual(title("ja", "nl-BE"), ["nl", "Aanmelden", "Inloggen"]);
  assert.deepEqual(title("en-GB"), ["en", "Join", "Sign in"]);
  assert.deepEqual(title("it"), ["it", "Sign up", "Accedi"]);
  assert.deepEqual(title(), ["en", "Join", "Sign in"]);
});

test("sign-up asks for what every user needs, and for what is named besides, in the order of the table", () => {
  const fields = (pages: unknown): unknown =>
    define(pages)?.fields.map(({ column, form, required }) => [column.name, form, required]);
  const needed = [
    ["firstName", "line", true],
    ["track", "choice", true],
    ["agreed", "checkbox", true],
  ];
  assert.deepEqual(fields(true), needed);
  assert.deepEqual(fields({ fields: { about: "About you" } }), [...needed, ["about", "lines", false]]);
  assert.equal(define(false), undefined);
  const [first, track] = define({ fields: { track: { options: { degree: { nl: "Studie" } } } } })?.fields ?? [];
  assert.deepEqual([first?.label, track?.label], ["First name", "Track"]);
  assert.deepEqual(track?.options, [
    { value: "self-guided", label: "Self guided" },
    { value: "degree", label: { nl: "Studie" } },
  ]);
  assert.equal(labelFrom("last_seen_URL2At"), "Last seen url2 at");
});

test("what is typed becomes the row as it is written", () => {
  const { fields = [] } = define({ fields: { about: "About", years: "Years" } }) ?? {};
  const typed = (values: Readonly<Record<string, string>>) => readPageFields(fields, (name) => values[name] ?? "");
  const good = {
    "user.firstName": " Ada ",
    "user.track": "degree",
    "user.agreed": "true",
    "user.about": "a\r\nb",
    "user.years": " 7 ",
  };
  assert.deepEqual(typed(good), {
    row: { firstName: " Ada ", track: "degree", agreed: true, about: "a\nb", years: 7 },
    problems: [],
  });
  const { row, problems } = typed({
    "user.track": "mars",
    "user.firstName": "  ",
    points: "9",
    "user.points": "9",
    "user.id": "x",
  });
  assert.deepEqual(row, { agreed: false }, "nothing that is not asked for");
  assert.deepEqual(
    problems.map(({ field }) => field),
    ["user.firstName", "user.track"],
  );
});

test("what cannot stand is a mistake of the definition, with its place", () => {
  const wrong = (pages: unknown, message: RegExp): void => assert.throws(() => define(pages), message, JSON.stringify(pages));
  wrong({ hom: "/" }, /auth\.pages\.hom: is nothing that the pages have/);
  for (const home of ["//evil.example", "https://evil.example", "welcome", "/\\evil", 1])
    wrong({ home }, /auth\.pages\.home: is a path/);
  wrong({ fields: { abuot: "x" } }, /auth\.pages\.fields\.abuot: is no field.*about/);
  wrong({ fields: { created: "x" } }, /auth\.pages\.fields\.created/);
  wrong({ fields: { picture: "x" } }, /cannot ask for 'users\.picture' \(bytes\)/);
  wrong({ fields: { about: { en: "" } } }, /about\.label: is text/);
  wrong({ fields: { track: { options: { mars: "x" } } } }, /'mars' is no value of 'track'/);
  wrong({ texts: { en: { signUp: "x" } } }, /auth\.pages\.texts\.en\.signUp: is no text/);
  wrong({ texts: { en: { back: "Back to {name}" } } }, /has \{name\}, and only \{site\}/);
  wrong({ texts: { "not a tag": {} } }, /is no language tag/);
  const needs =
    (field: ReturnType<typeof json>): (() => unknown) =>
    () =>
      defineBackend(defineSchema({ users: { extra: field as never } }), {
        rules: { users: () => ({ read: nobody, create: everyone, update: nobody, delete: nobody }) } as never,
        auth: true,
      });
  assert.throws(needs(json()), /cannot ask for 'users\.extra' \(json\): make it optional/);
  assert.throws(needs(ref("users") as never), /cannot ask for 'users\.extra' \(a reference\)/);
});
