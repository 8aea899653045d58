import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { filterOperators } from "#application";
import { AppError } from "#contract";
import { chooseMediaType } from "../headers/accept.ts";
import type { GrammarFeature } from "./grammar-feature.ts";
import { grammarTable } from "./grammar-table.ts";
import { rangeOperators } from "./parse-operation.ts";
import { parseRead } from "./parse-read.ts";
import { heeded, parsePrefer } from "../headers/prefer.ts";
import { renderGrammar } from "./render-grammar.ts";

const page = fileURLToPath(new URL("../../../../docs/reference/rest-grammar.md", import.meta.url));
const features = grammarTable.flatMap((area) => area.features);

function use({ search, accept, prefer }: GrammarFeature): void {
  if (search !== undefined) parseRead("t", encodeURI(search));
  if (accept !== undefined) chooseMediaType(accept);
  if (prefer !== undefined) parsePrefer(prefer);
}

for (const feature of features) {
  if (feature.search === undefined && feature.accept === undefined && feature.prefer === undefined) continue;
  test(`${feature.feature}: ${feature.error ?? "is understood"}`, () => {
    // A percent sign that stands for itself is the mistake under test.
    const run = () => (feature.error === "invalidUrl" ? void parseRead("t", feature.search ?? "") : use(feature));
    if (feature.error === undefined) return run();
    assert.throws(run, (thrown: unknown) => thrown instanceof AppError && thrown.error === feature.error);
    if (feature.support !== "no") return;
    for (const search of feature.search?.split("&") ?? []) {
      assert.throws(
        () => use({ ...feature, search }),
        (thrown: unknown) => thrown instanceof AppError && thrown.error === feature.error,
      );
    }
  });
}

test("what is not supported says by which error, or how it is answered", () => {
  for (const { support, error, note, feature } of features) {
    if (support === "no") assert.ok(error !== undefined || note !== undefined, feature);
    if (support === "differs") assert.ok(note !== undefined, feature);
  }
});

test("every operator stands in the table", () => {
  const searches = features.map(({ search = "" }) => search).join("&");
  for (const operator of [...Object.keys(filterOperators), ...rangeOperators, "is"]) {
    assert.match(searches, new RegExp(`[=.]${operator}(\\(\\w+\\))?\\.`), operator);
  }
});

test("every preference stands in the table", () => {
  const preferences = features.map(({ prefer = "" }) => prefer).join();
  for (const name of new Set(Object.values(heeded).flatMap((names) => [...names])))
    assert.ok(preferences.includes(`${name}=`), name);
});

test("the page of the reference is this table", (t) => {
  // `node --test --test-update-snapshots` writes it anew.
  t.assert.fileSnapshot(renderGrammar(), page, { serializers: [String] });
});
