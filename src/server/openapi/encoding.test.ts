import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { PackedFile } from "./encoding.ts";

test("64: however many ask for the largest file at once, it is unpacked and held once", async () => {
  const packed = brotliCompressSync(Buffer.alloc(1_000_000));
  let reads = 0;
  const file = new PackedFile(async () => {
    reads += 1;
    return packed;
  });
  const all = await Promise.all(Array.from({ length: 50 }, () => file.as("identity")));
  assert.equal(new Set(all).size, 1);
  assert.equal(await file.as("identity"), all[0]);
  assert.equal(reads, 1);
});
