/** What must compile, and to which types. Checked by `npm run types`; nothing here runs. */
import { Hono } from "hono";
import type { ColumnType, Generated } from "kysely";
import { z } from "zod";
import {
  type Actor,
  type ActorOf,
  and,
  bool,
  bytes,
  type Condition,
  date,
  type Db,
  decimal,
  defineBackend,
  defineSchema,
  email,
  enums,
  everyone,
  functionsOf,
  type Insert,
  id,
  integer,
  json,
  type KyselyDatabase,
  mutation,
  nobody,
  not,
  now,
  query,
  type Relations,
  type Row,
  type RuleScope,
  real,
  ref,
  type SystemDb,
  secret,
  signedIn,
  type TableName,
  table,
  text,
  timestamp,
  today,
  type Update,
  url,
} from "chassis";

type Flat<T> = { [K in keyof T]: T[K] };
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
/** Compiles where the two types are the same. */
function same<A, B>(_same: Same<Flat<A>, Flat<B>>): void {}

const schema = defineSchema(
  {
    users: { name: text().max(80), email: email().unique(), password: secret().min(12), admin: bool().default(false) },
    schools: {
      name: text().max(200).search(),
      site: url().optional(),
      country: text().length(2).optional().index(),
      fee: decimal(10, 2).default("0.00"),
      lat: real().min(-90).max(90).optional(),
      founded: date().default(today),
      data: json<{ readonly motto: string }>(),
      tags: json(z.array(z.string())),
      logo: bytes().max(1000).optional(),
    },
    reviews: table(
      {
        school: ref("schools").onDelete("cascade").immutable(),
        author: ref("users").defaultToActor(),
        moderator: ref("users").optional().inverse("moderated"),
        stars: integer().min(1).max(5),
        body: text().max(4000).default(""),
        status: enums("draft", "live").default("draft"),
        at: timestamp().default(now),
      },
      {
        unique: [["school", "author"]],
        indexes: [["status", "stars"]],
        checks: (row) => ({ explained: row.stars.gt(1).or(row.body.length().gt(0)), priced: row.at.lt(row.at.plusSeconds(1)) }),
      },
    ),
    profiles: { id: id("integer"), user: ref("users").unique(), bio: text() },
    follows: table(
      { follower: ref("users").inverse("following"), followed: ref("users").inverse("followers") },
      { unique: [["follower", "followed"]] },
    ),
    badges: { id: id("text"), title: text() },
    awards: table({ badge: ref("badges"), profile: ref("profiles") }, { unique: [["badge", "profile"]] }),
  },
  {
    roles: ["editor", "admin"],
    claims: { organisation: text(), level: integer() },
    computed: {
      schools: (row) => ({
        rating: row.reviews.avg((review) => review.stars),
        reviewCount: row.reviews.count(),
        doubled: row.fee.times(2),
        best: row.reviews.max((review) => review.at),
      }),
      reviews: (row) => ({ schoolName: row.school.name, moderatorName: row.moderator.name }),
    },
  },
);
type S = typeof schema;

interface Managed {
  readonly created: string;
  readonly updated: string;
  readonly version: number;
}

same<TableName<S>, "users" | "schools" | "reviews" | "profiles" | "follows" | "badges" | "awards">(true);
same<
  Row<S, "users">,
  Flat<Managed & { readonly id: string; readonly name: string; readonly email: string; readonly admin: boolean }>
>(true);
same<
  Row<S, "schools">,
  Flat<
    Managed & {
      readonly id: string;
      readonly name: string;
      readonly site: string | null;
      readonly country: string | null;
      readonly fee: string;
      readonly lat: number | null;
      readonly founded: string;
      readonly data: { readonly motto: string };
      readonly tags: string[];
      readonly logo: string | null;
      readonly rating: number | null;
      readonly reviewCount: number;
      readonly doubled: string;
      readonly best: string | null;
    }
  >
>(true);
same<Row<S, "reviews">["school"], string>(true);
same<Row<S, "reviews">["status"], "draft" | "live">(true);
same<Row<S, "reviews">["schoolName"], string>(true);
same<Row<S, "reviews">["moderatorName"], string | null>(true);
same<Row<S, "awards">["profile"], number>(true);
same<Row<S, "awards">["badge"], string>(true);

same<
  Insert<S, "reviews">,
  {
    readonly school: string;
    readonly stars: number;
    readonly author?: string;
    readonly moderator?: string | null;
    readonly body?: string;
    readonly status?: "draft" | "live";
    readonly at?: string;
    readonly id?: string;
  }
>(true);
same<Insert<S, "badges">, { readonly id: string; readonly title: string }>(true);
same<Insert<S, "users">["password"], string>(true);
same<Insert<S, "schools">["fee"], string | number | undefined>(true);
same<
  Update<S, "reviews">,
  {
    readonly author?: string;
    readonly moderator?: string | null;
    readonly stars?: number;
    readonly body?: string;
    readonly status?: "draft" | "live";
    readonly at?: string;
  }
>(true);

interface To<T extends string, N extends "one" | "many"> {
  readonly table: T;
  readonly cardinality: N;
}
type Ways<T extends TableName<S>> = { [K in keyof Relations<S, T>]: Flat<Relations<S, T>[K]> };
same<Ways<"schools">, { readonly reviews: Flat<To<"reviews", "many">>; readonly users: Flat<To<"users", "many">> }>(true);
same<
  Ways<"users">,
  {
    readonly reviews: Flat<To<"reviews", "many">>;
    readonly moderated: Flat<To<"reviews", "many">>;
    readonly profiles: Flat<To<"profiles", "one">>;
    readonly following: Flat<To<"follows", "many">>;
    readonly followers: Flat<To<"follows", "many">>;
    readonly schools: Flat<To<"schools", "many">>;
  }
>(true);
same<Ways<"follows">, { readonly follower: Flat<To<"users", "one">>; readonly followed: Flat<To<"users", "one">> }>(true);
same<
  Ways<"profiles">,
  {
    readonly user: Flat<To<"users", "one">>;
    readonly awards: Flat<To<"awards", "many">>;
    readonly badges: Flat<To<"badges", "many">>;
  }
>(true);

type Tables = KyselyDatabase<S>;
same<Tables["users"]["password"], string>(true);
same<Tables["users"]["admin"], ColumnType<0 | 1, 0 | 1 | undefined, 0 | 1>>(true);
same<Tables["schools"]["version"], Generated<number>>(true);
same<Tables["schools"]["data"], string>(true);
same<Tables["schools"]["logo"], ColumnType<Uint8Array | null, Uint8Array | null | undefined, Uint8Array | null>>(true);
same<Tables["awards"]["profile"], number>(true);
same<"rating" extends keyof Tables["schools"] ? true : false, false>(true);

// Rules, and functions in a file of their own.
const reviewRules = ({ row, next, me }: RuleScope<S, "reviews">) => ({
  read: row.status.eq("live").or(row.author.eq(me.id)),
  create: and(row.author.eq(me.id), row.school.country.isNotNull(), not(row.stars.in([1, 2]))),
  update: row.author.eq(me.id).and(next.stars.gte(row.stars), next.author.eq(row.author)),
  delete: me.hasRole("editor").or(row.moderator.eq(me.id), row.author.profiles.bio.like("%x%")),
  fields: { body: { read: row.status.eq("live"), write: me.claim("level").gt(3) } },
});
const own = functionsOf(schema);
const named = own.query(
  { input: z.object({ n: z.number().default(1) }), access: ({ me }) => me.hasRole("admin") },
  ({ db, input }) => {
    same<Db<S>, typeof db>(true);
    same<{ n: number }, typeof input>(true);
    return Promise.resolve([input.n]);
  },
);

const backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({
      read: everyone,
      write: row.id.eq(me.id),
      delete: nobody,
      fields: { email: { read: row.id.eq(me.id).or(row.followers.some((follow) => follow.follower.eq(me.id))) } },
    }),
    schools: ({ row, me }) => ({
      read: row.rating.gt(3.5).or(
        row.users.none((user) => user.admin),
        row.fee.dividedBy(3).lt(1.5),
        row.fee.lt("1.50"),
        row.data.text("motto").eq("x"),
      ),
      write: row.reviews
        .where((review) => review.stars.eq(5))
        .every((review) => review.author.admin)
        .and(me.claim("organisation").eq(row.name)),
    }),
    reviews: reviewRules,
    profiles: ({ row, me }) => ({ read: row.user.eq(me.id).and(row.badges.some(), row.id.gt(4)), write: me.isSignedIn }),
    follows: () => ({ read: signedIn, write: nobody }),
    badges: () => ({ read: everyone, write: nobody }),
    awards: ({ row, me }) => ({ read: row.profile.user.name.lower().neq("x"), write: row.profile.user.eq(me.id) }),
  },
  functions: {
    named,
    compare: query(
      { input: z.object({ ids: z.string().transform((text) => text.length) }), access: everyone },
      async ({ db, input, me, signal }) => {
        same<Db<S>, typeof db>(true);
        same<SystemDb<S>, ReturnType<(typeof db)["asSystem"]>>(true);
        same<{ ids: number }, typeof input>(true);
        same<ActorOf<S> | null, typeof me>(true);
        const actor: Actor | null = me;
        void actor;
        void me?.roles.map((role) => same<{ role: "editor" | "admin" }, { role: typeof role }>(true));
        same<AbortSignal, typeof signal>(true);
        return { count: input.ids };
      },
    ),
    plain: mutation({ access: signedIn }, ({ input }) => {
      same<undefined, typeof input>(true);
      return 4;
    }),
  },
  routes: (app) => async (request) => {
    const { me, db } = await app.as(request);
    same<Db<S>, typeof db>(true);
    return new Response(me?.id);
  },
});

// Routes are a fetch handler's maker, an app, or an app's maker.
const pages = defineSchema({ pages: { title: text() } });
const closed = { pages: () => ({ read: nobody, write: nobody }) };
defineBackend(pages, { rules: closed, routes: new Hono() });
defineBackend(pages, {
  rules: closed,
  routes: (app) => {
    same<SystemDb<typeof pages>, ReturnType<typeof app.asSystem>>(true);
    return new Hono();
  },
});

type Signatures = NonNullable<(typeof backend)["~functions"]>;
same<
  Flat<Signatures["named"]>,
  { readonly input: { n?: number | undefined }; readonly output: number[]; readonly type: "query" }
>(true);
same<
  Flat<Signatures["compare"]>,
  { readonly input: { ids: string }; readonly output: { count: number }; readonly type: "query" }
>(true);
same<Flat<Signatures["plain"]>, { readonly input: undefined; readonly output: number; readonly type: "mutation" }>(true);

// Conditions can be shared.
const isOwn = (row: RuleScope<S, "reviews">["row"], me: RuleScope<S, "reviews">["me"]): Condition => row.author.eq(me.id);
void isOwn;
