import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { check } from "./checker.ts";
import { runCommand } from "./command.ts";
import { readState } from "./database-state.ts";
import { type Fault, report } from "./fault.ts";
import { seededRandom } from "./random.ts";
import { reopen } from "./reopen.ts";
import type { RunScope } from "./scope.ts";
import { startServer } from "./server.ts";
import { underStrace } from "./strace.ts";
import { TimedLedger } from "./timed-ledger.ts";
import { startLoad } from "./writers.ts";

/** What a restore does to the disk, each a place to die at. */
const calls = ["rename,renameat,renameat2", "fsync,fdatasync", "unlink,unlinkat,rmdir", "write,pwrite64", "mkdir,mkdirat"];

interface World {
  readonly dataDirectory: string;
  readonly backup: string;
  readonly ledger: TimedLedger;
  /** When the backup was begun. */
  readonly moment: number;
}

/** A database, a backup of it, and writes after that. The server died: its write-ahead log is full of them. */
async function world(scope: RunScope, round: number): Promise<World> {
  const folder = await temporaryFolder(scope);
  const [dataDirectory, kept] = [join(folder, "data"), join(folder, "kept")];
  const ledger = new TimedLedger();
  const server = await startServer(scope, { dataDirectory });
  const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round });
  await load.acknowledged(100);
  const moment = Date.now();
  const { output, errors } = await runCommand(scope, ["backup", "--to", kept], { dataDirectory });
  if (output === "") throw new Error(errors);
  await load.acknowledged(ledger.count("acknowledged") + 100);
  await server.kill();
  await load.stop();
  return { dataDirectory, backup: join(kept, output.trim()), ledger, moment };
}

/** A cut or a flipped bit anywhere: refused, and nothing of what is there is touched. */
export const damagedBackup: Fault = {
  number: 24,
  name: "damaged backup",
  done: "cut or with a flipped bit, restored",
  needs: [],
  short: [0],
  async run(scope, round) {
    const { dataDirectory, backup, ledger } = await world(scope, round);
    const good = await readFile(backup);
    const random = seededRandom(round);
    const before = await fingerprint(dataDirectory);
    for (const way of ["cut", "flip", "flip", "last", "empty"] as const) {
      const at = Math.floor(random() * good.length);
      const bad = Buffer.from(
        way === "cut" ? good.subarray(0, at) : way === "last" ? good.subarray(0, -1) : way === "empty" ? "" : good,
      );
      if (way === "flip") bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8));
      await writeFile(backup, bad);
      for (const command of [
        ["restore", backup, "--yes"],
        ["backup", "verify", backup],
      ]) {
        const { code, errors } = await runCommand(scope, command, { dataDirectory });
        if (code !== 1 || !/cut short|damaged|no backup of Chassis/.test(errors))
          throw new Error(`${command.join(" ")} (${way} at ${at}) ended with ${code}: ${errors}`);
      }
      const after = await fingerprint(dataDirectory);
      if (after !== before)
        throw new Error(`A restore of a damaged backup (${way} at ${at}) changed the data directory:\n${before}\n${after}`);
    }
    const { verdict } = await reopen(scope, ledger, { dataDirectory });
    return report(ledger, verdict);
  },
};

/** Killed at the n-th call of a kind: the old data or the restored is whole there, and whoever comes next says so. */
export const killedRestore: Fault = {
  number: 24,
  name: "restore killed",
  done: "SIGKILL at the n-th call",
  needs: ["strace"],
  short: [0, 1, 5],
  async run(scope, round) {
    const { dataDirectory, backup, ledger, moment } = await world(scope, round);
    const call = calls[round % calls.length] ?? "";
    const when = 1 + Math.floor(round / calls.length);
    const under = underStrace({ calls: call, fault: `signal=KILL:when=${when}` });
    await runCommand(scope, ["restore", backup, "--yes"], { dataDirectory, under });
    const wasInterrupted = (await readdir(dataDirectory)).includes(".restore");
    const old = (await readdir(dataDirectory)).find((name) => /before-restore-[^-]+-[^-]+-[^-]+-[^-]+-[^-]+Z$/.test(name));

    const { server, verdict } = await reopen(scope, ledger, { dataDirectory });
    if (wasInterrupted && !server.text().includes("A restore had been interrupted."))
      throw new Error(`The server does not say that a restore was interrupted:\n${server.text()}`);
    const note = `${call.split(",")[0]} ${when}: `;
    if (verdict.lost.length === 0) return report(ledger, verdict, `${note}old`);
    // Then it must be the restored data, with the old kept beside.
    const kept = old ?? (await readdir(dataDirectory)).find((name) => name.includes("before-restore") && !name.endsWith("-wal"));
    if (kept === undefined) throw new Error("The data was replaced and the old is not kept.");
    const aside = check(ledger.entries, readState(join(dataDirectory, kept)));
    if (aside.lost.length + aside.half.length + aside.wrong.length > 0)
      throw new Error(`What was set aside is not whole: ${JSON.stringify(aside)}`);
    return report(ledger, check(ledger.asOf(moment), readState(join(dataDirectory, "chassis.db"))), `${note}restored`);
  },
};

async function fingerprint(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    // The lock files are there for whoever asks, and SQLite's own index of the log is made anew.
    if (!entry.isFile() || /-lock|-shm/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    lines.push(
      `${path} ${createHash("sha256")
        .update(await readFile(path))
        .digest("hex")
        .slice(0, 16)}`,
    );
  }
  return lines.sort().join("\n");
}
