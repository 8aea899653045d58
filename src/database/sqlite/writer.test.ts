import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { type FileHandle, open as openFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#contract";
import type { Connection } from "../driver.ts";
import { Recording } from "../feed/recording.ts";
import { SqliteConnection } from "./connection.ts";
import { type Durability, GroupSync } from "./log/group-sync.ts";
import { Writer } from "./writer.ts";

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

interface OpenOptions {
  readonly durability?: Durability;
  readonly loopLimit?: number;
  readonly record?: () => Recording | undefined;
}

function open({ durability = "lose-nothing", loopLimit = 20, record = () => undefined }: OpenOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), "chassis-test-"));
  const path = join(folder, "a.db");
  const shared = { path, busyTimeout: 0, maxStatements: 50 };
  const connection = new SqliteConnection({
    ...shared,
    readOnly: false,
    pragmas: ["journal_mode = WAL", "synchronous = NORMAL", "wal_autocheckpoint = 0"],
  });
  connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT");
  const reader = new SqliteConnection({ ...shared, readOnly: true, pragmas: [] });
  const failures: Error[] = [];
  const sync = new GroupSync({ walPath: `${path}-wal`, durability, onFailure: (error) => void failures.push(error) });
  const elsewhere: string[] = [];
  const writer = new Writer({
    connection,
    sync,
    maxWaiting: 100,
    timeLimit: 10_000,
    loopLimit,
    record,
    onCommit: () => {},
    readElsewhere: async (sql, parameters) => {
      elsewhere.push(sql);
      await sleep(5);
      return reader.all(sql, parameters);
    },
  });
  cleanup.push(async () => {
    await sync.close().catch(() => undefined);
    reader.close();
    connection.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const names = (): readonly unknown[] => reader.all("SELECT name FROM t ORDER BY id", []).flat();
  return { path, connection, sync, writer, names, failures, elsewhere };
}

const insert =
  (name: string) =>
  (connection: Connection): Promise<number> =>
    connection.run("INSERT INTO t(name) VALUES (?)", [name]);
const brief = { brief: true };
const failed = (name: string) => (error: unknown) => error instanceof AppError && error.error === name;

/** Closes the descriptor by which the log is synced, so that the next sync fails as on a disk that does. */
function breakSync(path: string): void {
  const descriptors = readdirSync("/proc/self/fd").filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`) === `${path}-wal`;
    } catch {
      return false;
    }
  });
  // SQLite opened the log before we did.
  closeSync(Number(descriptors.sort((left, right) => Number(left) - Number(right)).at(-1)));
}

test("brief transactions that wait behind each other share commits, and each is answered once it is durable", async () => {
  const { writer, sync, names } = open();
  await Promise.all(Array.from({ length: 60 }, (_, index) => writer.transaction(insert(`n${index}`), brief)));
  assert.equal(names().length, 60);
  assert.ok(sync.committed < 10, `${sync.committed} commits`);
  assert.equal(sync.reached(sync.committed), undefined);
});

test("those who come while the disk is busy share the next commit, and one that shares with nobody ends it", async () => {
  const { writer, sync, names } = open();
  let before = 0;
  let first: Promise<unknown>;
  // A disk may be so fast that its being busy is over before anybody has seen it.
  do {
    before = sync.syncs;
    first = writer.transaction(insert(`first ${before}`), brief);
    while (!sync.isSyncing && sync.syncs === before) await new Promise((resolve) => setImmediate(resolve));
  } while (!sync.isSyncing);
  const { committed } = sync;
  const during = ["a", "b", "c"].map((name) => writer.transaction(insert(name), brief));
  await Promise.resolve();
  assert.equal(sync.committed, committed);
  await Promise.all([first, ...during]);
  assert.equal(sync.committed, committed + 1);
  const open1 = writer.transaction(insert("d"), brief);
  await writer.transaction(async () => assert.deepEqual(names().slice(-4), ["a", "b", "c", "d"]), {});
  await open1;
  const last = writer.transaction(insert("e"), brief);
  const release = await writer.last();
  assert.ok(names().includes("e"));
  release();
  await last;
});

test("among those that share a commit, one that fails is undone alone", async () => {
  const { writer, names } = open();
  const results = await Promise.allSettled(
    ["a", "b", "a", "c"].map((name) =>
      writer.transaction(async (connection) => {
        await insert(`${name}-first`)(connection).catch(() => undefined);
        await insert(name)(connection);
      }, brief),
    ),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(names(), ["a-first", "a", "b-first", "b", "c-first", "c"]);
});

test("one that may take its time shares with nobody, before or after", async () => {
  const { writer, sync, names } = open();
  const others: Promise<unknown>[] = [];
  await writer.transaction(async (connection) => {
    await insert("slow")(connection);
    others.push(writer.transaction(insert("b"), brief));
    await sleep(5);
    assert.deepEqual(names(), []);
  }, {});
  await Promise.all(others);
  assert.deepEqual(names(), ["slow", "b"]);
  assert.equal(sync.committed, 2);
});

test("a scan that holds the loop too long is run elsewhere, on what those before it in the same commit wrote", async () => {
  const { writer, names, elsewhere } = open({ loopLimit: 0 });
  const rows = Array.from({ length: 500 }, (_, index) => `('r${index}')`).join();
  const guarded = "SELECT name FROM t WHERE (id & 63 OR chassis_in_time()) AND name NOT LIKE 'r%'";
  const counts: unknown[] = [];
  await Promise.all([
    writer.transaction((connection) => connection.run(`INSERT INTO t(name) VALUES ${rows}`, []), brief),
    writer.transaction(insert("x"), brief),
    writer.transaction(async (connection) => {
      counts.push((await connection.all(guarded, [])).flat());
      await insert("y")(connection);
      // From here on it sees more than anybody else does.
      counts.push((await connection.all("SELECT name FROM t WHERE name NOT LIKE 'r%'", [])).flat());
    }, brief),
    writer.transaction(insert("z"), brief),
  ]);
  assert.deepEqual(elsewhere, [guarded]);
  assert.deepEqual(counts, [["x"], ["x", "y"]]);
  assert.equal(names().length, 503);
});

test("after a sync that failed nobody is told of success, nothing more is written, and reading goes on", async () => {
  const { path, writer, sync, names, failures } = open();
  await writer.transaction(insert("kept"), brief);
  breakSync(path);
  const results = await Promise.allSettled(["a", "b"].map((name) => writer.transaction(insert(name), brief)));
  for (const result of results) {
    assert.ok(result.status === "rejected" && failed("outcomeUnknown")(result.reason));
    assert.match((result.reason as AppError).message, /not known/);
  }
  const later = await writer.transaction(insert("c"), brief).catch((error: unknown) => error);
  assert.ok(failed("storageFailed")(later));
  assert.equal((later as AppError).details, null);
  assert.equal(failures.length, 1);
  assert.ok(sync.failure !== undefined);
  assert.ok(!names().includes("c") && names().includes("kept"));
});

test("the weaker modes answer before the disk has: one syncs within a second or so, one does not", async () => {
  const lazy = open({ durability: "lose-a-second" });
  const never = open({ durability: "lose-minutes" });
  await lazy.writer.transaction(insert("a"), {});
  await never.writer.transaction(insert("a"), {});
  assert.deepEqual([lazy.sync.syncs, never.sync.syncs], [0, 0]);
  await sleep(1200);
  assert.deepEqual([lazy.sync.syncs, never.sync.syncs], [1, 0]);
});

test("a commit of many is one sync, and commits made during a sync are covered by the next", async () => {
  const { sync } = open();
  const first = [sync.note(), sync.note()].map((commit) => sync.reached(commit));
  await Promise.resolve();
  for (const reached of first) await reached;
  assert.equal(sync.syncs, 1);
  const second = sync.reached(sync.note());
  await new Promise((resolve) => setImmediate(resolve));
  const third = sync.reached(sync.note());
  await Promise.all([second, third]);
  assert.equal(sync.syncs, 3);
});

test("what a refusal tells of is durable, whether it shared the commit or came after it", async () => {
  const { writer, sync } = open();
  const refusal = async (work: Promise<unknown>): Promise<void> => {
    await assert.rejects(work);
    assert.equal(sync.reached(sync.committed), undefined);
  };
  const first = writer.transaction(insert("a"), brief);
  await refusal(writer.transaction(insert("a"), brief));
  await first;
  const second = writer.transaction(insert("b"), {});
  await refusal(writer.transaction(insert("b"), {}));
  await second;
  assert.equal(sync.committed, 3);
});

test("a long line of brief transactions lets the event loop turn", async () => {
  const { writer } = open();
  const release = await writer.last();
  const busy = async (connection: Connection): Promise<void> => {
    const end = performance.now() + 3;
    while (performance.now() < end) await connection.get("SELECT 1", []);
  };
  const line = Array.from({ length: 90 }, () => writer.transaction(busy, brief));
  let turns = 0;
  const timer = setInterval(() => void turns++, 1);
  cleanup.push(() => clearInterval(timer));
  release();
  await Promise.all(line);
  // 270 ms, of which each 10 let it turn at least.
  assert.ok(turns > 8, `${turns} turns`);
});

/** Keeps the threads that sync, four unless told otherwise, until it is told to let go: each waits for somebody to open the other end of a pipe. */
function holdThreads(path: string): () => Promise<void> {
  const pipes = Array.from({ length: 4 }, (_, index) => `${path}-pipe-${index}`);
  execFileSync("mkfifo", pipes);
  const held: readonly Promise<FileHandle>[] = pipes.map((pipe) => openFile(pipe, "r"));
  return async () => {
    for (const pipe of pipes) closeSync(openSync(pipe, "w"));
    for (const file of await Promise.all(held)) await file.close();
  };
}

test("a commit made while a lazy sync takes longer than a second is synced all the same", async () => {
  const { path, writer, sync } = open({ durability: "lose-a-second" });
  await writer.transaction(insert("a"), {});
  await sleep(900);
  const release = holdThreads(path);
  await sleep(300);
  await writer.transaction(insert("b"), {});
  // Its own second is over before the sync is that began before it.
  await sleep(1200);
  assert.equal(sync.syncs, 0);
  await release();
  for (const end = performance.now() + 5000; sync.syncs < 2 && performance.now() < end; ) await sleep(50);
  assert.equal(sync.syncs, 2);
});

test("a guarded write that gives rows, and what listeners read before the commit, stay in the transaction", async () => {
  const guard = "(id & 63 OR chassis_in_time())";
  const rows = Array.from({ length: 500 }, (_, index) => `('r${index}')`).join();
  const seen: unknown[] = [];
  const record = (): Recording => {
    const recording = new Recording({
      listeners: [],
      tables: new Map(),
      line: undefined,
      isHidden: true,
      maxBytes: 0,
      context: () => ({ moment: "", author: { id: null, system: true } }),
    });
    recording.beforeCommit = async (connection) => {
      seen.push((await connection.all(`SELECT count(*) FROM t WHERE ${guard}`, [])).flat()[0]);
    };
    return recording;
  };
  const { writer, names, elsewhere } = open({ loopLimit: 0, record });
  await writer.transaction((connection) => connection.run(`INSERT INTO t(name) VALUES ${rows}`, []), {});
  await writer.transaction(
    (connection) => connection.all(`UPDATE t SET name = name || 'x' WHERE ${guard} RETURNING id`, []),
    brief,
  );
  assert.deepEqual(seen, [500, 500]);
  assert.deepEqual(elsewhere, []);
  assert.equal(names()[0], "r0x");
});

test("where raw SQL has released the transaction's savepoint, what failed is not committed", async () => {
  const { writer, names } = open();
  const failing = writer.transaction(async (connection) => {
    await insert("half")(connection);
    await connection.execute("RELEASE chassis_transaction", []);
    throw new Error("no");
  }, {});
  await assert.rejects(failing);
  await writer.transaction(insert("next"), brief);
  assert.deepEqual(names(), ["next"]);
});
