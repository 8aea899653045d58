import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { systemClock } from "#base";
import { DatabaseRefusedError } from "../errors.ts";
import { lockFile, readLock } from "./lock.ts";
import { openSqlite } from "../sqlite-database.ts";

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

function file(): string {
  const path = mkdtempSync(join(tmpdir(), "chassis-lock-"));
  cleanup.push(() => rmSync(path, { recursive: true, force: true }));
  return join(path, "a.db");
}

/** A second real process that opens the database, says "open" or why not, and stays. */
async function otherProcess(path: string): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const module = new URL("../sqlite-database.ts", import.meta.url).href;
  const script = `
    const { openSqlite } = await import(${JSON.stringify(module)});
    try {
      const database = await openSqlite({ path: process.argv[1] });
      // A database that nobody refers to any more is closed with the garbage.
      globalThis.kept = database;
      database.announce("http://localhost:4000");
      await database.transaction((connection) => connection.run("CREATE TABLE IF NOT EXISTS _chassis (name TEXT, value TEXT)", []));
      process.stdout.write("open");
      setInterval(() => {}, 1000);
    } catch (error) {
      process.stdout.write(error.name + ": " + error.message);
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleanup.push(() => void child.kill("SIGKILL"));
  const [data] = (await once(child.stdout, "data")) as [Buffer];
  return { child, said: data.toString() };
}

test("a second process on the same file is refused and told who has it; the first one killed, the file is free", async () => {
  const path = file();
  const first = await otherProcess(path);
  assert.equal(first.said, "open");
  await assert.rejects(openSqlite({ path }), (error) => {
    assert.ok(error instanceof DatabaseRefusedError);
    assert.match(
      error.message,
      new RegExp(`Process ${first.child.pid}, at http://localhost:4000, already runs on the database .*stop that one first`),
    );
    return true;
  });
  const second = await otherProcess(path);
  assert.match(second.said, /^DatabaseRefusedError: Process/);
  const holder = readLock(path);
  assert.deepEqual({ pid: holder?.pid, url: holder?.url }, { pid: first.child.pid, url: "http://localhost:4000" });
  assert.match(holder?.since ?? "", /^\d{4}-.*Z$/);

  const gone = once(first.child, "exit");
  first.child.kill("SIGKILL");
  await gone;
  assert.equal(readLock(path), undefined);
  const database = await openSqlite({ path });
  assert.equal(readLock(path)?.pid, process.pid);
  await database.close();
  assert.equal(readLock(path), undefined);
});

test("one process opens a file once, by whatever path it is reached", async () => {
  const path = file();
  const database = await openSqlite({ path });
  cleanup.push(() => database.close());
  await database.transaction((connection) => connection.run("CREATE TABLE _chassis (name TEXT, value TEXT)", []));
  const link = `${path}-link`;
  symlinkSync(path, link);
  mkdirSync(`${path}-folder`);
  for (const other of [path, link, join(`${path}-folder`, "..", "a.db")]) {
    await assert.rejects(openSqlite({ path: other }), DatabaseRefusedError);
    assert.equal(readLock(other)?.pid, process.pid);
  }
});

test("a file with a second name is refused by either, whoever runs on it, and accepted when it has one again", async () => {
  const path = file();
  const database = await openSqlite({ path });
  await database.transaction((connection) => connection.run("CREATE TABLE _chassis (name TEXT, value TEXT)", []));
  const other = `${path}-other`;
  linkSync(path, other);
  await assert.rejects(openSqlite({ path: other }), (error) => {
    assert.ok(error instanceof DatabaseRefusedError);
    assert.match(error.message, /has 2 names \(hard links\).*Remove the others/);
    return true;
  });
  await database.close();
  await assert.rejects(openSqlite({ path }), DatabaseRefusedError);
  unlinkSync(other);
  await (await openSqlite({ path })).close();
});

test("asking who runs makes no file, and does not disturb who does", () => {
  const path = file();
  assert.equal(readLock(path), undefined);
  assert.equal(existsSync(`${path}-lock`), false);
  const lock = lockFile(path, systemClock);
  assert.deepEqual([readLock(path)?.pid, readLock(path)?.url], [process.pid, undefined]);
  for (const url of ["http://localhost:4000", "http://localhost:4001"]) {
    lock.announce(url);
    assert.equal(readLock(path)?.url, url);
  }
  assert.throws(() => lockFile(path, systemClock), DatabaseRefusedError);
  lock.release();
  lockFile(path, systemClock).release();
});

test("a file that could not be opened is not kept locked", async () => {
  const path = file();
  mkdirSync(path);
  await assert.rejects(openSqlite({ path }), DatabaseRefusedError);
  rmSync(path, { recursive: true });
  const database = await openSqlite({ path });
  await database.close();
});
