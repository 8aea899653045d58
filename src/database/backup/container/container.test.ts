import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { temporaryFolder } from "../../../../tests/support/temporary-folder.ts";
import { createKeyRing } from "./backup-key.ts";
import { chunkSize } from "./container-format.ts";
import { readContainer, readContainerHeader } from "./container-reader.ts";
import { writeContainer } from "./container-writer.ts";
import { propertyRuns } from "../../../../tests/support/property-runs.ts";

const created = new Date(Date.UTC(2026, 10, 25));
const keys = createKeyRing("correct horse battery staple");

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpack(bytes: Uint8Array, ring: typeof keys | undefined, size = 70_000): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of (await readContainer(pieces(bytes, size), ring)).content) parts.push(part);
  return Buffer.concat(parts);
}

test("what goes in comes out, in whatever pieces it is written and read, plain or encrypted", async (t) => {
  const path = join(await temporaryFolder(t), "a");
  const sizes = fc.constantFrom(0, 1, 1000, chunkSize - 1, chunkSize, chunkSize + 1, 3 * chunkSize, 2_500_000);
  const piece = fc.constantFrom(50_000, 1_000_000, chunkSize, 5_000_000);
  await fc.assert(
    fc.asyncProperty(sizes, piece, piece, fc.boolean(), fc.boolean(), async (size, written, read, isRandom, isSecret) => {
      const bytes = Buffer.alloc(size, "the same again ");
      if (isRandom) for (let at = 0; at + 4 <= size; at += 4) bytes.writeInt32LE((at * 2654435761) | 0, at);
      const ring = isSecret ? keys : undefined;
      const length = await writeContainer(pieces(bytes, written), { path, kind: "backup", created, keys: ring });
      const stored = await readFile(path);
      assert.equal(stored.length, length);
      assert.deepEqual((await unpack(stored, ring, read)).equals(bytes), true);
    }),
    { numRuns: propertyRuns(12, 40) },
  );
});

/** All of them in the long suite; else those of the header, and some of the rest. */
const places = (length: number): readonly number[] => {
  const step = Math.max(1, Math.floor(length / propertyRuns(300, length)));
  return Array.from({ length }, (_, at) => at).filter((at) => at < 120 || at % step === 0 || at === length - 1);
};

for (const ring of [undefined, keys]) {
  const kind = ring === undefined ? "plain" : "encrypted";
  test(`a ${kind} container that is cut anywhere, or has any bit flipped, is refused`, async (t) => {
    const path = join(await temporaryFolder(t), "a");
    await writeContainer(pieces(Buffer.alloc(chunkSize * 2 + 5, "abc"), 1e6), { path, kind: "backup", created, keys: ring });
    const stored = await readFile(path);
    for (const cut of places(stored.length))
      await assert.rejects(unpack(stored.subarray(0, cut), ring), /cut short|no backup of Chassis|damaged/);
    for (const at of places(stored.length)) {
      const flipped = Buffer.from(stored);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      await assert.rejects(unpack(flipped, ring), /BackupError/, `byte ${at}`);
    }
    await assert.rejects(unpack(Buffer.concat([stored, Buffer.of(0)]), ring), /something follows its end/);
  });
}

test("an encrypted container says that it is, and takes the right passphrase alone", async (t) => {
  const path = join(await temporaryFolder(t), "a");
  await writeContainer(pieces(Buffer.from("secret words"), 5), { path, kind: "backup", created, keys });
  const stored = await readFile(path);
  assert.equal(stored.includes("secret words"), false);
  await assert.rejects(unpack(stored, undefined), /encrypted.*CHASSIS_BACKUP_PASSPHRASE/);
  await assert.rejects(unpack(stored, createKeyRing("another")), /another passphrase/);
  assert.equal((await unpack(stored, createKeyRing("correct horse battery staple"))).toString(), "secret words");
  assert.equal((await readContainerHeader(createReadStream(path))).created, created.toISOString());
});

test("whoever recomputes the checksums of an encrypted container still cannot reorder its parts", async (t) => {
  const path = join(await temporaryFolder(t), "a");
  const bytes = Buffer.alloc(2 * chunkSize + 10);
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeInt32LE((at * 2654435761) | 0, at);
  await writeContainer(pieces(bytes, 1e6), { path, kind: "backup", created, keys });
  const stored = await readFile(path);
  const start = 8 + 4 + stored.readUInt32LE(8) + 32;
  const length = 37 + stored.readUInt32LE(start + 1);
  const [first, second] = [stored.subarray(start, start + length), stored.subarray(start + length, start + 2 * length)];
  const swapped = Buffer.concat([stored.subarray(0, start), second, first, stored.subarray(start + 2 * length)]);
  await assert.rejects(unpack(swapped, keys), /part 1 cannot be unpacked/);
});

test("content in very small pieces is packed as fast as in large ones, for the log comes a page at a time", async (t) => {
  const path = join(await temporaryFolder(t), "a");
  const bytes = Buffer.alloc(8 * 1_048_576, "the same again ");
  const time = async (size: number): Promise<number> => {
    // Of the processor: others may be busy on it too.
    const before = process.cpuUsage();
    await writeContainer(pieces(bytes, size), { path, kind: "log", created, keys: undefined, durable: false });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const large = await time(1_048_576);
  const small = await time(64);
  assert.ok(small < 20 * large + 2000, `${small} ms, and ${large} ms in large ones`);
});

test("a container that could not be finished leaves nothing behind", async (t) => {
  const folder = await temporaryFolder(t);
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from("half");
    throw new Error("the source failed");
  };
  await assert.rejects(
    writeContainer(failing(), { path: join(folder, "a"), kind: "log", created, keys: undefined }),
    /source failed/,
  );
  assert.deepEqual(await readdir(folder), []);
});

test("a text file is told from a backup", async (t) => {
  const path = join(await temporaryFolder(t), "a");
  await writeFile(path, "hello, hello, hello");
  await assert.rejects(readContainerHeader(createReadStream(path)), /no backup of Chassis/);
});
