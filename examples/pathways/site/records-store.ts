import { type Actor, AppError } from "chassis";
import type { FinderQuery } from "../pages/finder.ts";
import type { ReviewView, SchoolView } from "../pages/views.ts";
import { decodePlace, encodePlace } from "./cursor.ts";
import {
  all,
  any,
  beyond,
  type Condition,
  compare,
  type Data,
  type Direction,
  finderCondition,
  finderOrder,
  type MutationQuery,
  path,
  QueryValues,
  type SelectItem,
  type Selection,
} from "./finder-query.ts";
import type { FoundSchools, PathwaysStore } from "./store.ts";

const pageSize = 20;
const listLimit = 100;

interface SchoolRow {
  readonly id: string;
  readonly domain: string;
  readonly name: string;
  readonly sort_name: string;
  readonly other_names: string | null;
  readonly country: string | null;
  readonly featured: boolean;
  readonly rating: number | null;
  readonly review_count: number;
  readonly score: number;
}

interface ReviewRow {
  readonly id: string;
  readonly stars: number;
  readonly body: string;
  readonly created: string;
  readonly version: number;
  readonly author: string;
  readonly by: { readonly name: string } | null;
}

const schoolFields = fields(
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
);
const reviewFields: readonly SelectItem[] = [
  ...fields("id", "stars", "body", "created", "version", "author"),
  { type: "embed", target: "author", alias: "by", join: "left", spread: false, selection: { items: fields("name") } },
];

/** The store of one caller: everything it does goes through `db`, which is `me`'s, and so under the rules. */
export function createStore(db: Data, me: Actor | null): PathwaysStore {
  const write = async (query: MutationQuery): Promise<number> => (await db.write(query)).affected;

  async function list<R>(
    table: string,
    selection: Omit<Selection, "limit">,
    options: { values: QueryValues; limit?: number },
  ): Promise<readonly R[]> {
    const { values, limit = listLimit } = options;
    const { json } = await db.read({
      table,
      selection: { ...selection, limit: values.add(limit) },
      values: values.list,
      form: "json",
    });
    return JSON.parse(json) as readonly R[];
  }

  async function schoolsWhere(make: (values: QueryValues) => Condition): Promise<readonly SchoolView[]> {
    const values = new QueryValues();
    const rows = await list<SchoolRow>(
      "schools",
      { items: schoolFields, where: make(values), order: finderOrder("name", "forward") },
      { values },
    );
    return rows.map(schoolView);
  }

  function mine(values: QueryValues, column: string, schoolId: string): Condition {
    return all(compare(values, column, "eq", signedIn().id), compare(values, "school", "eq", schoolId));
  }

  function signedIn(): Actor {
    if (me === null) throw new AppError("signInRequired");
    return me;
  }

  async function count(query: FinderQuery): Promise<number> {
    const values = new QueryValues();
    const where = finderCondition(values, query);
    const selection: Selection = { items: [{ type: "count" }], ...(where === undefined ? {} : { where }) };
    const { json } = await db.read({ table: "schools", selection, values: values.list, form: "json" });
    const [row] = JSON.parse(json) as readonly { readonly count: number }[];
    return row?.count ?? 0;
  }

  async function page(
    query: FinderQuery,
    start: { readonly cursor: string | null; readonly direction: Direction },
  ): Promise<Omit<FoundSchools, "total">> {
    const { cursor, direction } = start;
    const values = new QueryValues();
    const found = finderCondition(values, query);
    const rest = cursor === null ? undefined : beyond(values, query.sort, { place: decodePlace(query.sort, cursor), direction });
    const conditions = [found, rest].filter((condition) => condition !== undefined);
    const rows = await list<SchoolRow>(
      "schools",
      {
        items: schoolFields,
        order: finderOrder(query.sort, direction),
        ...(conditions.length === 0 ? {} : { where: all(...conditions) }),
      },
      { values, limit: pageSize + 1 },
    );
    // One more than the page shows: whether there is anything beyond it.
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
      const [found, total] = await Promise.all([page(query, start), count(query)]);
      return { ...found, total };
    },
    async countries() {
      const { json } = await db.read({
        table: "schools",
        selection: { items: [...fields("country"), { type: "count", alias: "schools" }] },
        values: [],
        form: "json",
      });
      const rows = JSON.parse(json) as readonly { readonly country: string | null; readonly schools: number }[];
      return {
        total: rows.reduce((sum, row) => sum + row.schools, 0),
        countries: rows.flatMap(({ country, schools }) => (country === null ? [] : [{ code: country, schools }])),
      };
    },
    async school(domain) {
      const [school] = await schoolsWhere((values) => compare(values, "domain", "eq", domain.toLowerCase()));
      return school ?? null;
    },
    async reviews(schoolId) {
      const values = new QueryValues();
      const where = compare(values, "school", "eq", schoolId);
      const rows = await list<ReviewRow>(
        "reviews",
        { items: reviewFields, where, order: [{ path: path("created"), direction: "desc" }] },
        { values },
      );
      return rows.map((row) => reviewView(row, me));
    },
    async review(schoolId, { stars, body }) {
      const author = signedIn().id;
      const values = new QueryValues();
      const where = mine(values, "author", schoolId);
      const changed = await write({
        type: "update",
        table: "reviews",
        set: { stars, body },
        where,
        values: values.list,
        form: "json",
      });
      if (changed > 0) return;
      await write(insertOf("reviews", { school: schoolId, author, stars, body }));
    },
    async deleteReview(id) {
      const values = new QueryValues();
      await write({
        type: "delete",
        table: "reviews",
        where: compare(values, "id", "eq", id),
        values: values.list,
        form: "json",
      });
    },
    async isSaved(schoolId) {
      const values = new QueryValues();
      const where = mine(values, "owner", schoolId);
      return (await list("saved_schools", { items: fields("id"), where }, { values, limit: 1 })).length > 0;
    },
    async save(schoolId, saved) {
      const owner = signedIn().id;
      if (saved) {
        await write({
          ...insertOf("saved_schools", { owner, school: schoolId }),
          onConflict: { resolution: "ignore", columns: ["owner", "school"] },
        });
        return;
      }
      const values = new QueryValues();
      await write({
        type: "delete",
        table: "saved_schools",
        where: mine(values, "owner", schoolId),
        values: values.list,
        form: "json",
      });
    },
    savedSchools: () =>
      schoolsWhere((values) => ({
        type: "relation",
        relation: "saved_schools",
        quantifier: "some",
        where: compare(values, "owner", "eq", signedIn().id),
      })),
    featuredSchools: () => schoolsWhere(() => ({ type: "is", path: path("featured"), value: "true" })),
    async setFeatured(schoolId, featured) {
      const values = new QueryValues();
      const where = compare(values, "id", "eq", schoolId);
      const changed = await write({
        type: "update",
        table: "schools",
        set: { featured },
        where,
        values: values.list,
        form: "json",
      });
      if (changed === 0) throw new AppError("notFound");
    },
    async compare(domains) {
      const found = await schoolsWhere((values) =>
        any(...domains.map((domain) => compare(values, "domain", "eq", domain.toLowerCase()))),
      );
      return domains.flatMap((domain) => found.find((school) => school.domain === domain.toLowerCase()) ?? []);
    },
    async name() {
      if (me === null) return null;
      const values = new QueryValues();
      const [row] = await list<{ readonly name: string }>(
        "users",
        { items: fields("name"), where: compare(values, "id", "eq", me.id) },
        { values, limit: 1 },
      );
      return row?.name ?? null;
    },
    async setName(name) {
      const { id } = signedIn();
      await write({ ...insertOf("users", { id, name }), onConflict: { resolution: "merge" } });
    },
  };
}

function insertOf(table: string, row: Readonly<Record<string, unknown>>): Extract<MutationQuery, { type: "insert" }> {
  return { type: "insert", table, rows: [row], rowForm: "json", missing: "default", values: [], form: "json" };
}

function fields(...names: readonly string[]): readonly SelectItem[] {
  return names.map((name) => ({ type: "field", path: path(name) }));
}

function schoolView(row: SchoolRow): SchoolView {
  const { id, domain, name, other_names, country, featured, rating, review_count } = row;
  return { id, domain, name, otherNames: other_names?.split("\n") ?? [], country, featured, rating, reviewCount: review_count };
}

function reviewView({ by, version, author, ...row }: ReviewRow, me: Actor | null): ReviewView {
  return { ...row, author: by?.name ?? "Somebody", edited: version > 1, mine: author === me?.id };
}
