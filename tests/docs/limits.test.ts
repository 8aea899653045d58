import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type AtOnceName,
  type Condition,
  createMemoryRateStore,
  createRateLimits,
  defaultAtOnce,
  defaultRates,
  defaultRecordLimits,
  type RateName,
  UnderWay,
  type FilterOperator,
  type InputRow,
  type ReadQuery,
  system,
} from "#application";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { settings } from "#settings";
import { AppError, type ErrorName, errorTable } from "#contract";
import { createPlatform, type Platform } from "#platform";
import { defaultHttpLimits, defaultRestLimits } from "#server";
import backend from "../../examples/quickstart/backend.ts";
import { describeLimits } from "./describe-limits.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/reference/limits.md"), "utf8");

/** The cells of each row of the table under a heading, by the limit's name. */
function tableOf(heading: string): ReadonlyMap<string, readonly string[]> {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return new Map(
    rows.map((line) => {
      const [name = "", ...cells] = line.slice(2, -2).split(" | ");
      return [name.replaceAll("`", ""), cells];
    }),
  );
}

const http = tableOf("Connections");
const rest = tableOf("What is said");
const [texts, records] = [new Map<string, readonly string[]>(), new Map<string, readonly string[]>()];
for (const [name, cells] of tableOf("What one query")) (name.startsWith("max") ? records : texts).set(name, cells);
const time = tableOf("Time");
const often = tableOf("How often");

function defaultsOf(table: ReadonlyMap<string, readonly string[]>): Readonly<Record<string, number>> {
  return Object.fromEntries([...table].map(([name, [value]]) => [name, Number(value)]));
}

test("docs/reference/limits.md has every limit of the code with its default, and no other", () => {
  const { urlLength, bodyBytes, ...ownRest } = defaultRestLimits;
  assert.deepEqual(defaultsOf(http), defaultHttpLimits);
  assert.deepEqual(defaultsOf(rest), ownRest);
  assert.deepEqual(defaultsOf(records), defaultRecordLimits);
  assert.deepEqual(defaultsOf(time), { queryTimeout: settings.queryTimeout.default });
  assert.deepEqual([urlLength, bodyBytes], [defaultHttpLimits.urlLength, defaultHttpLimits.bodyBytes]);
});

test("docs/reference/limits.md has the limits that are settings as they are: node tests/docs/write-pages.ts writes it", () => {
  assert.equal(page, describeLimits());
});

test("its errors are there", () => {
  for (const [, [, , , refusal = ""]] of http) {
    const [, error] = /^`(\w+)`: /.exec(refusal) ?? [];
    assert.ok(error === undefined ? refusal.startsWith("the connection is closed") : error in errorTable, refusal);
  }
});

test("how often somebody may ask is there, with its settings, and refused in the page's words", async () => {
  const names = [...Object.keys(defaultRates), ...Object.keys(defaultAtOnce)];
  assert.deepEqual([...often.keys()], names);
  // A hundred requests come back in a second: on a busy machine one did between two lines.
  const stopped = { now: () => 0, monotonic: () => 0 };
  const limits = createRateLimits({ store: createMemoryRateStore(stopped), rates: defaultRates });
  for (const name of Object.keys(defaultRates) as RateName[]) {
    void limits.take(name, "somebody", defaultRates[name].amount);
    assert.throws(() => limits.take(name, "somebody"), { code: "too_many_requests", details: often.get(name)?.at(-1) });
  }
  const underWay = new UnderWay(defaultAtOnce);
  const gate = Promise.withResolvers<void>();
  for (const name of Object.keys(defaultAtOnce) as AtOnceName[]) {
    const running = Array.from({ length: defaultAtOnce[name] }, () => underWay.during(name, "somebody", () => gate.promise));
    await assert.rejects(
      underWay.during(name, "somebody", () => {}),
      { details: often.get(name)?.at(-1) },
    );
    gate.resolve();
    await Promise.all(running);
  }
});

async function openLibrary(t: TestContext): Promise<Platform> {
  const config = loadConfig({ environment: {} });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  return platform;
}

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(",");

interface OverLimit {
  readonly limit: string;
  readonly path?: string;
  readonly search?: string;
  readonly body?: string;
}

/** For each limit of the data API, a request that is one over it. */
const overRest: readonly OverLimit[] = [
  { limit: "queryBytes", path: "/rest/v1", body: `[{"method":"GET","path":"/rest/v1/books?title=eq.${"x".repeat(262_144)}"}]` },
  { limit: "filters", search: `or=(${times(101, () => "year.eq.1")})` },
  { limit: "embedDepth", search: `select=${"reviews(book(".repeat(3)}id${"))".repeat(3)}` },
  { limit: "embeds", search: `select=${times(31, (index) => `a${index}:reviews()`)}` },
  { limit: "selectItems", search: `select=${times(201, (index) => `a${index}:id`)}` },
  { limit: "orderTerms", search: `order=${times(17, () => "year")}` },
  { limit: "logicDepth", search: `or=(${"and(".repeat(10)}year.eq.1${")".repeat(10)})` },
  { limit: "listItems", search: `year=in.(${times(5001, () => "1")})` },
  { limit: "jsonSteps", search: `select=title${"->a".repeat(33)}` },
  { limit: "columns", search: `columns=${times(201, (index) => `a${index}`)}`, body: "{}" },
  { limit: "insertRows", body: `[${times(50_001, () => "{}")}]` },
  { limit: "jsonDepth", body: `${"[".repeat(65)}${"]".repeat(65)}` },
  { limit: "jsonValues", body: `[{"title":[${times(250_000, () => "1")}]}]` },
  { limit: "batchOperations", path: "/rest/v1", body: `[${times(501, () => "{}")}]` },
];

/** Large bodies and answers are made in tests of their own: tests/rest/. */
const overByAnswers: ReadonlySet<string> = new Set([
  "bulkBytes",
  "bulkRows",
  "bulkTime",
  "bulkAtOnce",
  "batchAnswerLength",
  "idempotencyBytes",
]);

test("the data API refuses in the page's words", async (t) => {
  const { fetch, tokens } = await openLibrary(t);
  const { token } = await tokens.issue({
    actor: { id: "01890000-0000-7000-8000-00000000ada0", roles: ["librarian"], claims: {} },
    lifetime: 60_000,
  });
  assert.deepEqual(
    overRest.map(({ limit }) => limit),
    [...rest.keys()].filter((limit) => !overByAnswers.has(limit)),
  );
  for (const { limit, path = "/rest/v1/books", search = "", body } of overRest) {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const request = new Request(
      search === "" ? `http://localhost${path}` : `http://localhost${path}?${search}`,
      body === undefined ? { headers } : { method: "POST", headers, body },
    );
    const answer = (await (await fetch(request)).json()) as { code: string; message: string };
    assert.deepEqual([answer.code, answer.message], [errorTable.limitExceeded.code, rest.get(limit)?.at(-1)], limit);
  }
});

const query = (selection: ReadQuery["selection"], values: readonly unknown[] = []): ReadQuery => ({
  table: "books",
  selection,
  values,
  form: "json",
});
const year = { type: "compare", path: { column: "year", json: [] }, operator: "eq", value: 0 } as const;
const deep = (depth: number): Condition =>
  depth === 0
    ? { type: "is", path: { column: "id", json: [] }, value: "null" }
    : { type: "relation", relation: depth % 2 === 1 ? "reviews" : "book", quantifier: "some", where: deep(depth - 1) };

const titled = (operator: FilterOperator): Condition => ({
  type: "compare",
  path: { column: "title", json: [] },
  operator,
  value: 0,
});

const overTexts: Readonly<Record<string, readonly [operator: FilterOperator, text: string]>> = {
  searchLength: ["wfts", "x".repeat(2001)],
  searchWords: ["wfts", "x ".repeat(65)],
  searchDepth: ["fts", `${"(".repeat(17)}x${")".repeat(17)}`],
  patternLength: ["like", "x".repeat(8001)],
  expressionLength: ["match", "x".repeat(501)],
  expressionCounts: ["match", "x{101}y{100}"],
};

const overRecords: Readonly<Record<string, (platform: Platform) => Promise<unknown>>> = {
  maxDepth: ({ records }) => records.read(query({ items: [], where: deep(7) }), null),
  maxRelations: ({ records }) =>
    records.read(query({ items: [], where: { type: "and", conditions: Array.from({ length: 41 }, () => deep(1)) } }), null),
  maxConditions: ({ records }) =>
    records.read(query({ items: [], where: { type: "and", conditions: Array.from({ length: 201 }, () => year) } }, [1]), null),
  maxPatterns: ({ records }) =>
    records.read(
      query({ items: [], where: { type: "and", conditions: Array.from({ length: 6 }, () => titled("match")) } }, ["x"]),
      null,
    ),
  maxSearches: ({ records }) =>
    records.read(
      query({ items: [], where: { type: "and", conditions: Array.from({ length: 6 }, () => titled("wfts")) } }, ["x"]),
      null,
    ),
  maxListLength: ({ records }) =>
    records.read(query({ items: [], where: { ...year, operator: "in" } }, [Array.from({ length: 5001 }, () => 1)]), null),
  maxInsertRows: ({ records }) =>
    records.write(
      {
        type: "insert",
        table: "books",
        rows: Array.from({ length: 100_001 }, () => ({})),
        rowForm: "json",
        missing: "default",
        values: [],
        form: "json",
      },
      { id: "01890000-0000-7000-8000-00000000ada0", roles: ["librarian"], claims: {} },
    ),
};

test("a query is refused in the page's words", async (t) => {
  const platform = await openLibrary(t);
  // An answer of 16 MiB is made in src/application/records/time-limit.test.ts, with a lower limit.
  assert.deepEqual(
    [...records.keys()].filter((name) => !["maxRows", "maxAnswerLength", "maxBulkTime"].includes(name)),
    Object.keys(overRecords),
  );
  for (const [limit, ask] of Object.entries(overRecords))
    await refused(ask(platform), "limitExceeded", records.get(limit)?.at(-1));
});

test("a text to search for or a pattern is refused in the page's words", async (t) => {
  const platform = await openLibrary(t);
  assert.deepEqual([...texts.keys()], Object.keys(overTexts));
  for (const [limit, [operator, text]] of Object.entries(overTexts)) {
    const [bound = "", , message] = texts.get(limit) ?? [];
    assert.ok(message?.includes(`${bound} `) || message?.endsWith(`${bound}.`), limit);
    await refused(platform.records.read(query({ items: [], where: titled(operator) }, [text]), null), "limitExceeded", message);
  }
});

test("a query that takes too long is refused in the page's words", async (t) => {
  const platform = await openLibrary(t);
  const insert = (table: string, rows: readonly InputRow[]) =>
    platform.records.write(
      { type: "insert", table, rows, rowForm: "json", missing: "default", values: [], form: "json" },
      system,
    );
  const { keys: books = [] } = await insert("books", [{ title: "x", writer: "y" }]);
  const { keys: users = [] } = await insert("users", [{ name: "x" }]);
  await insert(
    "reviews",
    Array.from({ length: 500 }, () => ({ book: books[0], reader: users[0], stars: 1, body: "" })),
  );
  const address = "http://localhost/rest/v1/reviews?select=book(reviews(book(reviews(book(title)))))";
  const answer = (await (await platform.fetch(new Request(address))).json()) as { code: string; message: string };
  assert.deepEqual([answer.code, answer.message], [errorTable.timeout.code, time.get("queryTimeout")?.at(-1)]);
});

async function refused(asked: Promise<unknown>, error: ErrorName, message: string | undefined): Promise<void> {
  await assert.rejects(asked, (thrown: unknown) => {
    assert.ok(thrown instanceof AppError, String(thrown));
    assert.deepEqual([thrown.error, thrown.message], [error, message]);
    return true;
  });
}

test("an answer is cut at a thousand rows, and Content-Range tells", async (t) => {
  const { fetch, records: store } = await openLibrary(t);
  await store.write(
    {
      type: "insert",
      table: "books",
      rows: Array.from({ length: 1001 }, () => ({ title: "x", writer: "y" })),
      rowForm: "json",
      missing: "default",
      values: [],
      form: "json",
    },
    system,
  );
  for (const search of ["", "?limit=5000"]) {
    const response = await fetch(new Request(`http://localhost/rest/v1/books${search}`, { headers: { prefer: "count=exact" } }));
    assert.equal(((await response.json()) as unknown[]).length, defaultRecordLimits.maxRows);
    assert.equal(response.headers.get("content-range"), "0-999/1001");
  }
});
