import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { becomesTrue } from "./becomes-true.ts";
import { createClient } from "./client.ts";
import { fakeClock } from "./fake-clock.ts";
import type { Fault } from "./fault.ts";
import { checkJobs, isSettled, type HandedOver, type JobEvent, type JobsHistory } from "./jobs-checker.ts";
import { jobsBackend, readEvents, readJobs } from "./jobs-history.ts";
import { seededRandom } from "./random.ts";
import { startServer } from "./server.ts";

const journeys: readonly (readonly string[])[] = [
  ["+1d", "+23h", "+0"],
  ["-1h", "+0", "+1d", "+23h"],
];
/** At the end, so that whatever waits for a time that lay ahead before a clock was set back comes too. */
const END = "+3d";
const kinds = ["work", "keyed", "delayed", "staged", "tree"] as const;

/** The machine's clock jumps while jobs run and wait, and crons come each second. */
export const jobsClock: Fault = {
  number: 8,
  name: "Clock in jobs",
  done: "jumps a day forward, an hour back, while jobs run, wait and come by the clock",
  needs: ["faketime"],
  short: [0, 1],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const log = join(dataDirectory, "jobs.log");
    const { environment, file: timeFile } = await fakeClock(scope);
    const options = { dataDirectory, file: jobsBackend, environment: { ...environment, JOBS_LOG: log } };
    const server = await startServer(scope, options);
    const client = createClient(server.url);
    const random = seededRandom(round + 8);
    const asked: HandedOver[] = [];
    const handOver = async (kind: string, milliseconds = 0): Promise<void> => {
      const number = `r${round}-${kind}-${asked.length}`;
      const given = { number, kind, milliseconds, key: `k${asked.length % 3}` };
      const { status, text } = await client.ask("POST", "/rest/v1/rpc/hand_over", given);
      assert.equal(status, 200, text);
      asked.push({ number, outcome: "committed", id: JSON.parse(text) as number, isTree: kind === "tree" });
    };
    const begun = (number: string): boolean => readEvents(log).some((event) => event.type === "begin" && event.number === number);
    const handOverSome = async (): Promise<void> => {
      for (let count = 0; count < 12; count++) await handOver(kinds[Math.floor(random() * kinds.length)] ?? "work");
    };
    await becomesTrue(() => readEvents(log).some(({ planned }) => planned !== undefined), "a job comes by the clock");
    for (const offset of [...(journeys[round % journeys.length] ?? []), END]) {
      await handOverSome();
      // Held over the jump: its lease was written by the clock of before.
      await handOver("slow", 1500);
      const slow = asked.at(-1)?.number ?? "";
      await becomesTrue(() => begun(slow), `${slow} begins`);
      await writeFile(timeFile, `${offset}\n`);
      await pause(300);
      await handOver("work");
      const next = asked.at(-1)?.number ?? "";
      await becomesTrue(() => begun(next), `jobs go on after the clock went to ${offset}`);
    }
    const history = async (): Promise<JobsHistory> => ({
      asked,
      lives: [{ from: 0 }],
      clockJumps: true,
      ...(await readJobs(log, client)),
    });
    await becomesTrue(async () => isSettled(await history()), "all jobs have run").catch(() => undefined);
    const known = await history();
    const verdict = checkJobs(known);
    client.close();
    assert.equal(await server.terminate(), 0);
    const moments = new Set(known.events.flatMap(({ planned }) => planned ?? [])).size;
    // Not more: a clock that was set back by an hour is looked at every half minute.
    assert.ok(moments > 0, "no job came by the clock");
    return {
      ...verdict,
      wrong: [...verdict.wrong, ...runTwice(known.events)],
      acknowledged: asked.length,
      unknown: 0,
      note: `nothing ran twice, ${moments} seconds of the clock among it`,
    };
  },
};

/** No process died, so that nothing is run again but what failed. */
function runTwice(events: readonly JobEvent[]): readonly string[] {
  const balance = new Map<number, number>();
  for (const { type, id } of events) {
    if (type === "begin") balance.set(id, (balance.get(id) ?? 0) + 1);
    if (type === "failed") balance.set(id, (balance.get(id) ?? 0) - 1);
  }
  return [...balance].flatMap(([id, runs]) => (runs === 1 ? [] : [`Job ${id} ran ${runs} times.`]));
}
