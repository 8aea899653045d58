import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { isMainThread, resourceLimits, workerData } from "node:worker_threads";
import { createIdSource, currentWork, type Logger, systemClock as clock } from "#base";
import { RemoteDatabase, sqliteDialect } from "#database";
import type { Backend } from "../../definition.ts";
import { createDbOpener } from "../../functions/open-db.ts";
import { createSuppressions, noSuppressions } from "../../mail/suppressions.ts";
import { createRecordStore } from "../../records/record-store.ts";
import { createAttemptTools } from "../attempt-tools.ts";
import { createEnqueuer } from "../enqueue.ts";
import { createControls } from "../job-control.ts";
import { StoppingError } from "../job-errors.ts";
import { type Attempt, runAttempt } from "../run-attempt.ts";
import type { LogLevel, ThreadData, ThreadNews, ThreadOrder } from "./heavy-messages.ts";

// The program of a thread that runs heavy jobs: the back end once more, on the server's database.

if (isMainThread) throw new Error("This file is the program of a thread.");
const { backendFile, cursorKey, secretKeys, maxBulkTime, database: databasePort, orders: port } = workerData as ThreadData;
const tell = (news: ThreadNews): void => port.postMessage(news);

const { default: backend } = (await import(pathToFileURL(backendFile).href)) as { readonly default: Backend };
const { model, rules, jobs, mails } = backend;
const database = new RemoteDatabase(databasePort);
const ids = createIdSource(clock);
const records = createRecordStore({
  database,
  dialect: sqliteDialect,
  model,
  rules,
  clock,
  ids,
  cursorKey,
  secretKeys,
  limits: { maxBulkTime },
});
const tools = createAttemptTools({
  database,
  records,
  dbs: createDbOpener({ model, clock, ids, secretKeys }),
  enqueuer: createEnqueuer({ jobs, clock, onEnqueued: () => tell({ type: "enqueued" }) }),
  ...createControls({ database, clock, onOrder: () => tell({ type: "ordered" }) }),
  suppressions: mails.entries.length === 0 ? noSuppressions() : createSuppressions(database, clock),
});
const logger: Logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
let running: Attempt | undefined;

port.on("message", (order: ThreadOrder) => {
  if (order.type === "abort") {
    running?.abort(order.isStopping ? new StoppingError(order.message) : new Error(order.message));
    return;
  }
  const { job, owner } = order;
  const onCompleting = (isCompleting: boolean): void => tell({ type: "completing", isCompleting });
  const attempt = runAttempt(job, jobs.byName.get(job.name), { owner, database, tools, clock, logger, onCompleting });
  running = attempt;
  void attempt.outcome.then((outcome) => tell({ type: "outcome", outcome, isClean: !attempt.isAborted && !isFull() }));
});
tell({ type: "ready" });

// As of the process: what is thrown where nobody can catch it makes the job fail that began it, and not the one that has the thread by now.
process.on("unhandledRejection", (reason) => {
  const work = currentWork();
  logger.error({ err: reason, in: work?.name }, "A promise was rejected and nobody was listening.");
  work?.fail(reason);
});
process.on("uncaughtException", (error) => {
  const work = currentWork();
  // Nobody's work: the file of the back end left it behind, and what state the thread is in nobody knows.
  if (work === undefined) throw error;
  logger.error({ err: error, in: work.name }, "An error was caught by nobody. What it belongs to fails; the thread goes on.");
  work.fail(error);
});

/** Whether what is left behind, garbage or not, takes half of what the next job may use. */
function isFull(): boolean {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external > ((resourceLimits.maxOldGenerationSizeMb ?? Number.POSITIVE_INFINITY) * 1_048_576) / 2;
}

function log(level: LogLevel): Logger["info"] {
  return (fields, message) => {
    try {
      tell({ type: "log", level, fields, message });
    } catch {
      // What cannot cross between threads, a function say, is described.
      const described = Object.entries(fields).map(([name, value]: [string, unknown]) => [
        name,
        typeof value === "object" || typeof value === "function" || typeof value === "symbol" ? inspect(value) : value,
      ]);
      tell({ type: "log", level, fields: Object.fromEntries(described) as object, message });
    }
  };
}
