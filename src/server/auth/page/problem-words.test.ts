import assert from "node:assert/strict";
import { test } from "node:test";
import {
  authPageWords,
  date,
  decimal,
  defineBackend,
  defineSchema,
  email,
  enums,
  integer,
  nobody,
  readPageFields,
  real,
  text,
  url,
} from "#application";
import { problemWords } from "./problem-words.ts";
import { createSpeech } from "./speech.ts";

const backend = defineBackend(
  defineSchema({
    users: {
      name: text(),
      mail: email(),
      page: url(),
      age: integer(),
      price: decimal(8, 2),
      share: real(),
      born: date(),
      track: enums("a", "b"),
    },
  }),
  { rules: { users: ({ row, me }) => ({ read: nobody, create: row.id.eq(me.id), update: nobody, delete: nobody }) }, auth: true },
);
const fields = backend.auth?.pages?.fields ?? [];

/** What sign-in and the limits of columns say besides. */
const others: readonly string[] = [
  "must be one e-mail address, such as ada@example.org",
  "must be an e-mail address of at most 254 characters",
  "is your address already",
  "must have at least 8 characters",
  "must have at most 128 characters",
  "must be at least 2 characters long",
  "must be at least 1 character long",
  "must be at most 80 characters long",
  "must be at least 0",
  "must be at most 80",
  "must be text",
  "must not be the address or the name of the site",
  "is one that many people use: it is among the first that are tried",
  "was found in a breach of another site: it is among those that are tried",
];

test("whatever can be wrong with a field is said in the reader's language", () => {
  const typed = ["", "x", "\u00e9", "1.5.5", "2026-02-30", "https:", "99999999999999999999", "1.123"];
  const messages = new Set([
    ...others,
    ...typed.flatMap((value) => readPageFields(fields, () => value).problems.map(({ message }) => message)),
  ]);
  assert.ok(messages.size > others.length + 6, [...messages].join("\n"));
  for (const language of Object.keys(authPageWords)) {
    const speech = createSpeech([language], { site: "Site", changes: {} });
    for (const message of messages) {
      const said = problemWords({ field: "x", message }, speech);
      assert.notEqual(said, speech.say("invalid"), `${language}: ${message}`);
      assert.doesNotMatch(said, /[{}]|^Must /, `${language}: ${message}: ${said}`);
    }
  }
});

test("what we have no words for is said as it is in English, and in general elsewhere", () => {
  const problem = { field: "x", message: "must match the pattern ^a$" };
  assert.equal(problemWords(problem, createSpeech(["en-GB"], { site: "", changes: {} })), "Must match the pattern ^a$.");
  assert.equal(problemWords(problem, createSpeech(["nl"], { site: "", changes: {} })), "Dit kan niet.");
});

test("times are said so that whoever comes back then is not too early, and what is filled in is not looked at again", () => {
  const { say, when } = createSpeech(["de"], { site: "{address}", changes: { de: { back: "Zu {site}!" } } });
  assert.equal(when(61), "in 2 Minuten");
  assert.equal(when(-90_000), "gestern");
  assert.equal(say("back"), "Zu {address}!");
  assert.match(say("sentLink", { address: "{site}" }), /\{site\}/);
});
