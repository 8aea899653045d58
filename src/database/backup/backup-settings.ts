import { readFile } from "node:fs/promises";
import { BackupError } from "./backup-error.ts";
import type { S3Settings } from "./store/open-store.ts";
import { parseRetention, type Retention } from "./make/retention.ts";

/** The settings as they are given: `Config` has them all. */
export interface BackupConfig {
  readonly backupTo: string | undefined;
  readonly backupEvery: number;
  readonly backupKeep: string;
  readonly backupLogEvery: number | undefined;
  readonly backupLogKeep: number;
  readonly backupPassphrase: string | undefined;
  readonly backupKeyFile: string | undefined;
  readonly backupS3Endpoint: string | undefined;
  readonly backupS3Region: string;
  readonly backupS3AccessKeyId: string | undefined;
  readonly backupS3SecretAccessKey: string | undefined;
}

export interface BackupSettings {
  /** A folder, or `s3://bucket/prefix`. */
  readonly destination: string;
  readonly s3: S3Settings;
  /** Encrypts everything that is kept there. */
  readonly passphrase: string | undefined;
  /** Milliseconds between two backups. */
  readonly every: number;
  readonly retention: Retention;
  /** Milliseconds between two pieces of the log of all changes; undefined where none is kept. */
  readonly logEvery: number | undefined;
  /** How far back every moment can be restored, in milliseconds. */
  readonly logKeep: number;
}

/** Where backups have to do with one data directory. */
export interface BackupPlaces {
  readonly dataDirectory: string;
  readonly databasePath: string;
}

/** Shorter ones are guessed, however much work a guess is. */
const SHORTEST_PASSPHRASE = 12;

/**
 * The settings of backups to one destination, with the key file read.
 *
 * @throws BackupError
 */
export async function readBackupSettings(config: BackupConfig, destination: string): Promise<BackupSettings> {
  return {
    destination,
    s3: {
      endpoint: config.backupS3Endpoint,
      region: config.backupS3Region,
      accessKeyId: config.backupS3AccessKeyId,
      secretAccessKey: config.backupS3SecretAccessKey,
    },
    passphrase: await readPassphrase(config),
    every: config.backupEvery,
    retention: parseRetention(config.backupKeep),
    logEvery: config.backupLogEvery,
    logKeep: config.backupLogKeep,
  };
}

/** What everything is encrypted with; undefined where nothing is. */
export async function readPassphrase({
  backupPassphrase: passphrase,
  backupKeyFile: keyFile,
}: Pick<BackupConfig, "backupPassphrase" | "backupKeyFile">): Promise<string | undefined> {
  if (passphrase !== undefined && keyFile !== undefined)
    throw new BackupError("Give CHASSIS_BACKUP_PASSPHRASE or CHASSIS_BACKUP_KEY_FILE, and not both.");
  if (keyFile === undefined) return checkLength(passphrase, "CHASSIS_BACKUP_PASSPHRASE");
  try {
    return checkLength((await readFile(keyFile, "utf8")).trim(), `The key file ${keyFile}`);
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`The key file ${keyFile} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function checkLength(passphrase: string | undefined, what: string): string | undefined {
  if (passphrase !== undefined && passphrase.length < SHORTEST_PASSPHRASE)
    throw new BackupError(`${what} must have ${SHORTEST_PASSPHRASE} characters at least. A good one: openssl rand -base64 32`);
  return passphrase;
}
