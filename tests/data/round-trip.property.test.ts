import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import type { InputRow } from "#application";
import { type ShelfFolder, shelfFolder } from "./shelf-folder.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { propertyRuns } from "../support/property-runs.ts";

/** Texts of which CSV, SQL and JSON each think something. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }).filter((each) => !each.includes("\u0000") && each.isWellFormed()),
  fc.constantFrom(
    "",
    "NULL",
    "null",
    '"',
    "''",
    "a,b",
    "one\ntwo",
    "one\r\ntwo",
    "\t;",
    "=1+1",
    "\\",
    '{"a":1}',
    "\u2028",
    "\ufeff",
    "1.0",
    "--",
    "x'00'",
  ),
);
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const jsonWithout0 = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => value !== null && !/\\u(?:0000|d[89a-f])/.test(JSON.stringify(value)));

const thing = fc.record({
  label: text,
  count: some(fc.maxSafeInteger()),
  price: some(
    fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 99_999_999_999_999n }), fc.integer({ min: 0, max: 9999 }))
      .map(([negative, whole, part]) => `${negative ? "-" : ""}${whole}.${String(part).padStart(4, "0")}`),
  ),
  weight: some(fc.double({ noNaN: true, noDefaultInfinity: true })),
  sold: fc.boolean(),
  at: some(
    fc
      .date({ noInvalidDate: true, min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z") })
      .map((moment) => moment.toISOString()),
  ),
  day: some(
    fc
      .date({ noInvalidDate: true, min: new Date("0001-01-01"), max: new Date("9999-12-31") })
      .map((moment) => moment.toISOString().slice(0, 10)),
  ),
  extra: some(jsonWithout0),
  size: some(fc.constantFrom("small", "large, or so", "")),
  raw: some(fc.uint8Array({ maxLength: 6 }).map((bytes) => `\\x${Buffer.from(bytes).toString("hex")}`)),
  mail: some(fc.constantFrom("ada@example.org", "o'hara+x@example.org")),
  site: some(fc.constantFrom('https://example.org/?a=1,2&b="3"')),
  code: some(text),
  shelf: some(fc.integer({ min: 1, max: 3 })),
});

const world = fc.array(fc.tuple(thing, some(fc.nat(20))), { maxLength: 12 }).map((given): readonly InputRow[] =>
  given.map(([row, upon], place) => ({
    ...row,
    id: idOf(place),
    // Often one that comes later.
    upon: upon === null ? null : idOf(upon % given.length),
  })),
);

function idOf(place: number): string {
  return `01890000-0000-7000-8000-${String(place).padStart(12, "0")}`;
}

describe("what is exported is imported again, the same", () => {
  let source: ShelfFolder;
  let target: ShelfFolder;
  let out: string;
  const scope = { after: (hook: () => Promise<void>) => void hooks.push(hook) };
  const hooks: (() => Promise<void>)[] = [];

  before(async () => {
    source = await shelfFolder(scope);
    target = await shelfFolder(scope);
    out = join(await temporaryFolder(scope), "out");
  });
  test.after(async () => {
    for (const hook of hooks) await hook();
  });

  const forms: readonly (readonly [string, readonly string[], string])[] = [
    ["a folder of CSV", ["--format", "csv"], ""],
    ["a folder of NDJSON, packed", ["--format", "ndjson", "--gzip"], ""],
    ["one file of SQL", ["--format", "sql"], ".sql"],
  ];
  for (const [name, options, ending] of forms) {
    test(name, async () => {
      await fc.assert(
        fc.asyncProperty(world, async (things) => {
          await source.empty();
          await target.empty();
          await rm(out + ending, { recursive: true, force: true });
          const shelves = [
            { name: "one" },
            // What SQLite's shell drops, or takes for a key that was pressed.
            { name: "two,\ttoo\r\n\u007f\u001b[1m" },
            { name: "three" },
            { name: "three", deleted: "2026-01-01T00:00:00.000Z" },
          ];
          await source.put({ shelves: shelves.map((row, place) => ({ id: place + 1, ...row })), things });
          const exported = await source.run(
            "export",
            "--all",
            "--out",
            out + ending,
            "--secrets",
            "--deleted",
            "-b",
            source.path,
            ...options,
          );
          assert.equal(exported.code, 0, exported.errors);
          // Our own reader takes them as they are: it would not notice.
          if (ending === ".sql") assert.doesNotMatch(await readFile(out + ending, "utf8"), /[\u0000-\u0009\u000b-\u001f\u007f]/);
          const imported = await target.run("import", "--all", out + ending, "-b", target.path);
          assert.equal(imported.code, 0, imported.errors);
          assert.deepEqual(await target.stored(), await source.stored());
          const secrets = ["export", "things", "--select", "id", "--secrets", "--order", "id"];
          const [one, two] = [await source.run(...secrets, "-b", source.path), await target.run(...secrets, "-b", target.path)];
          assert.equal(two.output, one.output);
          if (things.length > 0) assert.match(one.output, /^id,code\n01890000/);
        }),
        { numRuns: propertyRuns(4, 12) },
      );
    });
  }
});
