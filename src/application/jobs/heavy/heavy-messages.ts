import type { Keys } from "../../access/keys.ts";
import type { MessagePort } from "node:worker_threads";
import type { ClaimedJob } from "../job-table.ts";
import type { Outcome } from "../run-attempt.ts";

/** What a thread for heavy jobs makes its `db` of. */
export interface ThreadSetup {
  /** The file whose default export is the back end. It is run once more in each thread. */
  readonly backendFile: string;
  /** As the server's record store has it: cursors that one gave are good for the other. */
  readonly cursorKey: Keys;
  /** Of secret fields. */
  readonly secretKeys: Keys;
  /** Milliseconds that an insert of many rows may take. */
  readonly maxBulkTime: number;
}

export interface ThreadData extends ThreadSetup {
  /** Where the server's thread serves the database. */
  readonly database: MessagePort;
  /** Orders to the thread, and news from it. Not `parentPort`: that is open to all code, which may close it or say anything there. */
  readonly orders: MessagePort;
}

/** To the thread. It runs one job at a time. */
export type ThreadOrder =
  | { readonly type: "run"; readonly job: ClaimedJob; readonly owner: string }
  /** The job that runs is to stop. */
  | { readonly type: "abort"; readonly isStopping: boolean; readonly message: string };

export type LogLevel = "debug" | "info" | "warn" | "error";

/** From the thread. */
export type ThreadNews =
  /** The back end's file was run. */
  | { readonly type: "ready" }
  /** `isClean`: nothing that the job's handler began goes on, and it has left no heap of things behind. */
  | { readonly type: "outcome"; readonly outcome: Outcome; readonly isClean: boolean }
  | { readonly type: "completing"; readonly isCompleting: boolean }
  | { readonly type: "enqueued" }
  | { readonly type: "ordered" }
  | { readonly type: "log"; readonly level: LogLevel; readonly fields: object; readonly message: string | undefined };
