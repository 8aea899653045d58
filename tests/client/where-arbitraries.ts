import fc from "fast-check";

/** What a field holds, as far as conditions and rows need to know. */
type Holds =
  | "text"
  | "searchable"
  | "integer"
  | "real"
  | "decimal"
  | "bool"
  | "date"
  | "moment"
  | "json"
  | "bytes"
  | "state"
  | "id"
  | "game";

interface TableShape {
  readonly fields: Readonly<Record<string, Holds>>;
  readonly one: Readonly<Record<string, string>>;
  readonly many: Readonly<Record<string, string>>;
}

const managed = { created: "moment", updated: "moment", version: "integer" } as const;

/** The schema of shelves-backend.ts, as the arbitraries see it. */
const shapes: Readonly<Record<string, TableShape>> = {
  users: { fields: { id: "id", name: "searchable", ...managed }, one: { profiles: "profiles" }, many: { orders: "orders" } },
  games: {
    fields: { id: "text", like: "text", in: "integer", order: "text", count: "integer", limit: "real", ...managed },
    one: {},
    many: { orders: "orders" },
  },
  orders: {
    fields: {
      id: "integer",
      price: "decimal",
      paid: "bool",
      state: "state",
      due: "date",
      at: "moment",
      note: "searchable",
      data: "json",
      raw: "bytes",
      pieces: "integer",
      ...managed,
    },
    one: { owner: "users", game: "games" },
    many: { items: "items" },
  },
  items: { fields: { id: "id", label: "text", pieces: "integer", ...managed }, one: { order: "orders" }, many: {} },
  profiles: { fields: { id: "id", bio: "text", ...managed }, one: { user: "users" }, many: {} },
};

/** Whatever could end a value, or be taken for a part of the grammar. */
export const texts: readonly string[] = [
  "",
  "a",
  "A,b",
  "a.b",
  "(x)",
  '"',
  'say "no"',
  "\\",
  "a\\",
  "50%",
  "5*",
  "_",
  "null",
  "true",
  "{a,b}",
  "é ü",
  "a&b=c",
  "#+?",
  " a ",
  "x:y@z/é",
  "not.eq.1",
  "😀",
  "tab\there\nthere",
];

const text = fc.constantFrom(...texts);
const number = fc.oneof(fc.integer({ min: -3, max: 5 }), fc.constantFrom(1e21, 0.1, -0, 1e-7));
const json = fc.constantFrom<unknown>({}, [], { a: 1 }, { a: {} }, ["x", 'a"b'], [1, 2], "a", 3, null, true, {
  "k,": ["(", ")"],
});
const wholes = fc.integer({ min: -3, max: 5 });
const moments = ["2026-01-01T00:00:00.000Z", "2026-11-26T12:34:56.789Z", "2026-11-26T13:34:56.789+01:00"];

const values: Readonly<Record<Exclude<Holds, "json">, fc.Arbitrary<unknown>>> = {
  text,
  searchable: text,
  integer: wholes,
  real: number,
  decimal: fc.constantFrom<unknown>("1.00", "2.50", 1, 0.5, "-3"),
  bool: fc.boolean(),
  date: fc.constantFrom("2026-01-01", "2026-11-26"),
  moment: fc.constantFrom(...moments),
  bytes: fc.constantFrom("\\x00ff", "\\x"),
  state: fc.constantFrom("new", "sent"),
  game: fc.constantFrom("game 1", "game 2", "game 5", "a,b"),
  id: fc.constantFrom("01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002"),
};

const patterns = fc.constantFrom("a%", "%*%", "5\\*", "_", "%\\%", "%.%", "A,b", "%\\\\", "\\*%", "*", '%"%');
const words = fc.constantFrom("a", "b c", "no -say", '"say no"', "a or b", "(x)");

function valueOf(holds: Holds): fc.Arbitrary<unknown> {
  return holds === "json" ? json : values[holds];
}

const entry = (key: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<object> => value.map((given) => ({ [key]: given }));

/** Conditions of a field: a value alone, or operators. */
function filterOf(holds: Holds): fc.Arbitrary<unknown> {
  if (holds === "json") {
    const inside = fc.oneof(
      entry("contains", json),
      entry("containedBy", json),
      entry("overlaps", fc.array(json, { maxLength: 2 })),
    );
    return fc.oneof(inside, entry("eq", fc.constant(null)), entry("neq", fc.constant(null)), fc.constant(null));
  }
  const value = values[holds];
  const equal = fc.oneof(...["eq", "neq", "distinctFrom"].map((name) => entry(name, fc.oneof(value, fc.constant(null)))));
  if (holds === "bool" || holds === "bytes") return fc.oneof(value, equal, fc.constant(null));
  const ordered = fc.oneof(
    ...["gt", "gte", "lt", "lte"].map((name) => entry(name, value)),
    ...["in", "notIn"].map((name) => entry(name, fc.array(value, { maxLength: 3 }))),
  );
  const both = fc.tuple(equal, ordered).map(([left, right]) => ({ ...left, ...right }));
  const usual = [value, fc.constant(null), equal, ordered, both];
  if (holds !== "text" && holds !== "searchable") return fc.oneof(...usual);
  const textual = [entry("like", patterns), entry("ilike", patterns), entry("match", fc.constantFrom("^a", "[*]", "b,", "(x)"))];
  const searched =
    holds === "searchable" ? [entry("search", words), entry("searchQuery", fc.constantFrom("a | b", "'sa':*"))] : [];
  return fc.oneof(...usual, ...textual, ...searched);
}

/** Whether the short form of a condition on that one row can say it. */
const isPlain = (value: unknown): value is object => typeof value === "object" && value !== null;
const isOperatorName = (name: string): boolean => name === "like" || name === "in";

/** A `where` of that table, typed as one. */
export function whereOf(table: string, depth = 2): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const { fields, one, many } = shapes[table] as TableShape;
  const parts: fc.Arbitrary<object>[] = Object.entries(fields).map(([name, holds]) => entry(name, filterOf(holds)));
  if (depth > 0) {
    for (const [name, target] of Object.entries(one)) {
      const hidden = new Set(Object.keys((shapes[target] as TableShape).fields).filter(isOperatorName));
      const sayable = (filter: unknown): unknown =>
        isPlain(filter) ? Object.fromEntries(Object.entries(filter).filter(([key]) => !hidden.has(key))) : filter;
      parts.push(entry(name, whereOf(target, depth - 1).map(sayable)), entry(name, quantified(target, depth)));
      if (name !== "profiles") parts.push(entry(name, filterOf(keyOf(target)).map(sayable)));
    }
    for (const [name, target] of Object.entries(many)) parts.push(entry(name, quantified(target, depth)));
    const list = fc.array(whereOf(table, depth - 1), { maxLength: 2 });
    parts.push(entry("and", list), entry("or", list), entry("not", whereOf(table, depth - 1)));
  }
  return fc.array(fc.oneof(...parts), { maxLength: 3 }).map((chosen) => Object.assign({}, ...chosen));
}

/** What references to it compare with. */
function keyOf(table: string): Holds {
  return table === "orders" ? "integer" : table === "games" ? "game" : "id";
}

function quantified(target: string, depth: number): fc.Arbitrary<object> {
  return fc.oneof(...["some", "none", "every"].map((name) => entry(name, whereOf(target, depth - 1))));
}

const orderOf = (table: string): fc.Arbitrary<unknown> => {
  const { fields } = shapes[table] as TableShape;
  const names = Object.keys(fields).filter((name) => fields[name] !== "json" && fields[name] !== "bytes");
  const direction = fc.oneof(
    fc.constantFrom("asc", "desc"),
    fc.record({ direction: fc.constantFrom("asc", "desc"), nulls: fc.constantFrom("first", "last") }),
  );
  const term = fc.tuple(fc.constantFrom(...names), direction).map(([name, way]) => ({ [name]: way }));
  // The id comes last, so that there is one order.
  return fc.array(term, { maxLength: 2 }).map((terms) => [...terms, { id: "asc" }]);
};

const selectOf = (table: string): fc.Arbitrary<readonly string[] | undefined> => {
  const { fields, one } = shapes[table] as TableShape;
  const names = [...Object.keys(fields), ...Object.keys(one).filter((name) => name !== "profiles")];
  return fc.option(fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }), { nil: undefined });
};

const defined = (options: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

function includeOf(table: string, depth: number): fc.Arbitrary<object | undefined> {
  const { one, many } = shapes[table] as TableShape;
  const parts = Object.entries({ ...one, ...many }).map(([name, target]) =>
    entry(name, fc.oneof(fc.constant(true), optionsOf(target, depth - 1))),
  );
  return fc.option(
    fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 2 }).map((chosen) => Object.assign({}, ...chosen) as object),
    { nil: undefined },
  );
}

/** The options of a list, or of an included relation. */
export function optionsOf(table: string, depth = 2): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return fc
    .record({
      where: fc.option(whereOf(table, Math.min(depth, 1)), { nil: undefined }),
      orderBy: orderOf(table),
      select: selectOf(table),
      include: depth > 0 ? includeOf(table, depth) : fc.constant(undefined),
      limit: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
      offset: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    })
    .map(defined);
}

/** Figures of orders. */
export const figures: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc
  .record({
    groupBy: fc.option(fc.uniqueArray(fc.constantFrom("state", "paid", "owner"), { minLength: 1, maxLength: 2 }), {
      nil: undefined,
    }),
    values: fc.constantFrom<unknown>(
      { rows: "count" },
      { count: { count: "note" }, "odd name, 1": { sum: "pieces" } },
      { least: { min: "price" }, most: { max: "price" }, mean: { avg: "price" } },
    ),
    where: fc.option(whereOf("orders", 1), { nil: undefined }),
  })
  .map(defined)
  .map((options) => ({
    ...options,
    orderBy: Object.fromEntries(((options["groupBy"] ?? []) as readonly string[]).map((name) => [name, "asc"])),
  }));

/** A row of orders that is written, without what refers to others. */
export const orderRow: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc
  .record({
    price: valueOf("decimal"),
    paid: fc.boolean(),
    due: fc.option(valueOf("date")),
    at: fc.option(valueOf("moment")),
    note: fc.option(text),
    data: fc.option(json),
    raw: fc.option(valueOf("bytes")),
  })
  .map(defined);
