import { Worker } from "node:worker_threads";
import type { BackupStep, MadeBackup, MakeBackupOptions } from "./make-backup.ts";
import type { LogPlace } from "../container/manifest.ts";
import { type PackedError, unpackError } from "./thread-errors.ts";

const PROGRAM = new URL(`./backup-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

export interface BackupJob extends Omit<MakeBackupOptions, "keys" | "now" | "onSnapshot" | "onProgress" | "signal"> {
  readonly passphrase: string | undefined;
}

export type BackupOrder = { readonly type: "place"; readonly place: LogPlace | null } | { readonly type: "stop" };

export type BackupAnswer =
  | { readonly type: "snapshot" }
  | { readonly type: "progress"; readonly step: BackupStep; readonly part: number }
  | { readonly type: "made"; readonly made: MadeBackup }
  | { readonly type: "failed"; readonly error: PackedError };

export interface OnThread {
  readonly onSnapshot?: () => Promise<LogPlace | null>;
  readonly onProgress?: (step: BackupStep, part: number) => void;
  readonly signal?: AbortSignal;
}

/** `makeBackup` on a thread of its own, of low priority where the system has that. */
export async function makeBackupOnThread(job: BackupJob, { onSnapshot, onProgress, signal }: OnThread = {}): Promise<MadeBackup> {
  signal?.throwIfAborted();
  const worker = new Worker(PROGRAM, { workerData: job, stdin: false });
  const order = (message: BackupOrder): void => worker.postMessage(message);
  const stop = (): void => order({ type: "stop" });
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise<MadeBackup>((resolve, reject) => {
      worker.on("message", (answer: BackupAnswer) => {
        switch (answer.type) {
          case "snapshot":
            (onSnapshot?.() ?? Promise.resolve(null)).then(
              (place) => order({ type: "place", place }),
              (error: unknown) => {
                reject(error);
                stop();
              },
            );
            break;
          case "progress":
            onProgress?.(answer.step, answer.part);
            break;
          case "made":
            resolve(answer.made);
            break;
          case "failed":
            reject(signal?.aborted === true ? signal.reason : unpackError(answer.error));
        }
      });
      worker.on("error", reject);
      worker.on("exit", (code) => reject(new Error(`The thread that made the backup ended with ${code}.`)));
    });
  } finally {
    signal?.removeEventListener("abort", stop);
    await worker.terminate();
  }
}
