import fc from "fast-check";
import { encoded, text } from "./wild-texts.ts";

const key = fc.constantFrom(
  "id",
  "title",
  "name",
  "project",
  "team",
  "owner",
  "points",
  "due",
  "data",
  "from",
  "body",
  "effort",
  "budget",
  "password",
  "email",
  "open",
  "status",
  "since",
  "__proto__",
  "constructor",
  "",
  "x",
  "version",
  "created",
);
const leaf = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.bigInt().map(String));
const value = fc.oneof({ weight: 6, arbitrary: leaf }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });
const object = fc.dictionary(key, value, { maxKeys: 6 });
const json = fc
  .oneof(
    { weight: 4, arbitrary: object },
    { weight: 2, arbitrary: fc.array(object, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  )
  .map((written) => JSON.stringify(written));
/** JSON that JSON.stringify never writes. */
const oddJson = fc.constantFrom(
  "",
  " ",
  "{",
  "[",
  "nul",
  "[1,]",
  '{"a":1,"a":2}',
  '{"title":"\\ud800"}',
  '{"title":"\\u0000"}',
  '{"points":1e400}',
  '{"points":-0}',
  '{"points":1.0}',
  '{"points":123456789012345678901234567890}',
  '"x',
  "{'a':1}",
  "NaN",
  "[[[[[[[[[[]]]]]]]]]]",
  "\ufeff{}",
  `${"[".repeat(100)}${"]".repeat(100)}`,
  '{"data":{"__proto__":{"a":1}}}',
  '{"effort":1e308}',
  '{"effort":5e-324}',
);
const csv = fc
  .array(
    fc
      .array(fc.oneof(key, text, fc.constantFrom("NULL", '""', '"a""b"', '"a\nb"', "=1+1")), { minLength: 1, maxLength: 4 })
      .map((cells) => cells.join()),
    { maxLength: 4 },
  )
  .map((lines) => lines.join("\n"));
const form = fc
  .array(
    fc.tuple(key, encoded).map(([field, content]) => `${field}=${content}`),
    { maxLength: 4 },
  )
  .map((fields) => fields.join("&"));
/** Bodies of every form, with no regard for what their content type will say. */
export const content: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: json.map((written) => Buffer.from(written)) },
  { weight: 2, arbitrary: oddJson.map((written) => Buffer.from(written)) },
  { weight: 2, arbitrary: csv.map((written) => Buffer.from(written.toWellFormed())) },
  { weight: 2, arbitrary: form.map((written) => Buffer.from(written)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
);
