import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createGzip } from "node:zlib";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import pathways from "../../../examples/pathways/backend.ts";
import { createFieldNames } from "./field-names.ts";
import { openInput } from "./import-input.ts";
import { type Bytes, readCsv, readJsonArray, rowLimit } from "./row-reader.ts";
import { readSql } from "./sql-reader.ts";

const table = pathways.model.tables.get("schools");
assert.ok(table !== undefined);
const options = { names: createFieldNames(table, new Map()), whole: true, note() {} };
const readers: Readonly<
  Record<string, readonly [start: string, read: (bytes: Bytes) => AsyncIterable<{ readonly problem?: string }>]>
> = {
  "a CSV cell": ['name\n"', (bytes) => readCsv(bytes, options)],
  "a CSV header": ["", (bytes) => readCsv(bytes, options)],
  "a text in a JSON array": ['[{"name":"', (bytes) => readJsonArray(bytes, options)],
  "the space before a JSON row": ["[", (bytes) => readJsonArray(bytes, options)],
  "a text in SQL": ["INSERT INTO schools (name) VALUES ('", readSql],
};

describe("a file that is imported", () => {
  for (const [what, [start, read]] of Object.entries(readers))
    test(`72: of which ${what} does not end is read no further than a row may be long`, async () => {
      const block = Buffer.alloc(1_000_000, what.startsWith("the space") ? " " : "x");
      let given = 0;
      async function* endless(): AsyncGenerator<Uint8Array> {
        yield Buffer.from(start);
        for (; given < 100; given++) yield block;
      }
      const rows = await Array.fromAsync(read(endless()));
      assert.match(rows.at(-1)?.problem ?? "", new RegExp(`longer than ${rowLimit} bytes`));
      assert.ok(given < 15, `${given} megabytes were read`);
    });

  test("72: unpacks as far as it is read, and no further", async () => {
    const block = Buffer.alloc(1_000_000, "x");
    const packed = await buffer(Readable.from(Array.from({ length: 60 }, () => block)).pipe(createGzip()));
    assert.ok(packed.length < 100_000);
    const progress = { read: 0, total: undefined };
    const { bytes } = await openInput("-", { format: "csv", progress, input: Readable.from([packed]) });
    let unpacked = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of bytes) {
        unpacked += piece.length;
        yield piece;
      }
    }
    await Array.fromAsync(readCsv(counted(), options));
    assert.ok(unpacked < rowLimit + 1_000_000, `${unpacked} bytes were unpacked`);
  });

  test("72: takes as long as it is long, however many lines a text or a comment of it has", { timeout: 20_000 }, async () => {
    // Forty seconds, before.
    for (const text of [`INSERT INTO t (a) VALUES ('${"''\n".repeat(20_000)}');`, `/*${"*\n".repeat(20_000)}*/`]) {
      const began = performance.now();
      const rows = await Array.fromAsync(readSql(Readable.from([Buffer.from(text)])));
      assert.deepEqual(
        rows.flatMap(({ problem }) => problem ?? []),
        [],
      );
      assert.ok(performance.now() - began < 10_000);
    }
    const [row] = await Array.fromAsync(
      readSql(Readable.from([Buffer.from("INSERT INTO t (a, b) VALUES ('x''\n''y\n*/\nz', /* '\n'' */ 'w');")])),
    );
    assert.deepEqual({ ...row?.row }, { a: "x'\n'y\n*/\nz", b: "w" });
  });
});
