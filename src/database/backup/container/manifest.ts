import { DamagedBackupError } from "../backup-error.ts";

/** The database's name in a backup and in a data directory. */
export const databaseFile = "chassis.db";

/** What a backup holds, written at its beginning and inside the encryption. */
export interface BackupManifest {
  /** The moment that the database is as of: ISO 8601, UTC. */
  readonly moment: string;
  readonly database: {
    readonly pageSize: number;
    readonly pages: number;
    readonly rows: Readonly<Record<string, number>>;
    /** A short name for exactly its schema. */
    readonly schema: string | undefined;
  };
  /** In the order in which their bytes follow. The database is the first. */
  readonly files: readonly ArchivedFile[];
  /** Files that were there and are not in it, because they are secret and it is not encrypted. */
  readonly leftOut: readonly string[];
  /** Its place in the log that is kept of all changes; null where none is kept. */
  readonly log: LogPlace | null;
}

export interface ArchivedFile {
  /** Within the data directory, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly mode: number;
}

export interface LogPlace {
  readonly series: string;
  /** The first piece that has to be applied to it, and the one up to which they all must be: between them it was copied. */
  readonly from: number;
  readonly through: number;
}

/** SHA-256 of every file, in hexadecimal, written at the end, when they are known. */
export type Digests = Readonly<Record<string, string>>;

/** A path that stays within the folder that it is unpacked to. */
export function assertSafePath(path: string): void {
  const parts = path.split("/");
  if (
    path === "" ||
    path.includes("\\") ||
    path.includes("\0") ||
    parts.some((part) => part === "" || part === "." || part === "..")
  )
    throw new DamagedBackupError(`It holds a file of a name that is not allowed: ${JSON.stringify(path)}.`);
  if (/^[A-Za-z]:/.test(path))
    throw new DamagedBackupError(`It holds a file of a name that is not allowed: ${JSON.stringify(path)}.`);
}
