import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "../../../../tests/support/temporary-folder.ts";
import { createKeyRing } from "../container/backup-key.ts";
import { makeBackup, type MakeBackupOptions } from "./make-backup.ts";
import { addItems, createTestDatabase } from "../property-database.ts";
import { unpackBackup, verifyBackup } from "../restore/verify-backup.ts";

const keys = createKeyRing("a passphrase");

async function place(t: TestContext): Promise<{ folder: string; database: DatabaseSync; options: MakeBackupOptions }> {
  const folder = await temporaryFolder(t);
  const databasePath = join(folder, "chassis.db");
  const database = createTestDatabase(databasePath);
  t.after(async () => database.close());
  return {
    folder,
    database,
    options: {
      dataDirectory: folder,
      databasePath,
      extraFiles: [
        { path: "token-secret", isSecret: true },
        { path: "files", isSecret: false },
      ],
      target: join(folder, "one.backup"),
      copyPath: join(folder, "copy.db"),
      keys: undefined,
      isGentle: false,
      now: () => Date.UTC(2026, 10, 25),
    },
  };
}

test("a backup made during writes is one moment, and leaves nothing else behind", async (t) => {
  const { folder, database, options } = await place(t);
  addItems(database, 20_000);
  // Money moves between accounts in transactions of two updates: in every single moment the sum is the same.
  const move = database.prepare("UPDATE accounts SET balance = balance + ? WHERE id = ?");
  let moves = 0;
  let writing = true;
  const write = (): void => {
    if (!writing) return;
    for (let each = 0; each < 20; each++) {
      database.exec("BEGIN");
      move.run(-7, 1 + (moves % 100));
      move.run(7, 1 + ((moves * 13 + 5) % 100));
      database.exec("INSERT INTO owners (name) VALUES ('new')");
      database.exec("COMMIT");
      moves += 1;
    }
    setImmediate(write);
  };
  write();
  let before = 0;
  const steps = new Set<string>();
  const made = await makeBackup({
    ...options,
    onProgress: (step) => steps.add(step),
    async onSnapshot() {
      before = moves;
      return null;
    },
  });
  writing = false;
  assert.ok(moves > before, "writes went on");
  assert.deepEqual([...steps], ["copying", "checking", "packing", "verifying"]);
  assert.equal(made.manifest.database.rows["owners"], before + 1);
  assert.deepEqual((await readdir(folder)).sort(), ["chassis.db", "chassis.db-shm", "chassis.db-wal", "one.backup"]);

  const unpacked = join(folder, "unpacked");
  await mkdir(unpacked);
  await unpackBackup(createReadStream(options.target), { folder: unpacked, keys: undefined });
  const copy = new DatabaseSync(join(unpacked, "chassis.db"), { readOnly: true });
  assert.equal(copy.prepare("SELECT sum(balance) AS sum FROM accounts").get()?.["sum"], 10_000);
  assert.equal(copy.prepare("SELECT count(*) AS owners FROM owners").get()?.["owners"], before + 1);
  copy.close();
});

test("other files come along, secret ones only when it is encrypted, and it says what was left out", async (t) => {
  const { folder, options } = await place(t);
  await writeFile(join(folder, "token-secret"), "very secret", { mode: 0o600 });
  await mkdir(join(folder, "files/a"), { recursive: true });
  await writeFile(join(folder, "files/a/one"), "1");
  await writeFile(join(folder, "files/empty"), "");

  const plain = await makeBackup(options);
  assert.deepEqual(plain.manifest.leftOut, ["token-secret"]);
  assert.equal((await readFile(options.target)).includes("very secret"), false);
  const target = join(folder, "two.backup");
  const sealed = await makeBackup({ ...options, target, keys });
  assert.deepEqual(sealed.manifest.leftOut, []);
  const unpacked = join(folder, "unpacked");
  await mkdir(unpacked);
  await unpackBackup(createReadStream(target), { folder: unpacked, keys });
  assert.equal(await readFile(join(unpacked, "token-secret"), "utf8"), "very secret");
  assert.equal(await readFile(join(unpacked, "files/a/one"), "utf8"), "1");
  assert.equal(await readFile(join(unpacked, "files/empty"), "utf8"), "");
});

test("a damaged database is not backed up, and the message says so", async (t) => {
  const { folder, database, options } = await place(t);
  database.exec("PRAGMA foreign_keys = OFF; INSERT INTO items (owner, body) VALUES (99, 'of nobody')");
  await assert.rejects(
    makeBackup(options),
    /is damaged, and no backup was made.*\n.*row 1 of 'items' refers to a row of 'owners'/,
  );
  assert.deepEqual((await readdir(folder)).sort(), ["chassis.db", "chassis.db-shm", "chassis.db-wal"]);
});

test("verifying leaves its folder empty, also where the backup is damaged", async (t) => {
  const { folder, options } = await place(t);
  await makeBackup(options);
  const workFolder = join(folder, "work");
  await mkdir(workFolder);
  const { manifest } = await verifyBackup(createReadStream(options.target), { workFolder, keys: undefined });
  assert.equal(manifest.database.rows["accounts"], 100);
  const bytes = await readFile(options.target);
  await writeFile(options.target, bytes.subarray(0, bytes.length - 40));
  await assert.rejects(verifyBackup(createReadStream(options.target), { workFolder, keys: undefined }), /cut short/);
  assert.deepEqual(await readdir(workFolder), []);
});

test("a backup that is told to stop stops, and leaves nothing behind", async (t) => {
  const { folder, database, options } = await place(t);
  addItems(database, 20_000);
  const stop = new AbortController();
  const made = makeBackup({ ...options, signal: stop.signal, onProgress: () => stop.abort() });
  await assert.rejects(made, { name: "AbortError" });
  assert.deepEqual((await readdir(folder)).sort(), ["chassis.db", "chassis.db-shm", "chassis.db-wal"]);
});

test("a copy that cannot be written is told as such, and a file that is no database as that", async (t) => {
  const { folder, options } = await place(t);
  // SQLite makes a file of that name beside the copy, and cannot.
  await symlink(join(folder, "nowhere", "journal"), join(folder, "copy.db-journal"));
  await assert.rejects(makeBackup(options), {
    name: "BackupError",
    message: `No backup was made: the copy at ${options.copyPath} could not be written (unable to open database file).`,
  });
  const databasePath = join(folder, "other.db");
  await writeFile(databasePath, "no database ".repeat(1000));
  await assert.rejects(makeBackup({ ...options, databasePath }), {
    name: "BackupError",
    message: /^No backup was made\. .*other\.db is not a SQLite database/,
  });
});
