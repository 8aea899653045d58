import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkDatabaseFile } from "../../sqlite/file/check-file.ts";
import { unpackArchive } from "../container/archive.ts";
import { DamagedBackupError } from "../backup-error.ts";
import type { KeyRing } from "../container/backup-key.ts";
import type { ContainerHeader } from "../container/container-format.ts";
import { readContainer } from "../container/container-reader.ts";
import { type BackupManifest, databaseFile } from "../container/manifest.ts";

export interface VerifiedBackup {
  readonly header: ContainerHeader;
  readonly manifest: BackupManifest;
}

/**
 * Unpacks a backup into a new folder and checks everything: the container, every digest, and the database by opening it.
 *
 * @throws DamagedBackupError, BackupError. The folder may hold a part then.
 */
export async function unpackBackup(
  source: AsyncIterable<Uint8Array>,
  {
    folder,
    keys,
    onManifest,
  }: {
    readonly folder: string;
    readonly keys: KeyRing | undefined;
    readonly onManifest?: (manifest: BackupManifest) => Promise<void>;
  },
): Promise<VerifiedBackup> {
  const { header, content } = await readContainer(source, keys);
  if (header.kind !== "backup")
    throw new DamagedBackupError("This is a piece of the log, and no backup: name the backup, or give `--at`.");
  const { manifest } = await unpackArchive(content, { folder, ...(onManifest && { onManifest }) });
  const { problems, facts } = checkDatabaseFile(join(folder, databaseFile));
  const different = Object.entries(manifest.database.rows)
    .filter(([table, rows]) => facts !== undefined && facts.rows[table] !== rows)
    .map(([table, rows]) => `'${table}' has ${facts?.rows[table] ?? 0} rows, and had ${rows}`);
  const all = [...problems, ...different];
  if (all.length > 0)
    throw new DamagedBackupError(
      `Its database is damaged:\n${all
        .slice(0, 10)
        .map((line) => `  - ${line}`)
        .join("\n")}`,
    );
  return { header, manifest };
}

/** The same in a folder for a while, which is removed. `workFolder` needs room for the whole of it, unpacked. */
export async function verifyBackup(
  source: AsyncIterable<Uint8Array>,
  { workFolder, keys }: { readonly workFolder: string; readonly keys: KeyRing | undefined },
): Promise<VerifiedBackup> {
  const folder = await mkdtemp(join(workFolder, "chassis-verify-"));
  try {
    return await unpackBackup(source, { folder, keys });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
