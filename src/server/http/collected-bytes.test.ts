import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { limitBody, readBody } from "./body.ts";
import { CollectedBytes } from "./collected-bytes.ts";

/** Bytes that are kept for them, each buffer once. */
function held(pieces: readonly Uint8Array<ArrayBuffer>[]): number {
  return [...new Set(pieces.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

test("71: bytes that came one by one are kept as few pieces, and keep nothing of what they were cut from", () => {
  const network = new Uint8Array(65_536).fill(7);
  const collected = new CollectedBytes();
  const size = 300_000;
  for (let at = 0; at < size; at++) collected.add(network.subarray(at % 65_536, (at % 65_536) + 1));
  const pieces = collected.take();
  assert.ok(pieces.length < 10, `${pieces.length} pieces`);
  assert.ok(held(pieces) < 2 * size, `${held(pieces)} bytes`);
  // Taken one by one, no block is kept for each.
  const single = Array.from({ length: 1000 }, () => {
    collected.add(network.subarray(0, 1));
    return collected.take();
  });
  assert.ok(held(single.flat()) < 100_000, `${held(single.flat())} bytes`);
});

test("71: a stream of single bytes that goes on to somebody is over its limit before they hold too many", async () => {
  const bytesOf = (count: number): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        for (let index = 0; index < count; index++) controller.enqueue(new Uint8Array(1));
        controller.close();
      },
    });
  await assert.rejects(() => Array.fromAsync(limitBody(bytesOf(200), { bytes: 1600 })), /too large|limit/i);
  assert.equal((await Array.fromAsync(limitBody(bytesOf(100), { bytes: 1600 }))).length, 100);
  // Who puts them together holds no more than their size.
  assert.equal((await readBody(bytesOf(1600), 1600, new AbortController().signal)).length, 1600);
});

test("a small body that came at once is given as it came, and nothing is made for it", () => {
  const collected = new CollectedBytes();
  const body = new Uint8Array([1, 2, 3]);
  collected.add(body);
  assert.equal(collected.whole(), body);
  assert.equal(collected.size, 0);
  assert.equal(collected.whole().length, 0, "and is not kept");
});

test("what was added comes out, in its order, however it was cut and taken", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 4000, max: 70_000 }).map((length) => new Uint8Array(length).fill(9)),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.boolean()), { maxLength: 40 }), (given) => {
      const collected = new CollectedBytes();
      const out: Uint8Array[] = [];
      for (const [bytes, takes] of given) {
        collected.add(bytes);
        if (takes) out.push(...collected.take());
      }
      out.push(collected.whole());
      assert.ok(Buffer.concat(out).equals(Buffer.concat(given.map(([bytes]) => bytes))));
      assert.equal(collected.size, 0);
    }),
    { numRuns: 100 },
  );
});
