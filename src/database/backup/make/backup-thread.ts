import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { createKeyRing } from "../container/backup-key.ts";
import { makeBackup } from "./make-backup.ts";
import type { LogPlace } from "../container/manifest.ts";
import type { BackupAnswer, BackupJob, BackupOrder } from "./make-on-thread.ts";
import { packError } from "./thread-errors.ts";

// The program of a thread that makes one backup and ends.

if (parentPort === null) throw new Error("This file is the program of a thread.");
const port = parentPort;
const { passphrase, ...job } = workerData as BackupJob;
const stop = new AbortController();
const place = Promise.withResolvers<LogPlace | null>();
const say = (answer: BackupAnswer): void => port.postMessage(answer);

// Those who are served come first. On Linux a priority belongs to the thread, elsewhere to the whole process.
if (process.platform === "linux") setPriority(10);

port.on("message", (order: BackupOrder) => {
  if (order.type === "place") place.resolve(order.place);
  else stop.abort();
});
stop.signal.addEventListener("abort", () => place.reject(stop.signal.reason), { once: true });
place.promise.catch(() => {});

try {
  let said = "";
  const made = await makeBackup({
    ...job,
    keys: passphrase === undefined ? undefined : createKeyRing(passphrase),
    now: Date.now,
    signal: stop.signal,
    onSnapshot() {
      say({ type: "snapshot" });
      return place.promise;
    },
    onProgress(step, part) {
      const now = `${step} ${Math.floor(part * 50)}`;
      if (now !== said) say({ type: "progress", step, part });
      said = now;
    },
  });
  say({ type: "made", made });
} catch (error) {
  say({ type: "failed", error: packError(error) });
} finally {
  port.close();
}
