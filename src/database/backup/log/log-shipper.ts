import { randomBytes } from "node:crypto";
import { WalFollower } from "../../sqlite/log/wal-follower.ts";
import type { KeyRing } from "../container/backup-key.ts";
import { writeContainer } from "../container/container-writer.ts";
import { type PieceManifest, packStep } from "./log-piece.ts";
import type { LogSpool } from "./log-spool.ts";
import { timeStamp } from "../names.ts";

export interface ShipperOptions {
  readonly databasePath: string;
  readonly spool: LogSpool;
  readonly keys: KeyRing | undefined;
  readonly now: () => number;
}

/** Turns what is committed into pieces in the spool, one for each look that finds something. */
export class LogShipper {
  readonly series: string;
  /** Whether the run of pieces goes on from before; else a copy of the whole database must be made for it to be of use. */
  readonly isContinued: boolean;
  readonly #options: ShipperOptions;
  readonly #follower: WalFollower;
  #next: number;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: ShipperOptions, follower: WalFollower, newest: PieceManifest | undefined) {
    this.#options = options;
    this.#follower = follower;
    this.isContinued = follower.isContinued && newest !== undefined;
    this.series = newest !== undefined && this.isContinued ? newest.series : newSeries(options.now());
    this.#next = newest !== undefined && this.isContinued ? newest.to + 1 : 1;
  }

  static async open(options: ShipperOptions): Promise<LogShipper> {
    await options.spool.open();
    const newest = await options.spool.whole();
    return new LogShipper(options, new WalFollower(options.databasePath, newest?.end), newest);
  }

  /** Frames of the write-ahead log, shipped or not. */
  get walFrames(): number {
    return this.#follower.length;
  }

  /** Ships everything that is committed by now, and gives the number of the step that will come next. */
  ship(): Promise<number> {
    const turn = this.#turn.then(() => this.#ship());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Ships everything, and lets go of the write-ahead log while `work` runs, in which nobody may write. */
  release<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      await this.#ship();
      return this.#follower.unpinned(work);
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#follower.close();
  }

  async #ship(): Promise<number> {
    const { spool, keys, now } = this.#options;
    const start = this.#follower.position;
    const { changes, done } = this.#follower.look();
    if (changes !== undefined) {
      const time = now();
      const [series, from, to] = [this.series, this.#next, this.#next];
      const manifest: PieceManifest = {
        series,
        from,
        to,
        times: [time],
        pageSize: changes.pageSize,
        start,
        end: changes.position,
      };
      await writeContainer(packStep(manifest, changes), {
        path: spool.pathOf({ series, from, to, time }),
        kind: "log",
        created: new Date(time),
        keys,
        // Writers may be waiting. It is made to last before it is sent.
        durable: false,
      });
      this.#next += 1;
    }
    done();
    return this.#next;
  }
}

function newSeries(now: number): string {
  return `${timeStamp(now).slice(0, 19)}-${randomBytes(3).toString("hex")}`;
}
