import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type Backend,
  createDatabaseRateStore,
  createDbOpener,
  createDisabledNotice,
  createFunctions,
  createMailEvents,
  createMailTables,
  createMemoryRateStore,
  createRateLimits,
  createRateTable,
  createRecordStore,
  createRouteContext,
  createTokens,
  deriveKey,
  deriveKeys,
  loadSecrets,
  noRateLimits,
  openJobs,
  openMail,
  openRevocations,
  openSteadyClock,
  openWebhooks,
  startRetention,
  system,
  UnderWay,
  TriggerListener,
} from "#application";
import { type Clock, createIdSource, type Logger, systemClock } from "#base";
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
  accountPath,
  createAppRoutes,
  createCallerLimits,
  createCors,
  createHealthRoutes,
  createMailRoutes,
  createMaintenanceRoute,
  createPrefix,
  createResponder,
  createRouteLimits,
  createRevokeTokenRoute,
  createRunOrder,
  createRouter,
  createSecurityHeaders,
  mailboxPath,
  Maintenance,
} from "#server";
import { createApiDocs } from "./api-docs.ts";
import { createDataApi } from "./data-api.ts";
import { rateKey, secretFieldKeys, signingSecrets, webhookKeys } from "./keys.ts";
import { type Platform, RunningPlatform } from "./running-platform.ts";
import { refuseShadowed } from "./shadowed-routes.ts";
import { openSignIn } from "./sign-in.ts";

export { describeApi } from "./api-docs.ts";
export { secretFieldKeys, signingSecrets, tokenKey, webhookKeys } from "./keys.ts";
export type { Door, Platform } from "./running-platform.ts";

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
  /**
   * Somebody develops here: mails go to the mailbox where the settings name no server, and whoever sits at this machine can look into it at
   * `/dev/mailbox`. Default false: then mails wait, and there is nothing at that path.
   */
  readonly development?: boolean;
  /** Nobody will want the data again once it is closed, as in tests: nothing is synced to the disk, and the database is not locked. Default false. */
  readonly isDisposable?: boolean;
  /** How often the event loop was held too long, where somebody watches it. */
  readonly loopStalls?: () => number;
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
    development = false,
    isDisposable = false,
    loopStalls = () => 0,
  } = options;
  const { model, rules } = backend;
  const ids = createIdSource(clock);

  // Others on the machine have no business there.
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const interrupted = await settleRestore(dataDirectory, clock);
  if (interrupted !== undefined) logger.warn(interrupted, "A restore had been interrupted.");
  const secrets = await loadSecrets(dataDirectory);
  const path = databasePath(dataDirectory);
  const database = await openSqlite({
    path,
    logger,
    clock,
    statementTimeLimit: config.queryTimeout,
    transactionTimeLimit: config.transactionTimeout,
    durability: config.durability,
    isDisposable,
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
    const cursorKey = deriveKeys(secrets, "cursors");
    const secretKeys = secretFieldKeys(secrets);
    const records = createRecordStore({
      database,
      dialect: sqliteDialect,
      model,
      rules,
      clock,
      ids,
      cursorKey,
      secretKeys,
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
      ...signingSecrets(secrets),
      revocations: await openRevocations(database, steady),
      clock: steady,
      ids,
      onExpired: steady.remember,
    });
    const dbs = createDbOpener({ model, clock, ids, secretKeys });
    const store = createMemoryRateStore(clock);
    const isShared = config.rateStore === "database";
    if (isShared) await database.transaction(createRateTable);
    const shared = isShared ? createDatabaseRateStore({ database, key: rateKey(secrets), clock }) : store;
    // The mailbox and what providers tell need them even where there is no mail yet.
    if (development || config.mailEvents !== undefined) await database.transaction(createMailTables);
    const mail = closedAtEnd(
      await openMail({
        database,
        mails: backend.mails,
        server: config.mailServer,
        from: config.mailFrom,
        baseUrl: config.baseUrl,
        ownUrl: `http://localhost:${config.port}`,
        development,
        key: deriveKeys(secrets, "unsubscribe"),
        given: shared,
        clock,
        logger,
      }),
    );
    const jobs = await openJobs({
      database,
      records,
      dbs,
      jobs: backend.jobs,
      own: mail.jobs,
      ownQueues: mail.queues,
      ...(backend.mails.entries.length === 0 ? {} : { suppressions: mail.suppressions }),
      crons: backend.crons,
      queues: backend.queues,
      keeping: { failed: config.jobsKeepFailed, cancelled: config.jobsKeepCancelled },
      threads: backendFile === undefined ? undefined : { backendFile, cursorKey, secretKeys, maxBulkTime: config.bulkTime },
      clock,
      logger,
    });
    opened.defer(() => jobs.close(0));
    const { triggers } = backend;
    if (triggers.length > 0) opened.defer(database.onBeforeCommit(new TriggerListener(triggers, jobs.enqueueOwn)));
    const hooks = await openWebhooks({
      database,
      webhooks: backend.webhooks,
      key: webhookKeys(secrets),
      allow: config.webhooksAllow,
      keep: config.webhooksKeep,
      tellDisabled: createDisabledNotice(backend.mails, jobs.enqueueOwn),
      clock,
      ids,
      logger,
    });
    opened.defer(() => hooks.close(0));
    const isCounting = config.rateLimits === "on";
    const rates = isCounting ? createRateLimits({ store, shared, rates: config.rates, app: backend.limits.rates }) : noRateLimits;
    const signIn =
      backend.auth &&
      closedAtEnd(
        await openSignIn({
          definition: backend.auth,
          config,
          dataDirectory,
          development,
          dbs,
          pages: {
            settings: backend.mails.settings,
            home: backend.auth.pages?.home ?? (backend.routes === undefined ? accountPath : "/"),
            mailbox: development ? mailboxPath : undefined,
          },
          database,
          records,
          rates,
          jobs,
          tokens: tokens.authenticate,
          reach: { tables: (me) => records.tablesOf(me), functions: (me) => functions.names(me) },
          codeKey: deriveKey(secrets.current, "one-time codes"),
          factorKeys: deriveKeys(secrets, "second factors"),
          providerKeys: deriveKeys(secrets, "oidc provider"),
          clock: steady,
          ids,
          logger,
        }),
      );
    const authenticate = signIn?.authenticate ?? tokens.authenticate;
    const { enqueuer, obey, controlIn: jobControl } = jobs;
    const functions = createFunctions({
      functions: backend.functions,
      model,
      records,
      clock,
      logger,
      dbs,
      enqueuer,
      jobControl,
      webhooksIn: hooks.webhooksIn,
      suppressionsIn: mail.suppressionsIn,
    });
    const prefix = createPrefix(config);
    const context = createRouteContext({
      base: prefix?.path ?? "",
      records,
      reader: database,
      dbs,
      enqueue: jobs.enqueue,
      jobs: jobs.control,
      webhooks: hooks.webhooks,
      suppressions: mail.suppressions,
      authenticate,
      logger,
    });
    const routes = backend.routes?.(context);

    const runOrders = createRunOrder({ database, records, model, dataDirectory, timeLimit: config.bulkTime });
    const maintenance = closedAtEnd(new Maintenance(runOrders, logger));
    const underWay = new UnderWay(isCounting ? config.atOnce : undefined);
    const headers = createSecurityHeaders(config);
    const pages = routes && createAppRoutes(routes, headers);
    const countRoute = createRouteLimits(rates, backend.limits);
    const router = createRouter({
      routes: [
        createDataApi({
          callers: createCallerLimits({ rates, underWay }),
          records,
          functions,
          config,
          dataDirectory,
          clock,
          authenticate,
        }),
        ...createApiDocs({ backend, config, clock, authenticate, cookie: signIn?.cookie }),
        ...(signIn?.routes ?? []),
        createRevokeTokenRoute(tokens),
        ...createMailRoutes({
          mail,
          events: createMailEvents(database, clock),
          settings: backend.mails.settings,
          secrets: config.mailEvents,
          development,
          clock,
          logger,
        }),
        createMaintenanceRoute(maintenance, tokens, {
          jobs: obey,
          webhooks: hooks.obey,
          mail: mail.obey,
          users: signIn?.auth.obey,
          clients: signIn?.auth.provider?.obey,
        }),
        ...createHealthRoutes({
          checkReady: () => checkReady(database),
          describe: () => ({
            ...(backups === undefined ? {} : { backup: backups.state }),
            ...(loopStalls() === 0 ? {} : { loop: `held ${loopStalls()} times` }),
          }),
        }),
      ],
      fallback:
        pages &&
        (async (incoming) => {
          await countRoute(incoming);
          return underWay.during("pagesAtOnce", incoming.client.group, () => pages(incoming));
        }),
    });
    if (routes !== undefined) refuseShadowed(routes, router);
    const cors = createCors({ origins: config.corsOrigins });
    const respond = createResponder({
      router,
      cors,
      rates,
      guard: signIn?.crossSite.checkCookie,
      headers,
      prefix,
      logger,
      clock,
      accessLog: config.logLevel === "debug",
    });
    const retention = closedAtEnd(startRetention({ database, model, dialect: sqliteDialect, clock, logger }));
    if (config.jobs === "on") hooks.start();
    if (config.jobs === "on") await jobs.start();
    else if (jobs.kinds > 0) logger.info({}, "CHASSIS_JOBS is off: jobs are kept, and not run.");
    return new RunningPlatform({
      headers,
      prefix,
      context,
      router,
      respond,
      routes,
      records,
      functions,
      retention,
      tokens,
      mail,
      signIn,
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
