import { appendFileSync } from "node:fs";
import {
  AppError,
  cron,
  defineBackend,
  defineSchema,
  type EnqueueOptions,
  everyone,
  functionsOf,
  integer,
  jobsOf,
  nobody,
  text,
} from "chassis";
import { z } from "zod";
import type { JobEvent } from "../jobs-checker.ts";

/** Jobs that tell the world what they do: a line each in the file that JOBS_LOG names, which is there before they go on. */
const schema = defineSchema({
  ran: { number: text().max(60).unique() },
  /** Not unique: what `complete` did twice must show. */
  effects: { number: text().max(60).index() },
  tally: { name: text().max(10).unique(), value: integer() },
});
const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);

const tell = (event: Omit<JobEvent, "at" | "pid">): void => {
  if (process.env.JOBS_LOG === undefined) return;
  appendFileSync(process.env.JOBS_LOG, `${JSON.stringify({ at: Date.now(), pid: process.pid, ...event })}\n`);
};
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const number = z.string().max(60);
const input = z.object({ number });
const soon = { backoff: () => 1 };

/** One of a key at a time, where there is one. */
const work = job({ input: z.object({ number, key: z.string().optional() }), ...soon }, async ({ input, db, id }) => {
  tell({ type: "begin", id, ...input });
  await db.ran.upsert({ number: input.number }, { onConflict: ["number"] });
  await pause(3);
  tell({ type: "end", id, ...input });
});

/** Not before its time. */
const delayed = job({ input: z.object({ number, due: z.number() }), ...soon }, ({ input, id }) => {
  tell({ type: "begin", id, ...input });
  tell({ type: "end", id, ...input });
});

/** Each step gives a result that no other run of it would give. */
const staged = job({ input, ...soon }, async ({ input, id, step }) => {
  tell({ type: "begin", id, ...input });
  for (const name of ["first", "second", "third"]) {
    const token = await step(name, async () => {
      tell({ type: "does", id, ...input, step: name });
      await pause(5);
      return `${process.pid}-${Math.random()}`;
    });
    tell({ type: "kept", id, ...input, step: name, token });
    await pause(5);
  }
  tell({ type: "end", id, ...input });
});

/** Does its one effect, and hands over two more, in the transaction that ends it; every other one fails beside that, and then does it. */
const tree = job(
  { input: z.object({ number, depth: z.number() }), ...soon },
  async ({ input, id, attempt, complete, transaction }) => {
    const { number, depth } = input;
    tell({ type: "begin", id, number });
    await pause(2);
    if (attempt === 1 && id % 2 === 0) {
      await transaction(async (_db, enqueue) => {
        await enqueue(work, { number: `${number}/ghost` });
        tell({ type: "failed", id, number });
        throw new Error("on purpose");
      });
    }
    await complete(async (db, enqueue) => {
      await db.effects.create({ number });
      const tally = await db.tally.first({ where: { name: "all" } });
      if (tally === null) await db.tally.create({ name: "all", value: 1 });
      else await db.tally.update(tally.id, { value: tally.value + 1 });
      if (depth > 0) for (const child of [0, 1]) await enqueue(tree, { number: `${number}/${child}`, depth: depth - 1 });
    });
    tell({ type: "completed", id, number });
    await pause(2);
    tell({ type: "end", id, number });
  },
);

/** Takes its time between two steps, and then does its effect. Tells what it is refused because it is held by another. */
const slow = job(
  { input: z.object({ number, milliseconds: z.number() }), ...soon },
  async ({ input, id, step, complete, db }) => {
    const { number, milliseconds } = input;
    tell({ type: "begin", id, number });
    const token = await step("first", () => `${process.pid}-${Math.random()}`);
    tell({ type: "kept", id, number, step: "first", token });
    await pause(milliseconds);
    const refusals: unknown[] = [];
    const tryTo = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        refusals.push(error);
        tell({ type: "refused", id, number, step: what });
      }
    };
    await tryTo("step", () => step("second", () => "second"));
    await tryTo("complete", async () => {
      await complete(async (inside) => {
        await inside.effects.create({ number });
        const tally = await inside.tally.first({ where: { name: "all" } });
        if (tally === null) await inside.tally.create({ name: "all", value: 1 });
        else await inside.tally.update(tally.id, { value: tally.value + 1 });
      });
      tell({ type: "completed", id, number });
    });
    if (refusals.length === 0) return tell({ type: "end", id, number });
    // What it does beside its job, it may do.
    await db.ran.upsert({ number }, { onConflict: ["number"] });
    tell({ type: "failed", id, number });
    throw new Error("It was refused.");
  },
);

const clock = job({ input: z.object({ planned: z.number() }), ...soon }, ({ input, id }) => {
  tell({ type: "begin", id, number: `clock ${input.planned}`, planned: input.planned });
  tell({ type: "end", id, number: `clock ${input.planned}`, planned: input.planned });
});

const poison = job({ maxAttempts: 2 }, ({ id }) => {
  tell({ type: "begin", id, number: "poison" });
  process.kill(process.pid, "SIGKILL");
});

const kinds = ["work", "keyed", "delayed", "staged", "tree", "slow"] as const;

export default defineBackend(schema, {
  rules: {
    ran: () => ({ read: everyone, write: nobody }),
    effects: () => ({ read: everyone, write: nobody }),
    tally: () => ({ read: everyone, write: nobody }),
  },
  jobs: { work, delayed, staged, tree, slow, clock, poison },
  crons: {
    clock: cron("* * * * * *", clock, { missed: "run-all", input: (planned) => ({ planned: planned.getTime() }) }),
  },
  functions: {
    hand_over: mutation(
      {
        access: everyone,
        input: z.object({
          number,
          kind: z.enum(kinds).default("work"),
          key: z.string().optional(),
          fail: z.boolean().default(false),
          priority: z.number().default(0),
          milliseconds: z.number().default(0),
        }),
      },
      async ({ input: { number, kind, key = "", fail, priority, milliseconds }, enqueue }) => {
        const options: EnqueueOptions = { priority };
        const due = Date.now() + 400;
        const handOver = {
          work: () => enqueue(work, { number }, options),
          keyed: () => enqueue(work, { number, key }, { ...options, unique: key }),
          delayed: () => enqueue(delayed, { number, due }, { ...options, at: new Date(due) }),
          staged: () => enqueue(staged, { number }, options),
          tree: () => enqueue(tree, { number, depth: 1 }, options),
          slow: () => enqueue(slow, { number, milliseconds }, options),
        };
        const id = await handOver[kind]();
        if (fail) throw new AppError("checkViolation");
        return id;
      },
    ),
    hand_over_poison: mutation({ access: everyone }, ({ enqueue }) => enqueue(poison)),
  },
});
