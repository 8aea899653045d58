import { resolve } from "node:path";
import { systemClock } from "#base";
import { compareSchemas, listKept, planRestore, restore, type RestoreSource, schemaObjects, type Staged } from "#database";
import { confirm } from "../command-line/ask.ts";
import { type BackupPlace, openBackupPlace } from "./backup-place.ts";
import { ago, describeRows, time } from "./backup-words.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { CommandError, UsageError } from "../command-line/command-error.ts";
import { findBackup, refuseFolder } from "./find-backup.ts";
import { findBackend, loadBackend } from "../backend/load-backend.ts";
import { readMoment } from "../command-line/values.ts";
import { count, printResult, type Terminal } from "../command-line/terminal.ts";

export interface RestoreCommandOptions {
  readonly backend: string;
  readonly at?: string;
  readonly from?: string;
  readonly to?: string;
  readonly yes?: boolean;
}

/**
 * Restores a backup, or any moment, into a data directory that no server runs on. Everything is checked before it asks, and nothing is touched before it is
 * answered; what was there is kept beside.
 */
export async function restoreData(
  name: string | undefined,
  options: RestoreCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (name !== undefined && options.at !== undefined)
    throw new UsageError("Give a backup or --at, and not both: --at finds the backup that it needs.");
  if (name !== undefined) refuseFolder(name);
  const place = await openBackupPlace(options.backend, { destination: options.from, to: options.to });
  const now = Date.now();
  const source =
    name === undefined
      ? await findMoment(place, options.at === undefined ? Number.POSITIVE_INFINITY : readTime(options.at, now), terminal)
      : await findBackup(name, place.destination);
  const { dataDirectory, keys } = place;
  const kept = await restore(
    { source, dataDirectory, keys, clock: systemClock, onProgress: (what) => terminal.progress(what) },
    async (staged) => {
      terminal.progress("");
      await describe(staged, { source, dataDirectory, now, backend: options.backend }, terminal);
      return options.yes === true || (await goOn(terminal));
    },
  );
  if (kept === undefined) {
    terminal.report("Nothing was changed.");
    return 1;
  }
  printResult(terminal, { dataDirectory, kept }, `Restored into ${dataDirectory}.`);
  if (kept.length > 0) terminal.report(`What was there is kept beside: ${kept.join(", ")}.`);
  return 0;
}

async function findMoment(place: BackupPlace, until: number, terminal: Terminal): Promise<RestoreSource> {
  const { store } = await place.destination();
  const { backups, pieces } = await listKept(store);
  const plan = planRestore(backups, pieces, until);
  if (plan === undefined) {
    const oldest = Math.min(...backups.map(({ moment }) => moment));
    throw new CommandError(
      backups.length === 0
        ? `There is no backup in ${store.description}.`
        : `The oldest backup in ${store.description} is of ${time(oldest)}, after ${time(until)}.`,
    );
  }
  if (plan.missing !== undefined)
    terminal.report(
      terminal.style(
        "yellow",
        `Step ${plan.missing} of the log is missing in ${store.description}: nothing after ${time(plan.reach)} can be restored.`,
      ),
    );
  return { type: "moment", store, plan, until };
}

/** A time with its zone, or how long ago. */
function readTime(text: string, now: number): number {
  const at = readMoment(text, now);
  if (at === undefined)
    throw new UsageError(
      `--at must be a time with its zone such as 2026-11-25T22:00:00Z or 2026-11-25T23:00:00+01:00, or how long ago, such as 15m, not '${text}'.`,
    );
  if (at > now) throw new UsageError(`--at ${text} is in the future: it is ${time(now)} now.`);
  return at;
}

async function describe(
  staged: Staged,
  {
    source,
    dataDirectory,
    now,
    backend,
  }: { readonly source: RestoreSource; readonly dataDirectory: string; readonly now: number; readonly backend: string },
  terminal: Terminal,
): Promise<void> {
  const { interrupted, moment, manifest, rows, replaces } = staged;
  if (interrupted?.outcome === "finished")
    terminal.report("An earlier restore had been interrupted. It was carried through first.");
  if (interrupted?.outcome === "undone")
    terminal.report("An earlier restore had been interrupted before it changed anything. What it had prepared was deleted.");
  const from = source.type === "file" ? source.path : source.type === "stored" ? source.name : source.plan.backup.name;
  const pieces = source.type === "moment" ? source.plan.pieces.length : 0;
  const lines: readonly (readonly [string, string])[] = [
    ["Restore", dataDirectory],
    ["as of", `${terminal.style("bold", time(moment))}, ${ago(moment, now)}`],
    ["from", `${from}${pieces === 0 ? "" : ` and ${count(pieces, "piece")} of the log`}`],
    ["rows", describeRows(rows)],
    ["files", manifest.files.map(({ path }) => path).join(", ")],
    ["instead of", replaces ? "the database that is there, which is kept beside" : "nothing: there is no database yet"],
  ];
  for (const [label, text] of lines) terminal.report(`  ${label.padEnd(12)}${text}`);
  if (manifest.leftOut.length > 0)
    terminal.report(
      terminal.style("yellow", `Not in the backup: ${manifest.leftOut.join(", ")}. What is there is left as it is.`),
    );
  for (const line of await differencesFrom(backend, staged)) terminal.report(terminal.style("yellow", line));
}

/** A back end that cannot be loaded, or none, is no reason not to restore its data. */
async function differencesFrom(backend: string, { schema }: Staged): Promise<readonly string[]> {
  const model = await Promise.resolve()
    .then(() => loadBackend(findBackend(resolve(backend))))
    .then((loaded) => loaded.model)
    .catch(() => undefined);
  if (model === undefined) return ["There is no definition to compare it with."];
  const different = compareSchemas(schemaObjects(model), schema);
  return different.length === 0
    ? []
    : [
        "Its tables differ from the definition, which has to be put back or migrated before the server starts:",
        ...different.map((line) => `  - ${line}`),
      ];
}

async function goOn(terminal: Terminal): Promise<boolean> {
  if (terminal.ask === undefined) throw new CommandError("Nobody is there to be asked. Say --yes to go on. Nothing was changed.");
  return confirm(terminal, "Go on?");
}
