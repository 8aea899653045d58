import { createReadStream } from "node:fs";
import { tmpdir } from "node:os";
import { BackupError, listKept, type RestoreSource, verifyBackup } from "#database";
import { openBackupPlace } from "./backup-place.ts";
import { describeRows, time } from "./backup-words.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { findBackup } from "./find-backup.ts";
import { printResult, type Terminal } from "../command-line/terminal.ts";

export interface VerifyOptions {
  readonly backend: string;
  readonly from?: string;
}

/** Unpacks and checks one backup or all, in the folder for temporary files. Ends with 1 where one is not good. */
export async function verifyBackups(name: string, options: VerifyOptions, terminal: Terminal): Promise<ExitCode> {
  const { keys, destination } = await openBackupPlace(options.backend, { destination: options.from });
  const sources: Exclude<RestoreSource, { readonly type: "moment" }>[] = [];
  if (name === "all") {
    const { store } = await destination();
    for (const backup of (await listKept(store)).backups) sources.push({ type: "stored", store, name: backup.name });
    if (sources.length === 0) throw new BackupError(`There is no backup in ${store.description}.`);
  } else sources.push(await findBackup(name, destination));

  let exitCode: ExitCode = 0;
  for (const source of sources) {
    const shown = source.type === "file" ? source.path : source.name;
    terminal.progress(`Checking ${shown} ...`);
    try {
      const bytes =
        source.type === "file" ? (createReadStream(source.path) as AsyncIterable<Buffer>) : await source.store.read(source.name);
      const { manifest } = await verifyBackup(bytes, { workFolder: tmpdir(), keys });
      terminal.progress("");
      if (terminal.json === true) {
        printResult(terminal, { backup: shown, good: true, moment: manifest.moment, rows: manifest.database.rows });
        continue;
      }
      terminal.print(`${terminal.style("green", "good")}  ${shown}`);
      terminal.report(
        terminal.style("dim", `As of ${time(Date.parse(manifest.moment))}. Rows: ${describeRows(manifest.database.rows)}.`),
      );
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      terminal.progress("");
      if (terminal.json === true) printResult(terminal, { backup: shown, good: false, message: error.message });
      terminal.report(`${terminal.style("red", "not good")}  ${shown}\n${error.message}`);
      exitCode = 1;
    }
  }
  return exitCode;
}
