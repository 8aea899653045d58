import assert from "node:assert/strict";
import { test } from "node:test";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

const backend = `
import { defineBackend, defineSchema, everyone, functionsOf, jobsOf, nobody, text } from ${JSON.stringify(library)};
import { z } from ${JSON.stringify(import.meta.resolve("zod"))};

const schema = defineSchema({ notes: { body: text() } });
const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);
const fail = job({ input: z.object({ words: z.string() }), queue: "mail", maxAttempts: 1, timeLimit: "1m" }, ({ input }) => {
  throw new Error(input.words);
});
const wait = job({}, ({ signal, progress }) => {
  progress(0.25, "a quarter");
  return new Promise((resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
});
const note = job({ input: z.string(), queue: "mail" }, async ({ input, db }) => void (await db.notes.create({ body: input })));
const run = { fail, wait, note };
export default defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: nobody }) },
  jobs: run,
  functions: {
    begin: mutation({ access: everyone, input: z.object({ job: z.string(), input: z.any().optional(), options: z.any() }) }, ({ input, enqueue }) =>
      enqueue(run[input.job], input.input, input.options ?? {}),
    ),
  },
});
`;

async function untilOutput(folder: BackendFolder, args: readonly string[], pattern: RegExp): Promise<string> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const { output } = await folder.run(...args);
    if (pattern.test(output)) return output;
    assert.ok(performance.now() < deadline, output);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

test("jobs are seen and steered beside a running server, and without one", async (t) => {
  const folder = await backendFolder(t, backend);
  const { path } = folder;
  const run = (...args: readonly string[]): ReturnType<BackendFolder["run"]> => folder.run("jobs", ...args, "-b", path);
  assert.match((await run("list")).errors, /There is no database in .* yet/);
  const server = spawnProgram(t, ["start", path], { PORT: "0" });
  const [, url] = await server.written(/"url":"([^"]+)"/);
  const begin = async (job: string, input?: unknown, options: object = {}): Promise<number> => {
    const response = await fetch(`${url}/rest/v1/rpc/begin`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ job, input, options }),
    });
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as number;
  };
  assert.equal((await run()).errors, "No job waits, runs or failed.\n");

  const failing = await begin("fail", { words: "no\u001b[31m" }, { unique: "one" });
  const list = await untilOutput(folder, ["jobs", path], /failed/);
  assert.match(list, /^id +state +job +queue +attempt +since\n +1 +failed +fail +mail +1\/1 .*Error: no\\u\{1b\}\[31m\n$/);
  const shown = await folder.run("jobs", "show", String(failing), path);
  assert.match(shown.output, /state +failed\n[\s\S]*unique key +one\ninput +\{"words"[\s\S]*last error\n {2}Error: no/);
  assert.equal((JSON.parse((await run("show", "1", "--json")).output) as { state: string }).state, "failed");

  // Paused, nothing begins.
  assert.match((await run("pause", "mail")).output, /The queue 'mail' is paused/);
  await begin("note", "paused");
  const second = await begin("fail", { words: "again" }, { unique: "one" });
  const refused = await run("retry", String(failing));
  assert.equal(refused.code, 1);
  assert.match(refused.errors, new RegExp(`^Job 1 has the unique key 'one', and so has job ${second}`));
  assert.match((await run("queues")).output, /^queue .*\ndefault .*0\nmail +0 +2 +0 +0 +0 +1 +0 +paused\n$/);
  assert.match((await run("cancel", String(second))).output, /^Job 3 is cancelled\.\n$/);
  assert.match((await run("retry", String(failing))).output, /^Job 1 \(failed until now\) is ready/);
  assert.match((await run("retry", String(failing))).errors, /ready already/);
  assert.match((await run("resume", "mail")).output, /goes on/);
  await untilOutput(folder, ["jobs", "list", "--json", path], /"state":"failed"/);
  assert.deepEqual(await (await fetch(`${url}/rest/v1/notes?select=body`)).json(), [{ body: "paused" }]);

  // One that runs is told to stop.
  const waiting = await begin("wait");
  assert.match(await untilOutput(folder, ["jobs", "list", "--state", "running", path], /25%/), /25% a quarter/);
  assert.match((await run("retry", String(waiting))).errors, /is running\. Cancel it first/);
  assert.match((await run("cancel", String(waiting))).output, /was told to stop/);
  assert.match((await run("cancel", String(waiting))).errors, /is cancelled already/);

  server.process.kill("SIGTERM");
  assert.equal(await server.ended(), 0);
  assert.match((await run("retry", String(waiting))).output, /is ready/);
  assert.match((await run("pause", "default")).output, /paused/);
  const rows = (await run("list", "--job", "wait", "--json")).output.trim().split("\n");
  assert.deepEqual(
    rows.map((line) => (JSON.parse(line) as { state: string }).state),
    ["ready"],
  );
  assert.match((await run("queues")).output, /default +0 +1 .*paused/);
});

test("what is typed wrong is said in words that help", async (t) => {
  const folder = await backendFolder(t, backend);
  const server = spawnProgram(t, ["start", folder.path], { PORT: "0" });
  await server.written(/"url":"([^"]+)"/);
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [["list", "--state", "runing"], /--state is scheduled, .* not 'runing'; did you mean 'running'/],
    [["list", "--limit", "0"], /--limit must be a whole number/],
    [["list", "--job", "fial"], /There is no job 'fial'.*fail/],
    [["lst"], /There is no command '[a-z ]*lst'; did you mean '[a-z ]*list'/],
    [["show", "1e3"], /A job's id is a whole number/],
    [["show", "99"], /There is no job 99\. One that is done/],
    [["retry", "99"], /There is no job 99\. One that is done/],
    [["cancel"], /needs <id>/],
    [["pause", "mial"], /No job has the queue 'mial'.*mail/],
    [["show"], /needs <id>/],
  ];
  for (const [args, pattern] of wrong) {
    const { errors } = await folder.run("jobs", ...args, "-b", folder.path);
    assert.match(errors, pattern, args.join(" "));
  }
});
