import assert from "node:assert/strict";
import { mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { type Clock, type Logger, systemClock } from "#base";
import { startS3Server } from "../../../tests/support/s3-server.ts";
import { temporaryFolder } from "../../../tests/support/temporary-folder.ts";
import { openSqlite } from "../sqlite/sqlite-database.ts";
import { createKeyRing } from "./container/backup-key.ts";
import { BackupService } from "./backup-service.ts";
import type { BackupSettings } from "./backup-settings.ts";
import { createFolderStore } from "./store/folder-store.ts";
import { openStore } from "./store/open-store.ts";
import { planRestore } from "./restore/plan-restore.ts";
import { createTestDatabase } from "./property-database.ts";
import { restore } from "./restore/restore.ts";
import type { BackupStore } from "./store/store.ts";
import { listKept } from "./make/take-backup.ts";

const noS3: BackupSettings["s3"] = {
  endpoint: undefined,
  region: "us-east-1",
  accessKeyId: undefined,
  secretAccessKey: undefined,
};

interface Lines {
  readonly logger: Logger;
  readonly lines: string[];
}

function collect(): Lines {
  const lines: string[] = [];
  const line = (_fields: object, message = ""): void => void lines.push(message);
  return { lines, logger: { debug() {}, info: line, warn: line, error: line } };
}

interface Place {
  readonly folder: string;
  readonly dataDirectory: string;
  readonly database: DatabaseSync;
  readonly start: (settings: Partial<BackupSettings>, clock?: Clock) => Promise<BackupService & Lines>;
}

async function place(t: TestContext): Promise<Place> {
  const folder = await temporaryFolder(t);
  const dataDirectory = join(folder, "data");
  await mkdir(dataDirectory);
  const databasePath = join(dataDirectory, "chassis.db");
  const database = createTestDatabase(databasePath);
  t.after(async () => database.close());
  return {
    folder,
    dataDirectory,
    database,
    async start(settings, clock = systemClock) {
      const collected = collect();
      const service = await BackupService.start({
        places: { dataDirectory, databasePath },
        settings: {
          destination: join(folder, "kept"),
          s3: noS3,
          passphrase: undefined,
          every: 3_600_000,
          retention: { h: 0, d: 7, w: 0, m: 0, y: 0 },
          logEvery: undefined,
          logKeep: 86_400_000,
          ...settings,
        },
        guardWal: () => {},
        clock,
        logger: collected.logger,
      });
      t.after(() => service.close());
      return Object.assign(service, collected);
    },
  };
}

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await what())) {
    if (performance.now() > end) throw new Error("It did not come.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function restored(
  store: BackupStore,
  target: string,
  moment = Number.POSITIVE_INFINITY,
  passphrase?: string,
): Promise<number> {
  const { backups, pieces } = await listKept(store);
  const plan = planRestore(backups, pieces, moment);
  assert.ok(plan !== undefined);
  const keys = passphrase === undefined ? undefined : createKeyRing(passphrase);
  await restore(
    { source: { type: "moment", store, plan, until: moment }, dataDirectory: target, keys, clock: systemClock },
    async () => true,
  );
  const copy = new DatabaseSync(join(target, "chassis.db"), { readOnly: true });
  const owners = Number(copy.prepare("SELECT count(*) AS owners FROM owners").get()?.["owners"]);
  copy.close();
  return owners;
}

test("the first backup is made at once, the next in its time, whatever the machine's clock does", async (t) => {
  const { folder, start } = await place(t);
  let jump = 0;
  const clock: Clock = { now: () => Date.now() + jump, monotonic: () => performance.now() };
  const service = await start({ every: 400 }, clock);
  assert.equal(service.state, "pending");
  const store = createFolderStore(join(folder, "kept"));
  const count = async (): Promise<number> => (await listKept(store)).backups.length;
  await until(async () => (await count()) === 1);
  jump = 30 * 86_400_000;
  const began = performance.now();
  // More than one of them may have been due already, on a machine that has stood still.
  await until(async () => (await count()) >= 5);
  assert.ok(performance.now() - began > 400, "a jump forward is no reason to hurry");
  jump = -30 * 86_400_000;
  const before = await count();
  await until(async () => (await count()) > before);
  assert.equal(service.state, "ok");
});

test("a server that starts again waits for what is left of the time", async (t) => {
  const { folder, start } = await place(t);
  const first = await start({});
  await until(() => first.state === "ok");
  await first.close();
  const second = await start({});
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(second.state, "ok");
  assert.equal((await listKept(createFolderStore(join(folder, "kept")))).backups.length, 1);
});

test("a destination that does not work is told, and tried again, while nothing else stops", async (t) => {
  const { folder, start } = await place(t);
  await writeFile(join(folder, "kept"), "a file where the folder should be");
  const service = await start({ every: 200, logEvery: 50 });
  await until(() => service.state === "failed");
  assert.ok(service.lines.includes("The backup failed."));
  await rm(join(folder, "kept"));
  await until(() => service.state === "ok");
});

test("changes reach an S3 bucket within moments, and every moment comes back from there, encrypted", async (t) => {
  const { folder, database, start } = await place(t);
  const server = await startS3Server(t);
  const { endpoint, accessKeyId, secretAccessKey } = server;
  const s3 = { endpoint, region: "eu-west-1", accessKeyId, secretAccessKey, retryDelay: 10 };
  const passphrase = "correct horse battery staple";
  const destination = "s3://vault/site";
  const service = await start({ destination, s3, passphrase, logEvery: 50 });
  await until(() => service.state === "ok");
  const store = openStore(destination, s3, Date.now);
  const times: number[] = [];
  for (let round = 0; round < 4; round++) {
    const before = (await listKept(store)).pieces.length;
    database.exec("INSERT INTO owners (name) VALUES ('another')");
    await until(async () => (await listKept(store)).pieces.length > before);
    times.push((await listKept(store)).pieces.at(-1)?.time ?? 0);
  }
  // Written last of all, and shipped by the end.
  database.exec("INSERT INTO owners (name) VALUES ('last')");
  await service.pause();
  await service.close();
  assert.equal(await restored(store, join(folder, "all"), undefined, passphrase), 6);
  assert.equal(await restored(store, join(folder, "second"), times[1], passphrase), 3);
  assert.equal(
    [...server.objects.values()].some((bytes) => bytes.includes("another")),
    false,
  );
});

test("a bucket that is down holds nobody up, and gets everything once it is back", async (t) => {
  const { folder, database, start } = await place(t);
  const server = await startS3Server(t);
  const { endpoint, accessKeyId, secretAccessKey } = server;
  const s3 = { endpoint, region: "eu-west-1", accessKeyId, secretAccessKey, retryDelay: 10 };
  const service = await start({ destination: "s3://vault", s3, logEvery: 50 });
  await until(() => service.state === "ok");
  server.fail(8, 500);
  database.exec("INSERT INTO owners (name) VALUES ('meanwhile')");
  await until(() => service.state === "behind");
  assert.ok(service.lines.some((line) => line.startsWith("Changes do not reach")));
  await until(() => service.state === "ok");
  await service.close();
  assert.equal(await restored(openStore("s3://vault", s3, Date.now), join(folder, "all")), 2);
});

test("many pieces become few, and give the same", async (t) => {
  const { folder, database, start } = await place(t);
  const service = await start({ logEvery: 5 });
  const store = createFolderStore(join(folder, "kept"));
  let owners = 1;
  await until(async () => {
    database.exec("INSERT INTO owners (name) VALUES ('one more')");
    owners += 1;
    return (await listKept(store)).pieces.some(({ from, to }) => to - from > 50);
  });
  await until(() => service.state === "ok");
  await service.close();
  assert.deepEqual([...new Set(service.lines)], ["Backup made and checked."]);
  const { pieces } = await listKept(store);
  assert.ok(pieces.length < 120, `${pieces.length} pieces`);
  assert.equal(await restored(store, join(folder, "all")), owners);
});

test("a log as long as it gets begins anew under a guard, with nothing missing from what was shipped", async (t) => {
  const folder = await temporaryFolder(t);
  const databasePath = join(folder, "chassis.db");
  createTestDatabase(databasePath).close();
  const database = await openSqlite({ path: databasePath, checkpoints: { copyAt: 200, restartAt: 1000 } });
  const { logger } = collect();
  const service = await BackupService.start({
    places: { dataDirectory: folder, databasePath },
    settings: {
      destination: join(folder, "kept"),
      s3: noS3,
      passphrase: undefined,
      every: 3_600_000,
      retention: { h: 0, d: 7, w: 0, m: 0, y: 0 },
      logEvery: 200,
      logKeep: 86_400_000,
    },
    guardWal: (guard) => database.guardWal(guard),
    clock: systemClock,
    logger,
  });
  await until(() => service.state === "ok");
  let longest = 0;
  let shrank = false;
  const end = performance.now() + 60_000;
  for (let written = 0, size = 0; performance.now() < end && !shrank; written++) {
    await database.transaction(async (connection) => {
      await connection.run("INSERT INTO owners (name) VALUES (hex(zeroblob(50000)))", []);
      if (written % 10 === 9) await connection.run("DELETE FROM owners WHERE id < (SELECT max(id) FROM owners) - 5", []);
    });
    const frames = new DataView((await readStart(`${databasePath}-wal`)).buffer).getUint32(12);
    if (size > 0 && frames !== size) shrank = true;
    size = frames;
    longest = Math.max(longest, (await stat(`${databasePath}-wal`)).size);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const owners = Number((await database.get("SELECT count(*) FROM owners", []))?.[0]);
  await service.pause();
  await database.close();
  await service.close();
  assert.ok(shrank, "the log began anew");
  assert.ok(longest < 40 * 1_048_576, `the log was ${longest} bytes long`);
  const store = createFolderStore(join(folder, "kept"));
  assert.equal(new Set((await listKept(store)).pieces.map(({ series }) => series)).size, 1);
  assert.equal(await restored(store, join(folder, "all")), owners);
});

/** The header of a log: its fourth number counts how often it began anew. */
async function readStart(path: string): Promise<Uint8Array> {
  const { open } = await import("node:fs/promises");
  const file = await open(path, "r");
  try {
    const bytes = new Uint8Array(32);
    await file.read(bytes, 0, 32, 0);
    return bytes;
  } finally {
    await file.close();
  }
}

test("a folder that nobody may write into is found before the work is done", async (t) => {
  const { folder, start } = await place(t);
  // Root may write wherever a mode says that nobody may, but not in here.
  await symlink("/proc/self/fdinfo", join(folder, "kept"));
  const service = await start({});
  await until(() => service.state === "failed");
  assert.ok((await readdir(join(folder, "kept"))).every((name) => /^\d+$/.test(name)));
});
