/** The examples of docs/reference/schema.md and rules.md: the compiler checks them here, and tests/docs/reference.test.ts runs them. */
import {
  type Backend,
  bool,
  date,
  defineBackend,
  defineSchema,
  enums,
  everyone,
  integer,
  nobody,
  ref,
  table,
  text,
  timestamp,
  today,
} from "chassis";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    books: { title: text().min(1).max(200).search(), pages: integer().min(1).optional() },
    loans: table(
      {
        book: ref("books").immutable(),
        reader: ref("users").immutable().defaultToActor(),
        from: date().default(today),
        to: date(),
      },
      { unique: [["book", "from"]], checks: (row) => ({ order: row.to.gte(row.from) }) },
    ),
  },
  {
    roles: ["librarian"],
    claims: { branch: text() },
    computed: { books: (row) => ({ loanCount: row.loans.count() }) },
  },
);

export const library: Backend = defineBackend(schema, {
  rules: {
    users: () => ({ read: everyone, write: nobody }),
    books: ({ me }) => ({ read: everyone, write: me.hasRole("librarian").and(me.claim("branch").isNotNull()) }),
    loans: ({ row, me }) => ({ read: row.reader.eq(me.id), write: nobody }),
  },
});

const magazine = defineSchema(
  {
    users: { name: text() },
    posts: {
      status: enums("draft", "published"),
      author: ref("users").inverse("posts"),
      editor: ref("users").inverse("edited"),
      notes: text().optional(),
    },
    comments: { author: ref("users"), isHidden: bool() },
    groups: { name: text() },
    members: { group: ref("groups"), user: ref("users"), left: timestamp().optional() },
    tags: { name: text() },
    postTags: table({ post: ref("posts"), tag: ref("tags") }, { unique: [["post", "tag"]] }),
    profiles: { user: ref("users").unique() },
  },
  { roles: ["editor"] },
);

export const press: Backend = defineBackend(magazine, {
  rules: {
    users: ({ row }) => ({ read: row.edited.some().or(row.posts.none(), row.profiles.created.isNull()), write: nobody }),
    posts: ({ row, next, me }) => ({
      read: row.status.eq("published").or(row.author.eq(me.id)),
      create: row.author.eq(me.id),
      update: row.author.eq(me.id).and(next.author.eq(me.id), row.status.eq("draft").or(next.status.eq("published"))),
      delete: me.hasRole("editor"),
      fields: { notes: { read: row.author.eq(me.id) } },
    }),
    comments: ({ row, me }) => ({
      read: me.hasRole("editor").or(row.author.eq(me.id), row.isHidden.not()),
      write: row.author.eq(me.id),
    }),
    groups: ({ row, me }) => ({
      read: row.members.some((member) => member.user.eq(me.id).and(member.left.isNull())),
      write: nobody,
    }),
    members: () => ({ read: everyone, write: nobody }),
    tags: ({ row }) => ({ read: row.posts.some((post) => post.tags.count().gt(1)), write: nobody }),
    postTags: () => ({ read: everyone, write: nobody }),
    profiles: ({ row }) => ({ read: row.user.name.eq("Ada"), write: nobody }),
  },
});

const shared = defineSchema(
  {
    users: { name: text() },
    organisations: { name: text() },
    members: table({ organisation: ref("organisations"), user: ref("users") }, { unique: [["organisation", "user"]] }),
    projects: { organisation: ref("organisations"), title: text() },
    tasks: table({ project: ref("projects"), title: text() }, { tenant: "project.organisation" }),
  },
  { tenant: "organisation", claims: { organisation: text() } },
);

const open = () => ({ read: everyone, write: everyone });
const rules = { users: open, organisations: open, members: open, projects: open, tasks: open };

export const byMembers: Backend = defineBackend(shared, {
  rules,
  tenants: { organisations: ({ row, me }) => row.members.some((member) => member.user.eq(me.id)) },
});

export const byClaim: Backend = defineBackend(shared, {
  rules,
  tenants: { organisations: ({ row, me }) => row.name.eq(me.claim("organisation")) },
});

const teams = defineSchema(
  {
    users: { name: text() },
    organisations: { name: text().max(60) },
    members: table(
      {
        organisation: ref("organisations").onDelete("cascade"),
        user: ref("users").onDelete("cascade"),
        role: enums("owner", "admin", "member"),
      },
      { unique: [["organisation", "user"]] },
    ),
    projects: { organisation: ref("organisations"), title: text() },
  },
  { organisations: true, tenant: "organisation" },
);

export const byOrganisation: Backend = defineBackend(teams, {
  rules: {
    users: open,
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
      delete: me.hasRoleIn(row.organisation, "owner"),
    }),
  },
});

// @ts-expect-error -- The first step of a path is a field of the table.
table({ project: ref("projects") }, { tenant: "projects.organisation" });
