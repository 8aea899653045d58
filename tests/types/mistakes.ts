/** What must not compile: each mistake is an error on its own line. Checked by `npm run types`; nothing here runs. */
import {
  type Condition,
  defineBackend,
  defineSchema,
  enums,
  everyone,
  type Insert,
  integer,
  mutation,
  nobody,
  query,
  ref,
  type Row,
  secret,
  table,
  text,
  timestamp,
  type Update,
} from "chassis";

// Fields
// @ts-expect-error: text is not a pattern
text().pattern("^a");
// @ts-expect-error: numbers have no pattern
integer().pattern(/^a/);
// @ts-expect-error: numbers are not searched by words
integer().search();
// @ts-expect-error: the default is of another kind
integer().default("1");
// @ts-expect-error: no member of the enum
enums("a", "b").default("c");
// @ts-expect-error: text refers to nothing
text().onDelete("cascade");
// @ts-expect-error: no such action
ref("users").onDelete("forget");
// @ts-expect-error: a secret is not searched
secret().search();
// @ts-expect-error: an enum needs a member
enums();

// Tables
// @ts-expect-error: there is no table 'scools'
defineSchema({ schools: { name: text() }, reviews: { school: ref("scools") } });
// @ts-expect-error: not a field
defineSchema({ schools: { name: "text" } });
// @ts-expect-error: there is no field 'autor'
table({ author: text(), title: text() }, { unique: [["autor", "title"]] });
// @ts-expect-error: there is no field 'autor'
table({ author: text(), title: text() }, { indexes: [["title", "autor"]] });
// @ts-expect-error: there is no field 'autor'
table({ author: text() }, { checks: (row) => ({ named: row.autor.neq("") }) });
// @ts-expect-error: a length is a number
table({ author: text() }, { checks: (row) => ({ named: row.author.length().gt("1") }) });
// @ts-expect-error: no such option
defineSchema({ schools: { name: text() } }, { rolse: ["editor"] });
// @ts-expect-error: there is no field 'nmae'
defineSchema({ schools: { name: text() } }, { computed: { schools: (row) => ({ size: row.nmae.length() }) } });
// @ts-expect-error: there is no table 'scools'
defineSchema({ schools: { name: text() } }, { computed: { scools: () => ({ open: everyone }) } });

const schema = defineSchema(
  {
    users: { name: text(), age: integer(), born: timestamp(), kind: enums("a", "b"), password: secret() },
    posts: { author: ref("users"), editor: ref("users").optional().inverse("edits"), title: text() },
  },
  { roles: ["editor"], claims: { organisation: text() }, computed: { users: (row) => ({ shout: row.name.upper() }) } },
);
type S = typeof schema;

// Rows
declare const row: Row<S, "users">;
// @ts-expect-error: a secret is never read
void row.password;
// @ts-expect-error: there is no field 'nmae'
void row.nmae;
// @ts-expect-error: there is no table 'user'
type NoRow = Row<S, "user">;
// @ts-expect-error: the title is missing
const incomplete: Insert<S, "posts"> = { author: "x" };
// @ts-expect-error: the server sets the version
const versioned: Insert<S, "posts"> = { author: "x", title: "y", version: 1 };
// @ts-expect-error: a computed field is not written
const computed: Update<S, "users"> = { shout: "X" };
// @ts-expect-error: the key never changes
const rekeyed: Update<S, "posts"> = { id: "x" };
// @ts-expect-error: a required field is not null
const nothing: Update<S, "posts"> = { title: null };
void [incomplete, versioned, computed, rekeyed, nothing];
export type { NoRow };

// Rules
const open = (): { read: Condition; write: Condition } => ({ read: everyone, write: nobody });
// @ts-expect-error: the rules of 'posts' are missing
defineBackend(schema, { rules: { users: open } });
// @ts-expect-error: there is no table 'postz'
defineBackend(schema, { rules: { users: open, posts: open, postz: open } });
// @ts-expect-error: update and delete have no rule
defineBackend(schema, { rules: { users: () => ({ read: everyone, create: nobody }), posts: open } });
// @ts-expect-error: read has no rule
defineBackend(schema, { rules: { users: () => ({ write: nobody }), posts: open } });
// @ts-expect-error: 'delte' is no operation
defineBackend(schema, { rules: { users: () => ({ read: everyone, write: everyone, delte: nobody }), posts: open } });
// @ts-expect-error: say 'everyone'
defineBackend(schema, { rules: { users: () => ({ read: true, write: nobody }), posts: open } });
defineBackend(schema, {
  // @ts-expect-error: there is no field 'nmae'
  rules: { users: () => ({ read: everyone, write: nobody, fields: { nmae: { read: nobody } } }), posts: open },
});
defineBackend(schema, {
  // @ts-expect-error: fields are not deleted
  rules: { users: () => ({ read: everyone, write: nobody, fields: { name: { delete: nobody } } }), posts: open },
});

defineBackend(schema, {
  rules: {
    users: ({ row, next, me }) => {
      const conditions: Condition[] = [
        // @ts-expect-error: there is no column 'nmae'
        row.nmae.eq("x"),
        // @ts-expect-error: text is not a number
        row.name.eq(4),
        // @ts-expect-error: a number is not text
        row.age.gt("4"),
        // @ts-expect-error: a number is not text
        row.age.eq(row.name),
        // @ts-expect-error: a moment is not text
        row.born.gt(row.name),
        // @ts-expect-error: no member of the enum
        row.kind.eq("c"),
        // @ts-expect-error: no member of the enum
        row.kind.in(["a", "c"]),
        // @ts-expect-error: null is never equal to anything: isNull()
        row.name.eq(null),
        // @ts-expect-error: numbers are not like anything
        row.age.like("4%"),
        // @ts-expect-error: a text is not a condition
        row.name.isNull().and(row.name),
        // @ts-expect-error: a text has no sum
        row.name.plus(1).eq(2),
        // @ts-expect-error: there is no role 'edtor'
        me.hasRole("edtor"),
        // @ts-expect-error: there is no claim 'organization'
        me.claim("organization").isNull(),
        // @ts-expect-error: there is no column 'titel'
        row.posts.some((post) => post.titel.eq("x")),
        // @ts-expect-error: a condition is needed
        row.posts.some((post) => post.title),
        // @ts-expect-error: a text has no average
        row.posts.avg((post) => post.title).gt(1),
        // @ts-expect-error: the way back has another name
        row.editor.some(),
        // @ts-expect-error: there is no column 'nmae'
        next.edits.some((post) => post.author.nmae.eq("x")),
        // @ts-expect-error: many rows have no one title
        row.posts.title.eq("x"),
      ];
      void conditions;
      return { read: everyone, write: nobody };
    },
    posts: open,
  },
});

// Functions
const rules = { users: open, posts: open };
// @ts-expect-error: access is missing
defineBackend(schema, { rules, functions: { count: query({}, () => 1) } });
// @ts-expect-error: there is no role 'edtor'
defineBackend(schema, { rules, functions: { count: query({ access: ({ me }) => me.hasRole("edtor") }, () => 1) } });
// @ts-expect-error: say 'everyone'
defineBackend(schema, { rules, functions: { count: query({ access: true }, () => 1) } });
// @ts-expect-error: db has nothing of that name
defineBackend(schema, { rules, functions: { count: mutation({ access: everyone }, ({ db }) => db.nothing) } });
// @ts-expect-error: not a function of a back end
defineBackend(schema, { rules, functions: { count: () => 1 } });
// @ts-expect-error: there is no role 'edtor'
defineBackend(schema, { rules, functions: { count: query({ access: everyone }, ({ me }) => me?.roles.includes("edtor")) } });
defineBackend(schema, {
  rules,
  // @ts-expect-error: there is no role 'edtor'
  routes: (app) => async (request) => Response.json((await app.as(request)).me?.roles.includes("edtor")),
});

// Limits
defineBackend(schema, {
  rules,
  functions: { look: query({ access: everyone }, () => 1) },
  limits: { functions: { look: "5/1h" }, tables: { posts: "1/1d" } },
});
defineBackend(schema, {
  rules,
  functions: { look: query({ access: everyone }, () => 1) },
  // @ts-expect-error: there is no function 'lok'
  limits: { functions: { lok: "5/1h" } },
});
// @ts-expect-error: there is no table 'postz'
defineBackend(schema, { rules, limits: { tables: { postz: "5/1h" } } });
// @ts-expect-error: no time
defineBackend(schema, { rules, limits: { tables: { posts: "5" } } });
// @ts-expect-error: no unit
defineBackend(schema, { rules, limits: { tables: { posts: "5/10" } } });
// @ts-expect-error: no path
defineBackend(schema, { rules, routes: () => () => new Response(), limits: { routes: { search: "5/1h" } } });

// Routes
// @ts-expect-error: a handler is made, not given
defineBackend(schema, { rules, routes: async (request: Request) => new Response(request.url) });
// @ts-expect-error: a handler is made at once
defineBackend(schema, { rules, routes: async () => () => new Response() });
// @ts-expect-error: a handler answers
defineBackend(schema, { rules, routes: () => () => "Hello" });
// @ts-expect-error: no app
defineBackend(schema, { rules, routes: {} });
// @ts-expect-error: an app answers
defineBackend(schema, { rules, routes: { fetch: () => "Hello" } });
