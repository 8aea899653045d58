import type { Connection } from "../driver.ts";
import { type AuditHead, hashEntry, noEntries } from "./audit-entry.ts";
import { hasAuditTable, missingParts, readEntries } from "./audit-table.ts";

export interface AuditVerdict {
  /** Where the log ends; `noEntries` where it is empty or there is none. */
  readonly head: AuditHead;
  /** The first thing that is wrong, in words; undefined while the log is whole. */
  readonly problem: string | undefined;
}

export interface VerifyOptions {
  /** A head that was noted before: the log must still have that entry. Without one it cannot be told that entries were removed at the end. */
  readonly noted?: AuditHead;
  readonly signal?: AbortSignal;
  /** Hears how many entries are done. */
  readonly report?: (entries: number) => void;
}

/** Entries that are read at a time. */
const batch = 1000;

/** Walks the whole chain from its first entry. Entries that are added meanwhile are walked too. */
export async function verifyAudit(connection: Connection, { noted, signal, report }: VerifyOptions = {}): Promise<AuditVerdict> {
  let head = noEntries;
  let from = "";
  if (!(await hasAuditTable(connection))) {
    return { head, problem: noted === undefined ? undefined : `There is no audit log, and entry ${noted.sequence} was noted.` };
  }
  for (;;) {
    signal?.throwIfAborted();
    const entries = await readEntries(connection, `${from} ORDER BY sequence LIMIT ${batch}`, []);
    for (const { entry, hash } of entries) {
      const problem = problemOf(head, entry.sequence, hash, hashEntry(head.hash, entry));
      if (problem !== undefined) return { head, problem };
      head = { sequence: entry.sequence, hash };
      if (noted?.sequence === head.sequence && noted.hash !== hash) {
        return { head, problem: `Entry ${head.sequence} is not the one that was noted: it, or one before it, was written anew.` };
      }
    }
    report?.(head.sequence);
    from = `WHERE sequence > ${head.sequence}`;
    if (entries.length < batch) break;
  }
  if (noted !== undefined && noted.sequence > head.sequence) {
    return {
      head,
      problem: `The log ends with entry ${head.sequence}, and entry ${noted.sequence} was noted: its end is missing.`,
    };
  }
  const missing = await missingParts(connection);
  if (missing.length === 0) return { head, problem: undefined };
  const which = `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not as Chassis made it`;
  return { head, problem: `No entry was changed, but what keeps entries from being changed was: ${which}.` };
}

function problemOf(last: AuditHead, sequence: number, stored: string, computed: string): string | undefined {
  if (sequence !== last.sequence + 1) {
    const missing =
      last.sequence + 1 === sequence - 1 ? `Entry ${sequence - 1} is` : `Entries ${last.sequence + 1} to ${sequence - 1} are`;
    return sequence > last.sequence ? `${missing} missing.` : `There is an entry ${sequence}, and the first is entry 1.`;
  }
  if (stored === computed) return undefined;
  const after = last.sequence === 0 ? "" : `, or entry ${last.sequence} before it,`;
  return `Entry ${sequence}${after} was changed after it was written.`;
}
