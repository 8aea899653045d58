import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  createDbOpener,
  createRecordStore,
  createSecretFields,
  type DbOpener,
  deriveKeys,
  findLostSecrets,
  loadSecrets,
  type RecordStore,
  type Secrets,
  system,
} from "#application";
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
import { secretFieldKeys } from "./keys.ts";
import type { Surroundings } from "./platform-options.ts";

/** The data of a back end, open, with what guards it. */
export interface Data {
  readonly database: SqliteDatabase;
  /** Undefined where the settings say nowhere to keep backups. */
  readonly backups: BackupService | undefined;
  readonly secrets: Secrets;
  /** What cursors are signed with. */
  readonly cursorKey: readonly Uint8Array[];
  /** What secret fields are encrypted with. */
  readonly secretKeys: readonly Uint8Array[];
  readonly records: RecordStore;
  readonly dbs: DbOpener;
}

/** Nobody is served before a new database is filled, so nobody waits for it: a day, in milliseconds. */
const seedTimeLimit = 86_400_000;

/** The database's file within the data directory. */
export function databasePath(dataDirectory: string): string {
  return join(dataDirectory, "chassis.db");
}

/** Opens the database, makes it what the definition says, and fills it where it is new. */
export async function openData(surroundings: Surroundings): Promise<Data> {
  const { backend, config, dataDirectory, logger, report, clock, ids } = surroundings;
  const { model, rules } = backend;
  // Others on the machine have no business there.
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const interrupted = await settleRestore(dataDirectory, clock);
  if (interrupted !== undefined) logger.warn(interrupted, "A restore had been interrupted.");
  const secrets = await loadSecrets(dataDirectory);
  const { database, backups } = await openGuarded(surroundings);
  const cursorKey = deriveKeys(secrets, "cursors");
  const secretKeys = secretFieldKeys(secrets);
  const lost = await findLostSecrets(database, model, createSecretFields(secretKeys));
  if (lost.length > 0)
    logger.error(
      { fields: lost, dataDirectory },
      "Secret fields were kept under another secret, and cannot be read: restore token-secret and previous-secrets with the database.",
    );
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
  return { database, backups, secrets, cursorKey, secretKeys, records, dbs: createDbOpener({ model, clock, ids, secretKeys }) };
}

/** The database as the definition has it, and what watches over it. */
async function openGuarded({
  backend,
  config,
  dataDirectory,
  logger,
  clock,
  isDisposable,
  opened,
  closedAtEnd,
}: Surroundings): Promise<Pick<Data, "database" | "backups">> {
  const database = await openSqlite({
    path: databasePath(dataDirectory),
    logger,
    clock,
    statementTimeLimit: config.queryTimeout,
    transactionTimeLimit: config.transactionTimeout,
    durability: config.durability,
    isDisposable,
    feed: { entries: config.feedEntries, bytes: config.feedBytes },
  });
  let backups: BackupService | undefined;
  // A backup under way is given up; what was written until the very end is still sent to where backups go.
  opened.defer(async () => {
    await backups?.pause();
    await database.close();
    await backups?.close();
  });
  await prepareDatabase(database, backend.model, clock);
  closedAtEnd(HeadNotes.start(backend.model, { database, logger }));
  closedAtEnd(new SlowTable({ database, clock, logger }));
  if (config.backupTo !== undefined)
    backups = await BackupService.start({
      places: { dataDirectory, databasePath: database.path },
      settings: await readBackupSettings(config, config.backupTo),
      guardWal: (guard) => database.guardWal(guard),
      clock,
      logger,
    });
  return { database, backups };
}
