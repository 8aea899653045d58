import { listKept, type NamedPiece } from "#database";
import { openBackupPlace } from "./backup-place.ts";
import { ago, size, time } from "./backup-words.ts";
import { printResult, type Terminal } from "../command-line/terminal.ts";

/** Lists the backups, the newest last, and between which moments any can be restored. */
export async function listBackups(backend: string, options: { readonly from?: string }, terminal: Terminal): Promise<void> {
  const { destination } = await openBackupPlace(backend, { destination: options.from });
  const { store } = await destination();
  const { backups, pieces } = await listKept(store);
  if (backups.length === 0) {
    terminal.report(`There is no backup in ${store.description}.`);
    return;
  }
  const now = Date.now();
  if (terminal.json === true) {
    for (const { name, moment, size: bytes } of backups)
      printResult(terminal, { name, moment: new Date(moment).toISOString(), bytes });
    return;
  }
  for (const { name, moment, size: bytes } of backups)
    terminal.print(`${name}  ${size(bytes).padStart(8)}  ${terminal.style("dim", ago(moment, now))}`);
  const spans = backups.flatMap(({ log, moment }) => {
    const own = log === null ? [] : pieces.filter(({ series, to }) => series === log.series && to >= log.from);
    return own.length === 0 || log === null ? [] : [{ series: log.series, from: moment, to: lastTime(own), bytes: sum(own) }];
  });
  for (const [, own] of Map.groupBy(spans, ({ series }) => series)) {
    const first = own[0];
    if (first !== undefined)
      terminal.print(`Any moment from ${time(first.from)} to ${time(first.to)}  ${terminal.style("dim", size(first.bytes))}`);
  }
}

function lastTime(pieces: readonly NamedPiece[]): number {
  return Math.max(...pieces.map(({ time: each }) => each));
}

function sum(pieces: readonly { readonly size: number }[]): number {
  return pieces.reduce((total, { size: bytes }) => total + bytes, 0);
}
