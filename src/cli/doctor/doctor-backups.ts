import type { Config } from "#config";
import { type Finding, listKept, openStore, readBackupSettings } from "#database";
import { ago } from "../backup/backup-words.ts";
import { count } from "../command-line/terminal.ts";

/** Milliseconds that a destination may take to say what it has. */
const PATIENCE = 15_000;

/** Is there a backup, and how old is it? By the settings that this command finds, which the server must have as well. */
export async function examineBackups(config: Config, now: number): Promise<Finding> {
  const finding = (level: Finding["level"], message: string, action?: string): Finding => ({
    check: "backups",
    level,
    message,
    ...(action === undefined ? {} : { action }),
  });
  if (config.backupTo === undefined) {
    const action = "Set CHASSIS_BACKUP_TO to a folder on another machine or to s3://bucket/prefix, for the server and here.";
    return finding("advice", "CHASSIS_BACKUP_TO is not set, so no backups are made.", action);
  }
  try {
    const settings = await readBackupSettings(config, config.backupTo);
    const store = openStore(config.backupTo, settings.s3, Date.now);
    const { backups } = await listKept(store, AbortSignal.timeout(PATIENCE));
    const newest = Math.max(...backups.map(({ moment }) => moment));
    if (backups.length === 0)
      return finding(
        "problem",
        `There is no backup in ${store.description}.`,
        "Start the server, which makes one at once, or run `chassis backup`.",
      );
    const words = `The newest of ${count(backups.length, "backup")} in ${store.description} is ${ago(newest, now).replace(/ ago$/, " old")}`;
    if (now - newest > 2 * settings.every)
      return finding(
        "problem",
        `${words}, and one is due every ${Math.round(settings.every / 60_000)} minutes.`,
        "The server's log says why none was made. `chassis backup` makes one now.",
      );
    return finding("ok", `${words}.`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return finding(
      "problem",
      `What backups there are in ${config.backupTo} cannot be told: ${message}`,
      "Nobody can restore from where nobody can look. `chassis backup list` tries again.",
    );
  }
}
