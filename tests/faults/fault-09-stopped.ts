import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { createClient } from "./client.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import { failToStart, startServer } from "./server.ts";
import { createToken } from "./token.ts";
import { startLoad } from "./writers.ts";

/** The process is stopped for longer than its callers wait, and goes on: they have sent everything again. */
export const stopped: Fault = {
  number: 9,
  name: "SIGSTOP",
  done: "in the middle of writes that are then sent again, and SIGCONT",
  needs: [],
  short: [1],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const server = await startServer(scope, { dataDirectory, environment: { CHASSIS_TRANSACTION_TIMEOUT: "2s" } });
    const token = await createToken(dataDirectory);
    // Odd rounds stop it for longer than a transaction may stay open.
    const seconds = round % 2 === 0 ? 1.2 : 2.5;
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round, retriesAs: token, patience: 400 });
    await load.acknowledged(100 + ((round * 53) % 400));
    const client = createClient(server.url);
    const lingering = client.ask("POST", "/rest/v1/rpc/linger", { number: "lingers", milliseconds: 300 });
    await pause(50);
    process.kill(server.pid, "SIGSTOP");
    const said = await failToStart(scope, { dataDirectory });
    assert.match(said, new RegExp(`Process ${server.pid}`), "a stopped process still has the database");
    await pause(seconds * 1000);
    process.kill(server.pid, "SIGCONT");
    const { status } = await lingering;
    assert.ok(status === 200 || status === 503, `${status}`);
    await load.acknowledged(ledger.count("acknowledged") + 100);
    await load.stop();
    const lingers = await client.ask("GET", "/rest/v1/notes?slug=eq.lingers&select=slug");
    assert.equal(JSON.parse(lingers.text).length, status === 200 ? 1 : 0, "what was answered is what is there");
    if (status === 200) await client.ask("DELETE", "/rest/v1/notes?slug=eq.lingers");
    client.close();
    await server.kill();
    const { verdict } = await reopen(scope, ledger, { dataDirectory });
    return report(ledger, verdict, "nothing is done twice");
  },
};
