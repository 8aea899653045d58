import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import { AppError, defineBackend, defineSchema, everyone, functionsOf, integer, jobsOf, query, text } from "chassis";
import { temporaryFolder } from "../support/temporary-folder.ts";

const schema = defineSchema({ notes: { body: text(), length: integer().optional() } });
const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);

const measure = job(
  { input: z.object({ note: z.string(), twice: z.boolean().default(false) }) },
  async ({ input, db, transaction }) => {
    const note = await db.notes.get(input.note);
    if (note === null) return;
    await transaction(async (own, enqueue) => {
      await own.notes.update(note.id, { length: note.body.length });
      if (input.twice) await enqueue(measure, { note: note.id });
    });
  },
);

const backend = defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: everyone }) },
  jobs: { measure },
  functions: {
    add: mutation(
      { input: z.object({ body: z.string(), fail: z.boolean().default(false) }), access: everyone },
      async ({ db, input, enqueue }) => {
        const { id } = await db.notes.create({ body: input.body });
        await enqueue(measure, { note: id, twice: true }, { unique: id });
        if (input.fail) throw new AppError("checkViolation");
        return id;
      },
    ),
    tryIt: query({ access: everyone }, ({ enqueue }) => enqueue(measure, { note: "x" })),
  },
});

test("a mutation hands over a job, which runs once it has committed; one of a rollback never does", async (t) => {
  const platform = await createPlatform({
    backend,
    config: loadConfig({ environment: {} }),
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  const call = async (name: string, body: object): Promise<Response> =>
    platform.fetch(
      new Request(`http://localhost/rest/v1/rpc/${name}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
  assert.equal((await call("add", { body: "undone", fail: true })).status, 400);
  const start = performance.now();
  assert.equal((await call("add", { body: "four" })).status, 200);
  const lengths = async (): Promise<unknown> =>
    (await (await platform.fetch(new Request("http://localhost/rest/v1/notes?select=body,length,version"))).json()) as unknown;
  while (JSON.stringify(await lengths()) !== '[{"body":"four","length":4,"version":3}]') {
    assert.ok(performance.now() - start < 20_000, JSON.stringify(await lengths()));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // What became of the second is noted a moment later.
  while ((await platform.database.get("SELECT 1 FROM _chassis_jobs", [])) !== undefined) {
    assert.ok(performance.now() - start < 20_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal((await call("tryIt", {})).status, 500);
});

test("mistakes of jobs and queues are told with all others", () => {
  const define =
    (more: object): (() => unknown) =>
    () =>
      defineBackend(schema, { rules: { notes: () => ({ read: everyone, write: everyone }) }, ...more });
  assert.throws(define({ jobs: { a: 1, "b c": measure } }), /jobs\.a: is no job[\s\S]*jobs\.b c: /);
  assert.throws(define({ jobs: { measure, again: measure } }), /is the same as 'measure'/);
  const bad = job({ maxAttempts: 0, timeLimit: "soon", queue: "" }, null as never);
  assert.throws(define({ jobs: { bad } }), /no handler[\s\S]*queue needs a name[\s\S]*maxAttempts[\s\S]*timeLimit/);
  assert.throws(define({ jobs: { measure }, queues: { defalt: { concurrency: 1 } } }), /no job has this queue.*default/);
  assert.throws(
    define({ jobs: { measure }, queues: { default: { concurrency: 0, rates: 1 } } }),
    /'rates' is no limit[\s\S]*concurrency must/,
  );
});

test("with CHASSIS_JOBS=off a server takes jobs and runs none; the next one runs them", async (t) => {
  const dataDirectory = await temporaryFolder(t);
  const open = (jobs: string): ReturnType<typeof createPlatform> =>
    createPlatform({
      backend,
      config: loadConfig({ environment: { CHASSIS_JOBS: jobs } }),
      dataDirectory,
      logger: silentLogger,
    });
  const off = await open("off");
  const answer = await off.fetch(
    new Request("http://localhost/rest/v1/rpc/add", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ body: "kept" }),
    }),
  );
  assert.equal(answer.status, 200);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(await off.database.all("SELECT state, attempt FROM _chassis_jobs", []), [["ready", 0]]);
  await off.close();
  const on = await open("on");
  t.after(() => on.close());
  const start = performance.now();
  while ((await on.database.get("SELECT 1 FROM _chassis_jobs", [])) !== undefined) {
    assert.ok(performance.now() - start < 20_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.throws(() => loadConfig({ environment: { CHASSIS_JOBS: "yes" } }), /CHASSIS_JOBS: must be one of on, off/);
});

test("within its transaction a handler writes with the `db` of that transaction, and is told so", async (t) => {
  const told = Promise.withResolvers<string>();
  const nest = job({}, async ({ db, transaction }) => {
    await transaction(async (own) => {
      const { id } = await own.notes.create({ body: "kept" });
      await db.notes.update(id, { length: 4 }).catch((error: unknown) => told.resolve(String(error)));
    });
  });
  const platform = await createPlatform({
    backend: defineBackend(schema, { rules: { notes: () => ({ read: everyone, write: everyone }) }, jobs: { nest } }),
    config: loadConfig({ environment: {} }),
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  await platform.enqueue(nest);
  assert.match(await told.promise, /would wait for it to end: write with the `db` that the work is given/);
});
