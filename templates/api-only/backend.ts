import { defineBackend, nobody, signedIn } from "chassis";
import { summary } from "./functions.ts";
import { schema } from "./schema.ts";

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: signedIn, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
    projects: ({ row, me }) => ({ read: row.owner.eq(me.id), write: row.owner.eq(me.id) }),
    tasks: ({ row, me }) => ({ read: row.project.owner.eq(me.id), write: row.project.owner.eq(me.id) }),
  },
  functions: { summary },
  auth: true,
});
