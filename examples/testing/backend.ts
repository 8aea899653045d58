import {
  defineBackend,
  defineSchema,
  email,
  everyone,
  functionsOf,
  integer,
  jobsOf,
  now,
  ref,
  signedIn,
  table,
  text,
  timestamp,
} from "chassis";
import { mail, paragraph } from "chassis/mail";
import { z } from "zod";

export const schema = defineSchema(
  {
    users: { name: text().min(1).max(80), email: email().unique() },
    books: {
      title: text().min(1).max(200),
      isbn: text()
        .pattern(/^97[89]\d{10}$/)
        .unique(),
    },
    loans: { book: ref("books"), reader: ref("users"), returned: timestamp().optional() },
    reviews: table(
      {
        book: ref("books").immutable(),
        reader: ref("users").immutable(),
        stars: integer().min(1).max(5),
        body: text().max(4000),
        notes: text().optional(),
        written: timestamp().default(now),
      },
      { unique: [["book", "reader"]] },
    ),
  },
  { roles: ["librarian"] },
);
const { mutation } = functionsOf(schema);
const { job } = jobsOf(schema);

const reminder = mail({
  input: z.object({ title: z.string() }),
  subject: ({ title }) => `Please bring back ${title}`,
  body: ({ title }) => [paragraph(`${title} is due.`)],
});

/** Two weeks after a loan. */
const remind = job({ input: z.string() }, async ({ input, db, enqueue }) => {
  const loan = await db.loans.get(input, { include: { book: {}, reader: {} } });
  if (loan?.returned !== null || loan.reader === null || loan.book === null) return;
  await enqueue(reminder, { to: loan.reader.email, data: { title: loan.book.title } });
});

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: signedIn, write: row.id.eq(me.id), fields: { email: { read: row.id.eq(me.id) } } }),
    books: ({ me }) => ({ read: everyone, write: me.hasRole("librarian") }),
    loans: ({ row, me }) => ({ read: row.reader.eq(me.id).or(me.hasRole("librarian")), write: me.hasRole("librarian") }),
    reviews: ({ row, me }) => ({
      read: everyone,
      create: row.reader.eq(me.id),
      update: row.reader.eq(me.id),
      delete: row.reader.eq(me.id).or(me.hasRole("librarian")),
      fields: { notes: { read: row.reader.eq(me.id) } },
    }),
  },
  functions: {
    lend: mutation(
      { access: ({ me }) => me.hasRole("librarian"), input: z.object({ book: z.string(), reader: z.string() }) },
      async ({ db, input, enqueue }) => {
        const loan = await db.loans.create(input);
        await enqueue(remind, loan.id, { delay: "14d" });
        return loan;
      },
    ),
  },
  jobs: { remind },
  mails: { reminder },
  mail: { from: "The library <library@example.org>" },
});
