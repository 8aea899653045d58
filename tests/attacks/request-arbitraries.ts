import fc from "fast-check";

/** A request to `/rest/v1`, as a caller might write it: mostly well formed, often about what is hidden, now and then broken. */
export interface RestCall {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly segments: readonly string[];
  readonly search: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

type Kind = "text" | "number" | "bool" | "json" | "moment" | "id";

/** What a caller may know of each table, or guess: columns by kind, and ways to other tables. */
const knowledge: Readonly<
  Record<string, { readonly columns: Readonly<Record<string, Kind>>; readonly targets: Readonly<Record<string, string>> }>
> = {
  users: {
    columns: { id: "id", name: "text", email: "text", phone: "text", password: "text", version: "number", created: "moment" },
    targets: {
      memberships: "memberships",
      "tasks!assignee": "tasks",
      assigned: "tasks",
      reviewing: "tasks",
      projects: "projects",
      teams: "teams",
    },
  },
  teams: {
    columns: { id: "id", name: "text", plan: "text", size: "number" },
    targets: { memberships: "memberships", users: "users", projects: "projects", invoices: "invoices" },
  },
  memberships: { columns: { id: "id", team: "id", user: "id", since: "moment" }, targets: { team: "teams", user: "users" } },
  projects: {
    columns: {
      id: "id",
      title: "text",
      team: "id",
      owner: "id",
      open: "bool",
      budget: "number",
      notes: "text",
      status: "text",
      open_points: "number",
      created: "moment",
    },
    targets: { tasks: "tasks", owner: "users", team: "teams", users: "users" },
  },
  tasks: {
    columns: {
      id: "id",
      title: "text",
      project: "id",
      assignee: "id",
      reviewer: "id",
      points: "number",
      effort: "number",
      due: "moment",
      data: "json",
    },
    targets: { project: "projects", assignee: "users", reviewer: "users", "users!reviewer": "users", projects: "projects" },
  },
  messages: { columns: { id: "id", from: "text", body: "text" }, targets: {} },
  invoices: { columns: { id: "id", amount: "number", paid: "bool", team: "id" }, targets: { team: "teams" } },
};

const strangeNames = [
  "nothing",
  "_chassis",
  "projects_search",
  "sqlite_schema",
  "__proto__",
  "constructor",
  "_key",
  "rowid",
  "toString",
  "a b",
];

const byKind: Readonly<Record<Kind, readonly string[]>> = {
  text: [
    "Ann",
    "Ann*",
    "*a*",
    "*e*",
    "Secret*",
    "*@example.org",
    "bob@example.org",
    "ann-secret",
    "Closed doors",
    "Hidden",
    "draft",
    "free",
    "(a|b)+",
    "^C",
    "",
    "%F0%9F%98%80",
    "%25",
    "'",
    "_",
  ],
  number: ["1", "5", "0", "-1", "100", "1.5", "99.99", "1000.10", "3"],
  bool: ["true", "false"],
  json: ['{"size":{"w":3}}', '{"tags":["red"]}', '["x"]', "{}", "7"],
  moment: ["2024-02-29", "2026-12-01T12:00:00Z", "1999-01-01"],
  id: [
    "00000000-0000-7000-8000-000000000001",
    "00000000-0000-7000-8000-00000000000c",
    "00000000-0000-7000-8000-00000000000a",
    "30000000-0000-7000-8000-000000000001",
  ],
};
const nastyValues = ["1e999", "null", "[", "%00", '"', "$.a", "\\d", "99999999999999999999", "%C3%28", "{a", "(", "*".repeat(50)];

const operatorsOf: Readonly<Record<Kind, readonly string[]>> = {
  text: ["eq", "neq", "gt", "lte", "like", "ilike", "match", "imatch", "isdistinct", "plfts", "wfts"],
  number: ["eq", "neq", "gt", "gte", "lt", "lte", "isdistinct"],
  bool: ["eq", "neq", "is"],
  json: ["cs", "cd", "ov"],
  moment: ["eq", "gt", "gte", "lt"],
  id: ["eq", "neq"],
};

/** The first where the dice say so, which is mostly. */
const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 24): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;

interface Named {
  readonly name: string;
  readonly kind: Kind;
}

function columnOf(table: string): fc.Arbitrary<Named> {
  const known: Readonly<Record<string, Kind>> = knowledge[table]?.columns ?? { id: "id" };
  const own = Object.entries(known).map(([name, kind]): Named => ({ name, kind }));
  const strange = [...strangeNames, "budget", "email", "notes"].map((name): Named => ({ name, kind: "text" }));
  return mostly<Named>(fc.constantFrom(...own), fc.constantFrom(...strange));
}

function pathOf(table: string): fc.Arbitrary<Named> {
  return columnOf(table).chain(({ name, kind }) =>
    kind === "json"
      ? fc.constantFrom<Named>(
          { name: `${name}->size->w`, kind },
          { name: `${name}->>n`, kind: "text" },
          { name: `${name}->tags->>0`, kind: "text" },
          { name, kind },
        )
      : fc.constant<Named>({ name, kind }),
  );
}

function filterFor(kind: Kind): fc.Arbitrary<string> {
  const value = mostly(fc.constantFrom(...byKind[kind]), fc.constantFrom(...nastyValues));
  const list = fc.array(value, { minLength: 1, maxLength: 3 }).map((items) => items.map(quoted).join(","));
  const operator = mostly(fc.constantFrom(...operatorsOf[kind]), fc.constantFrom("like", "cs", "fts", "gt", "nonsense"));
  const operation = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(operator, value).map(([word, text]) => `${word}.${text}`) },
    { weight: 1, arbitrary: fc.constantFrom("is.null", "is.not_null") },
    { weight: 1, arbitrary: list.map((items) => `in.(${items})`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom("eq", "gt"), fc.constantFrom("any", "all"), list)
        .map(([word, all, items]) => `${word}(${all}).{${items}}`),
    },
  );
  return fc.tuple(fc.constantFrom("", "", "", "not."), operation).map(([negation, text]) => negation + text);
}

function targetOf(table: string): fc.Arbitrary<readonly [string, string]> {
  const own = Object.entries(knowledge[table]?.targets ?? {});
  const strange = fc.constantFrom(["invoices", "invoices"] as const, ["nothing", "users"] as const, ["users", "users"] as const);
  return own.length === 0 ? strange : mostly<readonly [string, string]>(fc.constantFrom(...own), strange);
}

function conditionOf(table: string, depth = 0): fc.Arbitrary<string> {
  const compared = pathOf(table).chain(({ name, kind }) => filterFor(kind).map((text) => `${name}.${text}`));
  if (depth > 1) return compared;
  const nested = targetOf(table).chain(([name, to]) =>
    fc
      .tuple(fc.constantFrom("some", "none", "every"), conditionOf(to, depth + 1))
      .map(([word, inner]) => `${name}.${word}.(${inner})`),
  );
  const tree = fc
    .tuple(fc.constantFrom("and", "or", "not.and", "not.or"), treeOf(table, depth + 1))
    .map(([word, inner]) => word + inner);
  return fc.oneof({ weight: 4, arbitrary: compared }, { weight: 1, arbitrary: nested }, { weight: 1, arbitrary: tree });
}

function treeOf(table: string, depth = 0): fc.Arbitrary<string> {
  return fc.array(conditionOf(table, depth), { minLength: 1, maxLength: 3 }).map((parts) => `(${parts.join(",")})`);
}

function itemOf(table: string, depth = 0): fc.Arbitrary<string> {
  const column = pathOf(table).map(({ name }) => name);
  const plain = fc.oneof(
    { weight: 5, arbitrary: column },
    { weight: 2, arbitrary: fc.constant("*") },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom("a", "b", "c"), column).map(([alias, name]) => `${alias}:${name}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom("d", "e"), column, fc.constantFrom("text", "text", "json", "nonsense"))
        .map(([alias, name, type]) => `${alias}:${name}::${type}`),
    },
  );
  if (depth > 1) return plain;
  const embed = targetOf(table).chain(([name, to]) =>
    fc
      .tuple(
        fc.constantFrom("", "", "", "..."),
        fc.constantFrom("", "", "!inner", "!left"),
        fc.uniqueArray(itemOf(to, depth + 1), { maxLength: 3 }),
      )
      .map(
        ([spread, join, items]) =>
          `${spread}${name}${join}(${items.map((item) => (spread === "" || /[:(*]/.test(item) ? item : `${name.replaceAll("!", "_")}_${item.replaceAll(/\W/g, "_")}:${item}`)).join(",")})`,
      ),
  );
  return fc.oneof({ weight: 4, arbitrary: plain }, { weight: 2, arbitrary: embed });
}

function aggregatesOf(table: string): fc.Arbitrary<string> {
  const aggregate = columnOf(table).chain(({ name, kind }) =>
    fc
      .constantFrom(...(kind === "number" ? ["sum", "avg", "min", "max", "count"] : ["min", "max", "count"]))
      .map((word) => `${name}.${word}()`),
  );
  return fc
    .tuple(aggregate, fc.constantFrom("", ",status", ",points", ",title", ",open", ",a:count()"))
    .map(([text, group]) => `select=${text}${group}`);
}

function parameterOf(table: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: pathOf(table).chain(({ name, kind }) => filterFor(kind).map((text) => `${name}=${text}`)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom("and", "or", "not.and", "not.or"), treeOf(table))
        .map(([name, tree]) => `${name}=${tree}`),
    },
    {
      weight: 2,
      arbitrary: targetOf(table).chain(([name, to]) =>
        fc
          .tuple(fc.constantFrom("some", "none", "every"), conditionOf(to, 1))
          .map(([word, inner]) => `${name}=${word}.(${inner})`),
      ),
    },
  );
}

/** An embed with a filter, an order, a limit or a null test of its own. */
function embeddedOf(table: string): fc.Arbitrary<string> {
  return targetOf(table).chain(([target, to]) => {
    const name = target.split("!")[0] ?? target;
    const inner = fc.oneof(
      pathOf(to).chain(({ name: column, kind }) => filterFor(kind).map((text) => `${name}.${column}=${text}`)),
      columnOf(to).map((column) => `${name}.order=${column.name}`),
      columnOf(to).map((column) => `order=${name}(${column.name}).desc`),
      fc.constantFrom(`${name}.limit=1`, `${name}=is.null`, `${name}=not.is.null`),
    );
    return fc
      .tuple(fc.constantFrom("", "!inner"), columnOf(to), inner)
      .map(([join, column, rest]) => `select=*,${target}${join}(${column.name})&${rest}`);
  });
}

const paging = mostly(
  fc.constantFrom("limit=1", "limit=2", "offset=1", "limit=1&offset=1", "after=", "after=&limit=1"),
  fc.constantFrom("after=AAAA", "limit=-1", "limit=x", "limit=0"),
);

function orderOf(table: string): fc.Arbitrary<string> {
  const term = fc
    .tuple(pathOf(table), fc.constantFrom("", ".asc", ".desc", ".desc.nullslast", ".nullsfirst"))
    .map(([{ name }, direction]) => name + direction);
  return fc.array(term, { minLength: 1, maxLength: 2 }).map((terms) => `order=${terms.join(",")}`);
}

function searchOf(table: string): fc.Arbitrary<string> {
  const selected = fc.uniqueArray(itemOf(table), { minLength: 1, maxLength: 3 }).map((items) => `select=${items.join(",")}`);
  const parts = (select: fc.Arbitrary<string | null>): fc.Arbitrary<string> =>
    fc
      .tuple(
        select,
        fc.array(parameterOf(table), { maxLength: 2 }),
        fc.option(orderOf(table), { freq: 1 }),
        fc.option(paging, { freq: 1 }),
      )
      .map(([first, parameters, order, page]) => [first, ...parameters, order, page].filter((part) => part !== null).join("&"));
  return fc.oneof(
    { weight: 5, arbitrary: parts(fc.option(selected, { freq: 3 })) },
    { weight: 1, arbitrary: aggregatesOf(table) },
    { weight: 2, arbitrary: embeddedOf(table) },
  );
}

/** Something cut out of, put into or doubled in a text. */
function breakUp(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const pieces = ["", "(", ")", ",", ".", "&", "=", "%", "%2", "+", '"', "\\", "!", ":", "...", "{", "%C3%28"];
  return fc.tuple(text, fc.nat(200), fc.nat(8), fc.constantFrom(...pieces)).map(([whole, at, length, put]) => {
    const start = whole.length === 0 ? 0 : at % whole.length;
    return whole.slice(0, start) + put + whole.slice(start + length);
  });
}

const anyTable = mostly(
  fc.constantFrom(...Object.keys(knowledge), "projects", "tasks", "users"),
  fc.constantFrom(...strangeNames),
  12,
);
const columns = Object.values(knowledge).flatMap((table) => Object.keys(table.columns));
const value = fc.constantFrom(...Object.values(byKind).flat(), ...nastyValues);

interface Address {
  readonly segments: readonly string[];
  readonly search: string;
}

const address: fc.Arbitrary<Address> = anyTable.chain((table) =>
  fc.record({
    segments: mostly<readonly string[]>(
      fc.constant(["rest", "v1", table]),
      fc.constantFrom(...byKind.id, "x").map((id) => ["rest", "v1", table, id]),
      8,
    ),
    search: mostly(searchOf(table), breakUp(searchOf(table)), 8),
  }),
);

const body = fc.oneof(
  fc.dictionary(
    fc.constantFrom(...columns, "__proto__", "nothing"),
    fc.oneof(value, fc.integer(), fc.boolean(), fc.constant(null), fc.constant({ $ne: null }), fc.constant([])),
    { maxKeys: 5 },
  ),
  fc.array(
    fc.dictionary(fc.constantFrom("title", "name", "owner", "project", "team", "from", "body", "nothing"), value, { maxKeys: 4 }),
    { maxLength: 3 },
  ),
);

const prefer = mostly(
  fc.constantFrom("", "return=representation", "count=exact"),
  fc.constantFrom(
    "",
    "return=representation",
    "return=minimal",
    "count=exact",
    "count=planned",
    "count=estimated",
    "handling=strict",
    "handling=strict, nonsense",
    "max-affected=1",
    "resolution=merge-duplicates",
    "resolution=ignore-duplicates",
    "missing=default",
  ),
  3,
);
const accept = mostly(
  fc.constant("application/json"),
  fc.constantFrom(
    "application/vnd.pgrst.object+json",
    "application/vnd.pgrst.array+json;nulls=stripped",
    "text/csv",
    "image/png",
  ),
  4,
);

/** Reads: nothing is changed by them. */
export const anyRead: fc.Arbitrary<RestCall> = fc
  .record({ method: fc.constantFrom("GET" as const, "GET" as const, "GET" as const, "HEAD" as const), address, prefer, accept })
  .map(({ method, address: { segments, search }, prefer: wish, accept: form }) => ({
    method,
    segments,
    search,
    headers: { accept: form, ...(wish === "" ? {} : { prefer: wish }) },
    body: undefined,
  }));

/** Writes that are checked and run as any other, and rolled back. */
export const anyWrite: fc.Arbitrary<RestCall> = fc
  .record({
    method: fc.constantFrom("POST" as const, "PATCH" as const, "DELETE" as const, "PUT" as const),
    address,
    prefer,
    accept,
    body,
  })
  .map(({ method, address: { segments, search }, prefer: wish, accept: form, body: content }) => ({
    method,
    segments,
    search,
    headers: {
      accept: form,
      "content-type": "application/json",
      prefer: ["tx=rollback", wish].filter((part) => part !== "").join(", "),
    },
    body: method === "DELETE" ? undefined : JSON.stringify(content),
  }));
