import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "#base";
import { DatabaseRefusedError, isSqliteFailure, resultCode } from "../errors.ts";

/** Who runs on a database file. */
export interface LockHolder {
  readonly pid: number;
  /** When it opened the file: ISO 8601, UTC. */
  readonly since: string;
  /** Where it answers, once it does. */
  readonly url: string | undefined;
}

export interface FileLock {
  /** Publishes where this process answers, for `readLock`. */
  announce(url: string): void;
  release(): void;
}

/** How long to wait for a lock that `readLock` of another process may be probing, in milliseconds. */
const PROBE_PATIENCE = 250;

/**
 * Makes this process the only one on the database file, until `release` or until it dies: the lock is the operating system's,
 * on a SQLite file of its own beside the database (`<file>-lock`), which stays behind, free, because deleting a lock file is a race.
 * The database file itself is never opened for this: closing any descriptor of it would drop SQLite's own locks.
 *
 * @throws DatabaseRefusedError where another process, or another opening in this one, has it.
 */
export function lockFile(path: string, clock: Clock): FileLock {
  const file = realPath(path);
  refuseSecondName(file);
  const database = holdLock(file, PROBE_PATIENCE);
  if (database === undefined) {
    const holder = readHolder(file);
    const who =
      holder === undefined ? "Another process" : `Process ${holder.pid}${holder.url === undefined ? "" : `, at ${holder.url},`}`;
    throw new DatabaseRefusedError(
      `${who} already runs on the database ${file}. One process at a time may: stop that one first, or give this one a database of its own.`,
    );
  }
  const publish = (url: string | undefined): void => {
    const text = JSON.stringify({ pid: process.pid, since: new Date(clock.now()).toISOString(), url });
    const temporary = `${holderFile(file)}.new`;
    writeFileSync(temporary, text);
    renameSync(temporary, holderFile(file));
  };
  publish(undefined);
  return {
    announce: publish,
    release() {
      rmSync(holderFile(file), { force: true });
      database.close();
    },
  };
}

/**
 * A file with two names has two locks and two logs beside it, and whoever writes through both destroys it
 * (sqlite.org/howtocorrupt.html 2.5). Symbolic links are followed to the one name; hard links cannot be.
 */
function refuseSecondName(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  // A folder has two names of its own: that it is none is said where it is opened.
  const links = stats?.isFile() === true ? stats.nlink : 0;
  if (links > 1) {
    throw new DatabaseRefusedError(
      `The database ${file} has ${links} names (hard links), and another program may run on it by another one. ` +
        `Remove the others (find them: find / -xdev -samefile '${file}'), or copy the file: cp '${file}' copy.db`,
    );
  }
}

/** Who runs on that database file; undefined when nobody does. */
export function readLock(path: string): LockHolder | undefined {
  const file = realPath(path);
  if (!existsSync(`${file}-lock`)) return undefined;
  const free = holdLock(file, 0);
  free?.close();
  return free === undefined ? readHolder(file) : undefined;
}

/** The lock's connection, holding it; undefined when somebody else has it. */
function holdLock(file: string, patience: number): DatabaseSync | undefined {
  const database = open(`${file}-lock`, patience);
  try {
    // RESERVED, the lock of one who is about to write: one at a time, gone with the process.
    database.exec("BEGIN IMMEDIATE");
    return database;
  } catch (error) {
    database.close();
    if (isSqliteFailure(error) && (error.errcode & 0xff) === resultCode.busy) return undefined;
    throw new DatabaseRefusedError(`The lock file ${file}-lock cannot be used: ${String(error)}`, { cause: error });
  }
}

function open(path: string, timeout: number): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout });
  } catch (error) {
    throw new DatabaseRefusedError(`Cannot open ${path}: does its folder exist, and may this user write there?`, {
      cause: error,
    });
  }
}

/** What the holder wrote. A holder that has only just begun may not have yet. */
function readHolder(file: string): LockHolder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(holderFile(file), "utf8"));
  } catch {
    return undefined;
  }
  if (value === null || typeof value !== "object" || !("pid" in value) || !("since" in value)) return undefined;
  if (typeof value.pid !== "number" || typeof value.since !== "string") return undefined;
  return { pid: value.pid, since: value.since, url: "url" in value && typeof value.url === "string" ? value.url : undefined };
}

function holderFile(file: string): string {
  return `${file}-lock.json`;
}

/** One name for one file, however it was reached: two links to it must find one lock. */
function realPath(path: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute)) return realpathSync(absolute);
  const folder = dirname(absolute);
  return existsSync(folder) ? join(realpathSync(folder), basename(absolute)) : absolute;
}
