import { isMainThread, parentPort, threadId } from "node:worker_threads";
import { defineBackend, defineSchema, everyone, functionsOf, integer, jobsOf, table, text } from "chassis";
import { mail, paragraph } from "chassis/mail";
import { z } from "zod";

/** Heavy jobs of every kind, for heavy.test.ts. */
const schema = defineSchema({
  notes: table({ body: text().max(200), number: integer().default(0) }, { history: true, audit: true }),
});
const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);

const spin = (milliseconds: number): void => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

const light = job({ input: z.string() }, async ({ input, db }) => void (await db.notes.create({ body: `light ${input}` })));

const burn = job({ heavy: true, input: z.int() }, async ({ input, db, log }) => {
  log.info({ odd: () => "a function" }, "It burns.");
  if (isMainThread) throw new Error("It runs where the server does.");
  spin(input);
  await db.notes.create({ body: "burnt", number: threadId });
});

const everything = job({ heavy: true, input: z.object({ fail: z.boolean() }), backoff: () => 1 }, async (context) => {
  const { input, db, transaction, enqueue, step, progress, complete, jobs, attempt, id } = context;
  const made = await step("make", async () => (await db.notes.create({ body: "by the step" })).id);
  const undone = transaction(async (own) => {
    await own.notes.create({ body: "undone" });
    throw new Error("undone");
  });
  await undone.catch(() => undefined);
  await transaction(async (own, enqueueToo) => {
    await own.notes.update(made, { number: attempt });
    await own.sql.updateTable("notes").set({ body: "by SQL" }).where("id", "=", made).execute();
    await enqueueToo(light, "within");
  });
  await enqueue(light, "later", { delay: "1h", unique: "later" });
  progress(1, `job ${id}`);
  const scheduled = await jobs.list({ state: "scheduled" });
  await Promise.all(scheduled.map((each) => jobs.cancel(each.id)));
  if (input.fail && attempt === 1) throw new Error("once more");
  await complete(async (own) => void (await own.notes.create({ body: "completed", number: attempt })));
  throw new Error("after the end");
});

const leak: Uint8Array[] = [];
const fill = job({ heavy: { memory: 64 }, maxAttempts: 1, input: z.enum(["heap", "buffers"]) }, async ({ input }) => {
  const objects: object[] = [];
  for (;;) {
    if (input === "heap") objects.push({ text: "x".repeat(100), more: [objects.length] });
    else {
      leak.push(new Uint8Array(1_048_576).fill(1));
      spin(1);
    }
  }
});

const endless = job({ heavy: true, timeLimit: 300, maxAttempts: 1 }, async ({ transaction }) => {
  await transaction(async (db) => {
    await db.notes.create({ body: "never kept" });
    for (;;);
  });
});

const exits = job({ heavy: true, maxAttempts: 2, backoff: () => 1, input: z.boolean() }, async ({ input, attempt, db }) => {
  if (input || attempt === 1) process.exit(3);
  await db.notes.create({ body: `after an exit ${attempt}` });
});

const waits = job({ heavy: true, input: z.string() }, async ({ signal, db, attempt }) => {
  await db.notes.create({ body: `waits ${attempt}` });
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
});

const deaf = job({ heavy: true, input: z.string() }, async ({ input, db, attempt }) => {
  const body = `${input} ${attempt}`;
  const isAgain = (await db.notes.count({ where: { body } })) > 0;
  await db.notes.create({ body });
  if (!isAgain) for (;;);
});

/** Ends well, and fails a little later where nobody hears of it. */
const strays = job({ heavy: true, maxAttempts: 1, input: z.enum(["timer", "promise"]) }, async ({ input, db }) => {
  const fail = (): never => {
    throw new Error(`astray in a ${input}`);
  };
  setTimeout(() => void (input === "timer" ? fail() : Promise.resolve().then(fail)), 150);
  await db.notes.create({ body: `left a ${input}`, number: threadId });
});

/** Fails while it is under way, in a timer. */
const trips = job({ heavy: true, maxAttempts: 1 }, async ({ signal }) => {
  setTimeout(() => {
    throw new Error("tripped");
  }, 1);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
});

/** Asks for what keeps mails back, and changes it. */
const quiet = { heavy: true, maxAttempts: 1, input: z.string() } as const;
const keepsQuiet = job(quiet, async ({ input, suppressions, transaction, db }) => {
  await suppressions.add(input, { list: "news" });
  const within = await transaction(() => suppressions.remove(input, { list: "news" })).catch((error: Error) => error.message);
  await db.notes.create({ body: `${(await suppressions.find(input, "news"))?.reason}, and within: ${within}` });
});

const sleeps = job({ heavy: true, maxAttempts: 1, input: z.int() }, async ({ input, db }) => {
  await new Promise((resolve) => setTimeout(resolve, input));
  await db.notes.create({ body: "slept", number: threadId });
});

/** Says to whoever listens to the thread what it does not expect, and closes the way. */
const meddles = job({ heavy: true, maxAttempts: 1 }, async ({ db }) => {
  parentPort?.postMessage(null);
  parentPort?.postMessage({ type: "outcome" });
  parentPort?.close();
  await db.notes.create({ body: "meddled", number: threadId });
});

const all = { keepsQuiet, meddles, strays, trips, sleeps, light, burn, everything, fill, endless, exits, waits, deaf };

export default defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: everyone, history: everyone }) },
  jobs: all,
  mails: { news: mail({ list: "news", subject: "News", body: () => [paragraph("News")] }) },
  functions: {
    begin: mutation({ access: everyone, input: z.object({ job: z.string(), input: z.unknown().optional() }) }, (context) =>
      context.enqueue(all[context.input.job as keyof typeof all] as never, context.input.input as never),
    ),
    cancel: mutation({ access: everyone, input: z.int() }, ({ input, jobs }) => jobs.cancel(input)),
  },
});
