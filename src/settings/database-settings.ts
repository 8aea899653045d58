import { oneOf, parseDuration, parseOrigin, parseText, wholeNumber } from "#base";
import { type BackupConfig, defaultFeedLimits, type Durability, parseRetention } from "#database";
import type { Setting } from "./setting.ts";

/** Never part of a message: any text is taken. */
function secret(variable: string, description: string): Setting<string | undefined> {
  return { variable, type: "secret", default: undefined, description, parse: (text) => text };
}

export type DatabaseSettings = {
  readonly queryTimeout: Setting<number>;
  readonly transactionTimeout: Setting<number>;
  readonly durability: Setting<Durability>;
  readonly feedEntries: Setting<number>;
  readonly feedBytes: Setting<number>;
  readonly idempotencyRetention: Setting<number>;
} & { readonly [Name in keyof BackupConfig]: Setting<BackupConfig[Name]> };

/** How the database keeps what it is given, and where its backups go. */
export const databaseSettings: DatabaseSettings = {
  queryTimeout: {
    variable: "CHASSIS_QUERY_TIMEOUT",
    type: "duration",
    default: 1000,
    description: "How long one statement may run that a caller's request became; after that it is stopped and answered with 503.",
    parse: parseDuration,
  },
  transactionTimeout: {
    variable: "CHASSIS_TRANSACTION_TIMEOUT",
    type: "duration",
    default: 10_000,
    description:
      "How long the transaction of a request may stay open; after that it is rolled back and answered with 503. Meanwhile all other changes wait.",
    parse: parseDuration,
  },
  durability: {
    variable: "CHASSIS_DURABILITY",
    type: "lose-nothing, lose-a-second or lose-minutes",
    default: "lose-nothing",
    description:
      "What a power cut or a dead operating system may take of what was acknowledged: nothing, the last second or so, or all since the last checkpoint. A process that dies alone loses nothing in any of them.",
    parse: oneOf("lose-nothing", "lose-a-second", "lose-minutes"),
  },
  feedEntries: {
    variable: "CHASSIS_FEED_ENTRIES",
    type: "whole number",
    default: defaultFeedLimits.entries,
    description:
      "Transactions that the commit feed keeps for consumers that are slow or come back. One that has fallen further behind reads everything anew.",
    parse: wholeNumber(1, 10_000_000),
  },
  feedBytes: {
    variable: "CHASSIS_FEED_BYTES",
    type: "whole number",
    default: defaultFeedLimits.bytes,
    description: "Bytes of memory that these may take.",
    parse: wholeNumber(1, 2 ** 36),
  },
  idempotencyRetention: {
    variable: "CHASSIS_IDEMPOTENCY_RETENTION",
    type: "duration",
    default: 86_400_000,
    description: "How long an answer is kept at least for its Idempotency-Key: a retry after that is a new request.",
    parse: parseDuration,
  },
  backupTo: {
    variable: "CHASSIS_BACKUP_TO",
    type: "folder or s3://bucket/prefix",
    default: undefined,
    description: "Where backups go. By default none are made.",
    parse: parseText,
  },
  backupEvery: {
    variable: "CHASSIS_BACKUP_EVERY",
    type: "duration",
    default: 86_400_000,
    description: "The time between two backups.",
    parse: parseDuration,
  },
  backupKeep: {
    variable: "CHASSIS_BACKUP_KEEP",
    type: "numbers of h, d, w, m, y",
    default: "7d,4w,12m",
    description: "Of how many of the last hours, days, weeks, months and years that have a backup the newest is kept.",
    parse(text) {
      parseRetention(text);
      return text;
    },
  },
  backupLogEvery: {
    variable: "CHASSIS_BACKUP_LOG_EVERY",
    type: "duration or off",
    default: 1000,
    description:
      "How often the changes since then are sent to where backups go, so that any moment can be restored; `off` sends none.",
    parse: (text) => (text === "off" ? undefined : parseDuration(text)),
  },
  backupLogKeep: {
    variable: "CHASSIS_BACKUP_LOG_KEEP",
    type: "duration",
    default: 7 * 86_400_000,
    description: "How far back any moment can be restored.",
    parse: parseDuration,
  },
  backupPassphrase: secret(
    "CHASSIS_BACKUP_PASSPHRASE",
    "Encrypts backups, and with them the token secret is in them. 12 characters at least.",
  ),
  backupKeyFile: {
    variable: "CHASSIS_BACKUP_KEY_FILE",
    type: "path",
    default: undefined,
    description: "A file with the passphrase, in its place.",
    parse: parseText,
  },
  backupS3Endpoint: {
    variable: "CHASSIS_BACKUP_S3_ENDPOINT",
    type: "origin",
    default: undefined,
    description: "The S3 server, where it is not Amazon's.",
    parse: parseOrigin,
  },
  backupS3Region: {
    variable: "CHASSIS_BACKUP_S3_REGION",
    type: "name",
    default: "us-east-1",
    description: "The region of the bucket.",
    parse: parseText,
  },
  backupS3AccessKeyId: secret("CHASSIS_BACKUP_S3_ACCESS_KEY_ID", "Who writes into the bucket."),
  backupS3SecretAccessKey: secret("CHASSIS_BACKUP_S3_SECRET_ACCESS_KEY", "What proves it."),
};
