import { defineBackend, everyone, nobody } from "chassis";
import { schema } from "./schema.ts";
import { routes } from "./site/routes.ts";

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
    posts: ({ row, me }) => ({ read: everyone, write: row.author.eq(me.id) }),
    comments: ({ row, me }) => ({
      read: everyone,
      create: row.author.eq(me.id),
      update: nobody,
      delete: row.author.eq(me.id).or(row.post.author.eq(me.id)),
    }),
  },
  auth: {
    pages: { fields: { name: { label: "Your name", hint: "It stands beside what you write, for everybody to see." } } },
  },
  mail: { from: "My site <hello@example.org>", brand: { name: "My site", colour: "#0f766e" } },
  routes,
});
