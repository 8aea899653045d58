import { existsSync } from "node:fs";
import { type Finding, ok, problem, restoreAdvice } from "./finding.ts";
import { readHeader } from "./database-header.ts";
import { readWal, type WalFacts } from "./wal-file.ts";

const CHECK = "files";

/**
 * Reads the database file and its write-ahead log as files, in the time that reading the log takes. Only for files that this process
 * does not have open: at the start of a server, and in another process than the server's.
 */
export function examineFiles(path: string, isServed = false): readonly Finding[] {
  const header = readHeader(path);
  if (!header.isSqlite) {
    return [
      problem(
        CHECK,
        `${path} is no SQLite database: it is another kind of file, encrypted, or its first page is damaged.`,
        restoreAdvice,
      ),
    ];
  }
  const wal = settledWal(`${path}-wal`, isServed);
  const findings: Finding[] = [];
  // The header is of the last checkpoint: while the log holds more, the file may be on its way to another size.
  const missing = header.pages * header.pageSize - header.bytes;
  if (wal.committed === 0 && missing > 0) {
    findings.push(
      problem(
        CHECK,
        `${path} is cut short: it should have ${header.pages} pages, and ${missing} bytes of them are missing.`,
        restoreAdvice,
      ),
    );
  }
  const damage = walDamage(wal, `${path}-wal`);
  if (damage !== undefined) findings.push(damage);
  return findings.length > 0 ? findings : [ok(CHECK, "The database file and its write-ahead log are whole.")];
}

/** A server may be in the middle of writing a frame: what is still damaged a moment later is. */
function settledWal(path: string, isServed: boolean): WalFacts {
  const facts = readWal(path);
  if (!isServed) return facts;
  return settles(facts, path, ATTEMPTS);
}

const ATTEMPTS = 5;

function settles(before: WalFacts, path: string, attempts: number): WalFacts {
  if (before.damagedAt === undefined || attempts === 0) return before;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  return settles(readWal(path), path, attempts - 1);
}

function walDamage(wal: WalFacts, path: string): Finding | undefined {
  if (wal.hasBrokenHeader) {
    return problem(
      CHECK,
      `The header of the write-ahead log ${path} is damaged: SQLite ignores all that is in it.`,
      ignoredAdvice,
    );
  }
  if (wal.damagedAt === undefined) return undefined;
  const where = `The write-ahead log ${path} is damaged at frame ${wal.damagedAt}`;
  if (wal.ignoredCommits === 0) {
    return {
      check: CHECK,
      level: "advice",
      message: `${where}, in a transaction that was never finished. That is what a power cut leaves; SQLite leaves it out.`,
      action: "Nothing. If there was no power cut, look at the disk.",
    };
  }
  const count = wal.ignoredCommits;
  return problem(
    CHECK,
    `${where}: the ${count === 1 ? "transaction that ends" : `${count} transactions that end`} there or behind it ${count === 1 ? "is" : "are"} ignored by SQLite.`,
    ignoredAdvice,
  );
}

const ignoredAdvice =
  "Right after a power cut these are transactions that nobody was told had been written. Otherwise the disk has damaged them: keep a " +
  "copy of the data directory, look at the disk, and restore to the moment before if what is missing was acknowledged.";

/** What a server that starts should say loudly, in milliseconds of work; nothing where there is no file yet, or no reason. */
export function damageAtStart(path: string): readonly Finding[] {
  return existsSync(path) ? examineFiles(path).filter(({ level }) => level === "problem") : [];
}
