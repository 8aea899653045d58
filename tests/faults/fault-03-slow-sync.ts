import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import { startServer } from "./server.ts";
import { attachStrace } from "./strace.ts";
import { startLoad } from "./writers.ts";

/** The disk takes longer for a sync than an answer may take: nobody may be told that what is written was not. */
export const slowSync: Fault = {
  number: 3,
  name: "Slow fsync",
  done: "some take longer than an answer may, under load",
  needs: ["strace"],
  short: [0],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const server = await startServer(scope, { dataDirectory, environment: { CHASSIS_LIMIT_ANSWER_TIMEOUT: "500" } });
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round });
    await load.acknowledged(60);
    const paths = [join(dataDirectory, "chassis.db-wal")];
    const fault = `delay_enter=1500000:when=1+${3 + (round % 5)}`;
    const strace = await attachStrace(scope, server.pid, { calls: "fdatasync", fault, paths });
    await pause(4000);
    await strace.detach();
    await load.acknowledged(ledger.count("acknowledged") + 40);
    await load.stop();
    await server.kill();
    const { verdict } = await reopen(scope, ledger, { dataDirectory });
    return report(ledger, verdict, "503 08007: not known; goes on when the disk does");
  },
};
