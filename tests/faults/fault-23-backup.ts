import { rm } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { check, type Verdict } from "./checker.ts";
import { runCommand } from "./command.ts";
import { readState } from "./database-state.ts";
import { type Fault, report } from "./fault.ts";
import { startServer } from "./server.ts";
import { TimedLedger } from "./timed-ledger.ts";
import { startLoad } from "./writers.ts";

/** Milliseconds of what was acknowledged that may be gone with the disk. */
const MAY_BE_LOST = 5000;

/**
 * Backups while twelve write: by the server itself, and by a command beside it. Then the server is killed and its whole data directory is deleted.
 * What comes back of the backup is one moment; what comes back of the log lacks seconds at most, and how many is told.
 */
export const backupDuringWrites: Fault = {
  number: 23,
  name: "backup",
  done: "during writes; then all data deleted",
  needs: [],
  short: [0],
  async run(scope, round) {
    const folder = await temporaryFolder(scope);
    const dataDirectory = join(folder, "data");
    const environment = {
      CHASSIS_BACKUP_TO: join(folder, "kept"),
      ...(round % 2 === 1 ? { CHASSIS_BACKUP_PASSPHRASE: "correct horse battery staple" } : {}),
    };
    const ledger = new TimedLedger();
    const server = await startServer(scope, { dataDirectory, environment });
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round, filling: 300 });
    await load.acknowledged(300);
    const before = Date.now();
    const made = await runCommand(scope, ["backup"], { dataDirectory, environment });
    if (made.code !== 0) throw new Error(`The backup failed: ${made.errors}`);
    const after = Date.now();
    await load.acknowledged(ledger.count("acknowledged") + 500);
    await new Promise((resolve) => setTimeout(resolve, 1000 + (round % 5) * 300));
    const killed = Date.now();
    await server.kill();
    await load.stop();
    await rm(dataDirectory, { recursive: true });

    const restored = async (name: string, ...args: readonly string[]): Promise<ReturnType<typeof readState>> => {
      const target = join(folder, name);
      const result = await runCommand(scope, ["restore", ...args, "--to", target, "--yes"], { dataDirectory, environment });
      if (result.code !== 0) throw new Error(`The restore failed: ${result.errors}`);
      return readState(join(target, "chassis.db"));
    };
    const oneMoment = check(ledger.asOf(before), await restored("one", made.output.trim()));
    const newest = await restored("newest");
    const lost = lossOf(ledger, newest, killed);
    const everything = check(ledger.asOf(killed - MAY_BE_LOST), newest);
    const middle = Math.round((after + killed) / 2);
    const atMiddle = await restored("middle", "--at", new Date(middle).toISOString());
    const past = check(ledger.asOf(middle - MAY_BE_LOST), atMiddle);
    if (atMiddle.notes.length > newest.notes.length) throw new Error("There was more before than after.");
    return report(ledger, together(oneMoment, everything, past), `${(lost / 1000).toFixed(1)} s lost with the disk`);
  },
};

/** Of how many milliseconds before the end something is missing. */
function lossOf(ledger: TimedLedger, state: ReturnType<typeof readState>, killed: number): number {
  for (let milliseconds = 0; milliseconds < 60_000; milliseconds += 100)
    if (check(ledger.asOf(killed - milliseconds), state).lost.length === 0) return milliseconds;
  return 60_000;
}

function together(...verdicts: readonly Verdict[]): Verdict {
  return {
    lost: verdicts.flatMap(({ lost }) => lost),
    half: verdicts.flatMap(({ half }) => half),
    wrong: verdicts.flatMap(({ wrong }) => wrong),
  };
}
