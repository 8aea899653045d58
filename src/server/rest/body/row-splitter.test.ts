import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readCsvRows } from "./csv-rows.ts";
import { defaultRestLimits } from "../rest-limits.ts";
import { createRowSplitter, type RowFormat } from "./row-splitter.ts";

interface Split {
  readonly rows: readonly unknown[];
  readonly lines: readonly number[];
}

function split(format: RowFormat, pieces: readonly string[], limits = defaultRestLimits): Split {
  const rows: unknown[] = [];
  const lines: number[] = [];
  const splitter = createRowSplitter(format, limits, (row, line) => {
    rows.push({ ...row });
    lines.push(line);
  });
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return { rows, lines };
}

/** A text cut at those places. */
function cut(text: string, places: readonly number[]): readonly string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((left, right) => left - right);
  return [0, ...at].map((start, index) => text.slice(start, at[index]));
}

const tricky = fc.oneof(fc.string(), fc.constantFrom('"', "\\", '\\"', "[", "]", "{", "}", ",", "\n", "],[", "}{", "\u2028"));
// V8 14 takes the key of `{"a":1,"\n":2}` for a backslash when it has just read one with that key there: JSON.parse is no oracle for escapes in keys.
const key = tricky.filter((text) => JSON.stringify(text) === `"${text}"`);
const row = fc.dictionary(key, fc.oneof(tricky, fc.integer(), fc.constant(null), fc.array(fc.dictionary(key, tricky))));
const places = fc.array(fc.nat(2000), { maxLength: 6 });
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("an array in any pieces gives the rows that JSON.parse gives", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), places, fc.constantFrom(0, 1, "\t"), (rows, at, indent) => {
      const text = JSON.stringify(rows, null, indent);
      assert.deepEqual(split("json", cut(text, at)).rows.map(plain), plain(rows));
    }),
  );
});

test("lines in any pieces give their rows, and the line of each", () => {
  fc.assert(
    fc.property(fc.array(fc.option(row)), places, fc.constantFrom("\n", "\r\n"), (rows, at, end) => {
      const text = rows.map((each) => (each === null ? "" : JSON.stringify(each))).join(end);
      const result = split("ndjson", cut(text, at));
      assert.deepEqual(result.rows.map(plain), plain(rows.filter((each) => each !== null)));
      const wanted = rows.flatMap((each, index) => (each === null ? [] : [index + 1]));
      assert.deepEqual(result.lines, wanted);
    }),
  );
});

test("CSV in any pieces gives the rows that it gives as a whole", () => {
  const text = 'a,b\n1,"x, ""y""\nz"\n\n2,\n"NULL",NULL\r\n3,4';
  fc.assert(
    fc.property(places, (at) => {
      const whole = readCsvRows(text, defaultRestLimits).map((each) => ({ ...each }));
      const { rows, lines } = split("csv", cut(text, at));
      assert.deepEqual([rows, lines], [whole, [2, 5, 6, 7]]);
    }),
  );
});

test("a single object is one row; an empty list is none", () => {
  assert.deepEqual(split("json", [' \n{"a":', '"]"}\n']), { rows: [{ a: "]" }], lines: [2] });
  for (const text of ["[]", " [ \n ] "]) assert.deepEqual(split("json", [text]).rows, [], text);
  assert.deepEqual(split("ndjson", [""]).rows, []);
});

test("an array says on which line its items start", () => {
  assert.deepEqual(split("json", ['[\n{"a":1},\n\n{"a":\n2}, {"a":3}]']).lines, [2, 4, 5]);
});

test("what is no such text is refused, with the line", () => {
  const cases: readonly [format: RowFormat, text: string, line: number | undefined, says: RegExp][] = [
    ["json", "", 1, /It is empty/],
    ["json", "[", 1, /does not end/],
    ["json", '[{"a":1}', 1, /does not end/],
    ["json", '[{"a":1},]', 1, /not valid JSON/],
    ["json", '[,{"a":1}]', 1, /not valid JSON/],
    ["json", '[{"a":1}] []', 1, /follows the end/],
    ["json", '[\n{"a":1}\n{"a":2}]', 2, /not valid JSON/],
    ["json", "[1]", 1, /must be an object/],
    ["json", "3", 1, /must be an object/],
    ["json", "[[{}]]", 1, /must be an object/],
    ["json", '[{"a":1]}', 1, /not valid JSON/],
    ["json", '{"a":1} x', 1, /not valid JSON/],
    ["ndjson", '{"a":1}\n{"a":', 2, /not valid JSON/],
    ["ndjson", '{"a":1}\n\n[]', 3, /must be an object/],
    ["ndjson", '{"a":1}{"a":2}', 1, /not valid JSON/],
    ["csv", "", undefined, /no header/],
    ["csv", 'a\n"x', 2, /is not closed/],
    ["csv", "a,b\n1", 2, /has 1 cells/],
  ];
  for (const [format, text, line, says] of cases) {
    assert.throws(
      () => split(format, cut(text, [1, 3])),
      (error: { message: string; details: string; place: object; error: string }) => {
        assert.equal(error.error, "invalidBody", text);
        assert.match(`${error.message} ${error.details}`, says, text);
        assert.deepEqual(error.place, line === undefined ? {} : { line }, text);
        return true;
      },
    );
  }
});

test("a row that is too long, too deep or too full is refused before it is made", () => {
  const limits = { ...defaultRestLimits, bodyBytes: 5000, jsonValues: 100 };
  const long = `{"a":"${"x".repeat(6000)}`;
  for (const format of ["json", "ndjson"] as const) {
    assert.throws(() => split(format, [long], limits), { error: "limitExceeded", message: /5000 \(bodyBytes\)/ });
    const deep = `{"a":${"[".repeat(600)}${"]".repeat(600)}}`;
    assert.throws(() => split(format, [deep], limits), { message: /64 \(jsonDepth\)/ });
    assert.throws(() => split(format, [`{"a":[${"1,".repeat(800)}1]}`], limits), { message: /100 \(jsonValues\)/ });
  }
  assert.throws(() => split("csv", [`a\n"${"x".repeat(3000)}`, "x".repeat(3000), "x".repeat(3000)], limits), {
    message: /5000 \(bodyBytes\)/,
  });
});
