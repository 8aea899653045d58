import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";
import { verifyWebhook } from "chassis";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { becomesTrue } from "./becomes-true.ts";
import { createClient } from "./client.ts";
import type { Fault } from "./fault.ts";
import { type HookReceiver, quickWays, slowWays, startReceiver } from "./hook-receiver.ts";
import { writeNotes } from "./note-writers.ts";
import { percentile } from "./percentile.ts";
import { seededRandom } from "./random.ts";
import { checkSent, type ToSend } from "./sent-checker.ts";
import { startServer } from "./server.ts";

const file = fileURLToPath(new URL("sending/backend.ts", import.meta.url));

/** Notes that are asked for in each part of a run. */
const NOTES = 30;

/** Receivers of webhooks that do what receivers do, and a server that is killed while it sends to them. */
export const receiversFail: Fault = {
  number: 29,
  name: "Receivers fail",
  done: "closed, breaking off, redirecting, answering 500 (odd rounds: silent, slow), and the sender is killed",
  needs: [],
  short: [0],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const random = seededRandom(round + 29);
    const ways = round % 2 === 0 ? quickWays : [...quickWays, ...slowWays];
    const receivers = await Promise.all(ways.map((way) => startReceiver(scope, way)));
    const environment = { CHASSIS_WEBHOOKS_ALLOW: receivers.map(({ host }) => host).join(",") };
    const start = (): ReturnType<typeof startServer> => startServer(scope, { dataDirectory, file, environment });
    const asked: ToSend[] = [];
    let server = await start();
    let client = createClient(server.url);
    const before = await writeNotes(client, { asked: [], name: `r${round}before`, count: NOTES, random });
    const secrets = new Map<HookReceiver, string>();
    for (const receiver of receivers) {
      const { text } = await client.ask("POST", "/endpoints", { url: receiver.url });
      secrets.set(receiver, (JSON.parse(text) as { secret: string }).secret);
    }
    const beside = await writeNotes(client, { asked, name: `r${round}a`, count: NOTES, random });
    await pause(random() * 500);
    for (const life of ["b", "c"]) {
      const writing = writeNotes(client, { asked, name: `r${round}${life}`, count: NOTES, random });
      await pause(50 + random() * 300);
      await server.kill();
      await writing;
      client.close();
      server = await start();
      client = createClient(server.url);
    }
    for (const receiver of receivers) await receiver.open();
    const lost = (): readonly string[] => receivers.flatMap(({ way, taken }) => checkSent(asked, taken, way).lost);
    await becomesTrue(() => lost().length === 0, "all is taken by all").catch(() => undefined);
    client.close();
    assert.equal(await server.terminate(), 0);
    const verdicts = receivers.map(({ way, taken }) => checkSent(asked, taken, way));
    const wrong = verdicts.flatMap((verdict) => verdict.wrong);
    for (const receiver of receivers) {
      if (receiver.strays.length > 0)
        wrong.push(`The redirect of ${receiver.way} was followed to ${receiver.strays.join(", ")}.`);
      for (const { headers, payload } of receiver.payloads)
        verifyWebhook(headers, payload, { secret: secrets.get(receiver) ?? "", tolerance: 3_600_000 });
    }
    const [p99Before, p99Beside] = [percentile(before, 0.99), percentile(beside, 0.99)];
    if (p99Beside > Math.max(1000, 10 * p99Before))
      wrong.push(`Requests waited: 99 of 100 took ${p99Beside} ms, ${p99Before} before.`);
    const sent = receivers.reduce((sum, { taken }) => sum + taken.length, 0);
    const count = (outcome: ToSend["outcome"]): number => asked.filter((each) => each.outcome === outcome).length;
    return {
      lost: verdicts.flatMap((verdict) => verdict.lost),
      half: [],
      wrong,
      acknowledged: count("committed"),
      unknown: count("unknown"),
      note: `${sent} taken by ${receivers.length} receivers; requests beside it: p99 ${p99Beside} ms, ${p99Before} without`,
    };
  },
};
