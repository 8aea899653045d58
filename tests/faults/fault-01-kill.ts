import { temporaryFolder } from "../support/temporary-folder.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { seededRandom } from "./random.ts";
import { reopen } from "./reopen.ts";
import { tryStartServer } from "./server.ts";
import { underStrace } from "./strace.ts";
import { startLoad } from "./writers.ts";

/** Each may be where a process dies; `pwrite64` and the syncs are SQLite's, `write` is what answers and lock files go through. */
const calls = ["pwrite64", "fdatasync", "fsync", "write", "rename,link,unlink", "ftruncate", "pwrite64"];

/** Milliseconds of load; a call that has not come by then is met by a plain SIGKILL. */
const LOAD_TIME = 2500;

/** SIGKILL at the n-th call of a kind, from the start of the server on, twice on the same database. */
export const kill: Fault = {
  number: 1,
  name: "SIGKILL",
  done: "at the n-th write, sync or rename, under load",
  needs: ["strace"],
  short: [1, 3, 7],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const random = seededRandom(round);
    const call = calls[round % calls.length] ?? "pwrite64";
    // Many small numbers, where the database is made and opened, and some large ones.
    const when = Math.ceil(10 ** (random() * (call === "pwrite64" || call === "write" ? 3.3 : 1.7)));
    for (const life of [1, 2]) {
      const under = underStrace({ calls: call, fault: `signal=KILL:when=${when}` });
      const server = await tryStartServer(scope, { dataDirectory, under });
      if (server === undefined) continue;
      const load = startLoad(scope, { url: server.url, ledger, name: `r${round}l${life}`, seed: round * 10 + life });
      await Promise.race([server.ended, new Promise((resolve) => setTimeout(resolve, LOAD_TIME))]);
      await server.kill();
      await load.stop();
    }
    const { verdict } = await reopen(scope, ledger, { dataDirectory });
    return report(ledger, verdict, `${call} ${when}`);
  },
};
