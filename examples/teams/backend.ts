import { defineBackend, defineSchema, enums, everyone, nobody, ref, table, text } from "chassis";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    organisations: { name: text().min(1).max(60) },
    members: table(
      {
        organisation: ref("organisations").onDelete("cascade"),
        user: ref("users").onDelete("cascade"),
        role: enums("owner", "admin", "member"),
      },
      { unique: [["organisation", "user"]] },
    ),
    projects: { organisation: ref("organisations").onDelete("cascade"), title: text().min(1).max(120) },
    tasks: table(
      { project: ref("projects").onDelete("cascade"), title: text().min(1).max(200) },
      { tenant: "project.organisation" },
    ),
  },
  { organisations: true, tenant: "organisation" },
);

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
    organisations: ({ row, me }) => ({
      read: me.belongsTo(row),
      create: me.isVerified,
      update: me.hasRoleIn(row, "owner", "admin"),
      delete: me.hasRoleIn(row, "owner").and(me.provedWithin("10m")),
    }),
    members: ({ row, me }) => ({ read: me.belongsTo(row.organisation), write: nobody }),
    projects: ({ row, me }) => ({
      read: everyone,
      create: everyone,
      update: everyone,
      delete: me.hasRoleIn(row.organisation, "owner", "admin"),
    }),
    tasks: () => ({ read: everyone, write: everyone }),
  },
  auth: true,
});
