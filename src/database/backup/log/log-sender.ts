import { createReadStream } from "node:fs";
import type { KeyRing } from "../container/backup-key.ts";
import { readContainer } from "../container/container-reader.ts";
import { writeContainer } from "../container/container-writer.ts";
import { mergePieces, type PieceManifest } from "./log-piece.ts";
import type { LogSpool } from "./log-spool.ts";
import { type NamedPiece, namePiece } from "../names.ts";
import type { BackupStore } from "../store/store.ts";

type Spooled = NamedPiece & { readonly size: number };

/** So many steps, or bytes of them, are put together to one piece, so that a day is not 86,400 files. */
const MERGE_STEPS = 60;
const MERGE_BYTES = 16 * 1_048_576;

/** Brings pieces from the spool to where they are kept, and puts those that have arrived together. */
export class LogSender {
  readonly #spool: LogSpool;
  readonly #store: BackupStore;
  readonly #keys: KeyRing | undefined;
  readonly #sent = new Set<string>();

  constructor(spool: LogSpool, { store, keys }: { readonly store: BackupStore; readonly keys: KeyRing | undefined }) {
    this.#spool = spool;
    this.#store = store;
    this.#keys = keys;
  }

  /** Bytes that have not arrived yet. */
  async waiting(): Promise<number> {
    return (await this.#spool.list()).filter(({ name }) => !this.#sent.has(name)).reduce((sum, { size }) => sum + size, 0);
  }

  /** Sends what is there, in order. Rejects with what stood in the way. */
  async send(signal: AbortSignal): Promise<void> {
    for (const piece of await this.#spool.list()) {
      if (this.#sent.has(piece.name)) continue;
      // What was sent must still be here after a power failure, or it would be sent again with another content.
      await this.#spool.sync(piece);
      await this.#store.put(piece.name, this.#spool.pathOf(piece), signal);
      this.#sent.add(piece.name);
    }
    await this.#merge(signal);
  }

  /** The newest piece stays by itself: after a restart it says where to go on. */
  async #merge(signal: AbortSignal): Promise<void> {
    const pieces = await this.#spool.list();
    const newest = pieces.at(-1);
    const arrived = pieces.filter((piece) => piece !== newest && this.#sent.has(piece.name));
    for (const [series, own] of Map.groupBy(arrived, (piece) => piece.series)) {
      let run: Spooled[] = [];
      const isOver = series !== newest?.series;
      for (const piece of own) {
        run.push(piece);
        const steps = piece.to - (run[0]?.from ?? 0) + 1;
        if (steps < MERGE_STEPS && run.reduce((sum, { size }) => sum + size, 0) < MERGE_BYTES) continue;
        await this.#mergeRun(run, signal);
        run = [];
      }
      if (isOver) await this.#mergeRun(run, signal);
    }
  }

  async #mergeRun(run: readonly Spooled[], signal: AbortSignal): Promise<void> {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) return;
    if (run.length > 1) await this.#putTogether(run, signal);
    for (const piece of run) {
      if (run.length > 1) await this.#store.delete(piece.name, signal);
      await this.#spool.delete(piece);
      this.#sent.delete(piece.name);
    }
  }

  async #putTogether(run: readonly Spooled[], signal: AbortSignal): Promise<void> {
    const manifests: PieceManifest[] = [];
    for (const piece of run) manifests.push((await this.#spool.read(piece)).manifest);
    const [first, last] = [manifests[0], manifests.at(-1)];
    if (first === undefined || last === undefined) return;
    const manifest: PieceManifest = { ...first, to: last.to, end: last.end, times: manifests.flatMap(({ times }) => times) };
    const time = manifest.times.at(-1) ?? 0;
    const merged = { series: first.series, from: first.from, to: last.to, time };
    const [spool, keys] = [this.#spool, this.#keys];
    const contents = async function* (): AsyncGenerator<AsyncIterable<Buffer>> {
      for (const piece of run)
        yield (await readContainer(createReadStream(spool.pathOf(piece), { highWaterMark: 1_048_576 }), keys)).content;
    };
    // Under a name that no list of pieces takes for one.
    const path = `${spool.pathOf(merged)}.merged`;
    await writeContainer(mergePieces(manifest, contents()), {
      path,
      kind: "log",
      created: new Date(time),
      keys,
      durable: false,
      signal,
    });
    try {
      await this.#store.put(namePiece(merged), path, signal);
    } finally {
      await spool.deleteFile(path);
    }
  }
}
