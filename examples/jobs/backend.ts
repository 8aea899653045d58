import {
  AppError,
  cron,
  defineBackend,
  defineSchema,
  everyone,
  functionsOf,
  jobsOf,
  nobody,
  ref,
  signedIn,
  text,
  timestamp,
} from "chassis";
import { z } from "zod";

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  books: { title: text().min(1).max(200) },
  loans: { book: ref("books").immutable(), reader: ref("users").immutable(), due: timestamp() },
  reminders: { loan: ref("loans").unique().onDelete("cascade"), words: text().max(400) },
});

const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);

/** Reminds of one loan. However often it is run, there is one reminder. */
const remind = job({ input: z.object({ loan: z.uuid() }), queue: "reminders", maxAttempts: 5 }, async ({ input, db, log }) => {
  const loan = await db.loans.get(input.loan, { include: { book: true, reader: true } });
  if (loan === null) return log.info({ loan: input.loan }, "The book came back in time.");
  const words = `${loan.reader?.name}, please bring back ${loan.book?.title}.`;
  await db.reminders.upsert({ loan: loan.id, words }, { onConflict: ["loan"] });
});

/** Every morning: whose books are late? */
const sweep = job({}, async ({ db, enqueue, progress }) => {
  const late = await db.loans.list({ where: { due: { lt: new Date().toISOString() } }, select: ["id"] });
  for (const [index, { id }] of late.entries()) {
    await enqueue(remind, { loan: id }, { unique: id });
    progress((index + 1) / late.length);
  }
});

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    books: () => ({ read: everyone, write: signedIn }),
    loans: ({ row, me }) => ({ read: row.reader.eq(me.id), create: nobody, update: nobody, delete: row.reader.eq(me.id) }),
    reminders: ({ row, me }) => ({ read: row.loan.reader.eq(me.id), write: nobody }),
  },
  functions: {
    borrow: mutation(
      { input: z.object({ book: z.uuid(), days: z.int().min(0).max(60) }), access: signedIn },
      async ({ db, input, me, enqueue }) => {
        if (me === null) throw new AppError("signInRequired");
        const due = new Date(Date.now() + input.days * 86_400_000);
        const loan = await db.asSystem().loans.create({ book: input.book, reader: me.id, due: due.toISOString() });
        // Part of the same transaction: there is a loan with its reminder, or neither.
        await enqueue(remind, { loan: loan.id }, { at: due, unique: loan.id });
        return loan.id;
      },
    ),
  },
  jobs: { remind, sweep },
  crons: { morning: cron("0 7 * * *", sweep, { timeZone: "Europe/Amsterdam" }) },
  queues: { reminders: { concurrency: 5, rate: { jobs: 100, per: 60_000 } } },
});
