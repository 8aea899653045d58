import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import {
  defineBackend,
  defineSchema,
  DefinitionError,
  everyone,
  integer,
  jobsOf,
  ref,
  secret,
  table,
  text,
  triggersOf,
} from "chassis";
import { temporaryFolder } from "../support/temporary-folder.ts";

const schema = defineSchema({
  schools: { name: text().max(80) },
  books: { words: text() },
  reviews: table(
    {
      school: ref("schools").onDelete("cascade"),
      stars: integer().min(1).max(5),
      body: text().max(4000),
      token: secret().optional(),
    },
    { softDelete: true },
  ),
});
const { job } = jobsOf(schema);
const { trigger } = triggersOf(schema);

const review = z.object({ id: z.string(), stars: z.int(), body: z.string() });
const ran: { job: string; input: unknown }[] = [];
const note = job(
  { input: z.object({ operation: z.string(), row: review, before: review.optional() }) },
  ({ input }) => void ran.push({ job: "note", input }),
);
const warn = job(
  { input: z.object({ row: z.object({ id: z.string() }) }) },
  ({ input }) => void ran.push({ job: "warn", input }),
);
const count = job({ input: z.object({ row: z.object({ school: z.string() }) }) }, async ({ input, db }) => {
  const { school } = input.row;
  ran.push({ job: "count", input: { school, reviews: await db.reviews.count({ where: { school } }) } });
});
const measure = job(
  { input: z.object({ row: z.object({ words: z.string() }) }) },
  ({ input }) => void ran.push({ job: "measure", input: input.row.words.length }),
);
/** Takes what no review is. */
const picky = job({ input: z.object({ row: z.object({ name: z.string().max(1) }) }) }, () => {});

const backend = defineBackend(schema, {
  rules: {
    schools: () => ({ read: everyone, write: everyone }),
    books: () => ({ read: everyone, write: everyone }),
    reviews: () => ({ read: everyone, write: everyone }),
  },
  jobs: { note, warn, count, picky, measure },
  triggers: {
    every: trigger("reviews", { on: ["create", "update", "delete"], select: ["id", "stars", "body"] }, note),
    worse: trigger(
      "reviews",
      { on: ["update"], changed: ["stars"], when: ({ row, before }) => row.stars.lt(before.stars), select: ["id"] },
      warn,
    ),
    counted: trigger("reviews", { on: ["create"], select: ["school"], delay: "1h", uniqueBy: "school" }, count),
    long: trigger("books", { on: ["create"], select: ["words"] }, measure),
    fussy: trigger("schools", { on: ["create"], select: ["name"] }, picky),
  },
});

let platform: Platform;
const closing: (() => unknown)[] = [];
before(async () => {
  platform = await createPlatform({
    backend,
    config: loadConfig({ environment: {} }),
    dataDirectory: await temporaryFolder({ after: (end: () => unknown) => void closing.push(end) }),
    isDisposable: true,
    logger: silentLogger,
  });
});
after(async () => {
  await platform.close();
  for (const end of closing) await end();
});

async function call(method: string, path: string, body?: object): Promise<Record<string, unknown>[]> {
  const response = await platform.fetch(
    new Request(`http://localhost/rest/v1/${path}`, {
      method,
      headers: { "content-type": "application/json", prefer: "return=representation" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text === "" ? [] : (JSON.parse(text) as Record<string, unknown>[]);
}

/** Jobs as they stand: those that are done have gone. */
async function waiting(): Promise<readonly (readonly unknown[])[]> {
  return platform.database.all("SELECT name, state, unique_key, error FROM _chassis_jobs ORDER BY id", []);
}

async function settled(): Promise<void> {
  const end = Date.now() + 10_000;
  while ((await waiting()).some(([, state]) => state === "ready" || state === "running")) {
    assert.ok(Date.now() < end, JSON.stringify(await waiting()));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("a job follows what happened to a row, whichever way it happened, with the columns that were selected", async () => {
  const [school] = await call("POST", "schools", { name: "A" });
  const [made] = await call("POST", "reviews", { school: school?.["id"], stars: 4, body: "Fine." });
  const id = String(made?.["id"]);
  await call("PATCH", `reviews?id=eq.${id}`, { body: "Better." });
  await settled();
  assert.deepEqual(ran.splice(0), [
    { job: "note", input: { operation: "create", row: { id, stars: 4, body: "Fine." } } },
    {
      job: "note",
      input: { operation: "update", row: { id, stars: 4, body: "Better." }, before: { id, stars: 4, body: "Fine." } },
    },
  ]);

  // The back end's own SQL, and what it changes that was not selected by its trigger.
  await platform.database.transaction((connection) =>
    connection.run("UPDATE reviews SET stars = CASE stars WHEN 4 THEN 2 ELSE stars END", []),
  );
  await call("PATCH", `reviews?id=eq.${id}`, { stars: 5 });
  await settled();
  assert.deepEqual(
    ran.splice(0).map(({ job: name }) => name),
    ["note", "warn", "note"],
  );

  // A row that is hidden is deleted to those who ask for no deleted ones; one that is put back is made.
  await call("DELETE", `reviews?id=eq.${id}`);
  await settled();
  assert.deepEqual(ran.splice(0), [{ job: "note", input: { operation: "delete", row: { id, stars: 5, body: "Better." } } }]);
});

test("a transaction that is rolled back hands nothing over", async () => {
  await assert.rejects(
    platform.database.transaction(async (connection) => {
      assert.ok((await connection.run("UPDATE reviews SET stars = 1, deleted = NULL", [])) > 0);
      throw new Error("No.");
    }),
    /No\./,
  );
  await settled();
  assert.deepEqual(ran.splice(0), []);
});

test("one job waits for all changes of one value, and reads what is there when it runs", async () => {
  const [one] = await call("POST", "schools", { name: "One" });
  const [two] = await call("POST", "schools", { name: "Two" });
  for (const school of [one, two, one]) await call("POST", "reviews", { school: school?.["id"], stars: 3, body: "So." });
  await settled();
  ran.splice(0);
  const keys = (await waiting()).filter(([name]) => name === "count").map(([, state, key]) => [state, key]);
  assert.deepEqual(keys.slice(-2), [
    ["scheduled", `counted "${String(one?.["id"])}"`],
    ["scheduled", `counted "${String(two?.["id"])}"`],
  ]);
  await platform.database.transaction((connection) =>
    connection.run("UPDATE _chassis_jobs SET run_at = 0, state = 'ready' WHERE name = 'count'", []),
  );
  const end = Date.now() + 10_000;
  // A look every two seconds: nothing tells of a change by SQL.
  while (ran.length < 3) {
    assert.ok(Date.now() < end, JSON.stringify(ran));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(
    ran
      .splice(0)
      .map(({ input }) => input)
      .slice(-2),
    [
      { school: one?.["id"], reviews: 2 },
      { school: two?.["id"], reviews: 1 },
    ],
  );
});

test("a change that comes while the job of its value runs is followed by another", async (t) => {
  const read: number[] = [];
  const goOn = Promise.withResolvers<void>();
  const recount = job({ input: z.object({ row: z.object({ name: z.string() }) }) }, async ({ input, db }) => {
    read.push(await db.schools.count({ where: input.row }));
    if (read.length === 1) await goOn.promise;
  });
  const own = await createPlatform({
    backend: defineBackend(schema, {
      rules: {
        schools: () => ({ read: everyone, write: everyone }),
        books: () => ({ read: everyone, write: everyone }),
        reviews: () => ({ read: everyone, write: everyone }),
      },
      jobs: { recount },
      triggers: { recounted: trigger("schools", { on: ["create"], select: ["name"], uniqueBy: "name" }, recount) },
    }),
    config: loadConfig({ environment: {} }),
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => own.close());
  const add = async (): Promise<void> => {
    const body = JSON.stringify({ name: "Same" });
    const headers = { "content-type": "application/json" };
    const response = await own.fetch(new Request("http://localhost/rest/v1/schools", { method: "POST", headers, body }));
    assert.equal(response.status, 201);
  };
  const reach = async (count: number): Promise<void> => {
    const end = Date.now() + 10_000;
    while (read.length < count) {
      assert.ok(Date.now() < end);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await add();
  await reach(1);
  await add();
  await add();
  goOn.resolve();
  await reach(2);
  assert.deepEqual(read, [1, 3]);
});

test("input that the job does not take refuses no write: the job is set aside, and says why", async () => {
  await call("POST", "schools", { name: "Any" });
  await settled();
  const kept = (await waiting()).filter(([name]) => name === "picky");
  assert.ok(kept.length > 0 && kept.every(([, state, , error]) => state === "failed" && /fits no more/.test(String(error))));
});

test("what is longer than `enqueue` takes is handed over whole, and refuses no write", async () => {
  const [book] = await call("POST", "books", { words: "w".repeat(300_000) });
  assert.ok(book?.["id"] !== undefined);
  await settled();
  assert.deepEqual(ran.splice(0), [{ job: "measure", input: 300_000 }]);
});

test("what is longer than a mebibyte is not kept a second time: the change stands, and its job is set aside with what to do", async () => {
  const [book] = await call("POST", "books", { words: "w".repeat(1_100_000) });
  assert.ok(book?.["id"] !== undefined);
  await settled();
  const job = (await waiting()).find(([name]) => name === "measure");
  assert.deepEqual([job?.[1], ran.splice(0)], ["failed", []]);
  assert.match(String(job?.[3]), /would have had 11000\d\d characters, and 1048576 is the most: .*select fewer columns/);
  const kept = await platform.database.get("SELECT max(length(input)) FROM _chassis_jobs", []);
  assert.ok(Number(kept?.[0]) < 1000, "nor is it in the table of jobs");
});

test("mistakes of triggers are told with all others", () => {
  const define =
    (triggers: object): (() => unknown) =>
    () =>
      defineBackend(schema, {
        rules: {
          schools: () => ({ read: everyone, write: everyone }),
          books: () => ({ read: everyone, write: everyone }),
          reviews: () => ({ read: everyone, write: everyone }),
        },
        jobs: { note },
        triggers: triggers as never,
      });
  const loose = trigger as unknown as (table: string, options: object, job: unknown) => unknown;
  assert.throws(
    define({
      none: 1,
      table: loose("review", { on: ["create"], select: ["id"] }, note),
      job: loose("reviews", { on: ["create"], select: ["id"] }, warn),
      open: loose("reviews", { on: [], select: ["token"] }, note),
      odd: loose("reviews", { on: ["create"], select: ["id"], delay: "soon", uniqueBy: "token", debounce: 1 }, note),
      nosy: loose(
        "reviews",
        {
          on: ["create"],
          select: ["id"],
          when: ({ row }: { row: { school: { name: { eq(name: string): unknown } } } }) => row.school.name.eq("x"),
        },
        note,
      ),
    }),
    (error) => {
      assert.ok(error instanceof DefinitionError);
      const told = error.problems.map(({ place, message }) => `${place} ${message}`).join("\n");
      for (const part of [
        "triggers.none is no trigger",
        "triggers.table there is no table 'review'; did you mean 'reviews'?",
        "triggers.job runs a job that is not listed under `jobs`",
        "triggers.open.on needs a list",
        "triggers.open.select 'token' is secret",
        "triggers.odd.delay must be a time",
        "triggers.odd.uniqueBy 'token' is secret",
        "triggers.odd 'debounce' is no option of a trigger",
        "triggers.nosy.when looks at other rows; a trigger sees its own row",
      ])
        assert.ok(told.includes(part), `${part} is not in\n${told}`);
      return true;
    },
  );
});
