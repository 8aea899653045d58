import { type Db, bool, date, decimal, defineSchema, id, integer, json, ref, secret, table, text } from "chassis";

type Flat<T> = { [K in keyof T]: T[K] };
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
/** Compiles where the two types are the same. */
function same<A, B>(_same: Same<Flat<A>, Flat<B>>): void {}

const schema = defineSchema(
  {
    users: { name: text().max(80).search(), password: secret().min(12), admin: bool().default(false) },
    schools: {
      name: text().search(),
      featured: bool().default(false),
      country: text().length(2).optional(),
      fee: decimal(10, 2).default("0.00"),
      founded: date().optional(),
      tags: json<readonly string[]>(),
    },
    reviews: table(
      {
        school: ref("schools").onDelete("cascade").immutable(),
        author: ref("users").defaultToActor(),
        moderator: ref("users").optional().inverse("moderated"),
        stars: integer(),
        body: text().search(),
      },
      { unique: [["school", "author"]] },
    ),
    profiles: { id: id("integer"), user: ref("users").unique(), bio: text() },
    games: { in: integer(), like: text() },
    plays: { game: ref("games").inverse("plays") },
  },
  { computed: { schools: (row) => ({ rating: row.reviews.avg((review) => review.stars) }) } },
);
declare const db: Db<typeof schema>;

export async function reads(): Promise<void> {
  const all = await db.reviews.list();
  same<
    (typeof all)[number],
    {
      readonly id: string;
      readonly school: string;
      readonly author: string;
      readonly moderator: string | null;
      readonly stars: number;
      readonly body: string;
      readonly created: string;
      readonly updated: string;
      readonly version: number;
    }
  >(true);
  const some = await db.reviews.list({
    where: {
      stars: { gte: 4 },
      school: { country: "nl", rating: { gt: 3 } },
      author: { name: { search: "x" } },
      moderator: null,
      or: [{ stars: 1 }, { not: { author: "id" } }],
    },
    orderBy: { created: "desc", moderator: { direction: "asc", nulls: "first" } },
    select: ["id", "stars"],
    include: {
      author: {
        select: ["name"],
        include: {
          profiles: { select: ["bio"] },
          moderated: { select: ["stars"], where: { stars: 1 }, orderBy: [{ stars: "desc" }], limit: 3 },
        },
      },
      school: true,
    },
    limit: 20,
  });
  const [first] = some;
  if (first) {
    same<typeof first.stars, number>(true);
    same<NonNullable<typeof first.author>["name"], string>(true);
    same<NonNullable<NonNullable<typeof first.author>["profiles"]>, { readonly bio: string }>(true);
    same<NonNullable<typeof first.author>["moderated"], readonly { readonly stars: number }[]>(true);
    same<NonNullable<typeof first.school>["rating"], number | null>(true);
    // @ts-expect-error: not selected
    void first.created;
  }
  const a = await db.schools.aggregate({
    groupBy: ["country"],
    values: { schools: "count", rating: { avg: "rating" }, oldest: { min: "founded" } },
  });
  same<
    (typeof a)[number],
    { readonly country: string | null; readonly schools: number; readonly rating: number | null; readonly oldest: string | null }
  >(true);
  await db.plays.list({
    where: { game: { some: { in: 4, like: { like: "a%" }, id: { in: ["a"] } }, gt: "b" }, not: { game: ["a"][0] ?? "b" } },
  });
  await db.games.list({ where: { in: { in: [4] }, like: "x" } });
  const b = await db.schools.aggregate({ values: { schools: "count" } });
  same<(typeof b)[number], { readonly schools: number }>(true);
}

/** The examples of docs/reference/db.md: a test compares them. */
export async function documented(): Promise<void> {
  await db.reviews.list({
    where: {
      stars: { gte: 4 },
      school: { country: "nl" },
      author: { reviews: { none: { stars: 1 } } },
      or: [{ body: { search: "calm" } }, { moderator: null }],
    },
  });

  const [review] = await db.reviews.list({
    select: ["stars", "created"],
    include: {
      author: { select: ["name"] },
      school: { include: { reviews: { where: { stars: 5 }, orderBy: { created: "desc" }, limit: 3 } } },
    },
    orderBy: [{ stars: "desc" }, { moderator: { direction: "asc", nulls: "first" } }],
  });
  const name = review?.author?.name;

  const byCountry = await db.schools.aggregate({
    groupBy: ["country"],
    values: { schools: "count", rating: { avg: "rating" }, oldest: { min: "founded" } },
    where: { featured: true },
  });
  void [name, byCountry];
}

export async function mistakes(): Promise<void> {
  // @ts-expect-error: no table
  void db.scools;
  // @ts-expect-error: misspelt
  await db.reviews.list({ where: { starz: 1 } });
  // @ts-expect-error: another kind
  await db.reviews.list({ where: { stars: "1" } });
  // @ts-expect-error: misspelt in a relation
  await db.reviews.list({ where: { school: { contry: "nl" } } });
  // @ts-expect-error: misspelt in a list of conditions
  await db.reviews.list({ where: { or: [{ stars: 1 }, { starz: 1 }] } });
  // @ts-expect-error: no operator of numbers
  await db.reviews.list({ where: { stars: { like: "a" } } });
  // @ts-expect-error: never null
  await db.reviews.list({ where: { author: null } });
  // @ts-expect-error: to-many needs a quantifier
  await db.users.list({ where: { reviews: { stars: 1 } } });
  // @ts-expect-error: a field that is named like an operator needs some, and so does that operator
  await db.plays.list({ where: { game: { in: 4 } } });
  // @ts-expect-error: likewise
  await db.plays.list({ where: { game: { in: ["a"] } } });
  // @ts-expect-error: likewise
  await db.plays.list({ where: { game: { like: "x" } } });
  // @ts-expect-error: a secret is not filtered by
  await db.users.list({ where: { password: "x" } });
  // @ts-expect-error: misspelt
  await db.reviews.list({ selct: ["id"] });
  await db.reviews.list({
    // @ts-expect-error: misspelt
    select: ["idd"],
  });
  await db.reviews.list({
    // @ts-expect-error: misspelt
    orderBy: { creatd: "desc" },
  });
  await db.reviews.list({
    include: {
      // @ts-expect-error: misspelt
      authr: true,
    },
  });
  await db.reviews.list({
    include: {
      // @ts-expect-error: misspelt
      author: { selct: ["name"] },
    },
  });
  await db.reviews.list({
    include: {
      author: {
        // @ts-expect-error: misspelt
        select: ["nam"],
      },
    },
  });
  await db.reviews.list({
    include: {
      author: {
        where: {
          // @ts-expect-error: misspelt
          nam: "x",
        },
      },
    },
  });
  await db.reviews.list({
    include: {
      author: {
        include: {
          // @ts-expect-error: misspelt
          profils: true,
        },
      },
    },
  });
}

export async function writes(): Promise<void> {
  const review = await db.reviews.create({ school: "s", stars: 5, body: "b" });
  same<typeof review.moderator, string | null>(true);
  const profile = await db.profiles.update(1, { bio: "b" });
  same<typeof profile.id, number>(true);
  const ids = await db.profiles.createMany([{ user: "u", bio: "b" }]);
  same<typeof ids, readonly number[]>(true);
  const merged = await db.reviews.upsert({ school: "s", stars: 5, body: "b" }, { onConflict: ["school", "author"] });
  same<typeof merged.stars, number>(true);
  const passed = await db.reviews.upsert({ school: "s", stars: 5, body: "b" }, { resolution: "ignore" });
  same<NonNullable<typeof passed>, typeof merged>(true);
  // @ts-expect-error: null where the row that was there stays
  void passed.stars;
  const changed = await db.reviews.updateMany({ where: {}, set: { stars: 1 } });
  same<typeof changed, number>(true);
  const { rows, next } = await db.reviews.page({ select: ["stars"], after: null, limit: 10, count: "exact" });
  same<typeof rows, readonly { readonly stars: number }[]>(true);
  same<typeof next, string | null>(true);
}

export async function writeMistakes(): Promise<void> {
  // @ts-expect-error: stars are missing
  await db.reviews.create({ school: "s", body: "b" });
  // @ts-expect-error: misspelt
  await db.reviews.create({ school: "s", stars: 5, body: "b", stras: 4 });
  // @ts-expect-error: the server's own
  await db.reviews.create({ school: "s", stars: 5, body: "b", version: 4 });
  // @ts-expect-error: computed
  await db.schools.create({ name: "n", tags: [], rating: 4 });
  // @ts-expect-error: never changes
  await db.reviews.update("id", { school: "s" });
  // @ts-expect-error: ids of profiles are numbers
  await db.profiles.get("1");
  // @ts-expect-error: which rows must be said
  await db.reviews.deleteMany({});
  // @ts-expect-error: misspelt
  await db.reviews.updateMany({ where: { stras: 1 }, set: { stars: 1 } });
  // @ts-expect-error: no such column
  await db.reviews.upsert({ school: "s", stars: 5, body: "b" }, { onConflict: ["scool"] });
  // @ts-expect-error: misspelt
  await db.schools.aggregate({ values: { mean: { avg: "ratng" } } });
  // @ts-expect-error: no such figure
  await db.schools.aggregate({ values: { mean: { median: "rating" } } });
  // @ts-expect-error: ordered by what it is not grouped by
  await db.schools.aggregate({ groupBy: ["country"], values: { schools: "count" }, orderBy: { name: "asc" } });
  // @ts-expect-error: SQL goes around the rules, and asSystem() says so
  void db.sql;
  // @ts-expect-error: the system is it already
  void db.asSystem().asSystem;
}

export async function sql(): Promise<void> {
  const { sql } = db.asSystem();
  const rows = await sql.selectFrom("schools").select(["name", "fee", "tags"]).where("country", "=", "nl").execute();
  same<(typeof rows)[number], { name: string; fee: number | bigint; tags: string }>(true);
  await sql.insertInto("reviews").values({ school: "s", author: "a", stars: 1, body: "b" }).execute();
  // @ts-expect-error: misspelt
  void sql.selectFrom("scools");
  // @ts-expect-error: computed fields are no columns
  void sql.selectFrom("schools").select("rating");
  // @ts-expect-error: stars are missing
  void sql.insertInto("reviews").values({ school: "s", author: "a", body: "b" });
}
