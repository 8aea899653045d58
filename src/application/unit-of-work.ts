import type { Connection, TransactionOptions } from "#database";
import type { Functions } from "./functions/run-functions.ts";
import type { RecordStore } from "./records/record-store.ts";
import type { Records } from "./records/records.ts";

/** Records and functions that all work in one transaction. Good until its work has ended. */
export interface UnitOfWork {
  readonly records: Records;
  /** A mutation is part of the transaction; a query sees what was written in it, and what it writes itself is undone. */
  readonly functions: Functions;
  /** For what the server keeps beside the data. It knows no rules. */
  readonly connection: Connection;
}

/** Opens a transaction for several requests: all that they write becomes durable together, or none of it does. */
export type RunUnit = <T>(work: (unit: UnitOfWork) => Promise<T>, options?: TransactionOptions) => Promise<T>;

export function createUnits(records: RecordStore, functions: Functions): RunUnit {
  return (work, options) =>
    records.transaction((own, connection) => {
      const within = { records: own, connection };
      return work({
        records: own,
        connection,
        functions: {
          find: (name, caller) => functions.find(name, caller),
          names: (caller) => functions.names(caller),
          call: (name, input, caller, more) => functions.call(name, input, caller, { ...more, within }),
        },
      });
    }, options);
}
