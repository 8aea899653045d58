/** The typed client: what must compile, to which types, and what must not. Checked by `npm run types`; nothing here runs. */
import {
  bool,
  defineBackend,
  defineSchema,
  everyone,
  id,
  integer,
  json,
  mutation,
  nobody,
  query,
  ref,
  secret,
  table,
  text,
} from "chassis";
import { type Call, ChassisError, createClient } from "chassis/client";
import { z } from "zod";

type Flat<T> = { [K in keyof T]: T[K] };
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
/** Compiles where the two types are the same. */
function same<A, B>(_same: Same<Flat<A>, Flat<B>>): void {}

const schema = defineSchema({
  users: { name: text().max(80).search(), password: secret().min(12), admin: bool().default(false) },
  schools: { name: text().search(), country: text().length(2).optional(), tags: json<readonly string[]>() },
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
  pages: table({ title: text() }, { history: true, softDelete: true }),
  batch: { size: integer() },
});
const open = () => ({ read: everyone, write: nobody });
const backend = defineBackend(schema, {
  rules: { users: open, schools: open, reviews: open, profiles: open, games: open, plays: open, pages: open, batch: open },
  functions: {
    compare: query(
      { access: everyone, input: z.object({ ids: z.array(z.string()), deep: z.boolean().optional() }) },
      ({ db, input }) => db.schools.list({ where: { id: { in: input.ids } }, select: ["name"] }),
    ),
    popular: query({ access: everyone }, () => [{ title: "a", at: new Date(), none: undefined as string | undefined }]),
    rename: mutation({ access: everyone, input: z.string().default("x") }, ({ input }) => ({ input })),
  },
});
const api = createClient<typeof backend>("https://example.org");

export async function reads(): Promise<void> {
  const all = await api.reviews.list();
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
  const signal = AbortSignal.timeout(1000);
  const some = await api.reviews.list({
    where: {
      stars: { gte: 4 },
      school: { country: "nl", reviews: { none: { stars: 1 } } },
      moderator: null,
      or: [{ stars: 1 }, { not: { author: "id" } }],
    },
    orderBy: [{ created: "desc" }, { moderator: { direction: "asc", nulls: "first" } }],
    select: ["id", "stars"],
    include: {
      author: { select: ["name"], include: { moderated: { select: ["stars"], where: { stars: 1 }, limit: 3 } } },
      school: true,
    },
    limit: 20,
    signal,
    timeout: 500,
    retries: 0,
    headers: { "x-mine": "1" },
  });
  const [first] = some;
  if (first) {
    same<typeof first.stars, number>(true);
    same<NonNullable<typeof first.author>["name"], string>(true);
    same<NonNullable<typeof first.author>["moderated"], readonly { readonly stars: number }[]>(true);
    same<NonNullable<typeof first.school>["tags"], readonly string[]>(true);
    // @ts-expect-error: not selected
    void first.created;
  }
  same<Awaited<ReturnType<typeof api.users.count>>, number>(true);
  const one = await api.users.get("id", { select: ["name"] });
  same<typeof one, { readonly name: string } | null>(true);
  const { rows, next, total } = await api.reviews.page({ select: ["stars"], after: null, count: "exact" });
  same<typeof rows, readonly { readonly stars: number }[]>(true);
  void [next, total];
  for await (const review of api.reviews.each({ select: ["stars"], pageSize: 500, where: { stars: 5 } }))
    same<typeof review, { readonly stars: number }>(true);
  const figures = await api.reviews.aggregate({
    groupBy: ["school"],
    values: { reviews: "count", mean: { avg: "stars" } },
    signal,
  });
  same<(typeof figures)[number], { readonly school: string; readonly reviews: number; readonly mean: number | null }>(true);
  const [version] = await api.pages.versions("id");
  same<
    typeof version extends { values: infer V } | undefined ? NonNullable<V> : never,
    Awaited<ReturnType<typeof api.pages.restore>>
  >(true);
  const size = (await api.table("batch").list()).map((row) => row.size);
  same<typeof size, number[]>(true);
  // An undefined signal is none: as queries give it.
  await api.users.list({ signal: undefined });
}

export async function writes(): Promise<void> {
  const review = await api.reviews.create({ school: "s", stars: 5, body: "b" }, { idempotencyKey: "k" });
  same<typeof review.moderator, string | null>(true);
  const ids = await api.profiles.createMany([{ user: "u", bio: "b" }]);
  same<typeof ids, readonly number[]>(true);
  const changed = await api.profiles.update(1, { bio: "b" }, { version: 2 });
  same<typeof changed.id, number>(true);
  const passed = await api.reviews.upsert(
    { school: "s", stars: 5, body: "b" },
    { onConflict: ["school", "author"], resolution: "ignore" },
  );
  // @ts-expect-error: null where the row that was there stays
  void passed.stars;
  const [made, count, found] = await api.batch([
    api.users.create({ name: "n", password: "p" }),
    api.reviews.deleteMany({ where: { stars: 1 } }),
    api.fn.compare({ ids: [] }),
  ]);
  same<typeof made.name, string>(true);
  same<typeof count, number>(true);
  same<typeof found, readonly { readonly name: string }[]>(true);
}

export async function functions(): Promise<void> {
  const found = await api.fn.compare({ ids: ["a"] }, { method: "GET" });
  same<typeof found, readonly { readonly name: string }[]>(true);
  const [popular] = await api.fn.popular();
  same<NonNullable<typeof popular>["at"], string>(true);
  const renamed = await api.fn.rename();
  same<typeof renamed.input, string>(true);
  await api.fn.rename("y", { timeout: 5 });
}

export async function signIn(): Promise<void> {
  const outcome = await api.auth.signIn({ email: "a@example.org", password: "p" });
  if ("factors" in outcome) await api.auth.signInWithFactor({ totp: "123456" });
  else same<typeof outcome.user, string>(true);
  await api.auth.signUp({ email: "a@example.org", password: "p", user: { name: "Ada", password: "secret" } });
}

export function errors(error: unknown): void {
  if (!(error instanceof ChassisError)) return;
  if (error.error === "uniqueViolation" || error.code === "23505" || error.error === "networkFailed") void error.fields[0]?.field;
  // @ts-expect-error: no such error
  if (error.error === "uniqueViolatoin") return;
  // @ts-expect-error: no such code
  if (error.code === "23599") return;
}

export async function mistakes(): Promise<void> {
  // @ts-expect-error: no table
  void api.scools;
  // @ts-expect-error: that is the batch, which has no lists
  void api.batch.list;
  // @ts-expect-error: no table
  void api.table("scools");
  // @ts-expect-error: misspelt
  await api.reviews.list({ where: { starz: 1 } });
  // @ts-expect-error: another kind
  await api.reviews.list({ where: { stars: "1" } });
  // @ts-expect-error: misspelt in a relation
  await api.reviews.list({ where: { school: { contry: "nl" } } });
  // @ts-expect-error: misspelt in a list of conditions
  await api.reviews.list({ where: { or: [{ stars: 1 }, { starz: 1 }] } });
  // @ts-expect-error: a field that is named like an operator needs some
  await api.plays.list({ where: { game: { in: 4 } } });
  // @ts-expect-error: to-many needs a quantifier
  await api.users.list({ where: { reviews: { stars: 1 } } });
  // @ts-expect-error: a secret is not filtered by
  await api.users.list({ where: { password: "x" } });
  // @ts-expect-error: misspelt
  await api.reviews.list({ selct: ["id"] });
  // @ts-expect-error: misspelt
  await api.reviews.list({ signl: AbortSignal.timeout(1) });
  await api.reviews.list({
    // @ts-expect-error: misspelt
    select: ["idd"],
  });
  await api.reviews.list({
    // @ts-expect-error: misspelt
    orderBy: { creatd: "desc" },
  });
  await api.reviews.list({
    include: {
      // @ts-expect-error: misspelt
      authr: true,
    },
  });
  await api.reviews.list({
    include: {
      author: {
        // @ts-expect-error: misspelt
        select: ["nam"],
      },
    },
  });
  await api.reviews.list({
    include: {
      author: {
        where: {
          // @ts-expect-error: misspelt
          nam: "x",
        },
      },
    },
  });
  await api.reviews.list({
    include: {
      author: {
        include: {
          // @ts-expect-error: misspelt
          profils: true,
        },
      },
    },
  });
  // @ts-expect-error: ids of profiles are numbers
  await api.profiles.get("1");
  // @ts-expect-error: this table has no history
  await api.users.list({ asOf: "2026-01-01T00:00:00Z" });
  // @ts-expect-error: nor anything to restore
  await api.users.restore("id");
  // @ts-expect-error: misspelt
  for await (const row of api.reviews.each({ pagesize: 4 })) void row;
  // @ts-expect-error: an iteration has no limit of its own
  for await (const row of api.reviews.each({ limit: 4 })) void row;
}

export async function writeMistakes(): Promise<void> {
  // @ts-expect-error: stars are missing
  await api.reviews.create({ school: "s", body: "b" });
  // @ts-expect-error: misspelt
  await api.reviews.create({ school: "s", stars: 5, body: "b", stras: 4 });
  // @ts-expect-error: misspelt in a list
  await api.reviews.createMany([{ school: "s", stars: 5, body: "b", stras: 4 }]);
  // @ts-expect-error: never changes
  await api.reviews.update("id", { school: "s" });
  // @ts-expect-error: which rows must be said
  await api.reviews.deleteMany({});
  // @ts-expect-error: misspelt
  await api.reviews.updateMany({ where: { stras: 1 }, set: { stars: 1 } });
  // @ts-expect-error: misspelt
  await api.reviews.updateMany({ where: {}, set: { stras: 1 } });
  // @ts-expect-error: misspelt
  await api.schools.aggregate({ values: { mean: { avg: "ratng" } } });
  // @ts-expect-error: a promise is no call
  await api.batch([Promise.resolve(1)]);
}

export async function functionMistakes(): Promise<void> {
  // @ts-expect-error: no function
  await api.fn.compar({ ids: [] });
  // @ts-expect-error: misspelt
  await api.fn.compare({ idz: [] });
  // @ts-expect-error: misspelt beside what is right
  await api.fn.compare({ ids: [], deap: true });
  // @ts-expect-error: it takes an input
  await api.fn.compare();
  // @ts-expect-error: it takes none
  await api.fn.popular({ a: 1 });
  // @ts-expect-error: no such method
  await api.fn.popular(undefined, { method: "PUT" });
}

export function authMistakes(): void {
  // @ts-expect-error: misspelt
  void api.auth.signIn({ emial: "a", password: "p" });
  // @ts-expect-error: the name is missing
  void api.auth.signUp({ email: "a", password: "p", user: {} });
  // @ts-expect-error: no such purpose
  void api.auth.passkeyOptions("signin");
  // @ts-expect-error: misspelt
  void createClient<typeof backend>("https://example.org", { retrys: 3 });
  // @ts-expect-error: that is no back end
  void createClient<typeof schema>("https://example.org");
}

/** What an editor shows: a call, and in it what the row has. */
export function shown(): Call<readonly { readonly stars: number }[]> {
  return api.reviews.list({ select: ["stars"] });
}
