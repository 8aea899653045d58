import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { createClient } from "./client.ts";
import { fakeClock } from "./fake-clock.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import { startServer } from "./server.ts";
import { createToken } from "./token.ts";
import { startLoad } from "./writers.ts";

/** Where the machine's clock goes to, from where it was at first; and whether a token for twelve hours has ever expired by then. */
const journeys: readonly (readonly (readonly [offset: string, hasExpired: boolean])[])[] = [
  [
    ["+1d", true],
    ["+23h", true],
    ["+0", true],
  ],
  [
    ["-1h", false],
    ["+0", false],
    ["+13h", true],
    ["+11h", true],
  ],
];

/** The machine's clock jumps while the server runs: a day forward, an hour back. The monotonic clock goes on. */
export const clockJumps: Fault = {
  number: 8,
  name: "Clock jumps",
  done: "a day forward, an hour back, and over a restart",
  needs: ["faketime"],
  short: [0, 1],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const { environment, file: timeFile } = await fakeClock(scope);
    const ledger = new Ledger();
    const options = { dataDirectory, environment };
    const server = await startServer(scope, options);
    const token = await createToken(dataDirectory);
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round });
    let expired = false;
    for (const [offset, hasExpired] of journeys[round % journeys.length] ?? []) {
      const before = ledger.count("acknowledged");
      await load.acknowledged(50);
      assert.equal(await isAccepted(server.url, token), !expired);
      await writeFile(timeFile, `${offset}\n`);
      await pause(50);
      expired = hasExpired;
      assert.equal(await isAccepted(server.url, token), !expired, `after the clock went to ${offset}`);
      // A time limit that looked at the clock would be over at once, or not for an hour.
      await pause(200);
      assert.ok(ledger.count("acknowledged") > before, `nothing is written after the clock went to ${offset}`);
    }
    await load.stop();
    assert.deepEqual(ledger.refusals(), {}, "a jump of the clock is no reason to refuse anything");
    await server.kill();

    const { server: again, verdict } = await reopen(scope, ledger, options);
    assert.equal(await isAccepted(again.url, token), false, "an expired token is good again after a restart");
    const wrong = [...verdict.wrong, ...orderOfIds(ledger)];
    return report(ledger, { ...verdict, wrong }, "expired tokens stay so, ids keep their order");
  },
};

async function isAccepted(url: string, token: string): Promise<boolean> {
  const client = createClient(url);
  const reply = await client.ask("GET", "/rest/v1/accounts?limit=1", undefined, { authorization: `Bearer ${token}` });
  client.close();
  assert.ok(reply.status === 200 || reply.status === 401, reply.text);
  return reply.status === 200;
}

/** Each writer's notes came one after another, so their ids must grow, whatever the clock said. */
function orderOfIds(ledger: Ledger): readonly string[] {
  const last = new Map<string, string>();
  const problems: string[] = [];
  for (const { operation, outcome } of ledger.entries) {
    if (operation.type !== "note" || outcome.type !== "acknowledged") continue;
    const writer = operation.slug.slice(0, operation.slug.lastIndexOf("-"));
    const { id } = outcome.answer as { readonly id: string };
    if (id <= (last.get(writer) ?? ""))
      problems.push(`The note ${operation.slug} has the id ${id}, which comes before an earlier one.`);
    last.set(writer, id);
  }
  return problems;
}
