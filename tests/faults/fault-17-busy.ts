import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { becomesTrue } from "./becomes-true.ts";
import { createClient } from "./client.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import { startServer } from "./server.ts";
import { startLoad } from "./writers.ts";

/** Another program, which asks nobody, has the lock of those who write: for a moment, and for longer than anybody waits. */
export const busy: Fault = {
  number: 17,
  name: "SQLITE_BUSY",
  done: "another program holds the write lock, for 0.7 s and for 4 s",
  needs: [],
  short: [0],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const server = await startServer(scope, { dataDirectory });
    const client = createClient(server.url);
    const other = new DatabaseSync(join(dataDirectory, "chassis.db"), { timeout: 5000 });
    scope.after(() => other.close());
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round });
    await load.acknowledged(100);

    other.exec("BEGIN IMMEDIATE");
    await pause(700);
    other.exec("COMMIT");
    const before = ledger.count("acknowledged");
    await becomesTrue(() => ledger.count("acknowledged") > before + 50, "writes go on after a short lock");
    assert.deepEqual(ledger.refusals(), {}, "a lock of a moment is waited for");

    other.exec("BEGIN IMMEDIATE");
    const started = performance.now();
    let slowest = 0;
    while (performance.now() - started < 4000) {
      const asked = performance.now();
      assert.equal((await client.ask("GET", "/rest/v1/accounts?select=name")).status, 200);
      slowest = Math.max(slowest, performance.now() - asked);
      await pause(20);
    }
    // The loop is not held up by waiting; the margin is for a machine that has other things to do.
    assert.ok(slowest < 200, `a read took ${slowest} ms while another program had the lock`);
    other.exec("COMMIT");
    const after = ledger.count("acknowledged");
    await becomesTrue(() => ledger.count("acknowledged") > after + 50, "writes go on after a long lock");
    await load.stop();
    client.close();
    assert.deepEqual(Object.keys(ledger.refusals()), ["503 unavailable"]);
    await server.kill();
    const { verdict } = await reopen(scope, ledger, { dataDirectory });
    return report(ledger, verdict, "a moment is waited for, then 503; reads go on");
  },
};
