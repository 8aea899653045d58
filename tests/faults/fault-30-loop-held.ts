import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { becomesTrue } from "./becomes-true.ts";
import { createClient } from "./client.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { type LogLine, logLines } from "./log-lines.ts";
import { reopen } from "./reopen.ts";
import { startServer } from "./server.ts";
import { startLoad } from "./writers.ts";

const file = fileURLToPath(new URL("misbehaving/backend.ts", import.meta.url));

/** Milliseconds. */
const limit = 400;
const holdFor = 1000;

/** Somebody's code computes for a second on the event loop: the log says whose, and where. */
export const loopHeld: Fault = {
  number: 30,
  name: "Loop is held",
  done: "for a second by a function, a route and a job, under load",
  needs: [],
  short: [0],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const options = { dataDirectory, file, environment: { CHASSIS_LOOP_WARNING: String(limit) } };
    const server = await startServer(scope, options);
    const client = createClient(server.url);
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round });
    const ways = [
      { in: "function hold", hold: () => client.ask("POST", "/rest/v1/rpc/hold", { milliseconds: holdFor }) },
      { in: "GET /hold", hold: () => client.ask("GET", `/hold?milliseconds=${holdFor}`) },
      { in: "job holds", hold: () => client.ask("POST", "/rest/v1/rpc/hold_in_job", { milliseconds: holdFor }) },
    ];
    const told = (): readonly LogLine[] =>
      logLines(server.text()).filter(
        ({ msg, milliseconds = 0 }) => msg.startsWith("The event loop was held") && milliseconds >= 900,
      );
    for (const [index, way] of ways.entries()) {
      await load.acknowledged(ledger.count("acknowledged") + 40);
      const { status, text } = await way.hold();
      assert.ok(status < 300, text);
      await becomesTrue(() => told().length > index, `the log tells of ${way.in}`);
      const line = told()[index];
      assert.deepEqual([line?.level, line?.in], ["warn", way.in]);
      assert.match(line?.at?.[0] ?? "", /^hold \(.*misbehaving\/backend\.ts:\d+\)$/);
      assert.ok((line?.milliseconds ?? 0) < 5 * holdFor, JSON.stringify(line));
    }
    // In a thread of its own it holds nobody.
    const heavy = await client.ask("POST", "/rest/v1/rpc/hold_in_heavy_job", { milliseconds: holdFor });
    assert.ok(heavy.status < 300, heavy.text);
    await becomesTrue(async () => (await client.ask("GET", "/jobs-left")).text === "0", "the heavy job has run");
    await load.acknowledged(ledger.count("acknowledged") + 40);
    await load.stop();
    assert.equal(told().length, ways.length, "each is told once");
    assert.deepEqual(ledger.refusals(), {}, "others wait and go on");
    const { text } = await client.ask("GET", "/health/ready");
    assert.match((JSON.parse(text) as { loop?: string }).loop ?? "", /^held \d+ times$/);
    client.close();
    await server.kill();
    const { verdict } = await reopen(scope, ledger, options);
    return report(ledger, verdict, "the log names the work, its line and the time");
  },
};
