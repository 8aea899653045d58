import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AnySchema,
  type Backend,
  createDbOpener,
  type Db,
  type Enqueue,
  loadSecrets,
  type Mail,
  type SystemDb,
  type Webhooks,
} from "#application";
import { type Clock, createIdSource, type Logger, silentLogger, systemClock } from "#base";
import { loadConfig } from "#config";
import type { Actor } from "#contract";
import { createPlatform, secretFieldKeys } from "#platform";
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

/** Somebody who is asking: by default without roles and claims. */
export interface TestActor {
  readonly id: string;
  readonly roles?: readonly string[];
  readonly claims?: Actor["claims"];
}

export interface TestCaller<S extends AnySchema> {
  /** As `fetch` of the back end, with this caller's token. */
  fetch(target: string | URL | Request, init?: RequestInit): Promise<Response>;
  readonly db: Db<S>;
  /** Good for a day. */
  readonly token: string;
}

/** A back end that runs in a test: its database is in a folder of its own, which goes when it is closed. */
export interface TestBackend<S extends AnySchema> extends AsyncDisposable {
  /** Answers a request without a network. A path is one of this server; a body of JSON needs no content type. */
  fetch(target: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** The data without rules: to arrange what a test needs, and to look at what became of it. Each write is a transaction of its own. */
  readonly db: SystemDb<S>;
  /** Somebody who has signed in: their requests, and the data as they may see and change it. */
  as(actor: TestActor): Promise<TestCaller<S>>;
  /** Hands over a job or a mail, in a transaction of its own. */
  readonly enqueue: Enqueue;
  /** What would have been sent. */
  readonly outbox: Outbox;
  /** Whom nothing is sent. */
  readonly suppressions: Mail["suppressions"];
  /** Who receives webhooks, and what was sent to them. A receiver on this machine is named in `CHASSIS_WEBHOOKS_ALLOW`. */
  readonly webhooks: Webhooks;
  /** Waits until no job is ready or runs. What is to run later stays. Throws where one has failed meanwhile. */
  runJobs(options?: RunJobsOptions): Promise<void>;
  close(): Promise<void>;
}

const DAY = 86_400_000;

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
  const secretKeys = secretFieldKeys(await loadSecrets(folder));
  const dbs = createDbOpener({ model: backend.model, clock, ids: createIdSource(clock), secretKeys });
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
  const scope = { records, connection: database, writes: false };
  const fetch: TestBackend<S>["fetch"] = (target, init) =>
    platform.fetch(requestOf(target, init, config.baseUrl ?? "http://localhost"));
  return {
    fetch,
    db: dbs.openSystem(scope) as SystemDb<S>,
    async as({ id, roles = [], claims = {} }) {
      const actor = { id, roles, claims };
      const { token } = await platform.tokens.issue({ actor, lifetime: DAY });
      return {
        token,
        db: dbs.open(scope, actor) as Db<S>,
        fetch(target, init) {
          const headers = new Headers(init?.headers ?? (target instanceof Request ? target.headers : {}));
          headers.set("authorization", `Bearer ${token}`);
          return fetch(target, { ...init, headers });
        },
      };
    },
    webhooks: platform.webhooks,
    enqueue,
    outbox: createOutbox(mail.mailbox, database),
    suppressions: mail.suppressions,
    runJobs: (options) => runJobs(database, { told, ...options }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A path is one of this server, below the path of its base URL where that has one. */
function addressOf(target: string | URL, base: string): URL {
  return typeof target === "string" && target.startsWith("/") ? new URL(base + target) : new URL(target, base);
}

function requestOf(target: string | URL | Request, init: RequestInit | undefined, base: string): Request {
  const request = new Request(target instanceof Request ? target : addressOf(target, base), init);
  // What `Request` says of any text.
  if (typeof init?.body === "string" && request.headers.get("content-type")?.startsWith("text/plain") === true)
    request.headers.set("content-type", "application/json");
  return request;
}
