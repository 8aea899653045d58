import { type Actor, AppError, type Row } from "chassis";
import type { FinderQuery } from "../pages/finder.ts";
import type { ReviewView, SchoolView } from "../pages/views.ts";
import type { schema } from "../schema.ts";
import { decodePlace, encodePlace } from "./cursor.ts";
import { beyond, type Data, type Direction, finderOrder, finderWhere, type SchoolWhere } from "./finder-query.ts";
import type { FoundSchools, PathwaysStore } from "./store.ts";

const pageSize = 20;
const listLimit = 100;

const schoolColumns = [
  "id",
  "domain",
  "name",
  "sort_name",
  "other_names",
  "country",
  "featured",
  "rating",
  "review_count",
  "score",
] as const;

type SchoolRow = Pick<Row<typeof schema, "schools">, (typeof schoolColumns)[number]>;

/** The store of one caller: everything it does goes through `db`, which is `me`'s, and so under the rules. */
export function createStore(db: Data, me: Actor | null): PathwaysStore {
  async function schoolsWhere(where: SchoolWhere): Promise<readonly SchoolView[]> {
    const orderBy = finderOrder("name", "forward");
    return (await db.schools.list({ where, select: schoolColumns, orderBy, limit: listLimit })).map(schoolView);
  }

  function signedIn(): Actor {
    if (me === null) throw new AppError("signInRequired");
    return me;
  }

  async function page(
    query: FinderQuery,
    { cursor, direction }: { readonly cursor: string | null; readonly direction: Direction },
  ): Promise<Omit<FoundSchools, "total">> {
    const rest = cursor === null ? [] : [beyond(query.sort, { place: decodePlace(query.sort, cursor), direction })];
    const rows = await db.schools.list({
      where: { and: [finderWhere(query), ...rest] },
      select: schoolColumns,
      orderBy: finderOrder(query.sort, direction),
      // One more than the page shows: whether there is anything beyond it.
      limit: pageSize + 1,
    });
    const shown = rows.slice(0, pageSize);
    const more = rows.length > pageSize;
    if (direction === "backward") shown.reverse();
    const place = (row: SchoolRow | undefined): string | null =>
      row === undefined
        ? null
        : encodePlace(query.sort, { score: query.sort === "rating" ? row.score : 0, name: row.sort_name, domain: row.domain });
    const [first, last] = [place(shown.at(0)), place(shown.at(-1))];
    return direction === "forward"
      ? { schools: shown.map(schoolView), previous: cursor === null ? null : first, next: more ? last : null }
      : { schools: shown.map(schoolView), previous: more ? first : null, next: last };
  }

  return {
    async find(query, { after, before }) {
      const start =
        before === null ? { cursor: after, direction: "forward" as const } : { cursor: before, direction: "backward" as const };
      const [found, total] = await Promise.all([page(query, start), db.schools.count({ where: finderWhere(query) })]);
      return { ...found, total };
    },
    async countries() {
      const rows = await db.schools.aggregate({ groupBy: ["country"], values: { schools: "count" } });
      return {
        total: rows.reduce((sum, row) => sum + row.schools, 0),
        countries: rows.flatMap(({ country, schools }) => (country === null ? [] : [{ code: country, schools }])),
      };
    },
    async school(domain) {
      const [school] = await schoolsWhere({ domain: domain.toLowerCase() });
      return school ?? null;
    },
    async reviews(school) {
      const rows = await db.reviews.list({
        where: { school },
        select: ["id", "stars", "body", "created", "version"],
        include: { author: { select: ["id", "name"] } },
        orderBy: { created: "desc" },
        limit: listLimit,
      });
      return rows.map(
        ({ author, version, ...row }): ReviewView => ({
          ...row,
          author: author?.name ?? "Somebody",
          edited: version > 1,
          mine: me !== null && author?.id === me.id,
        }),
      );
    },
    async review(school, { stars, body }) {
      const author = signedIn().id;
      await db.reviews.upsert({ school, author, stars, body }, { onConflict: ["school", "author"] });
    },
    async deleteReview(id) {
      await db.reviews.deleteMany({ where: { id } });
    },
    async isSaved(school) {
      return (await db.saved_schools.count({ where: { owner: signedIn().id, school } })) > 0;
    },
    async save(school, saved) {
      const owner = signedIn().id;
      if (saved) await db.saved_schools.upsert({ owner, school }, { onConflict: ["owner", "school"], resolution: "ignore" });
      else await db.saved_schools.deleteMany({ where: { owner, school } });
    },
    savedSchools: async () => schoolsWhere({ saved_schools: { some: { owner: signedIn().id } } }),
    featuredSchools: () => schoolsWhere({ featured: true }),
    async setFeatured(id, featured) {
      await db.schools.update(id, { featured });
    },
    async compare(domains) {
      const wanted = domains.map((domain) => domain.toLowerCase());
      const found = await schoolsWhere({ domain: { in: wanted } });
      return wanted.flatMap((domain) => found.find((school) => school.domain === domain) ?? []);
    },
    async name() {
      if (me === null) return null;
      return (await db.users.get(me.id, { select: ["name"] }))?.name ?? null;
    },
    async account() {
      const { address = null, digest = false, notices = false } = (await db.users.get(signedIn().id)) ?? {};
      return { address, digest, notices };
    },
    async setAccount(account) {
      await db.users.update(signedIn().id, account);
    },
  };
}

function schoolView(row: SchoolRow): SchoolView {
  const { id, domain, name, other_names, country, featured, rating, review_count } = row;
  return { id, domain, name, otherNames: other_names?.split("\n") ?? [], country, featured, rating, reviewCount: review_count };
}
