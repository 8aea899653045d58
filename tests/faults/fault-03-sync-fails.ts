import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { becomesTrue } from "./becomes-true.ts";
import { createClient } from "./client.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import { startServer } from "./server.ts";
import { attachStrace } from "./strace.ts";
import { startLoad } from "./writers.ts";

/** The disk refuses to sync the log (even rounds) or the database, into which a checkpoint copies it (odd ones). */
export const syncFails: Fault = {
  number: 3,
  name: "EIO on fsync",
  done: "of the log or of the database, under load",
  needs: ["strace"],
  short: [0, 1],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const server = await startServer(scope, { dataDirectory });
    const client = createClient(server.url);
    const load = startLoad(scope, {
      url: server.url,
      ledger,
      name: `r${round}`,
      seed: round,
      filling: round % 2 === 0 ? 0 : 30_000,
    });
    await load.acknowledged(100 + ((round * 37) % 200));
    const file = join(dataDirectory, round % 2 === 0 ? "chassis.db-wal" : "chassis.db");
    const when = 1 + (Math.floor(round / 2) % 3);
    const strace = await attachStrace(scope, server.pid, {
      calls: "fsync,fdatasync",
      fault: `error=EIO:when=${when}`,
      paths: [file],
    });
    await becomesTrue(() => strace.injected() > 0, "a sync fails");
    // What was covered by a sync before may still be on its way to its writer.
    await pause(300);
    const before = ledger.count("acknowledged");
    await becomesTrue(
      () => server.text().includes("nothing is written until a restart"),
      "the log says that writing has stopped",
    );
    await pause(300);
    await strace.detach();
    // The disk works again, and the kernel may have forgotten what it could not write: still nothing may be believed.
    await pause(300);
    assert.equal(ledger.count("acknowledged"), before, "writes were acknowledged after a sync had failed");
    await load.stop();
    const codes = Object.keys(ledger.refusals());
    assert.deepEqual(codes, ["503 storage_failed"], "every refusal says why");

    const ready = await client.ask("GET", "/health/ready");
    assert.deepEqual([ready.status, (JSON.parse(ready.text) as { code: string }).code], [503, "storage_failed"]);
    assert.equal((await client.ask("GET", "/health/live")).status, 200);
    const read = await client.ask("GET", "/rest/v1/accounts?select=name");
    assert.equal(read.status, 200, "reads go on");
    client.close();

    if (round % 4 < 2) await server.kill();
    else await server.terminate();
    const { verdict } = await reopen(scope, ledger, { dataDirectory });
    return report(ledger, verdict, "writing stops, reads go on, a restart has everything");
  },
};
