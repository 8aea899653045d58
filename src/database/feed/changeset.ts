import type { Stored } from "#contract";

/** A change of one row as a changeset of SQLite's session extension has it. */
export interface ChangesetRow {
  readonly table: string;
  readonly operation: "insert" | "update" | "delete";
  /** The places of the primary key's columns, in the order of the table's columns. */
  readonly keyColumns: readonly number[];
  /**
   * By the place of the column; undefined where the changeset does not say. Of an update it has the key and the columns that changed; of an
   * insert nothing, of a delete everything.
   */
  readonly before: ChangesetValues;
  /** Of an update the columns that changed, without the key; of an insert everything, of a delete nothing. */
  readonly after: ChangesetValues;
}

export type ChangesetValues = readonly (Stored | undefined)[];

const tableMark = 0x54;
const operations: ReadonlyMap<number, ChangesetRow["operation"]> = new Map([
  [18, "insert"],
  [23, "update"],
  [9, "delete"],
]);
const none: ChangesetValues = [];

/**
 * Reads a changeset, row by row. The format is described in SQLite's source, in the comment at the head of
 * ext/session/sqlite3session.c ("CHANGESET FORMAT"). Rows of tables for which `wanted` is false are passed over.
 *
 * @throws Error where the bytes are no changeset.
 */
export function* readChangeset(bytes: Uint8Array, wanted: (table: string) => boolean): Generator<ChangesetRow> {
  const reader = new ChangesetReader(bytes);
  let table = "";
  let isWanted = false;
  let columns = 0;
  let keyColumns: readonly number[] = [];
  while (!reader.isAtEnd) {
    const mark = reader.byte();
    if (mark === tableMark) {
      columns = reader.varint();
      keyColumns = reader.keyColumns(columns);
      table = reader.name();
      isWanted = wanted(table);
      continue;
    }
    const operation = operations.get(mark);
    if (operation === undefined || table === "") throw damaged();
    // Whether a trigger or a foreign key made the change, which is no matter to us.
    reader.byte();
    if (!isWanted) {
      reader.skipRecord(columns);
      if (operation === "update") reader.skipRecord(columns);
      continue;
    }
    const before = operation === "insert" ? none : reader.record(columns);
    const after = operation === "delete" ? none : reader.record(columns);
    yield { table, operation, keyColumns, before, after };
  }
}

const valueType = { undefined: 0, integer: 1, real: 2, text: 3, blob: 4, null: 5 } as const;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

class ChangesetReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw damaged();
    return value;
  }

  /** SQLite's variable-length integer: seven bits a byte, the highest bit says that more follow. Here it counts, and is small. */
  varint(): number {
    let value = 0;
    for (let length = 0; length < 5; length++) {
      const byte = this.byte();
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    throw damaged();
  }

  keyColumns(columns: number): readonly number[] {
    const places: number[] = [];
    for (let place = 0; place < columns; place++) if (this.byte() !== 0) places.push(place);
    return places;
  }

  name(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end === -1) throw damaged();
    const name = utf8.decode(this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return name;
  }

  record(columns: number): ChangesetValues {
    const values: (Stored | undefined)[] = [];
    for (let place = 0; place < columns; place++) values.push(this.#value());
    return values;
  }

  skipRecord(columns: number): void {
    for (let place = 0; place < columns; place++) {
      const type = this.byte();
      if (type === valueType.integer || type === valueType.real) this.#take(8);
      else if (type === valueType.text || type === valueType.blob) this.#take(this.varint());
    }
  }

  #value(): Stored | undefined {
    switch (this.byte()) {
      case valueType.undefined:
        return undefined;
      case valueType.integer:
        return narrow(this.#view.getBigInt64(this.#take(8)));
      case valueType.real:
        return this.#view.getFloat64(this.#take(8));
      case valueType.text: {
        const length = this.varint();
        const start = this.#take(length);
        return utf8.decode(this.#bytes.subarray(start, start + length));
      }
      case valueType.blob: {
        const length = this.varint();
        const start = this.#take(length);
        // A copy: a view would keep the whole changeset in memory.
        return this.#bytes.slice(start, start + length);
      }
      case valueType.null:
        return null;
      default:
        throw damaged();
    }
  }

  #take(length: number): number {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw damaged();
    return start;
  }
}

/** Numbers up to 2^53, as everything that is read from the database. */
function narrow(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

function damaged(): Error {
  return new Error("These bytes are not a changeset of SQLite.");
}
