import assert from "node:assert/strict";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { createClient } from "./client.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import { startServer } from "./server.ts";
import { startLoad } from "./writers.ts";

/** The server is told to end while many write. */
export const terminated: Fault = {
  number: 34,
  name: "SIGTERM",
  done: "under load, with a slow transaction under way",
  needs: [],
  short: [0],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const server = await startServer(scope, { dataDirectory });
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round, writers: 24 });
    await load.acknowledged(100 + ((round * 71) % 400));
    const client = createClient(server.url);
    const lingering = client.ask("POST", "/rest/v1/rpc/linger", { number: "lingers", milliseconds: 400 });
    await load.acknowledged(ledger.count("acknowledged") + 1);
    const exitCode = await server.terminate();
    const { status } = await lingering;
    client.close();
    await load.stop();
    assert.equal(exitCode, 0);
    assert.equal(status, 200, "the slow one was answered");
    const cut = ledger.entries.filter(({ outcome }) => outcome.type === "unknown");
    assert.deepEqual(
      cut.map(({ operation, outcome }) => [operation, outcome]),
      [],
      "requests were cut",
    );
    const { server: again, verdict } = await reopen(scope, ledger, { dataDirectory });
    await again.terminate();
    return report(
      ledger,
      { ...verdict, wrong: verdict.wrong.filter((text) => !/Nobody wrote the note lingers/.test(text)) },
      "drained, exit code 0, no request cut",
    );
  },
};
