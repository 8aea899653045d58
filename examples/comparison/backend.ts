// task: define
import { defineBackend, defineSchema, everyone, integer, query, ref, text } from "chassis";
// task: function
import { z } from "zod";

// task: define
const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    schools: { name: text().max(200), country: text().length(2).index() },
    reviews: {
      school: ref("schools").immutable().onDelete("cascade"),
      author: ref("users").immutable().defaultToActor().onDelete("cascade"),
      stars: integer().min(1).max(5),
      body: text().max(4000),
    },
  },
  {
    // task: guard
    roles: ["editor"],
    // task: function
    computed: {
      schools: ({ reviews }) => ({ stars: reviews.avg(({ stars }) => stars), count: reviews.count() }),
    },
  },
);

// task: define
export default defineBackend(schema, {
  auth: true,
  // task: guard
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    schools: ({ me }) => ({ read: everyone, write: me.hasRole("editor") }),
    reviews: ({ row, me }) => ({
      read: everyone,
      create: row.author.eq(me.id),
      update: row.author.eq(me.id),
      delete: row.author.eq(me.id).or(me.hasRole("editor")),
    }),
  },
  // task: function
  functions: {
    compare: query({ access: everyone, input: z.object({ ids: z.array(z.uuid()).max(4) }) }, ({ db, input }) =>
      db.schools.list({ where: { id: { in: input.ids } }, select: ["name", "stars", "count"] }),
    ),
  },
});
