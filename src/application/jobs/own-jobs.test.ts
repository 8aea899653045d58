import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { z } from "zod";
import { createIdSource, silentLogger, systemClock as clock } from "#base";
import { openSqlite, prepareDatabase, type SqliteDatabase, sqliteDialect } from "#database";
import { createDbOpener } from "../functions/open-db.ts";
import { createRecordStore } from "../records/record-store.ts";
import { defineSchema } from "../schema/define-schema.ts";
import { text } from "../schema/fields.ts";
import { defineBackend } from "../definition.ts";
import { everyone } from "../rules/conditions.ts";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import { buildJobs, combineJobs, type JobBook, type JobDefinition } from "./build-jobs.ts";
import { buildQueues } from "./build-queues.ts";
import { job, until } from "./job-fixtures.ts";
import { hasJobTables } from "./job-table.ts";
import { findJob, listJobs } from "./list-jobs.ts";
import { type Jobs, openJobs } from "./open-jobs.ts";
import { ownJob } from "./own-jobs.ts";
import type { EnqueueableJob } from "./written-job.ts";

const schema = defineSchema({ notes: { body: text() } });
const { model, rules } = defineBackend(schema, { rules: { notes: () => ({ read: everyone, write: everyone }) } });

async function open(
  t: Pick<TestContext, "after">,
  given: { readonly jobs?: JobBook; readonly own?: readonly JobDefinition[] },
): Promise<{ readonly database: SqliteDatabase; readonly jobs: Jobs }> {
  const database = await openSqlite({ path: ":memory:", clock });
  const opened: { jobs?: Jobs } = {};
  t.after(async () => {
    await opened.jobs?.close(0);
    await database.close();
  });
  await prepareDatabase(database, model);
  const ids = createIdSource(clock);
  const records = createRecordStore({ database, dialect: sqliteDialect, model, rules, clock, ids });
  const jobs = await openJobs({
    database,
    records,
    dbs: createDbOpener({ model, clock, ids }),
    jobs: given.jobs ?? buildJobs({}, []),
    own: given.own ?? [],
    crons: [],
    queues: new Map(),
    keeping: { failed: 60_000, cancelled: 60_000 },
    threads: undefined,
    clock,
    logger: silentLogger,
  });
  opened.jobs = jobs;
  await jobs.start();
  return { database, jobs };
}

test("a part's job is put into the transaction whose change it is about, by name, and runs with what the part works with", async (t) => {
  const told: unknown[] = [];
  const deliver = ownJob<{ body: string }>({ name: "notes.tell", queue: "telling" }, ({ input, attempt }) => {
    told.push([input.body, attempt]);
  });
  const { database, jobs } = await open(t, { own: [deliver] });
  database.onBeforeCommit({
    tables: ["notes"],
    async beforeCommit(changes, connection) {
      for (const { after } of changes)
        await jobs.enqueueOwn(connection, { name: "notes.tell", input: { body: String(after?.body) }, unique: "one" });
    },
  });
  const write = (body: string, fail: boolean): Promise<unknown> =>
    database.transaction(async (connection) => {
      await connection.run(
        "INSERT INTO notes (id, body, created, updated, version) VALUES (?, ?, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 1)",
        [crypto.randomUUID(), body],
      );
      if (fail) throw new Error("rolled back");
    });
  await assert.rejects(write("undone", true), /rolled back/);
  await write("kept", false);
  await until(() => told.length > 0);
  await until(async () => (await listJobs(database)).length === 0);
  assert.deepEqual(told, [["kept", 1]]);
  await assert.rejects(
    database.transaction((connection) => jobs.enqueueOwn(connection, { name: "notes.tel" })),
    /No part of the platform brought the job 'notes.tel'/,
  );
});

test("what a part gives its job a handler for later is enqueued as any job, under the part's name", async (t) => {
  const welcome: EnqueueableJob<{ name: string }> = {
    "~job": { options: { input: z.object({ name: z.string() }), queue: "mail", maxAttempts: 3 } },
  };
  const problems: DefinitionProblem[] = [];
  const mails = buildJobs({ welcome }, problems, { place: "mails", prefix: "mail.", example: "is no mail" });
  const other = job({}, () => {});
  const book = combineJobs(buildJobs({ other, welcome: job({}, () => {}) }, problems), mails);
  assert.deepEqual(problems, []);
  const written = mails.byName.get("mail.welcome");
  assert.ok(written !== undefined);
  await assert.rejects(open(t, { jobs: book }), /No part of the platform runs the job 'mail.welcome'/);
  const sent: unknown[] = [];
  const { database, jobs } = await open(t, {
    jobs: book,
    own: [{ ...written, handler: ({ input }: { input: unknown }) => void sent.push(input) }],
  });
  assert.equal(jobs.kinds, 3);
  await assert.rejects(jobs.enqueue(welcome, { name: 1 } as never), { error: "validationFailed" });
  const id = await jobs.enqueue(welcome, { name: "Ada" }, { delay: 60_000 });
  const waiting = await findJob(database, id);
  assert.deepEqual([waiting?.name, waiting?.queue, waiting?.maxAttempts], ["mail.welcome", "mail", 3]);
  await jobs.enqueue(welcome, { name: "Bob" });
  await until(() => sent.length > 0);
  assert.deepEqual(sent, [{ name: "Bob" }]);
});

test("a back end without any job has no tables of jobs, and one with own jobs alone has", async (t) => {
  assert.equal(await hasJobTables((await open(t, {})).database), false);
  const { database } = await open(t, { own: [ownJob({ name: "a.b" }, () => {})] });
  assert.equal(await hasJobTables(database), true);
});

test("mistakes of parts and of what is written for them are told", () => {
  assert.throws(() => ownJob({ name: "plain" }, () => {}), /needs a dot/);
  assert.throws(() => ownJob({ name: "a.b", maxAttempts: 0 }, () => {}), /'a.b': maxAttempts must/);
  const problems: DefinitionProblem[] = [];
  const source = { place: "mails", prefix: "mail.", example: "is no mail; write mail()" };
  buildJobs({ "a.b": job({}, () => {}), plain: 1 }, problems, source);
  assert.deepEqual(
    problems.map(({ place, message }) => `${place}: ${message}`.slice(0, 30)),
    ["mails.a.b: 'a.b' must start wi", "mails.plain: is no mail; write"],
  );
  buildQueues({ webhooks: { concurrency: 1 } }, buildJobs({}, []), problems, ["webhooks"]);
  assert.equal(problems.length, 2);
});
