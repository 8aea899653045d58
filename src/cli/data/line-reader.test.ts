import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { type Line, readLines } from "./line-reader.ts";

async function linesOf(bytes: Uint8Array, pieceLength: number, limit = 100): Promise<readonly Line[]> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceLength) }, (_, index) =>
    bytes.subarray(index * pieceLength, (index + 1) * pieceLength),
  );
  return Array.fromAsync(readLines(Readable.from(pieces), limit));
}

test("lines are the same however the file comes in pieces", async () => {
  const bytes = Buffer.from("\ufeffé\r\n\n\ufeff🙂x\nlast");
  const expected = [
    { number: 1, bytes: 7, text: "é\r\n" },
    { number: 2, bytes: 1, text: "\n" },
    { number: 3, bytes: 9, text: "\ufeff🙂x\n" },
    { number: 4, bytes: 4, text: "last" },
  ];
  for (const pieceLength of [1, 2, 3, 5, 7, 100]) assert.deepEqual(await linesOf(bytes, pieceLength), expected);
});

test("a line that is not UTF-8 or too long has no text, and the next one has", async () => {
  const bytes = Buffer.concat([Buffer.from("a\n"), Buffer.of(0xe9, 10), Buffer.from(`${"x".repeat(20)}\nb\n`)]);
  for (const pieceLength of [1, 4, 100]) {
    const lines = await linesOf(bytes, pieceLength, 10);
    assert.deepEqual(
      lines.map(({ text }) => text),
      ["a\n", undefined, undefined, "b\n"],
    );
  }
});
