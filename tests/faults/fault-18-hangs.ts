import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { createClient } from "./client.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import { startServer } from "./server.ts";
import { startLoad } from "./writers.ts";

/** Somebody's function begins a transaction, writes, and never ends. */
export const hangs: Fault = {
  number: 18,
  name: "Handler hangs",
  done: "in the middle of its transaction, under load",
  needs: [],
  short: [0],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const server = await startServer(scope, { dataDirectory, environment: { CHASSIS_TRANSACTION_TIMEOUT: "1s" } });
    const client = createClient(server.url);
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round });
    for (let times = 0; times < 2; times++) {
      await load.acknowledged(ledger.count("acknowledged") + 60);
      const hanging = client.ask("POST", "/rest/v1/rpc/hang", { number: `hangs${times}` });
      await pause(200);
      assert.equal((await client.ask("GET", "/rest/v1/accounts?select=name")).status, 200, "reads go on");
      const { status, text } = await hanging;
      assert.deepEqual([status, (JSON.parse(text) as { code: string }).code], [503, "57014"], text);
    }
    await load.acknowledged(ledger.count("acknowledged") + 60);
    // Callers who go away while their function hangs take its transaction with them.
    const impatient = createClient(server.url, { patience: 200 });
    await assert.rejects(impatient.ask("POST", "/rest/v1/rpc/hang", { number: "hangs alone" }));
    impatient.close();
    await load.acknowledged(ledger.count("acknowledged") + 60);
    await load.stop();
    assert.deepEqual(ledger.refusals(), {}, "others wait and go on");
    const left = await client.ask("GET", "/rest/v1/notes?slug=like.hangs*&select=slug");
    assert.equal(left.text, "[]", "nothing is left of it");
    client.close();
    await server.kill();
    const { verdict } = await reopen(scope, ledger, { dataDirectory });
    return report(ledger, verdict, "503 and rolled back after its time; others wait and go on");
  },
};
