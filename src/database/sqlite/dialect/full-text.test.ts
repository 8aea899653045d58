import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { AppError } from "#contract";
import fc from "fast-check";
import { matchesSearch, type SearchSyntax } from "../../expression/search.ts";
import { fullTextQuery, searchTokenizer } from "./full-text.ts";
import { propertyRuns } from "../../../../tests/support/property-runs.ts";

const cases: readonly (readonly [SearchSyntax, string, string])[] = [
  ["plfts", "Red fish", '"red" AND "fish"'],
  ["phfts", "red fish", '"red fish"'],
  ["fts", "red & !(fish | cat)", '("red") NOT (("fish") OR ("cat"))'],
  ["fts", "re:*", '"re" *'],
  ["fts", "!(!red | cat)", '("red") NOT ("cat")'],
  ["wfts", "", '""'],
];

for (const [syntax, text, query] of cases) {
  test(`${syntax} ${JSON.stringify(text)} becomes ${query}`, () => {
    const normal = (written: string): string => written.replaceAll(/\(("[^"]*"(?: \*)?)\)/g, "$1");
    assert.equal(normal(fullTextQuery(text, syntax)), normal(query));
  });
}

test("whatever is searched for, FTS5 can read it and finds what the evaluator finds, or it is refused", () => {
  const documents = ["", "red fish", "one two three", "Réd-fish OR near", "cat"];
  const database = new DatabaseSync(":memory:");
  database.exec(`CREATE VIRTUAL TABLE s USING fts5(a, tokenize='${searchTokenizer}')`);
  for (const [index, document] of documents.entries())
    database.prepare("INSERT INTO s(rowid, a) VALUES (?, ?)").run(index, document);
  const find = database.prepare("SELECT rowid FROM s WHERE s MATCH '{a} : (' || ? || ')' ORDER BY rowid");
  const piece = fc.constantFrom(
    "red",
    "fish",
    "one",
    "two",
    "réd",
    "or",
    "NOT",
    "NEAR(",
    "&",
    "|",
    "!",
    "(",
    ")",
    "<->",
    "<1>",
    '"',
    "'",
    "-",
    ":*",
    "*",
    "^",
    "{a}",
    ":",
    "+",
    ",",
    "\\",
    " ",
    "\u{1F600}",
    "\u0301",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(" ")),
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  );
  let answered = 0;
  fc.assert(
    fc.property(text, fc.constantFrom<SearchSyntax>("fts", "plfts", "phfts", "wfts"), (query, syntax) => {
      try {
        const expected = documents.flatMap((document, index) => (matchesSearch([document], query, syntax) ? [index] : []));
        assert.deepEqual(
          find.all(fullTextQuery(query, syntax)).map((row) => row["rowid"]),
          expected,
        );
        answered++;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }),
    { numRuns: propertyRuns(600, 2000) },
  );
  database.close();
  assert.ok(answered > 500);
});
