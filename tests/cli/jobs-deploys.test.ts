import assert from "node:assert/strict";
import { test } from "node:test";
import { backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

/** One version of a back end whose jobs change with every deploy. */
const version = (jobs: string): string => `
import { defineBackend, defineSchema, everyone, functionsOf, jobsOf, nobody, text } from ${JSON.stringify(library)};
import { z } from ${JSON.stringify(import.meta.resolve("zod"))};

const schema = defineSchema({ notes: { body: text() } });
const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);
const note = (name) => async ({ input, db }) => void (await db.notes.create({ body: name + " " + JSON.stringify(input) }));
const other = job({ input: z.number(), queue: "work" }, note("other"));
const run = { other, ${jobs} };
export default defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: nobody }) },
  jobs: run,
  functions: { begin: mutation({ access: everyone, input: z.any() }, ({ input: { job, input }, enqueue }) => enqueue(run[job], input)) },
});
`;

test("jobs that a deploy took away or changed are kept and shown, and run once a later one has mended that", async (t) => {
  const folder = await backendFolder(
    t,
    version(`greet: job({ input: z.string(), queue: "work" }, note("greet")), gone: job({}, note("gone"))`),
  );
  const jobs = async (...args: readonly string[]): Promise<string> => {
    const { output, errors } = await folder.run("jobs", ...args, "-b", folder.path);
    return output + errors;
  };
  const start = async (): Promise<{ readonly url: string; stop(): Promise<void> }> => {
    const server = spawnProgram(t, ["start", folder.path], { PORT: "0" });
    const [, url = ""] = await server.written(/"url":"([^"]+)"/);
    return {
      url,
      async stop() {
        server.process.kill("SIGTERM");
        assert.equal(await server.ended(), 0);
      },
    };
  };
  const begin = async (url: string, job: string, input?: unknown): Promise<number> => {
    const body = JSON.stringify({ job, input });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}/rest/v1/rpc/begin`, { method: "POST", headers, body });
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as number;
  };
  const until = async (read: () => Promise<string>, pattern: RegExp): Promise<string> => {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const text = await read();
      if (pattern.test(text)) return text;
      assert.ok(performance.now() < deadline, text);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  const first = await start();
  for (const queue of ["work", "default"]) assert.match(await jobs("pause", queue), /paused/);
  const greet = await begin(first.url, "greet", "Ada");
  const gone = await begin(first.url, "gone");
  await first.stop();

  await folder.write(
    "backend.ts",
    version(`greet: job({ input: z.object({ name: z.string() }), queue: "work" }, note("greet"))`),
  );
  const second = await start();
  for (const queue of ["work", "default"]) assert.match(await jobs("resume", queue), /goes on/);
  const list = await until(() => jobs("list"), /greet .*fits no more[\s\S]*gone .*in this back end/);
  assert.match(list, new RegExp(`${greet} +failed +greet +work +1/20 .*Its input fits no more`));
  assert.match(list, new RegExp(`${gone} +scheduled +gone +default +0/20 .*There is no job 'gone' in this back end`));
  assert.match(await jobs("show", String(greet)), /input +"Ada"\nlast error\n {2}Its input fits no more: AppError/);
  assert.match(await jobs("show", String(gone)), /last error\n {2}There is no job 'gone' in this back end\./);
  // The others go on beside them.
  await begin(second.url, "other", 1);
  const notes = async ({ url }: { readonly url: string }): Promise<string> =>
    (await fetch(`${url}/rest/v1/notes?select=body&order=body`)).text();
  await until(() => notes(second), /other 1/);
  assert.match(await jobs("retry", String(greet)), /is ready, with all of its attempts/);
  await until(() => jobs("show", String(greet)), /state +failed/);
  await second.stop();

  await folder.write(
    "backend.ts",
    version(
      `greet: job({ input: z.union([z.string(), z.object({})]), queue: "work" }, note("greet")), gone: job({}, note("gone"))`,
    ),
  );
  const third = await start();
  assert.match(await jobs("retry", String(greet)), /failed until now/);
  // Where nobody retries it, it runs by itself within a minute.
  assert.match(await jobs("retry", String(gone)), /scheduled until now/);
  assert.equal(
    await until(() => notes(third), /gone[\s\S]*greet[\s\S]*other/),
    JSON.stringify([{ body: "gone undefined" }, { body: 'greet "Ada"' }, { body: "other 1" }]),
  );
  await until(() => jobs("list"), /No job waits, runs or failed/);
  await third.stop();
});
