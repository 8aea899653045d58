import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type S3Server, startS3Server } from "../../../../tests/support/s3-server.ts";
import { temporaryFolder } from "../../../../tests/support/temporary-folder.ts";
import { createFolderStore } from "./folder-store.ts";
import { openStore } from "./open-store.ts";
import { createS3Store } from "./s3-store.ts";
import type { BackupStore } from "./store.ts";

function bucketOf({ endpoint, accessKeyId, secretAccessKey }: S3Server, secret = secretAccessKey): BackupStore {
  return createS3Store({
    bucket: "vault",
    prefix: "my site/db (1)",
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId, secretAccessKey: secret },
    now: Date.now,
    retryDelay: 5,
    partSize: 100_000,
  });
}

async function bytesOf(store: BackupStore, name: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of await store.read(name)) parts.push(part);
  return Buffer.concat(parts);
}

const stores: Readonly<Record<string, (t: TestContext) => Promise<BackupStore>>> = {
  folder: async (t) => createFolderStore(join(await temporaryFolder(t), "not", "there yet")),
  bucket: async (t) => bucketOf(await startS3Server(t)),
};

for (const [kind, open] of Object.entries(stores)) {
  test(`a ${kind} gives back what was put there, lists it in order, and forgets it`, async (t) => {
    const store = await open(t);
    const path = join(await temporaryFolder(t), "file");
    assert.deepEqual(await store.list(""), []);
    const large = Buffer.alloc(250_123, "large ");
    for (const [name, bytes] of [
      ["b.backup", large],
      ["a.backup", Buffer.from("a")],
      ["log/x/2", Buffer.from("22")],
      ["log/x/1", Buffer.alloc(0)],
      ["log/y/1", Buffer.from("1")],
    ] as const) {
      await writeFile(path, bytes);
      await store.put(name, path);
    }
    assert.deepEqual(await store.list("log/x/"), [
      { name: "log/x/1", size: 0 },
      { name: "log/x/2", size: 2 },
    ]);
    assert.equal((await store.list("")).length, 5);
    assert.ok((await bytesOf(store, "b.backup")).equals(large));
    await store.delete("b.backup");
    await store.delete("b.backup");
    await assert.rejects(bytesOf(store, "b.backup"), /b\.backup/);
    assert.equal((await store.list("")).length, 4);
  });
}

test("a bucket that fails for a while is asked again, and one that refuses is not", async (t) => {
  const server = await startS3Server(t);
  const path = join(await temporaryFolder(t), "file");
  await writeFile(path, "content");
  server.fail(3, 503);
  await bucketOf(server).put("a", path);
  assert.equal(server.requests.length, 4);
  await assert.rejects(bucketOf(server, "wrong").put("a", path), /403 SignatureDoesNotMatch: SignatureDoesNotMatch & so on/);
  assert.equal(server.requests.length, 5);
  server.fail(99, 500);
  await assert.rejects(bucketOf(server).put("a", path), /PUT s3:\/\/vault\/my site.*500/);
});

test("an upload in parts that fails is given up, so that nobody pays for its parts", async (t) => {
  const server = await startS3Server(t);
  const path = join(await temporaryFolder(t), "file");
  await writeFile(path, Buffer.alloc(250_000));
  const stop = new AbortController();
  const store = bucketOf(server);
  const put = store.put("a", path, stop.signal);
  while (server.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  stop.abort(new Error("enough"));
  await assert.rejects(put, /enough/);
  assert.equal(server.uploads.size, 0);
  assert.equal(server.objects.size, 0);
});

test("a folder shows no file that is not whole", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "a.partial"), "half");
  await writeFile(join(folder, ".write-test-1"), "");
  assert.deepEqual(await createFolderStore(folder).list(""), []);
  assert.equal((await readdir(folder)).length, 2);
});

test("a destination is a folder or a bucket, and a mistake in one is said", () => {
  const none = {
    endpoint: undefined,
    region: "us-east-1",
    accessKeyId: undefined,
    secretAccessKey: undefined,
  };
  const keys = { ...none, accessKeyId: "a", secretAccessKey: "b" };
  assert.equal(openStore("s3://bucket/a/b/", keys, Date.now).description, "s3://bucket/a/b");
  assert.equal(openStore("s3://bucket", keys, Date.now).description, "s3://bucket");
  assert.equal(openStore("/var/backups", none, Date.now).description, "/var/backups");
  assert.throws(() => openStore("s3://bucket", none, Date.now), /CHASSIS_BACKUP_S3_ACCESS_KEY_ID/);
  assert.throws(() => openStore("s3:/bucket", keys, Date.now), /names no bucket/);
  assert.throws(() => openStore("https://bucket.example", keys, Date.now), /to a folder or to s3:/);
});
