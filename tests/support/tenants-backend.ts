import {
  type Backend,
  bool,
  date,
  decimal,
  defineBackend,
  defineSchema,
  email,
  enums,
  everyone,
  integer,
  json,
  nobody,
  real,
  ref,
  signedIn,
  table,
  text,
  timestamp,
} from "chassis";

/**
 * The tables of the projects back end, where teams are tenants. Its rules are as wide as can be: what keeps teams from one another is the
 * border alone.
 */
export const tenantsSchema = defineSchema(
  {
    users: {
      name: text().min(1).max(80).search(),
      email: email().unique(),
      phone: text().optional(),
      password: text().optional(),
    },
    teams: { name: text().max(100).unique(), plan: enums("free", "paid").default("free") },
    memberships: table(
      { team: ref("teams").onDelete("cascade"), user: ref("users").onDelete("cascade"), since: date().optional() },
      { unique: [["team", "user"]] },
    ),
    projects: table(
      {
        team: ref("teams"),
        owner: ref("users"),
        title: text().min(1).max(200).search().index(),
        open: bool().default(false),
        budget: decimal(12, 2).optional(),
        notes: text().optional().search(),
        status: enums("draft", "running", "done").default("draft"),
      },
      { unique: [["team", "title"]], history: true },
    ),
    tasks: table(
      {
        project: ref("projects").onDelete("cascade").inverse("tasks"),
        /** Waits for another one. */
        after: ref("tasks").optional().onDelete("set null").inverse("blocked"),
        assignee: ref("users").optional().onDelete("set null").inverse("assigned"),
        reviewer: ref("users").optional().onDelete("set null").inverse("reviewing"),
        title: text().min(1).max(200),
        points: integer().min(0).max(100).default(1),
        effort: real().optional(),
        due: timestamp().optional(),
        data: json().optional(),
      },
      { tenant: "project.team", softDelete: true },
    ),
    messages: { from: email(), body: text().min(1).max(1000) },
    invoices: { team: ref("teams").allowUnreadable(), amount: decimal(12, 2), paid: bool().default(false) },
  },
  {
    tenant: "team",
    roles: ["editor"],
    computed: {
      teams: (row) => ({ size: row.memberships.count() }),
      projects: (row) => ({ open_points: row.tasks.sum((task) => task.points) }),
    },
  },
);

export const tenantsBackend: Backend<typeof tenantsSchema> = defineBackend(tenantsSchema, {
  tenants: { teams: ({ row, me }) => row.memberships.some((membership) => membership.user.eq(me.id)) },
  rules: {
    users: () => ({ read: everyone, write: nobody }),
    teams: ({ row, me }) => ({ read: row.memberships.some((membership) => membership.user.eq(me.id)), write: nobody }),
    memberships: () => ({ read: everyone, write: everyone }),
    projects: ({ row, next, me }) => ({
      read: everyone,
      create: everyone,
      update: next.title.neq("Never").or(row.open),
      delete: signedIn.or(me.hasRole("editor")),
      history: everyone,
      fields: { notes: { read: row.owner.eq(me.id) } },
    }),
    tasks: ({ me }) => ({ read: everyone, write: everyone, fields: { reviewer: { update: me.hasRole("editor") } } }),
    messages: () => ({ read: everyone, create: everyone, update: nobody, delete: nobody }),
    invoices: () => ({ read: everyone, write: everyone }),
  },
});
