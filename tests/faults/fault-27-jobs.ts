import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { becomesTrue } from "./becomes-true.ts";
import { createClient } from "./client.ts";
import type { Fault, RunReport } from "./fault.ts";
import { checkJobs, type HandedOver } from "./jobs-checker.ts";
import { seededRandom } from "./random.ts";
import type { RunScope } from "./scope.ts";
import { startServer } from "./server.ts";

const file = fileURLToPath(new URL("jobs/backend.ts", import.meta.url));

/** Hands jobs over until the server is killed, several times on the same database, then lets it finish. */
async function killInALoop(scope: RunScope, round: number, failing: number): Promise<RunReport> {
  const dataDirectory = await temporaryFolder(scope);
  const log = join(dataDirectory, "jobs.log");
  const random = seededRandom(round + 27);
  const asked: HandedOver[] = [];
  const start = (): ReturnType<typeof startServer> => startServer(scope, { dataDirectory, file, environment: { JOBS_LOG: log } });
  const lines = (): readonly string[] =>
    existsSync(log)
      ? readFileSync(log, "utf8")
          .split("\n")
          .filter((line) => line !== "")
      : [];
  for (let life = 0; life < 4; life++) {
    const server = await start();
    const client = createClient(server.url);
    const until = performance.now() + 150 + random() * 500;
    const caller = async (name: string): Promise<void> => {
      for (let index = 0; performance.now() < until + 1000 && server.isRunning; index++) {
        const number = `r${round}l${life}${name}-${index}`;
        const unique = random() < 0.3;
        const fail = random() < failing;
        const given = { number, fail, ...(unique ? { key: `k${index % 3}` } : {}) };
        const outcome = await client.ask("POST", "/rest/v1/rpc/hand_over", given).then(
          ({ status }) => (status === 200 ? "committed" : "refused"),
          // One that was to be rolled back must not run, whatever became of the answer.
          () => (fail ? "refused" : "unknown"),
        );
        asked.push({ number, outcome, unique });
      }
    };
    const callers = ["a", "b", "c", "d"].map(caller);
    await pause(until - performance.now());
    await server.kill();
    await Promise.all(callers);
    client.close();
  }
  const server = await start();
  const expected = (): boolean => checkJobs(asked, lines()).lost.length === 0;
  await becomesTrue(expected, "every committed job has run").catch(() => undefined);
  await server.terminate();
  const count = (outcome: HandedOver["outcome"]): number => asked.filter((each) => each.outcome === outcome).length;
  return {
    ...checkJobs(asked, lines()),
    acknowledged: count("committed"),
    unknown: count("unknown"),
    note: `${count("refused")} rolled back, none ran`,
  };
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
    const runs = readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes("poison")).length;
    if (last === undefined) wrong.push("The poisonous job was never set aside.");
    else {
      const survivor = createClient(last.url);
      const { status } = await survivor.ask("POST", "/rest/v1/rpc/hand_over", { number: "after" });
      if (status !== 200) wrong.push(`A job after it was answered with ${status}.`);
      await becomesTrue(() => readFileSync(log, "utf8").includes("- after"), "a job after it runs");
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
