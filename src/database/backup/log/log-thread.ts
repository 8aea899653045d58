import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { WalGapError } from "../../sqlite/log/wal-follower.ts";
import { createKeyRing } from "../container/backup-key.ts";
import type { LogAnswer, LogJob, LogOrder } from "./log-link.ts";
import { LogSender } from "./log-sender.ts";
import { LogShipper } from "./log-shipper.ts";
import { LogSpool } from "./log-spool.ts";
import { openStore } from "../store/open-store.ts";
import { packError } from "../make/thread-errors.ts";

// The program of the thread that ships the write-ahead log for as long as the server runs.

if (parentPort === null) throw new Error("This file is the program of a thread.");
const port = parentPort;
const job = workerData as LogJob;
const say = (answer: LogAnswer): void => port.postMessage(answer);

/** Milliseconds between tries to send, doubled after each failure. */
const RETRY = 1000;
const LONGEST_RETRY = 60_000;
/** Milliseconds that reading or keeping the log may fail before the run of pieces is given up; SQLite's log grows meanwhile. */
const PATIENCE = 30_000;

const keys = job.passphrase === undefined ? undefined : createKeyRing(job.passphrase);
const spool = new LogSpool(job.spoolFolder, keys);
const sender = new LogSender(spool, { store: openStore(job.destination, job.s3, Date.now), keys });
const stop = new AbortController();
let held: (() => void) | undefined;
let failure: string | undefined;

async function run(): Promise<void> {
  const shipper = await LogShipper.open({ databasePath: job.databasePath, spool, keys, now: Date.now });
  say({ type: "open", series: shipper.series, isContinued: shipper.isContinued });
  port.on("message", (order: LogOrder) => void obey(order, shipper));
  const sending = sendAlways();
  try {
    while (!stop.signal.aborted) {
      await shipPatiently(shipper);
      await assertSpoolFits();
      await pause(job.interval, undefined, { signal: stop.signal }).catch(() => {});
    }
    // After the last write, and before the process ends.
    await shipper.ship();
  } finally {
    stop.abort();
    await sending;
    await shipper.close();
  }
  await sender.send(AbortSignal.timeout(job.lastSend));
}

/** A lock that somebody holds for a moment, or a full disk that somebody clears, must not break the run of pieces. */
async function shipPatiently(shipper: LogShipper): Promise<void> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    try {
      await shipper.ship();
      return;
    } catch (error) {
      if (error instanceof WalGapError || performance.now() > end || stop.signal.aborted) throw error;
      await pause(RETRY, undefined, { signal: stop.signal }).catch(() => {});
    }
  }
}

/** What cannot be sent must not fill the disk. What there is of it is of no use then, since what comes after it will be missing. */
async function assertSpoolFits(): Promise<void> {
  if ((await sender.waiting()) <= job.spoolLimit) return;
  await spool.clear();
  throw new Error(`${Math.round(job.spoolLimit / 1_048_576)} MiB waited to be sent: ${failure ?? "the destination is too slow"}`);
}

async function obey(order: LogOrder, shipper: LogShipper): Promise<void> {
  switch (order.type) {
    case "ship":
      return answer(order.id, await settle(shipper.ship()));
    case "release":
      return answer(
        order.id,
        await settle(
          shipper.release(() => {
            const { promise, resolve } = Promise.withResolvers<void>();
            held = resolve;
            say({ type: "released", id: order.id });
            return promise;
          }),
        ),
      );
    case "hold":
      held?.();
      held = undefined;
      return;
    case "stop":
      stop.abort();
  }
}

type Settled = { readonly value: number } | { readonly error: unknown };

async function settle(work: Promise<number | void>): Promise<Settled> {
  try {
    return { value: (await work) ?? 0 };
  } catch (error) {
    return { error };
  }
}

function answer(id: number, settled: Settled): void {
  if ("error" in settled) say({ type: "refused", id, error: packError(settled.error) });
  else say({ type: "done", id, value: settled.value });
}

async function sendAlways(): Promise<void> {
  let delay = RETRY;
  while (!stop.signal.aborted) {
    try {
      await sender.send(stop.signal);
      if (failure !== undefined) say({ type: "sending", failure: undefined });
      failure = undefined;
      delay = RETRY;
    } catch (error) {
      if (stop.signal.aborted) return;
      failure = error instanceof Error ? error.message : String(error);
      say({ type: "sending", failure });
      delay = Math.min(delay * 2, LONGEST_RETRY);
    }
    const wait = failure === undefined ? job.interval : delay;
    await pause(wait, undefined, { signal: stop.signal }).catch(() => {});
  }
}

try {
  await run();
  say({ type: "ended", error: undefined });
} catch (error) {
  say({ type: "ended", error: packError(error) });
} finally {
  port.close();
}
