import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AnySchema, type Backend, createDbOpener, type Enqueue, type Mail, type SystemDb } from "#application";
import { type Clock, createIdSource, type Logger, silentLogger, systemClock } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import { createOutbox, type Outbox } from "./outbox.ts";
import { type RunJobsOptions, runJobs } from "./run-jobs.ts";

export interface TestBackendOptions {
  /** Settings by the names of their variables: `{ CHASSIS_BASE_URL: "https://example.org" }`. The environment is not read. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The file of the back end, where it has heavy jobs: their threads load it. */
  readonly backendFile?: string;
  readonly clock?: Clock;
  /** Hears the server's log. By default nobody does. */
  readonly logger?: Logger;
}

/** A back end that runs in a test: its database is in a folder of its own, which goes when it is closed. */
export interface TestBackend<S extends AnySchema> extends AsyncDisposable {
  /** Answers a request without a network. A path is one of this server; a body of JSON needs no content type. */
  fetch(target: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** The data without rules: to arrange what a test needs, and to look at what became of it. Each write is a transaction of its own. */
  readonly db: SystemDb<S>;
  /** Hands over a job or a mail, in a transaction of its own. */
  readonly enqueue: Enqueue;
  /** What would have been sent. */
  readonly outbox: Outbox;
  /** Whom nothing is sent. */
  readonly suppressions: Mail["suppressions"];
  /** Waits until no job is ready or runs. What is to run later stays. Throws where one has failed meanwhile. */
  runJobs(options?: RunJobsOptions): Promise<void>;
  close(): Promise<void>;
}

/** A test's data goes with its folder, and it may ask as much as it likes. */
const usual: Readonly<Record<string, string>> = { CHASSIS_DURABILITY: "lose-minutes", CHASSIS_RATE_LIMITS: "off" };

/** Runs a back end for a test. Mails go to `outbox`, and jobs are run as they are by `chassis start`. */
export async function openTestBackend<S extends AnySchema>(
  backend: Backend<S>,
  { settings = {}, backendFile, clock = systemClock, logger = silentLogger }: TestBackendOptions = {},
): Promise<TestBackend<S>> {
  const config = loadConfig({ environment: { ...usual, ...settings } });
  const folder = await mkdtemp(join(tmpdir(), "chassis-test-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: folder,
    logger,
    clock,
    development: true,
    ...(backendFile === undefined ? {} : { backendFile }),
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const { records, database, mail, enqueue } = platform;
  const dbs = createDbOpener({ model: backend.model, clock, ids: createIdSource(clock) });
  const told = new Set<string>();
  let closed: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    try {
      await platform.close();
    } finally {
      await remove();
    }
  };
  const close = (): Promise<void> => {
    closed ??= closeAll();
    return closed;
  };
  return {
    fetch: (target, init) => platform.fetch(requestOf(target, init, config.baseUrl ?? "http://localhost")),
    db: dbs.openSystem({ records, connection: database, writes: false }) as SystemDb<S>,
    enqueue,
    outbox: createOutbox(mail.mailbox, database),
    suppressions: mail.suppressions,
    runJobs: (options) => runJobs(database, { told, ...options }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function requestOf(target: string | URL | Request, init: RequestInit | undefined, origin: string): Request {
  const request = new Request(target instanceof Request ? target : new URL(target, origin), init);
  // What `Request` says of any text.
  if (typeof init?.body === "string" && request.headers.get("content-type")?.startsWith("text/plain") === true)
    request.headers.set("content-type", "application/json");
  return request;
}
