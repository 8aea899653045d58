import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { becomesTrue } from "./becomes-true.ts";
import { createClient } from "./client.ts";
import type { Fault } from "./fault.ts";
import { checkJobs, isSettled, type HandedOver, type JobEvent } from "./jobs-checker.ts";
import { jobsBackend, readEvents, readJobs } from "./jobs-history.ts";
import { startServer } from "./server.ts";

/** Milliseconds: longer than a lease, and than its heartbeats besides. */
const LONG = 9000;

/**
 * The process is stopped in the middle of jobs. Even rounds: for longer than a lease, and nobody takes them, for there is no other
 * process. Odd rounds: another server takes them over meanwhile, which is what the lines in the table say then.
 */
export const jobsStopped: Fault = {
  number: 9,
  name: "SIGSTOP in jobs",
  done: "for longer than their lease, or until others have them, and SIGCONT",
  needs: [],
  short: [0, 1],
  async run(scope, round) {
    const isTaken = round % 2 === 1;
    const dataDirectory = await temporaryFolder(scope);
    const log = join(dataDirectory, "jobs.log");
    const from = Date.now();
    const server = await startServer(scope, { dataDirectory, file: jobsBackend, environment: { JOBS_LOG: log } });
    const client = createClient(server.url);
    const asked: HandedOver[] = [];
    const handOver = async (kind: string, milliseconds = 0): Promise<void> => {
      const number = `r${round}-${kind}-${asked.length}`;
      const { status, text } = await client.ask("POST", "/rest/v1/rpc/hand_over", { number, kind, milliseconds });
      assert.equal(status, 200, text);
      asked.push({ number, outcome: "committed", id: JSON.parse(text) as number, isTree: kind === "tree" });
    };
    const of = (type: JobEvent["type"]): readonly JobEvent[] =>
      readEvents(log).filter((event) => event.type === type && event.number.includes("-slow-"));

    for (let count = 0; count < 6; count++) await handOver("slow", 2500 + count * 50);
    await becomesTrue(() => of("kept").length === 6, "the first step of each is kept");
    for (const kind of ["work", "staged", "tree", "work"]) await handOver(kind);
    process.kill(server.pid, "SIGSTOP");
    if (isTaken) {
      await pause(500);
      while (!takeOver(join(dataDirectory, "chassis.db"))) {
        // It was stopped in the middle of a transaction, in which nobody can take anything.
        process.kill(server.pid, "SIGCONT");
        await pause(20);
        process.kill(server.pid, "SIGSTOP");
      }
    } else await pause(LONG);
    process.kill(server.pid, "SIGCONT");
    if (isTaken) {
      await becomesTrue(() => of("failed").length === 6, "all notice");
      assert.equal(of("refused").filter(({ step }) => step === "step").length, 6, "no step of a lost job is kept");
      assert.equal(of("refused").filter(({ step }) => step === "complete").length, 6, "no lost job completes");
      const { effects } = await readJobs(log, client);
      assert.deepEqual(
        effects.filter((number) => number.includes("-slow-")),
        [],
        "nothing of them is committed",
      );
      letGo(join(dataDirectory, "chassis.db"));
    }
    const died = performance.now();
    const history = async () => ({ asked, lives: [{ from }], ...(await readJobs(log, client)) });
    await becomesTrue(async () => {
      const known = await history();
      const slow = known.effects.filter((number) => number.includes("-slow-"));
      return slow.length === 6 && isSettled(known);
    }, "all jobs have run").catch(() => undefined);
    const took = performance.now() - died;
    const known = await history();
    const verdict = checkJobs(known);
    const wrong = [...verdict.wrong];
    const expected = isTaken ? 12 : 6;
    if (of("begin").length !== expected) wrong.push(`Six slow jobs were begun ${of("begin").length} times, not ${expected}.`);
    if (!isTaken && of("refused").length > 0) wrong.push("Jobs that nobody else had were taken from their process.");
    if (isTaken && took > 12_000) wrong.push(`They ran again ${Math.round(took)} ms after the others died.`);
    client.close();
    assert.equal(await server.terminate(), 0);
    const note = isTaken ? "taken over: no step kept, none completed, each effect once" : "each ran once";
    return { ...verdict, wrong, acknowledged: asked.length, unknown: 0, note };
  },
};

/** What another server does with jobs whose lease is over: they are its own, in their next attempt. False where the database is locked. */
function takeOver(path: string): boolean {
  return change(
    path,
    "UPDATE _chassis_jobs SET owner = 'another', attempt = attempt + 1, lease_until = ? WHERE state = 'running' AND name = 'slow'",
    // Nobody lets go of a lock while they are stopped, and the jobs' own time goes on.
    { fromNow: 60_000, timeout: 50 },
  );
}

/** That one dies: its leases end. */
function letGo(path: string): void {
  assert.ok(change(path, "UPDATE _chassis_jobs SET lease_until = ? WHERE owner = 'another'", { fromNow: -1, timeout: 1000 }));
}

function change(
  path: string,
  sql: string,
  { fromNow, timeout }: { readonly fromNow: number; readonly timeout: number },
): boolean {
  const database = new DatabaseSync(path, { timeout });
  try {
    assert.equal(Number(database.prepare(sql).run(Date.now() + fromNow).changes), 6);
    return true;
  } catch (error) {
    if (error instanceof Error && error.message === "database is locked") return false;
    throw error;
  } finally {
    database.close();
  }
}
