import {
  bool,
  defineBackend,
  defineSchema,
  everyone,
  id,
  integer,
  nobody,
  now,
  ref,
  signedIn,
  table,
  text,
  timestamp,
} from "chassis";

/** Pathways in small: what it has of tables and rules, and notes whose rule looks two relations away. */
const schema = defineSchema({
  users: { id: id("text"), name: text().min(1).max(80) },
  schools: {
    name: text().min(1).max(300),
    domain: text().max(253).unique(),
    country: text().length(2).index(),
  },
  reviews: {
    school: ref("schools").immutable().onDelete("cascade"),
    author: ref("users").immutable().defaultToActor(),
    stars: integer().min(1).max(5),
    body: text().min(1).max(4000),
    hidden: bool().default(false),
    posted: timestamp().default(now).index(),
  },
  editors: table({ user: ref("users"), school: ref("schools") }, { unique: [["user", "school"]] }),
  notes: { school: ref("schools"), title: text().max(200), posted: timestamp().index() },
  /** The same rows as `notes` without its rule. */
  open_notes: { school: ref("schools"), title: text().max(200), posted: timestamp().index() },
});

export default defineBackend(schema, {
  rules: {
    users: () => ({ read: everyone, write: nobody }),
    schools: () => ({ read: everyone, write: nobody }),
    reviews: ({ row, me }) => ({
      read: row.hidden.eq(false).or(row.author.eq(me.id)),
      create: row.author.eq(me.id),
      update: nobody,
      delete: nobody,
    }),
    editors: ({ row, me }) => ({ read: row.user.eq(me.id), write: nobody }),
    notes: ({ row, me }) => ({ read: row.school.editors.some((editor) => editor.user.eq(me.id)), write: nobody }),
    open_notes: () => ({ read: signedIn, write: nobody }),
  },
});
