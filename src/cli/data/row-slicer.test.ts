import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRowSlicer } from "./row-slicer.ts";

test("a row comes apart into the JSON of its values, whatever is in them", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 6 }),
      fc.array(fc.jsonValue(), { minLength: 6, maxLength: 6 }),
      (names, values) => {
        // As an object would have it: numbers for keys come first in one, and the other keys are as they were given.
        const texts = names.map((_, place) => JSON.stringify(values[place]));
        const row = `{${names.map((name, place) => `${JSON.stringify(name)}:${texts[place]}`).join(",")}}`;
        assert.deepEqual(createRowSlicer(names)(row), texts);
      },
    ),
  );
});

test("a row that is written in another way comes apart too", () => {
  const slice = createRowSlicer(["a", "b"]);
  assert.deepEqual(slice('{ "a" : 1 ,\n"b":"x\\\\" }'), ["1", '"x\\\\"']);
  assert.deepEqual(slice('{"b":1,"a":[2,{"c":"]"}]}'), ["1", '[2,{"c":"]"}]']);
});
