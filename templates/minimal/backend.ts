import { defineBackend, defineSchema, everyone, ref, text } from "chassis";

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  notices: {
    title: text().min(1).max(120),
    body: text().max(4000),
    author: ref("users").immutable().defaultToActor(),
  },
});

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    notices: ({ row, me }) => ({ read: everyone, write: row.author.eq(me.id) }),
  },
});
