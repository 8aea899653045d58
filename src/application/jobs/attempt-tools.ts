import type { Connection, TransactionalDatabase } from "#database";
import type { DbOpener } from "../functions/open-db.ts";
import type { Suppressions } from "../mail/suppressions.ts";
import type { RecordStore } from "../records/record-store.ts";
import type { Records } from "../records/records.ts";
import type { Enqueuer } from "./enqueue.ts";
import type { Enqueue } from "./enqueue-types.ts";
import type { JobControl, JobControlIn } from "./job-control.ts";
import { refuseWithin } from "./open-transaction.ts";

/** What a handler works with, in one transaction or outside of all. */
export interface HandlerTools {
  /** The system's `db`. */
  readonly db: unknown;
  readonly enqueue: Enqueue;
  readonly jobs: JobControl;
}

export interface AttemptTools extends HandlerTools {
  /** Each change a transaction of its own. */
  readonly suppressions: Suppressions;
  /** One transaction, with the tools that work in it. */
  readonly within: <T>(work: (tools: HandlerTools & { readonly connection: Connection }) => Promise<T>) => Promise<T>;
}

export interface AttemptToolsOptions {
  readonly database: TransactionalDatabase;
  readonly records: RecordStore;
  readonly dbs: DbOpener;
  readonly enqueuer: Enqueuer;
  readonly controlIn: JobControlIn;
  readonly control: JobControl;
  readonly suppressions: Suppressions;
}

export function createAttemptTools(options: AttemptToolsOptions): AttemptTools {
  const { database, records, dbs, enqueuer, control, controlIn, suppressions } = options;
  const author = { id: null, system: true } as const;
  return {
    db: dbs.openSystem({ records: alone(records), connection: database, writes: false }),
    enqueue: enqueuer((work) => database.transaction(work, { brief: true })),
    jobs: control,
    suppressions,
    within: (work) =>
      records.transaction(
        (own, connection) =>
          work({
            connection,
            db: dbs.openSystem({ records: own, connection, writes: true }),
            enqueue: enqueuer((inside) => inside(connection)),
            jobs: controlIn({ connection, writes: true }),
          }),
        { author },
      ),
  };
}

/** Each write a transaction of its own. */
function alone(records: Records): Records {
  return {
    read: (...given) => records.read(...given),
    write: async (...given) => {
      refuseWithin("the handler's `db`", "write with the `db` that the work is given");
      return records.write(...given);
    },
  };
}
