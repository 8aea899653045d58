import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Logger } from "#base";
import { type FileLock, lockFile } from "../sqlite/file/lock.ts";
import type { WalGuard } from "../sqlite/log/wal-guard.ts";
import type { BackupPlaces, BackupSettings } from "./backup-settings.ts";
import { LogLink } from "./log/log-link.ts";
import { openStore } from "./store/open-store.ts";
import type { BackupStore } from "./store/store.ts";
import { listKept, pruneStore, removeLeftovers, takeBackup, type TakenBackup, workFolder } from "./make/take-backup.ts";

export interface BackupServiceOptions {
  readonly places: BackupPlaces;
  readonly settings: BackupSettings;
  /** The database's: the write-ahead log must not begin anew unread. */
  readonly guardWal: (guard: WalGuard) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How backups stand, in the words that health answers with. */
export type BackupState =
  /** The first has yet to be made. */
  | "pending"
  | "ok"
  /** The last try failed; it is tried again. */
  | "failed"
  /** None was made for twice the time that the settings say. */
  | "overdue"
  /** The log of all changes does not reach its destination: only the backups themselves are safe there. */
  | "behind";

/** Milliseconds before the first retry of a backup that failed, doubled each time. */
const FIRST_RETRY = 60_000;
const LONGEST_RETRY = 3_600_000;
/** setTimeout cannot wait for longer than 24 days. */
const LONGEST_WAIT = 86_400_000;
/** Bytes of the log that may wait for a destination that takes none. */
const SPOOL_LIMIT = 1_073_741_824;
/** Milliseconds that the rest of the log may take to be sent when the server ends. */
const LAST_SEND = 5000;

/**
 * Makes backups by the settings for as long as the server runs, and ships the log of all changes. Never stands in the way of serving:
 * what fails is logged, told by `state`, and tried again.
 *
 * How long to wait is counted on the monotonic clock: setting the machine's clock makes neither a storm of backups nor a gap.
 */
export class BackupService {
  readonly #options: BackupServiceOptions;
  readonly #store: BackupStore;
  readonly #stop = new AbortController();
  #log: LogLink | undefined;
  #logLock: FileLock | undefined;
  #logFailure: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = 0;
  #overdueAt = 0;
  #retry = FIRST_RETRY;
  #state: "pending" | "ok" | "failed" = "pending";
  #running: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  private constructor(options: BackupServiceOptions) {
    this.#options = options;
    const { destination, s3 } = options.settings;
    this.#store = openStore(destination, s3, () => options.clock.now());
  }

  /**
   * Begins. A destination that cannot be reached is no failure here; one that makes no sense is.
   *
   * @throws BackupError
   */
  static async start(options: BackupServiceOptions): Promise<BackupService> {
    const service = new BackupService(options);
    await mkdir(workFolder(options.places.dataDirectory), { recursive: true, mode: 0o700 });
    await service.#openLog();
    service.#running = service.#begin().then((wait) => (wait === undefined ? undefined : service.#schedule(wait)));
    return service;
  }

  get state(): BackupState {
    if (this.#state === "failed") return "failed";
    if (this.#options.clock.monotonic() > this.#overdueAt && this.#overdueAt > 0) return "overdue";
    if (this.#options.settings.logEvery !== undefined && this.#logFailure !== undefined) return "behind";
    return this.#state;
  }

  /** Makes one now. */
  async backUp(): Promise<TakenBackup> {
    const { places, settings, clock, logger } = this.#options;
    const started = clock.monotonic();
    const signal = this.#stop.signal;
    const taken = await takeBackup({ places, settings, store: this.#store, log: this.#log, isGentle: true, signal });
    const deleted = await pruneStore(this.#store, settings, clock.now()).catch((error: unknown) => {
      logger.warn({ err: error, to: this.#store.description }, "Old backups could not be deleted.");
      return [];
    });
    const { name, bytes, manifest } = taken;
    const milliseconds = Math.round(clock.monotonic() - started);
    logger.info(
      { backup: name, to: this.#store.description, bytes, milliseconds, deleted: deleted.length },
      "Backup made and checked.",
    );
    if (manifest.leftOut.length > 0) {
      logger.warn(
        { leftOut: manifest.leftOut },
        "The backup is not encrypted, so secret files are not in it. Set CHASSIS_BACKUP_PASSPHRASE or CHASSIS_BACKUP_KEY_FILE to have them in it.",
      );
    }
    return taken;
  }

  /** To be called once nobody writes any more, and the database is closed: ships the rest of the log. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** No backup is made any more, and the one under way is given up. To be called first. */
  async pause(): Promise<void> {
    this.#stop.abort(new Error("The server is closing."));
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #close(): Promise<void> {
    await this.pause();
    const error = await this.#log?.close();
    if (error !== undefined)
      this.#options.logger.warn({ err: error }, "The last changes could not be sent to where backups are kept.");
    this.#logLock?.release();
  }

  /** How long the first one can wait; undefined where the server is closing already. */
  async #begin(): Promise<number | undefined> {
    const { places, settings, clock, logger } = this.#options;
    let wait = 0;
    try {
      await removeLeftovers(places.dataDirectory, this.#store);
      const { backups } = await listKept(this.#store, this.#stop.signal);
      const newest = Math.max(...backups.map(({ moment }) => moment));
      // One of the future was made by a clock that was wrong.
      const age = Math.max(0, clock.now() - newest);
      if (backups.length > 0) wait = Math.max(0, settings.every - age);
      if (backups.length > 0 && age <= settings.every * 2) this.#state = "ok";
    } catch (error) {
      if (this.#stop.signal.aborted) return undefined;
      logger.warn({ err: error, to: this.#store.description }, "It could not be looked up when the last backup was made.");
    }
    if (this.#log?.isContinued === false) wait = 0;
    this.#overdueAt = clock.monotonic() + wait + settings.every;
    return wait;
  }

  #schedule(wait: number): void {
    if (this.#stop.signal.aborted) return;
    this.#dueAt = this.#options.clock.monotonic() + wait;
    const look = (): void => {
      const left = this.#dueAt - this.#options.clock.monotonic();
      if (left > 0) this.#timer = setTimeout(look, Math.min(left, LONGEST_WAIT)).unref();
      else this.#running = this.#run(this.#running);
    };
    clearTimeout(this.#timer);
    look();
  }

  async #run(before: Promise<void> | undefined): Promise<void> {
    const { settings, clock, logger } = this.#options;
    try {
      await before;
      this.#stop.signal.throwIfAborted();
      if (this.#log === undefined) await this.#openLog();
      await this.backUp();
      this.#state = "ok";
      this.#retry = FIRST_RETRY;
      this.#overdueAt = clock.monotonic() + settings.every * 2;
      this.#schedule(settings.every);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const wait = Math.min(this.#retry, settings.every);
      this.#state = "failed";
      this.#retry = Math.min(this.#retry * 2, LONGEST_RETRY);
      logger.error({ err: error, to: this.#store.description, retryIn: `${Math.round(wait / 1000)} s` }, "The backup failed.");
      this.#schedule(wait);
    }
  }

  async #openLog(): Promise<void> {
    const { places, settings, guardWal, clock, logger } = this.#options;
    if (settings.logEvery === undefined) return;
    try {
      // One that is just closing may still be sending.
      this.#logLock ??= lockFile(join(workFolder(places.dataDirectory), "log"), clock);
      const log = await LogLink.open(
        {
          databasePath: places.databasePath,
          spoolFolder: join(workFolder(places.dataDirectory), "log-spool"),
          destination: settings.destination,
          s3: settings.s3,
          passphrase: settings.passphrase,
          interval: settings.logEvery,
          spoolLimit: SPOOL_LIMIT,
          lastSend: LAST_SEND,
        },
        { onSending: (failure) => this.#heardOfSending(failure), onLost: (error) => this.#lost(error) },
      );
      this.#log = log;
      this.#logFailure = undefined;
      guardWal(log);
    } catch (error) {
      this.#logFailure = (error as Error).message;
      logger.error({ err: error }, "The log of changes cannot be shipped: backups alone are made.");
    }
  }

  #heardOfSending(failure: string | undefined): void {
    const { logger } = this.#options;
    if (failure !== undefined && this.#logFailure === undefined)
      logger.warn(
        { reason: failure, to: this.#store.description },
        "Changes do not reach the place where backups are kept. Trying again.",
      );
    if (failure === undefined && this.#logFailure !== undefined)
      logger.info({}, "Changes reach the place where backups are kept again.");
    this.#logFailure = failure;
  }

  /** The run of pieces is broken: a new one begins with the next backup, which is tried soon. */
  #lost(error: Error): void {
    this.#options.logger.error(
      { err: error },
      "The log of changes is not shipped any more. It begins again with the next backup.",
    );
    this.#log = undefined;
    this.#logFailure = error.message;
    this.#schedule(FIRST_RETRY);
  }
}
