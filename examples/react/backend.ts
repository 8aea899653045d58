import { defineBackend, defineSchema, everyone, integer, ref, signedIn, text } from "chassis";

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  books: { title: text().min(1).max(200), copies: integer().min(0).default(1) },
  notes: { book: ref("books").onDelete("cascade"), reader: ref("users").defaultToActor(), body: text().min(1).max(4000) },
});

export default defineBackend(schema, {
  auth: true,
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    books: () => ({ read: everyone, write: signedIn }),
    notes: ({ row, me }) => ({ read: row.reader.eq(me.id), write: row.reader.eq(me.id) }),
  },
});
