import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BackupPlaces, BackupSettings } from "../backup-settings.ts";
import { assertWritable } from "../store/folder-store.ts";
import type { LogLink } from "../log/log-link.ts";
import type { BackupStep, ExtraFile } from "./make-backup.ts";
import { makeBackupOnThread } from "./make-on-thread.ts";
import type { BackupManifest, LogPlace } from "../container/manifest.ts";
import { logFolder, nameBackup, type NamedBackup, type NamedPiece, readBackupName, readPieceName } from "../names.ts";
import { prune } from "./prune.ts";
import type { BackupStore } from "../store/store.ts";

/** What else of a data directory is worth keeping. */
const extraFiles: readonly ExtraFile[] = [
  { path: "token-secret", isSecret: true },
  { path: "previous-secrets", isSecret: true },
  { path: "files", isSecret: false },
];

/** Where backups work in a data directory. Nothing in it has to be kept. */
export function workFolder(dataDirectory: string): string {
  return join(dataDirectory, "backup-work");
}

export interface TakeOptions {
  readonly places: BackupPlaces;
  readonly settings: Pick<BackupSettings, "passphrase">;
  readonly store: BackupStore;
  /** Ships the log; then the backup is a place in it to begin from. */
  readonly log?: LogLink | undefined;
  /** A server runs on the database, and comes first. */
  readonly isGentle: boolean;
  readonly onProgress?: (step: BackupStep, part: number) => void;
  readonly signal?: AbortSignal;
}

export interface TakenBackup {
  readonly name: string;
  readonly bytes: number;
  readonly manifest: BackupManifest;
}

/** Makes a backup on a thread, proves it good, and puts it where backups are kept. Leaves nothing behind on failure. */
export async function takeBackup({
  places,
  settings,
  store,
  log,
  isGentle,
  onProgress,
  signal,
}: TakeOptions): Promise<TakenBackup> {
  const work = workFolder(places.dataDirectory);
  await mkdir(work, { recursive: true, mode: 0o700 });
  if (store.stagingFolder !== undefined) await assertWritable(store.stagingFolder);
  // On the destination's own disk where there is one: then it need not be copied there.
  const target = join(store.stagingFolder ?? work, `.backup-${process.pid}`);
  const from = await log?.ship();
  const made = await makeBackupOnThread(
    { ...places, extraFiles, isGentle, target, copyPath: join(work, `copy-${process.pid}.db`), passphrase: settings.passphrase },
    {
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
      onSnapshot: async (): Promise<LogPlace | null> => {
        if (log === undefined || from === undefined) return null;
        return log.place(from, await log.ship());
      },
    },
  );
  const name = nameBackup(Date.parse(made.manifest.moment), made.manifest.log);
  try {
    await store.put(name, target, signal);
  } finally {
    await rm(target, { force: true });
  }
  return { name, bytes: made.bytes, manifest: made.manifest };
}

/** What a process that died left of its work. */
export async function removeLeftovers(dataDirectory: string, store: BackupStore): Promise<void> {
  for (const folder of [workFolder(dataDirectory), store.stagingFolder]) {
    if (folder === undefined) continue;
    for (const name of await readdir(folder).catch(() => []))
      if (/^(?:copy-\d+\.db|\.backup-\d+(?:\.partial)?|\.write-test-\d+)/.test(name) && !isAlive(Number(/\d+/.exec(name)?.[0])))
        await rm(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

export interface Kept {
  readonly backups: readonly (NamedBackup & { readonly size: number })[];
  readonly pieces: readonly (NamedPiece & { readonly size: number })[];
}

/** What lies where backups are kept, by name; files that are none of ours are left out. */
export async function listKept(store: BackupStore, signal?: AbortSignal): Promise<Kept> {
  const backups: Kept["backups"][number][] = [];
  const pieces: Kept["pieces"][number][] = [];
  for (const { name, size } of await store.list("", signal)) {
    const backup = readBackupName(name);
    const piece = name.startsWith(logFolder) ? readPieceName(name) : undefined;
    if (backup !== undefined) backups.push({ ...backup, size });
    else if (piece !== undefined) pieces.push({ ...piece, size });
  }
  return { backups, pieces };
}

/** Deletes what the settings do not keep, and gives the names. */
export async function pruneStore(
  store: BackupStore,
  settings: Pick<BackupSettings, "retention" | "logKeep">,
  now: number,
): Promise<readonly string[]> {
  const { backups, pieces } = await listKept(store);
  const names = prune(backups, pieces, { ...settings, now });
  for (const name of names) await store.delete(name);
  return names;
}
