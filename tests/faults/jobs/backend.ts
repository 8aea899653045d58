import { appendFileSync } from "node:fs";
import { AppError, defineBackend, defineSchema, everyone, functionsOf, jobsOf, nobody, text } from "chassis";
import { z } from "zod";

/** Jobs that tell the world what they do: a line each in the file that JOBS_LOG names, written before `appendFileSync` comes back. */
const schema = defineSchema({ ran: { number: text().max(60).unique() } });
const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);

const tell = (...words: readonly (string | number)[]): void => {
  if (process.env.JOBS_LOG !== undefined) appendFileSync(process.env.JOBS_LOG, `${words.join(" ")}\n`);
};

const input = z.object({ number: z.string().max(60) });

/** `begin` or `end`, the process, the key that is to be one at a time or `-`, and the number. */
const work = job({ input: input.extend({ key: z.string().optional() }), backoff: () => 1 }, async ({ input, db }) => {
  const { number, key = "-" } = input;
  tell("begin", process.pid, key, number);
  await db.ran.upsert({ number }, { onConflict: ["number"] });
  await new Promise((resolve) => setTimeout(resolve, 3));
  tell("end", process.pid, key, number);
});

const poison = job({ maxAttempts: 2 }, () => {
  tell("begin", process.pid, "-", "poison");
  process.kill(process.pid, "SIGKILL");
});

export default defineBackend(schema, {
  rules: { ran: () => ({ read: everyone, write: nobody }) },
  jobs: { work, poison },
  functions: {
    hand_over: mutation(
      { access: everyone, input: input.extend({ key: z.string().optional(), fail: z.boolean().optional() }) },
      async ({ input: { fail = false, ...given }, enqueue }) => {
        const id = await enqueue(work, given, given.key === undefined ? {} : { unique: given.key });
        if (fail) throw new AppError("checkViolation");
        return id;
      },
    ),
    hand_over_poison: mutation({ access: everyone }, ({ enqueue }) => enqueue(poison)),
  },
});
