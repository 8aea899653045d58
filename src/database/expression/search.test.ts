import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { AppError } from "#contract";
import { searchTokenizer } from "../sqlite/dialect/full-text.ts";
import { matchesSearch, parseSearch, searchLimits, searchWords, type SearchSyntax } from "./search.ts";

/** Blocks that Unicode 6.1 had whole, which is what FTS5 knows of. */
const blocks = [
  [0x1, 0x37e],
  [0x384, 0x527],
  [0x5d0, 0x5ea],
  [0x620, 0x64a],
  [0x904, 0x939],
  [0x1e00, 0x1fff],
  [0x2010, 0x2027],
  [0x2100, 0x214f],
  [0x3041, 0x30ff],
  [0x4e00, 0x9fcc],
  [0xac00, 0xd7a3],
  [0xff01, 0xffee],
  [0x1f600, 0x1f610],
] as const;

test("words are those that FTS5 finds, for every character of the common scripts", () => {
  const database = new DatabaseSync(":memory:");
  database.exec(
    `CREATE VIRTUAL TABLE s USING fts5(a, tokenize='${searchTokenizer}'); CREATE VIRTUAL TABLE v USING fts5vocab(s, instance)`,
  );
  const insert = database.prepare("INSERT INTO s(rowid, a) VALUES (?, ?)");
  const textOf = (codePoint: number): string => `x${String.fromCodePoint(codePoint)}Y ${String.fromCodePoint(codePoint)}`;
  const codePoints = blocks.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
  database.exec("BEGIN");
  for (const codePoint of codePoints) insert.run(codePoint, textOf(codePoint));
  const words = new Map<number, string[]>(codePoints.map((codePoint) => [codePoint, []]));
  for (const row of database.prepare("SELECT doc, term FROM v ORDER BY doc, offset").iterate())
    words.get(Number(row["doc"]))?.push(String(row["term"]));
  database.close();
  const different = codePoints.filter(
    (codePoint) => searchWords(textOf(codePoint)).join(" ") !== words.get(codePoint)?.join(" "),
  );
  assert.deepEqual(
    different.map((codePoint) => codePoint.toString(16)),
    [],
  );
});

const text = "The quick brown fox's Crème brûlée";
const cases: readonly (readonly [syntax: SearchSyntax, query: string, matches: boolean])[] = [
  ["plfts", "creme QUICK", true],
  ["plfts", "quick slow", false],
  ["plfts", "& | !", false],
  ["plfts", "", false],
  ["phfts", "quick brown", true],
  ["phfts", "brown quick", false],
  ["wfts", '"quick brown" -slow', true],
  ["wfts", "slow or brulee", true],
  ["wfts", "quick -brown", false],
  ["wfts", 'quick "unclosed', false],
  ["fts", "quick & !slow", true],
  ["fts", "slow | (qui:* & brown)", true],
  ["fts", "quick <-> brown <-> fo:*", true],
  ["fts", "quick <1> brown", true],
  ["fts", "'fox''s'", true],
  ["fts", "!!quick", true],
  ["fts", "'?!' & quick", true],
  ["fts", "!(slow | !quick)", true],
];

for (const [syntax, query, matches] of cases) {
  test(`${syntax} ${JSON.stringify(query)} is ${matches}`, () =>
    assert.equal(matchesSearch([text, null], query, syntax), matches));
}

test("a phrase must stand in one text, words may stand in several", () => {
  assert.equal(matchesSearch(["one", "two"], "one two", "plfts"), true);
  assert.equal(matchesSearch(["one", "two"], "one two", "phfts"), false);
});

for (const query of [
  "quick &",
  "& quick",
  "quick brown",
  "(quick",
  "quick)",
  "quick <2> brown",
  "quick:A",
  "quick:**",
  "quick <-> (a | b)",
  "qu'ick",
  "a:* <-> b",
  "!",
  "<->",
  ":*",
]) {
  test(`fts ${JSON.stringify(query)} cannot be read`, () => {
    assert.throws(
      () => matchesSearch([text], query, "fts"),
      (error) => error instanceof AppError && error.error === "invalidQuery" && error.hint !== null,
    );
  });
}

for (const [syntax, query] of [
  ["fts", "!quick"],
  ["fts", "quick | !brown"],
  ["wfts", "-quick"],
] as const) {
  test(`${syntax} ${JSON.stringify(query)}, which only says what is not wanted, is refused`, () => {
    assert.throws(
      () => matchesSearch([text], query, syntax),
      (error) => error instanceof AppError && error.error === "invalidQuery",
    );
  });
}

test("long, wordy and deep searches are refused with their limit", () => {
  const deep = "(".repeat(searchLimits.depth + 1) + "a" + ")".repeat(searchLimits.depth + 1);
  for (const query of [
    "a ".repeat(searchLimits.length),
    "a "
      .repeat(searchLimits.words + 1)
      .trim()
      .replaceAll(" ", " & "),
    deep,
  ]) {
    assert.throws(
      () => parseSearch(query, "fts"),
      (error) => error instanceof AppError && error.error === "limitExceeded",
    );
  }
  assert.doesNotThrow(() => parseSearch("a ".repeat(searchLimits.words).trim().replaceAll(" ", " & "), "fts"));
});
