import { defineBackend, defineSchema, nobody, ref, signedIn, table, text } from "chassis";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    organisations: { name: text().max(100) },
    members: table(
      { organisation: ref("organisations"), user: ref("users"), duty: text().max(40).optional() },
      { unique: [["organisation", "user"]] },
    ),
    projects: { organisation: ref("organisations"), title: text().max(200), budget: text().optional() },
    tasks: table(
      { project: ref("projects"), assignee: ref("users").optional(), title: text().max(200) },
      { tenant: "project.organisation" },
    ),
  },
  { roles: ["support"], tenant: "organisation" },
);

export default defineBackend(schema, {
  tenants: {
    organisations: ({ row, me }) => row.members.some((member) => member.user.eq(me.id)),
  },
  rules: {
    users: ({ row, me }) => ({ read: signedIn, write: row.id.eq(me.id) }),
    organisations: ({ row, me }) => ({
      read: row.members.some((member) => member.user.eq(me.id)).or(me.hasRole("support")),
      write: nobody,
    }),
    members: () => ({ read: signedIn, write: nobody }),
    projects: ({ row, me }) => {
      const leads = row.organisation.members.some((member) => member.user.eq(me.id).and(member.duty.eq("lead")));
      return { read: signedIn, write: leads, fields: { budget: { read: leads } } };
    },
    tasks: ({ row, me }) => ({ read: signedIn, create: signedIn, update: row.assignee.eq(me.id), delete: nobody }),
  },
});
