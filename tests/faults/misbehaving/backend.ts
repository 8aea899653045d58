import { EventEmitter } from "node:events";
import { cron, defineBackend, everyone, functionsOf, jobsOf } from "chassis";
import { mail, paragraph } from "chassis/mail";
import { z } from "zod";
import { parts, schema } from "../backend.ts";

/** The faults' back end with code of somebody's who lets the server down: it holds the loop, and fails where nobody can catch it. */
const { mutation } = functionsOf(schema);
const { job } = jobsOf(schema);

/** Ways to fail beside one's own road. */
export const ways = ["timer", "immediate", "microtask", "tick", "emitter", "rejection", "nothing"] as const;

function astray(way: (typeof ways)[number], message: string): void {
  const fail = (): never => {
    throw new Error(message);
  };
  switch (way) {
    case "timer":
      setTimeout(fail, 1);
      return;
    case "immediate":
      setImmediate(fail);
      return;
    case "microtask":
      queueMicrotask(fail);
      return;
    case "tick":
      process.nextTick(fail);
      return;
    case "emitter":
      setTimeout(() => new EventEmitter().emit("error", new Error(message)), 1);
      return;
    case "rejection":
      void Promise.reject(new Error(message));
      return;
    case "nothing":
      setTimeout(() => {
        // What JavaScript lets one throw.
        throw undefined as unknown as Error;
      }, 1);
  }
}

function hold(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

const never = (): Promise<never> => new Promise(() => {});
const number = z.string().max(60);
const stray = z.object({ number, way: z.enum(ways), answers: z.boolean() });

/** Fails in its first attempt beside its road, or, where it `answers`, when it is over. */
const strays = job({ input: stray, backoff: () => 1 }, async ({ input: { number, way, answers }, db, attempt }) => {
  if (attempt > 1) return void (await db.notes.upsert({ slug: number, body: "again" }, { onConflict: ["slug"] }));
  astray(way, `stray ${number}`);
  if (!answers) await never();
});

/** Waits for the database first, as jobs do. */
const holds = job({ input: z.object({ milliseconds: z.number() }) }, async ({ input, db }) => {
  await db.accounts.first({});
  hold(input.milliseconds);
});

/** In a thread of its own, where nobody else is held. */
const holdsHeavily = job({ input: z.object({ milliseconds: z.number() }), heavy: true }, ({ input }) => hold(input.milliseconds));

const straysHeavily = job({ input: stray, heavy: true, backoff: () => 1 }, async ({ input: { number, way }, db, attempt }) => {
  if (attempt > 1) return void (await db.notes.upsert({ slug: number, body: "again" }, { onConflict: ["slug"] }));
  astray(way, `stray ${number}`);
  await never();
});

/** Its words are made by code too. */
const straysInMail = mail({
  input: z.object({ number }),
  subject: ({ number }) => number,
  body({ number }) {
    astray("timer", `stray ${number}`);
    return [paragraph(number)];
  },
});

const ticks = job({ input: z.object({ planned: z.string() }) }, async ({ input, db }) => {
  await db.notes.upsert({ slug: `cron-${input.planned}`, body: "came" }, { onConflict: ["slug"] });
});

export default defineBackend(schema, {
  ...parts,
  functions: {
    ...parts.functions,
    stray: mutation({ access: everyone, input: stray }, async ({ db, input: { number, way, answers } }) => {
      await db.notes.create({ slug: number, body: "stray" });
      astray(way, `stray ${number}`);
      if (!answers) await never();
    }),
    stray_job: mutation({ access: everyone, input: stray }, ({ enqueue, input }) => enqueue(strays, input)),
    stray_heavy_job: mutation({ access: everyone, input: stray }, ({ enqueue, input }) => enqueue(straysHeavily, input)),
    stray_mail: mutation({ access: everyone, input: z.object({ number }) }, ({ enqueue, input }) =>
      enqueue(straysInMail, { to: `${input.number}@example.org`, data: input }),
    ),
    hold: mutation({ access: everyone, input: z.object({ milliseconds: z.number() }) }, ({ input }) => hold(input.milliseconds)),
    hold_in_job: mutation({ access: everyone, input: z.object({ milliseconds: z.number() }) }, ({ enqueue, input }) =>
      enqueue(holds, input),
    ),
    hold_in_heavy_job: mutation({ access: everyone, input: z.object({ milliseconds: z.number() }) }, ({ enqueue, input }) =>
      enqueue(holdsHeavily, input),
    ),
    /** Takes all of the memory. */
    swallow: mutation({ access: everyone }, () => {
      const kept: number[][] = [];
      for (;;) kept.push(Array.from({ length: 100_000 }, (_, index) => index + 0.5));
    }),
  },
  jobs: { strays, holds, straysHeavily, holdsHeavily, ticks },
  mails: { straysInMail },
  mail: { from: "Faults <faults@example.org>" },
  crons:
    process.env.STRAY_CRON === undefined
      ? {}
      : {
          often: cron("* * * * * *", ticks, {
            input(planned) {
              astray("timer", "stray cron");
              return { planned: planned.toISOString() };
            },
          }),
        },
  routes: (app) => async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/jobs-left") return new Response(String((await app.jobs.list()).length));
    if (pathname === "/hold") hold(Number(searchParams.get("milliseconds")));
    if (pathname === "/stray") {
      astray(searchParams.get("way") as (typeof ways)[number], `stray ${searchParams.get("number")}`);
      if (searchParams.get("answers") !== "true") await never();
    }
    return new Response("page");
  },
});
