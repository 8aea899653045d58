import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "../../../../tests/support/temporary-folder.ts";
import { checkDatabaseFile } from "../../sqlite/file/check-file.ts";
import { copyDatabase } from "../../sqlite/file/copy-database.ts";
import { applyLog } from "./apply-log.ts";
import { createKeyRing } from "../container/backup-key.ts";
import { LogShipper } from "./log-shipper.ts";
import { LogSpool } from "./log-spool.ts";
import { addItems, createTestDatabase } from "../property-database.ts";

interface Place {
  readonly folder: string;
  readonly path: string;
  readonly database: DatabaseSync;
  readonly spool: LogSpool;
  readonly open: () => Promise<LogShipper>;
  /** What a copy becomes when the log is applied to it. */
  readonly restore: (
    base: string,
    from: number,
    until?: number,
  ) => Promise<{ owners: number; sum: number; time: number | undefined }>;
}

async function place(t: TestContext, passphrase?: string): Promise<Place> {
  const folder = await temporaryFolder(t);
  const path = join(folder, "chassis.db");
  const database = createTestDatabase(path);
  const keys = passphrase === undefined ? undefined : createKeyRing(passphrase);
  const spool = new LogSpool(join(folder, "spool"), keys);
  const opened: LogShipper[] = [];
  t.after(async () => {
    for (const shipper of opened) await shipper.close().catch(() => {});
    if (database.isOpen) database.close();
  });
  let tick = 0;
  return {
    folder,
    path,
    database,
    spool,
    async open() {
      const shipper = await LogShipper.open({ databasePath: path, spool, keys, now: () => (tick += 1000) });
      opened.push(shipper);
      return shipper;
    },
    async restore(base, from, until = Number.POSITIVE_INFINITY) {
      const target = join(folder, `restored-${(tick += 1)}.db`);
      await copyFile(base, target);
      const pieces = async function* (): AsyncGenerator<Awaited<ReturnType<LogSpool["read"]>>> {
        for (const piece of await spool.list()) if (piece.to >= from) yield await spool.read(piece);
      };
      const applied = await applyLog(target, pieces(), { from, wholeThrough: 0, until });
      assert.deepEqual(checkDatabaseFile(target).problems, []);
      const copy = new DatabaseSync(`file:${target}?immutable=1`, { readOnly: true });
      const row = copy
        .prepare("SELECT (SELECT count(*) FROM owners) AS owners, (SELECT sum(balance) FROM accounts) AS sum")
        .get();
      copy.close();
      return { owners: Number(row?.["owners"]), sum: Number(row?.["sum"]), time: applied?.time };
    },
  };
}

const addOwner = (database: DatabaseSync): void => database.exec("INSERT INTO owners (name) VALUES ('another')");

for (const passphrase of [undefined, "secret"]) {
  test(`a copy and the pieces after it give every state that there was${passphrase === undefined ? "" : ", encrypted too"}`, async (t) => {
    const { folder, path, database, spool, open, restore } = await place(t, passphrase);
    const shipper = await open();
    assert.equal(shipper.isContinued, false);
    const from = await shipper.ship();
    const base = join(folder, "base.db");
    await copyDatabase({ source: path, target: base });
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      addOwner(database);
      addItems(database, 500);
      if (round === 3) database.exec("DELETE FROM items; VACUUM");
      await shipper.ship();
      times.push((await spool.list()).at(-1)?.time ?? 0);
    }
    assert.equal((await restore(base, from)).owners, 6);
    for (const [index, time] of times.entries()) {
      const { owners, sum } = await restore(base, from, time);
      assert.deepEqual([owners, sum], [index + 2, 10_000]);
    }
  });
}

test("a copy that is taken while others write is made whole by the pieces around it", async (t) => {
  const { folder, path, database, open, restore } = await place(t);
  addItems(database, 20_000);
  const shipper = await open();
  const from = await shipper.ship();
  let written = 0;
  let writing = true;
  const write = (): void => {
    if (!writing) return;
    for (let each = 0; each < 10; each++, written++) {
      database.exec(
        "BEGIN; UPDATE accounts SET balance = balance - 1 WHERE id = 1 + abs(random() % 50); UPDATE accounts SET balance = balance + 1 WHERE id = 51 + abs(random() % 50); INSERT INTO owners (name) VALUES ('w'); COMMIT",
      );
    }
    setImmediate(write);
  };
  write();
  const base = join(folder, "base.db");
  let through = 0;
  await copyDatabase({ source: path, target: base, onSnapshot: async () => void (through = await shipper.ship()) });
  const more = await shipper.ship();
  writing = false;
  await shipper.ship();
  assert.ok(through > from && more > through);
  const all = await restore(base, from);
  assert.deepEqual([all.owners, all.sum], [written + 1, 10_000]);
  const early = await restore(base, from, (all.time ?? 0) - 1000);
  assert.equal(early.sum, 10_000);
});

test("the log is not begun anew before it was shipped, whoever asks, and can be once it was", async (t) => {
  const { folder, path, database, open, restore } = await place(t);
  const shipper = await open();
  const from = await shipper.ship();
  const base = join(folder, "base.db");
  await copyDatabase({ source: path, target: base });
  for (let round = 0; round < 30; round++) {
    addOwner(database);
    database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    addOwner(database);
    database.exec("PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)");
    if (round % 3 === 0) await shipper.ship();
    if (round % 5 === 0) {
      // What the server does, in its writer's turn, when the log has become long.
      await shipper.release(async () => database.exec("PRAGMA wal_checkpoint(PASSIVE)"));
    }
  }
  await shipper.ship();
  assert.equal((await restore(base, from)).owners, 61);
  addItems(database, 5000);
  const long = shipper.walFrames;
  await shipper.release(async () => database.exec("PRAGMA wal_checkpoint(PASSIVE)"));
  addOwner(database);
  assert.ok(shipper.walFrames < 20 && long > 100, `${shipper.walFrames} frames after ${long}`);
  await shipper.ship();
  assert.equal((await restore(base, from)).owners, 62);
});

test("a shipper that died goes on where it was, and begins anew where the log did", async (t) => {
  const { folder, path, database, open, restore } = await place(t);
  const first = await open();
  const from = await first.ship();
  const base = join(folder, "base.db");
  await copyDatabase({ source: path, target: base });
  addOwner(database);
  await first.ship();
  addOwner(database);
  await first.close();
  addOwner(database);
  const second = await open();
  assert.deepEqual([second.isContinued, second.series], [true, first.series]);
  await second.ship();
  assert.equal((await restore(base, from)).owners, 4);
  await second.close();
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  addOwner(database);
  const third = await open();
  assert.equal(third.isContinued, false);
  assert.notEqual(third.series, first.series);
});

test("an empty log is followed from its first frame", async (t) => {
  const { folder, path, database, open, restore } = await place(t);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const shipper = await open();
  const from = await shipper.ship();
  const base = join(folder, "base.db");
  await copyDatabase({ source: path, target: base });
  addOwner(database);
  await shipper.ship();
  assert.equal((await restore(base, from)).owners, 2);
});
