import { defineBackend, defineSchema, everyone, nobody, text } from "chassis";

const schema = defineSchema({
  users: { name: text().min(1).max(80), nick: text().max(40).optional() },
});

export default defineBackend(schema, {
  rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }) },
  auth: { provider: { claims: { nickname: "nick" } } },
});
