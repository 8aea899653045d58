import { defineBackend, defineSchema, everyone, ref, text } from "chassis";

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  notes: { author: ref("users").immutable().defaultToActor(), body: text().max(400) },
});

/** Notes that everybody reads and whoever has an account writes. */
export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    notes: ({ row, me }) => ({ read: everyone, write: row.author.eq(me.id) }),
  },
  auth: { pages: { fields: { name: "Your name" } } },
  mail: { from: "Notes <notes@example.org>" },
});
