import { hkdfSync } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type Authenticate,
  type Backend,
  createDbOpener,
  createFunctions,
  createIdempotency,
  createMemoryRateStore,
  createRateLimits,
  createRecordStore,
  createRouteContext,
  createTokens,
  createUnits,
  type Functions,
  type Jobs,
  loadTokenSecret,
  noRateLimits,
  openJobs,
  openRevocations,
  openSteadyClock,
  openWebhooks,
  type OpenWebhooks,
  type RecordStore,
  startRetention,
  system,
  type Tokens,
  UnderWay,
  TriggerListener,
} from "#application";
import { type Clock, createIdSource, type IdSource, type Logger, systemClock } from "#base";
import type { Config } from "#config";
import { AppError } from "#contract";
import {
  BackupService,
  HeadNotes,
  openSqlite,
  prepareDatabase,
  readBackupSettings,
  settleRestore,
  SlowTable,
  type SqliteDatabase,
  sqliteDialect,
} from "#database";
import {
  createAppRoutes,
  createCallerLimits,
  createCors,
  createClientReader,
  createFetchServer,
  createHealthRoutes,
  createHostCheck,
  createMaintenanceRoute,
  createResponder,
  createRest,
  createRevokeTokenRoute,
  createRouter,
  type FetchServer,
  Listener,
  Maintenance,
  type Respond,
  type Route,
  runOrder,
  type ServerFetch,
  type CallerLimits,
} from "#server";

export interface PlatformOptions {
  readonly backend: Backend;
  readonly config: Config;
  /** The file whose default export the back end is: threads for heavy jobs load it. A back end that has such jobs is refused without it. */
  readonly backendFile?: string;
  /** Made when it is not there. */
  readonly dataDirectory: string;
  readonly logger: Logger;
  /** Hears how far the filling of a new database is. */
  readonly report?: (progress: string) => void;
  readonly clock?: Clock;
  /** How often the event loop was held too long, where somebody watches it. */
  readonly loopStalls?: () => number;
}

/** A back end that runs. */
export interface Platform {
  /** The whole of it as one fetch handler, to be mounted elsewhere or called without a network. */
  readonly fetch: ServerFetch;
  /** Takes connections at the address of the settings, and gives the origin where it answers. */
  listen(): Promise<string>;
  /** Where it listens; undefined while it does not. */
  readonly url: string | undefined;
  readonly records: RecordStore;
  readonly tokens: Tokens;
  readonly database: SqliteDatabase;
  /** Answers what is under way within the time of the settings, then lets go of everything. */
  close(): Promise<void>;
}

/** Nobody is served before a new database is filled, so nobody waits for it: a day, in milliseconds. */
const seedTimeLimit = 86_400_000;

/** The database's file within the data directory. */
export function databasePath(dataDirectory: string): string {
  return join(dataDirectory, "chassis.db");
}

/** Starts a back end, all but listening. What was opened before a failure is closed again. */
export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const {
    backend,
    backendFile,
    config,
    dataDirectory,
    logger,
    report = () => {},
    clock = systemClock,
    loopStalls = () => 0,
  } = options;
  const { model, rules } = backend;
  const ids = createIdSource(clock);

  // Others on the machine have no business there.
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const interrupted = await settleRestore(dataDirectory, clock);
  if (interrupted !== undefined) logger.warn(interrupted, "A restore had been interrupted.");
  const secret = await loadTokenSecret(dataDirectory);
  const path = databasePath(dataDirectory);
  const database = await openSqlite({
    path,
    logger,
    clock,
    statementTimeLimit: config.queryTimeout,
    transactionTimeLimit: config.transactionTimeout,
    durability: config.durability,
    feed: { entries: config.feedEntries, bytes: config.feedBytes },
  });
  // Everything that was opened, to be closed in the opposite order.
  const opened = new AsyncDisposableStack();
  const closedAtEnd = <T extends { close(): Promise<void> } | undefined>(resource: T): T => {
    opened.defer(() => resource?.close());
    return resource;
  };
  let backups: BackupService | undefined;
  opened.defer(() => closeDatabase(database, backups));
  try {
    await prepareDatabase(database, model, clock);
    closedAtEnd(HeadNotes.start(model, { database, logger }));
    closedAtEnd(new SlowTable({ database, clock, logger }));
    backups = await startBackups({ ...options, clock }, database);
    const cursorKey = deriveKey(secret, "cursors");
    const records = createRecordStore({
      database,
      dialect: sqliteDialect,
      model,
      rules,
      clock,
      ids,
      cursorKey,
      limits: { maxBulkTime: config.bulkTime },
    });
    await backend.seed?.({
      records,
      system,
      report,
      transaction: (work) => records.transaction(work, { timeLimit: seedTimeLimit }),
    });

    const steady = closedAtEnd(await openSteadyClock({ directory: dataDirectory, clock, logger }));
    const tokens = createTokens({
      secret: tokenKey(secret),
      revocations: await openRevocations(database, steady),
      clock: steady,
      ids,
      onExpired: steady.remember,
    });
    const dbs = createDbOpener({ model, clock, ids });
    const jobs = await openJobs({
      database,
      records,
      dbs,
      jobs: backend.jobs,
      crons: backend.crons,
      queues: backend.queues,
      keeping: { failed: config.jobsKeepFailed, cancelled: config.jobsKeepCancelled },
      threads: backendFile === undefined ? undefined : { backendFile, cursorKey, maxBulkTime: config.bulkTime },
      clock,
      logger,
    });
    opened.defer(() => jobs.close(0));
    const { triggers } = backend;
    if (triggers.length > 0) opened.defer(database.onBeforeCommit(new TriggerListener(triggers, jobs.enqueueOwn)));
    const hooks = await openWebhooks({
      database,
      webhooks: backend.webhooks,
      key: webhookKey(secret),
      allow: config.webhooksAllow,
      keep: config.webhooksKeep,
      clock,
      ids,
      logger,
    });
    opened.defer(() => hooks.close(0));
    const { enqueuer, obey, controlIn: jobControl } = jobs;
    const functions = createFunctions({ functions: backend.functions, model, records, clock, logger, dbs, enqueuer, jobControl });
    const routes = backend.routes?.(
      createRouteContext({
        records,
        reader: database,
        dbs,
        enqueue: jobs.enqueue,
        jobs: jobs.control,
        webhooks: hooks.webhooks,
        authenticate: tokens.authenticate,
        logger,
      }),
    );

    const maintenance = closedAtEnd(new Maintenance((order, tools) => runOrder(order, { database, ...tools }), logger));
    const isCounting = config.rateLimits === "on";
    const rates = isCounting ? createRateLimits({ store: createMemoryRateStore(clock), rates: config.rates }) : noRateLimits;
    const underWay = new UnderWay(isCounting ? config.atOnce : undefined);
    const pages = routes && createAppRoutes(routes);
    const router = createRouter({
      routes: [
        createRestRoute({
          callers: createCallerLimits({ rates, underWay }),
          records,
          functions,
          config,
          dataDirectory,
          clock,
          authenticate: tokens.authenticate,
        }),
        createRevokeTokenRoute(tokens),
        createMaintenanceRoute(maintenance, tokens, { jobs: obey, webhooks: hooks.obey }),
        ...createHealthRoutes({
          checkReady: () => checkReady(database),
          describe: () => ({
            ...(backups === undefined ? {} : { backup: backups.state }),
            ...(loopStalls() === 0 ? {} : { loop: `held ${loopStalls()} times` }),
          }),
        }),
      ],
      fallback: pages && ((incoming) => underWay.during("pagesAtOnce", incoming.client.group, () => pages(incoming))),
    });
    const cors = createCors({ origins: config.corsOrigins });
    const respond = createResponder({ router, cors, rates, logger, clock, accessLog: config.logLevel === "debug" });
    closedAtEnd(startRetention({ database, model, dialect: sqliteDialect, clock, logger }));
    if (config.jobs === "on") hooks.start();
    if (config.jobs === "on") await jobs.start();
    else if (jobs.kinds > 0) logger.info({}, "CHASSIS_JOBS is off: jobs are kept, and not run.");
    return new RunningPlatform({
      respond,
      records,
      tokens,
      database,
      jobs,
      hooks,
      maintenance,
      opened,
      config,
      clock,
      ids,
      logger,
    });
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function startBackups(
  { config, dataDirectory, logger, clock }: PlatformOptions & { readonly clock: Clock },
  database: SqliteDatabase,
): Promise<BackupService | undefined> {
  if (config.backupTo === undefined) return undefined;
  return BackupService.start({
    places: { dataDirectory, databasePath: database.path },
    settings: await readBackupSettings(config, config.backupTo),
    guardWal: (guard) => database.guardWal(guard),
    clock,
    logger,
  });
}

/** A backup under way is given up; what was written until the very end is still sent to where backups go. */
async function closeDatabase(database: SqliteDatabase, backups: BackupService | undefined): Promise<void> {
  await backups?.pause();
  await database.close();
  await backups?.close();
}

/** Reads and writes: where it only reads any more, only a restart helps, and whatever watches has to know. */
async function checkReady(database: SqliteDatabase): Promise<void> {
  await database.get("SELECT 1", []);
  if (!database.state.writable) throw new AppError("storageFailed", { details: database.state.reason });
}

/** The data API, with every caller's proof checked before anything else of the request is looked at. */
function createRestRoute({
  callers,
  records,
  functions,
  config,
  dataDirectory,
  clock,
  authenticate,
}: {
  callers: CallerLimits;
  records: RecordStore;
  functions: Functions;
  config: Config;
  dataDirectory: string;
  clock: Clock;
  authenticate: Authenticate;
}): Route {
  const { urlLength, bodyBytes } = config.limits;
  const rest = createRest({
    records,
    functions,
    units: createUnits(records, functions),
    idempotency: createIdempotency({ clock, retention: config.idempotencyRetention }),
    callers,
    limits: { urlLength, bodyBytes, bulkBytes: config.bulkBytes, bulkRows: config.bulkRows, bulkTime: config.bulkTime },
    spoolDirectory: dataDirectory,
  });
  return {
    path: "/rest/v1",
    // Clients written for PostgREST ask its root for a description.
    rootSlashed: true,
    subtree: async (exchange) => {
      const caller = authenticate({ authorization: exchange.header("authorization"), cookie: exchange.header("cookie") });
      return rest(exchange, caller instanceof Promise ? await caller : caller);
    },
  };
}

interface Parts {
  readonly respond: Respond;
  readonly records: RecordStore;
  readonly tokens: Tokens;
  readonly database: SqliteDatabase;
  readonly jobs: Jobs;
  readonly hooks: OpenWebhooks;
  readonly maintenance: Maintenance;
  /** What is closed last, when nobody is served any more. */
  readonly opened: AsyncDisposableStack;
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

class RunningPlatform implements Platform {
  readonly records: RecordStore;
  readonly tokens: Tokens;
  readonly database: SqliteDatabase;
  readonly fetch: ServerFetch;
  readonly #parts: Parts;
  readonly #fetchServer: FetchServer;
  readonly #listener: Listener;
  #url: string | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    const { records, tokens, database, config } = parts;
    const { limits, baseUrl, allowedHosts } = config;
    this.#parts = parts;
    this.records = records;
    this.tokens = tokens;
    this.database = database;
    this.#fetchServer = createFetchServer({ ...parts, limits });
    this.#listener = new Listener({
      ...parts,
      limits,
      origin: baseUrl,
      readClient: createClientReader({ trusted: config.trustedProxies, header: config.proxyHeader }),
      checkHost: createHostCheck({ baseUrl, allowedHosts }),
    });
    this.fetch = this.#fetchServer.fetch;
  }

  get url(): string | undefined {
    return this.#url;
  }

  async listen(): Promise<string> {
    const { host, port } = this.#parts.config;
    const url = await this.#listener.listen({ host, port });
    this.#url = url;
    this.database.announce(url);
    return url;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { shutdownTimeout } = this.#parts.config;
    const { jobs, hooks, maintenance, opened } = this.#parts;
    await Promise.all([
      this.#listener.close(shutdownTimeout),
      this.#fetchServer.close(shutdownTimeout),
      jobs.close(shutdownTimeout),
      hooks.close(shutdownTimeout),
      maintenance.close(),
    ]);
    this.#url = undefined;
    await opened.disposeAsync();
  }
}

/** The key that signs tokens. */
export function tokenKey(secret: Uint8Array): Uint8Array {
  return deriveKey(secret, "tokens");
}

/** The key that the secrets of webhooks' receivers are kept with. */
export function webhookKey(secret: Uint8Array): Uint8Array {
  return deriveKey(secret, "webhooks");
}

/** A key for one purpose out of the one secret that is kept (RFC 5869). */
function deriveKey(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(), `chassis ${purpose}`, 32));
}
