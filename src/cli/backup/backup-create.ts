import { existsSync } from "node:fs";
import { pruneStore, readLock, removeLeftovers, takeBackup } from "#database";
import { databasePath } from "#platform";
import { openBackupPlace } from "./backup-place.ts";
import { describeRows, size } from "./backup-words.ts";
import { CommandError } from "../command-line/command-error.ts";
import { count, printResult, type Terminal } from "../command-line/terminal.ts";

/** Makes a backup beside a running server or without one. Its name alone is printed. */
export async function createBackup(backend: string, options: { readonly to?: string }, terminal: Terminal): Promise<void> {
  const { dataDirectory, destination } = await openBackupPlace(backend, { destination: options.to });
  const { store, settings } = await destination();
  const path = databasePath(dataDirectory);
  if (!existsSync(path)) throw new CommandError(`There is no database ${path} to make a backup of.`);
  await removeLeftovers(dataDirectory, store);
  const { name, bytes, manifest } = await takeBackup({
    places: { dataDirectory, databasePath: path },
    settings,
    store,
    isGentle: readLock(path) !== undefined,
    onProgress: (step, part) => terminal.progress(`${step} ${Math.round(part * 100)} %`),
  });
  terminal.progress("");
  const deleted = await pruneStore(store, settings, Date.now());
  if (terminal.json === true)
    return printResult(terminal, {
      name,
      bytes,
      store: store.description,
      encrypted: settings.passphrase !== undefined,
      rows: manifest.database.rows,
      leftOut: manifest.leftOut,
      deleted,
    });
  terminal.print(name);
  const sealed = settings.passphrase === undefined ? "not encrypted" : "encrypted";
  terminal.report(
    terminal.style(
      "dim",
      `${size(bytes)}, ${sealed}, checked, in ${store.description}. Rows: ${describeRows(manifest.database.rows)}.`,
    ),
  );
  if (deleted.length > 0)
    terminal.report(terminal.style("dim", `Deleted, as not to be kept any more: ${count(deleted.length, "file")}.`));
  if (manifest.leftOut.length > 0) {
    terminal.report(
      terminal.style(
        "yellow",
        `Not in it, because it is not encrypted: ${manifest.leftOut.join(", ")}. Without that, a restore on another machine ends all tokens. Set CHASSIS_BACKUP_PASSPHRASE or CHASSIS_BACKUP_KEY_FILE.`,
      ),
    );
  }
}
