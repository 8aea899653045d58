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
  mutation,
  nobody,
  query,
  real,
  ref,
  secret,
  signedIn,
  table,
  text,
  timestamp,
} from "chassis";
import { z } from "zod";

/**
 * A back end in which much is hidden, for tests of rules: rows by membership, fields by role, fields by row, whole tables, columns
 * that are only written, and every kind of relation.
 */
export const projectsSchema = defineSchema(
  {
    users: {
      name: text().min(1).max(80).search(),
      /** Each sees their own. */
      email: email().unique(),
      /** Nobody reads it; everybody may set their own. */
      phone: text().optional(),
      password: secret().optional(),
    },
    teams: { name: text().max(100).unique(), plan: enums("free", "paid").default("free") },
    memberships: table(
      { team: ref("teams").onDelete("cascade"), user: ref("users").onDelete("cascade"), since: date().optional() },
      { unique: [["team", "user"]] },
    ),
    projects: {
      team: ref("teams"),
      owner: ref("users"),
      title: text().min(1).max(200).search().index(),
      open: bool().default(false),
      /** Editors alone. */
      budget: decimal(12, 2).optional(),
      /** The owner alone. */
      notes: text().optional().search(),
      status: enums("draft", "running", "done").default("draft"),
    },
    tasks: table(
      {
        project: ref("projects").onDelete("cascade").inverse("tasks"),
        assignee: ref("users").optional().onDelete("set null").inverse("assigned"),
        reviewer: ref("users").optional().onDelete("set null").inverse("reviewing"),
        title: text().min(1).max(200),
        points: integer().min(0).max(100).default(1),
        effort: real().optional(),
        due: timestamp().optional(),
        data: json().optional(),
      },
      { indexes: [["project", "points"]] },
    ),
    /** Messages of strangers: written by everybody, read by editors. */
    messages: { from: email(), body: text().min(1).max(1000) },
    /** Nobody's business. */
    invoices: { team: ref("teams"), amount: decimal(12, 2), paid: bool().default(false) },
  },
  {
    roles: ["editor"],
    computed: {
      teams: (row) => ({ size: row.memberships.count() }),
      projects: (row) => ({ open_points: row.tasks.sum((task) => task.points) }),
    },
  },
);

/** The keys of its secret fields. */
export const projectsSecretKeys: Uint8Array = new Uint8Array(32).fill(7);

export const projectsBackend: Backend<typeof projectsSchema> = defineBackend(projectsSchema, {
  rules: {
    users: ({ row, me }) => ({
      read: everyone,
      create: me.hasRole("editor"),
      update: row.id.eq(me.id),
      delete: nobody,
      fields: { email: { read: row.id.eq(me.id) }, phone: { read: nobody } },
    }),
    teams: ({ me }) => ({ read: signedIn, write: me.hasRole("editor") }),
    memberships: ({ row, me }) => ({
      read: row.user.eq(me.id).or(me.hasRole("editor")),
      write: me.hasRole("editor"),
    }),
    projects: ({ row, me }) => {
      const mine = row.team.memberships.some((membership) => membership.user.eq(me.id));
      return {
        read: row.open.or(mine),
        create: row.owner.eq(me.id).and(mine),
        update: row.owner.eq(me.id).and(mine),
        delete: row.owner.eq(me.id),
        fields: {
          budget: { read: me.hasRole("editor"), write: me.hasRole("editor") },
          notes: { read: row.owner.eq(me.id) },
        },
      };
    },
    tasks: ({ row, next, me }) => {
      const mine = row.project.team.memberships.some((membership) => membership.user.eq(me.id));
      return {
        read: row.project.open.or(mine),
        write: mine,
        // Nobody makes themselves a reviewer.
        fields: {
          reviewer: {
            create: row.reviewer.isNull().or(row.reviewer.neq(me.id)),
            update: next.reviewer.isNull().or(next.reviewer.neq(me.id)),
          },
        },
      };
    },
    messages: ({ me }) => ({ read: me.hasRole("editor"), create: everyone, update: nobody, delete: nobody }),
    invoices: () => ({ read: nobody, write: nobody }),
  },
  functions: {
    /** The tasks of a project, as its caller may see them. */
    tasks_of: query({ access: everyone, input: z.object({ project: z.string() }) }, async ({ db, input }) => {
      const { json: rows } = await db.read({
        table: "tasks",
        selection: {
          items: [
            { type: "field", path: { column: "title", json: [] } },
            { type: "field", path: { column: "points", json: [] } },
            { type: "field", path: { column: "due", json: [] } },
          ],
          where: { type: "compare", path: { column: "project", json: [] }, operator: "eq", value: 0 },
          order: [{ path: { column: "points", json: [] }, direction: "asc" }],
        },
        values: [input.project],
        form: "json",
      });
      return JSON.parse(rows) as { title: string; points: number; due: string | null }[];
    }),
    echo: query({ access: everyone, input: z.unknown() }, ({ input }) => input),
    /** Signed in only: for everybody else it is not there. */
    who_am_i: query({ access: signedIn }, ({ me }) => ({ id: me?.id ?? null })),
    rename_project: mutation(
      { access: signedIn, input: z.object({ project: z.string(), title: z.string() }) },
      async ({ db, input }) => {
        const { affected } = await db.write({
          type: "update",
          table: "projects",
          set: { title: input.title },
          where: { type: "compare", path: { column: "id", json: [] }, operator: "eq", value: 0 },
          values: [input.project],
          form: "json",
        });
        return { renamed: affected };
      },
    ),
  },
});
