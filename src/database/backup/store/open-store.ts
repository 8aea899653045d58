import { BackupError } from "../backup-error.ts";
import { createFolderStore } from "./folder-store.ts";
import { createS3Store } from "./s3-store.ts";
import type { BackupStore } from "./store.ts";

export interface S3Settings {
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly accessKeyId: string | undefined;
  readonly secretAccessKey: string | undefined;
  /** Milliseconds before a request is sent again, doubled each time. Default 500. */
  readonly retryDelay?: number;
}

/** A destination as people write it: a folder, or `s3://bucket/prefix`. */
export function openStore(destination: string, s3: S3Settings, now: () => number): BackupStore {
  if (!/^s3:/i.test(destination)) {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(destination))
      throw new BackupError(`Backups go to a folder or to s3://bucket/prefix, not to ${destination}.`);
    return createFolderStore(destination);
  }
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/*$/i.exec(destination) ?? [];
  if (bucket === undefined) throw new BackupError(`${destination} names no bucket: write s3://bucket or s3://bucket/prefix.`);
  const { endpoint, region, accessKeyId, secretAccessKey, retryDelay } = s3;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new BackupError(`${destination} needs CHASSIS_BACKUP_S3_ACCESS_KEY_ID and CHASSIS_BACKUP_S3_SECRET_ACCESS_KEY.`);
  return createS3Store({
    bucket,
    prefix,
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    now,
    ...(retryDelay !== undefined && { retryDelay }),
  });
}
