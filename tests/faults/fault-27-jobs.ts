import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { becomesTrue } from "./becomes-true.ts";
import { createClient } from "./client.ts";
import type { Fault, RunReport } from "./fault.ts";
import { checkJobs, isSettled, type HandedOver, type JobsHistory } from "./jobs-checker.ts";
import { jobsBackend as file, readEvents, readJobs } from "./jobs-history.ts";
import { seededRandom } from "./random.ts";
import type { RunScope } from "./scope.ts";
import { startServer } from "./server.ts";

/** Jobs that are handed over, by kind: where any of them may have a key, or wait, or have children. */
const kinds = ["work", "work", "keyed", "keyed", "delayed", "staged", "tree"] as const;

/** Hands jobs over until the server is killed, several times on the same database, then lets it finish. */
async function killInALoop(scope: RunScope, round: number, failing: number): Promise<RunReport> {
  const dataDirectory = await temporaryFolder(scope);
  const log = join(dataDirectory, "jobs.log");
  const random = seededRandom(round + 27);
  const asked: HandedOver[] = [];
  const lives: { from: number; until?: number }[] = [];
  const start = (): ReturnType<typeof startServer> => startServer(scope, { dataDirectory, file, environment: { JOBS_LOG: log } });
  for (let life = 0; life < 4; life++) {
    // What it ran before it listened belongs to it.
    const from = Date.now();
    const server = await start();
    const client = createClient(server.url);
    const until = performance.now() + 150 + random() * 700;
    const caller = async (name: string): Promise<void> => {
      for (let index = 0; server.isRunning; index++) {
        const number = `r${round}l${life}${name}-${index}`;
        const kind = kinds[Math.floor(random() * kinds.length)] ?? "work";
        const fail = random() < failing;
        const given = { number, kind, fail, key: `k${index % 3}`, priority: Math.floor(random() * 5) };
        const answer = await client.ask("POST", "/rest/v1/rpc/hand_over", given).catch(() => undefined);
        const id = answer?.status === 200 ? (JSON.parse(answer.text) as number) : undefined;
        // One that was to be rolled back must not run, whatever became of the answer.
        const outcome = id !== undefined ? "committed" : fail || answer !== undefined ? "refused" : "unknown";
        asked.push({ number, outcome, isTree: kind === "tree", ...(id === undefined ? {} : { id }) });
        if (answer === undefined) return;
      }
    };
    const callers = ["a", "b", "c", "d"].map(caller);
    await pause(until - performance.now());
    // On a machine that is slow too, a life in which nothing was handed over shows nothing.
    await becomesTrue(() => asked.length >= 15 * (life + 1), "jobs are handed over");
    await server.kill();
    lives.push({ from, until: Date.now() });
    await Promise.all(callers);
    client.close();
  }
  lives.push({ from: Date.now() });
  const server = await start();
  const client = createClient(server.url);
  const history = async (): Promise<JobsHistory> => ({ asked, lives, ...(await readJobs(log, client)) });
  await becomesTrue(async () => isSettled(await history()), "every committed job has run").catch(() => undefined);
  const known = await history();
  client.close();
  await server.terminate();
  const verdict = checkJobs(known);
  const left = await leftOver(join(dataDirectory, "chassis.db"));
  const count = (outcome: HandedOver["outcome"]): number => asked.filter((each) => each.outcome === outcome).length;
  return {
    ...verdict,
    wrong: [...verdict.wrong, ...left],
    acknowledged: count("committed"),
    unknown: count("unknown"),
    note: `${known.events.filter(({ type }) => type === "begin").length} runs; ${count("refused")} rolled back, none ran`,
  };
}

/** Jobs that are neither done nor of the clock, whose next one may have come a moment ago. */
async function leftOver(path: string): Promise<readonly string[]> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database
      .prepare("SELECT id, name, state, error FROM _chassis_jobs WHERE name <> 'clock' OR state = 'failed'")
      .all();
    return rows.map((row) => `It is left over: ${JSON.stringify(row)}`);
  } finally {
    database.close();
  }
}

/** Every committed job runs, one of a key at a time. */
export const jobsKilled: Fault = {
  number: 27,
  name: "SIGKILL in jobs",
  done: "four times, while jobs are handed over and run",
  needs: [],
  short: [0],
  run: (scope, round) => killInALoop(scope, round, 0.1),
};

export const jobsRolledBack: Fault = {
  number: 28,
  name: "Jobs of rollbacks",
  done: "half of all transactions roll back, and the server is killed four times",
  needs: [],
  short: [1],
  run: (scope, round) => killInALoop(scope, round, 0.5),
};

/** A job that kills its process is set aside after its attempts and two more, and the others run. */
export const poisonousJob: Fault = {
  number: 27,
  name: "Poisonous job",
  done: "a job kills the server each time it runs",
  needs: [],
  short: [0],
  async run(scope) {
    const dataDirectory = await temporaryFolder(scope);
    const log = join(dataDirectory, "jobs.log");
    const start = (): ReturnType<typeof startServer> =>
      startServer(scope, { dataDirectory, file, environment: { JOBS_LOG: log } });
    const first = await start();
    const client = createClient(first.url);
    await client.ask("POST", "/rest/v1/rpc/hand_over_poison").catch(() => undefined);
    client.close();
    await first.ended;
    let lives = 1;
    let last = await tryFor(start);
    while (last === undefined && lives < 10) {
      lives++;
      last = await tryFor(start);
    }
    const wrong: string[] = [];
    const runs = readEvents(log).filter(({ number }) => number === "poison").length;
    if (last === undefined) wrong.push("The poisonous job was never set aside.");
    else {
      const survivor = createClient(last.url);
      const { status } = await survivor.ask("POST", "/rest/v1/rpc/hand_over", { number: "after" });
      if (status !== 200) wrong.push(`A job after it was answered with ${status}.`);
      await becomesTrue(() => readEvents(log).some(({ number }) => number === "after"), "a job after it runs");
      survivor.close();
      await last.terminate();
    }
    if (runs > 4) wrong.push(`It ran ${runs} times.`);
    return { lost: [], half: [], wrong, acknowledged: runs, unknown: 0, note: `set aside after ${runs} runs` };
  },
};

/** A server that still lives a second after its start. */
async function tryFor(start: () => ReturnType<typeof startServer>): Promise<Awaited<ReturnType<typeof startServer>> | undefined> {
  const server = await start().catch(() => undefined);
  if (server === undefined) return undefined;
  await Promise.race([server.ended, pause(1000)]);
  return server.isRunning ? server : undefined;
}
