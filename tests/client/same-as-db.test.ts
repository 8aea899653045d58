import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError } from "chassis";
import { ChassisError, createClient } from "chassis/client";
import { openTestBackend, type TestBackend, type TestCaller } from "chassis/testing";
import fc from "fast-check";
import { shelvesBackend, type shelvesSchema } from "./shelves-backend.ts";
import { figures, optionsOf, orderRow, texts, whereOf } from "./where-arbitraries.ts";
import { propertyRuns } from "../support/property-runs.ts";

type S = typeof shelvesSchema;

/** The calls of a table, whoever makes them. */
type Calls = Readonly<Record<"list" | "count" | "aggregate" | "create" | "updateMany" | "deleteMany" | "page", Call>>;
type Call = (given: unknown) => Promise<unknown>;

let app: TestBackend<S>;
let ann: TestCaller<S>;
const ids = [1, 2, 3].map((number) => `01890000-0000-7000-8000-00000000000${number}`);

before(async () => {
  app = await openTestBackend(shelvesBackend);
  for (const [at, id] of ids.entries()) await app.db.users.create({ id, name: ["a", "b c", "Hidden"][at] ?? "" });
  await app.db.profiles.create({ user: ids[0] ?? "", bio: "a.b" });
  for (const [at, word] of texts.entries())
    await app.db.games.create({
      id: `game ${at}`,
      like: word,
      in: at % 3,
      order: word,
      count: at % 4,
      limit: at % 5 === 0 ? null : at / 2,
    });
  for (const [at, word] of texts.entries()) {
    const order = await app.db.orders.create({
      owner: ids[at % 3] ?? "",
      game: at % 4 === 0 ? null : `game ${at}`,
      price: ["1.00", "2.50", "0.50"][at % 3] ?? "1.00",
      paid: at % 5 === 0,
      state: at % 2 === 0 ? "new" : "sent",
      due: at % 3 === 0 ? null : "2026-11-26",
      at: at % 3 === 1 ? null : "2026-11-26T12:34:56.789Z",
      note: at % 7 === 0 ? null : word,
      data: [null, {}, [], { a: 1 }, { a: {} }, ["x", 'a"b'], { "k,": ["(", ")"] }][at % 7] ?? null,
      raw: at % 4 === 1 ? "\\x00ff" : null,
    });
    for (let item = 0; item < at % 3; item++)
      await app.db.items.create({ order: order.id, label: `${word} ${item}`, pieces: item });
  }
  ann = app.as({ id: ids[0] ?? "" });
});
after(() => app.close());

const api = () => createClient<typeof shelvesBackend>("http://localhost", { fetch: (request) => ann.fetch(request), retries: 0 });
const callsOf = (table: object): Calls => table as Calls;
const both = (name: "orders" | "users" | "games" | "items" | "profiles"): readonly [Calls, Calls] => [
  callsOf(ann.db[name]),
  callsOf(api().table(name)),
];

/** What a call gives, or the name of the error that it ends in. */
async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError || error instanceof ChassisError) return { refused: error.error };
    if (error instanceof TypeError) return { mistaken: true };
    throw error;
  }
}

/** Holds for every row, and is too long for an address. */
const long: Readonly<Record<Table, object>> = {
  orders: { id: { notIn: Array.from({ length: 1500 }, (_, at) => -1 - at) } },
  users: { name: { neq: "-".repeat(5000) } },
  games: { id: { notIn: Array.from({ length: 500 }, (_, at) => `none ${at}`) } },
  items: { label: { neq: "-".repeat(5000) } },
  profiles: { bio: { neq: "-".repeat(5000) } },
};

/** The same options, so that they go as the body of the request. */
function lengthened<T extends object>(table: Table, options: T): T {
  return { ...options, where: { and: [(options as { readonly where?: object }).where ?? {}, long[table]] } };
}

type Table = (typeof tables)[number];

const tables = ["orders", "users", "games", "items", "profiles"] as const;
const runs = { numRuns: propertyRuns(60, 120) };

describe("the client gives what db gives", () => {
  for (const table of tables) {
    test(`lists of ${table}`, async () => {
      let found = 0;
      await fc.assert(
        fc.asyncProperty(optionsOf(table), fc.boolean(), async (options, isLong) => {
          const [db, client] = both(table);
          const expected = await outcome(() => db.list(options));
          const form = isLong ? lengthened(table, options) : options;
          assert.deepEqual(await outcome(() => client.list(form)), expected);
          if (Array.isArray(expected)) found += expected.length;
        }),
        runs,
      );
      assert.ok(found > 0, "no row was found, which tells nothing");
    });
  }

  const traps: readonly (readonly [table: (typeof tables)[number], options: object, rows: number])[] = [
    // Some owners are hidden: the reference is there and the row is not.
    ["orders", { where: { owner: null }, include: { owner: true } }, 0],
    ["orders", { where: { or: [{ owner: null }, { id: -1 }] }, include: { owner: true } }, 0],
    ["orders", { where: { owner: { neq: null } }, include: { owner: { where: { name: "nobody" } } }, limit: 3 }, 3],
    ["items", { include: { order: { where: { game: null }, include: { game: true } } }, limit: 2 }, 2],
    ["games", { where: { order: { like: "5*" } } }, 1],
    ["games", { where: { order: { like: "5\\%" } } }, 0],
    ["games", { where: { order: { ilike: "%*" } } }, 1],
    ["items", { where: { order: { game: { order: "\\" } } } }, 1],
    ["games", { where: { or: [] } }, 0],
    ["games", { where: { not: { and: [] } } }, 0],
    ["games", { where: { or: [{}, { like: "a" }] }, limit: 2 }, 2],
    ["games", { where: { in: { in: [] } } }, 0],
    ["games", { where: { like: "" } }, 1],
    ["games", { where: { or: [{ like: "" }, { like: '"' }] } }, 2],
  ];
  for (const [table, options, rows] of traps) {
    test(`${table}: ${JSON.stringify(options)}`, async () => {
      const [db, client] = both(table);
      for (const form of [options, lengthened(table, options)]) {
        const found = (await client.list(form)) as readonly unknown[];
        assert.deepEqual(found, await db.list(options));
        assert.equal(found.length, rows);
      }
    });
  }

  test("counts", async () => {
    await fc.assert(
      fc.asyncProperty(whereOf("orders"), fc.boolean(), async (where, isLong) => {
        const [db, client] = both("orders");
        const form = isLong ? lengthened("orders", { where }) : { where };
        assert.deepEqual(await outcome(() => client.count(form)), await outcome(() => db.count({ where })));
      }),
      runs,
    );
  });

  test("figures", async () => {
    await fc.assert(
      fc.asyncProperty(figures, async (options) => {
        const [db, client] = both("orders");
        assert.deepEqual(await outcome(() => client.aggregate(options)), await outcome(() => db.aggregate(options)));
      }),
      runs,
    );
  });

  test("pages, by each other's cursors", async () => {
    const [db, client] = both("orders");
    for (const pageSize of [3, 50]) {
      let after: unknown = null;
      do {
        const options = { after, limit: pageSize, orderBy: { state: "desc", id: "asc" }, count: "exact" };
        const page = (await client.page(options)) as { readonly next: unknown };
        const expected = (await db.page(options)) as { readonly next: unknown };
        // Two cursors for one place differ.
        assert.deepEqual({ ...page, next: page.next !== null }, { ...expected, next: expected.next !== null });
        after = page.next;
      } while (after !== null);
    }
  });

  test("rows as they are written", async () => {
    await fc.assert(
      fc.asyncProperty(orderRow, async (row) => {
        const [db, client] = both("orders");
        const given = { ...row, owner: ids[0] };
        const strip = (written: unknown): unknown => {
          const { id: _, created: _c, updated: _u, ...rest } = written as Readonly<Record<string, unknown>>;
          return rest;
        };
        assert.deepEqual(strip(await client.create(given)), strip(await db.create(given)));
      }),
      { numRuns: propertyRuns(15, 30) },
    );
  });

  test("the rows that a change is about", async () => {
    await fc.assert(
      fc.asyncProperty(whereOf("items", 1), fc.boolean(), async (where, isLong) => {
        const [db, client] = both("items");
        const found = await outcome(() => db.count({ where }));
        const change = { where, set: { pieces: 1 } };
        assert.deepEqual(await outcome(() => client.updateMany(isLong ? lengthened("items", change) : change)), found);
        assert.deepEqual(await outcome(() => db.updateMany({ where: {}, set: { pieces: 2 } })), await db.count({}));
      }),
      { numRuns: propertyRuns(15, 40) },
    );
  });
});
