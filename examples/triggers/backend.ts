import { defineBackend, defineSchema, everyone, integer, jobsOf, nobody, ref, signedIn, text, triggersOf } from "chassis";
import { z } from "zod";

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  books: { title: text().min(1).max(200), stock: integer().min(0).default(0) },
  wishes: { book: ref("books").immutable(), reader: ref("users").immutable().defaultToActor() },
  messages: { wish: ref("wishes").unique().onDelete("cascade"), words: text().max(400) },
});

const { job } = jobsOf(schema);
const { trigger } = triggersOf(schema);

/** Tells everybody who wished for a book that it is there. However often it is run, each is told once. */
const tellReaders = job({ input: z.object({ row: z.object({ id: z.uuid(), title: z.string() }) }) }, async ({ input, db }) => {
  const { id, title } = input.row;
  for (const wish of await db.wishes.list({ where: { book: id }, select: ["id"] }))
    await db.messages.upsert({ wish: wish.id, words: `${title} is there.` }, { onConflict: ["wish"] });
});

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    books: () => ({ read: everyone, write: signedIn }),
    wishes: ({ row, me }) => ({ read: row.reader.eq(me.id), write: row.reader.eq(me.id) }),
    messages: ({ row, me }) => ({ read: row.wish.reader.eq(me.id), write: nobody }),
  },
  jobs: { tellReaders },
  triggers: {
    arrival: trigger(
      "books",
      {
        on: ["update"],
        changed: ["stock"],
        when: ({ row, before }) => before.stock.eq(0).and(row.stock.gt(0)),
        select: ["id", "title"],
      },
      tellReaders,
    ),
  },
});
