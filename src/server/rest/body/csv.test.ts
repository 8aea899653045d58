import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CsvReader } from "./csv-reader.ts";
import { readCsvRows } from "./csv-rows.ts";
import { writeCsv } from "./csv-writer.ts";
import { sliceRows } from "./json-slices.ts";
import { defaultRestLimits } from "../rest-limits.ts";

const read = (text: string) => readCsvRows(text, defaultRestLimits).map((row) => ({ ...row }));

const texts: readonly (readonly [name: string, text: string, rows: readonly object[]])[] = [
  [
    "LF",
    "a,b\n1,2\n3,4\n",
    [
      { a: "1", b: "2" },
      { a: "3", b: "4" },
    ],
  ],
  [
    "CRLF and no last line break",
    "a,b\r\n1,2\r\n3,4",
    [
      { a: "1", b: "2" },
      { a: "3", b: "4" },
    ],
  ],
  ["a byte order mark", "\ufeffa\n1", [{ a: "1" }]],
  ["quotes, commas and line breaks in a cell", 'a,b\n"1,\r\n2","x""y"\n', [{ a: "1,\r\n2", b: 'x"y' }]],
  [
    "an empty cell and a bare NULL are null, in quotes they are texts",
    'a,b,c,d\n,"",NULL,"NULL"\n',
    [{ a: null, b: "", c: null, d: "NULL" }],
  ],
  ["blank lines between rows", "a,b\n\n1,2\n\n\n", [{ a: "1", b: "2" }]],
  ["a blank line where there is one column", "a\n\n1\n", [{ a: null }, { a: "1" }]],
  ["nothing but a header", "a,b\n", []],
  ["spaces are part of a cell", "a, b\n 1 ,2\n", [{ a: " 1 ", " b": "2" }]],
];

for (const [name, text, rows] of texts) test(`CSV is read: ${name}`, () => assert.deepEqual(read(text), rows));

test("a column may be called __proto__", () => {
  const [row] = readCsvRows("__proto__,constructor\n1,2", defaultRestLimits);
  assert.deepEqual(Object.entries(row ?? {}), [
    ["__proto__", "1"],
    ["constructor", "2"],
  ]);
});

const mistakes: readonly (readonly [text: string, says: RegExp])[] = [
  ["", /no header/],
  ["a,b\n1\n", /Line 2 has 1 cells, the header has 2/],
  ["a,b\n1,2\n1,2,3\n", /Line 3 has 3 cells/],
  ['a,b\n"x\ny",2\n1', /Line 4 has 1 cells/],
  ['a\n"x', /Line 2: a quoted cell is not closed/],
  ['a,b\nx,"y\nz\n', /Line 2: a quoted cell is not closed/],
  ['a\n"x"y', /Line 2: a ',' or the end/],
  ['a\nx"y"', /Line 2: a quote stands inside/],
  ["a\rb", /carriage return/],
  ["a\r\r\nb", /carriage return/],
  ["a,a\n", /names 'a' twice/],
  ["a,\n", /Column 2 .* no name/],
];

for (const [text, says] of mistakes) {
  test(`CSV is refused: ${JSON.stringify(text)}`, () => assert.throws(() => read(text), { error: "invalidBody", details: says }));
}

test("CSV limits are named", () => {
  const limits = { ...defaultRestLimits, insertRows: 2, columns: 2 };
  assert.throws(() => readCsvRows("a\n1\n2\n3", limits), { error: "limitExceeded", message: /insertRows/ });
  assert.throws(() => readCsvRows("a,b,c\n", limits), { error: "limitExceeded", message: /columns/ });
});

test("it does not matter where a text is cut into pieces", () => {
  const text = 'a,b\r\n"x ""y"", z",\r\n,"1\n2"\r\nNULL,3';
  const whole = (pieces: readonly string[]) => {
    const reader = new CsvReader();
    return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
  };
  const expected = whole([text]);
  for (let at = 0; at <= text.length; at++) assert.deepEqual(whole([text.slice(0, at), text.slice(at)]), expected);
  assert.deepEqual(whole([...text]), expected);
});

test("rows are written as they stand: nulls empty, numbers with all their digits, objects as JSON", () => {
  const json = '[{"a":1.10,"b":null,"c":"","d":{"x": [1,"]"]}},\n {"a":12345678901234567890,"b":"p,q","c":"=1+1","d":true}]';
  assert.equal(writeCsv(json), 'a,b,c,d\n1.10,,"","{""x"": [1,""]""]}"\n12345678901234567890,"p,q",=1+1,true\n');
  assert.equal(writeCsv("[]"), "\n");
});

test("texts and nulls, written and read again, are the same", () => {
  const cell = fc.option(fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a", "\\", "N", "NULL", "é", " ") }));
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const data = rows.map(([a, b]) => ({ a, 'b,"': b }));
      assert.deepEqual(read(writeCsv(JSON.stringify(data))), data);
    }),
  );
});

test("any JSON is cut into its own values", () => {
  const rows = fc.array(fc.dictionary(fc.string(), fc.jsonValue()));
  fc.assert(
    fc.property(rows, fc.nat(3), (data, indent) => {
      const sliced = [...sliceRows(JSON.stringify(data, null, indent))];
      assert.deepEqual(
        sliced.map((fields) => fields.map(({ key, text }) => [key, JSON.parse(text)])),
        (JSON.parse(JSON.stringify(data)) as object[]).map((row) => Object.entries(row)),
      );
    }),
  );
});
