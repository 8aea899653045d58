import type { Stored } from "#contract";
import type { StoredRow } from "../expression/evaluate.ts";
import type { CommitEntry, RowChange } from "./row-change.ts";

interface Retained {
  readonly entry: CommitEntry;
  readonly bytes: number;
}

/** The newest entries, as many as the limits allow. */
export class RetainedEntries {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  /** Those before `#start` are forgotten, and cut off now and then: taking the first off a long array costs as much as the array is long. */
  #entries: (Retained | undefined)[] = [];
  #start = 0;
  #bytes = 0;

  constructor(maxEntries: number, maxBytes: number) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#entries.length - this.#start;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The sequences of the entries follow each other. */
  add(entry: CommitEntry, bytes: number): void {
    this.#entries.push({ entry, bytes });
    this.#bytes += bytes;
    while (this.count > 0 && (this.count > this.#maxEntries || this.#bytes > this.#maxBytes)) this.#forgetFirst();
    if (this.#start > 1000 && this.#start > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }

  /** The entry of that sequence, where it is still here. */
  find(sequence: number): CommitEntry | undefined {
    const first = this.#entries[this.#start]?.entry.sequence;
    return first === undefined || sequence < first ? undefined : this.#entries[this.#start + sequence - first]?.entry;
  }

  clear(): void {
    this.#entries = [];
    this.#start = 0;
    this.#bytes = 0;
  }

  #forgetFirst(): void {
    this.#bytes -= this.#entries[this.#start]?.bytes ?? 0;
    // It is out of reach at once, though its place is cut off later.
    this.#entries[this.#start] = undefined;
    this.#start += 1;
  }
}

/** About how much memory changes take at most: V8 keeps a text in one or two bytes a character. */
export function estimateBytes(changes: readonly RowChange[]): number {
  return changes.reduce((sum, { before, after }) => sum + 200 + rowBytes(before) + rowBytes(after, before), 200);
}

function rowBytes(row: StoredRow | undefined, other: StoredRow = {}): number {
  if (row === undefined) return 0;
  let bytes = 50;
  for (const name in row) {
    const value = row[name] ?? null;
    bytes += 8 + (value === other[name] ? 0 : valueBytes(value));
  }
  return bytes;
}

function valueBytes(value: Stored): number {
  if (typeof value === "string") return 24 + value.length * 2;
  if (value instanceof Uint8Array) return 200 + value.byteLength;
  return 16;
}
