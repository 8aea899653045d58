import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { defineBackend, defineSchema, everyone, functionsOf, jobsOf, nobody, Postpone, type SeedContext, text } from "chassis";
import { mail, paragraph } from "chassis/mail";
import { openTestBackend, type Seed, type TestBackend } from "chassis/testing";
import library, { type schema as librarySchema } from "../../examples/testing/backend.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const schema = defineSchema({ notes: { body: text() } });
const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);

const release: { blocked?: () => void } = {};
const note = job({ input: z.string() }, ({ input, db }) => db.notes.create({ body: input }));
const chain = job({ input: z.int() }, async ({ input, enqueue }) => {
  await (input > 0 ? enqueue(chain, input - 1) : enqueue(note, "end"));
});
const fail = job({ input: z.string(), maxAttempts: 1 }, ({ input }) => {
  throw new Error(input);
});
const later = job({}, () => {
  throw new Postpone("1h", "not now");
});
const block = job({}, () => new Promise<void>((resolve) => (release.blocked = resolve)));
const hello = mail({ subject: "Hello", body: () => [paragraph("Hello")] });

const backend = defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: nobody }) },
  jobs: { note, chain, fail, later, block },
  mails: { hello },
  functions: {
    say: mutation({ input: z.object({ body: z.string() }), access: everyone }, ({ db, input }) =>
      db.asSystem().notes.create(input),
    ),
  },
});

async function open(t: TestContext): Promise<TestBackend<typeof schema>> {
  const app = await openTestBackend(backend);
  t.after(() => app.close());
  return app;
}

test("a test talks to a whole back end, without a network, and sees what became of its data", async (t) => {
  const app = await open(t);
  await app.db.notes.create({ body: "arranged" });
  const said = await app.fetch("/rest/v1/rpc/say", { method: "POST", body: JSON.stringify({ body: "said" }) });
  assert.equal(said.status, 200, await said.text());
  const listed = await app.fetch(new Request("http://localhost/rest/v1/notes?select=body&order=created"));
  assert.deepEqual(await listed.json(), [{ body: "arranged" }, { body: "said" }]);
  assert.equal(await app.db.notes.count(), 2);
});

test("jobs are waited for with those that they hand over, and not with what is to run later", async (t) => {
  const app = await open(t);
  await app.runJobs();
  await app.enqueue(chain, 5);
  await app.enqueue(note, "tomorrow", { delay: "1d" });
  await app.enqueue(later);
  await app.runJobs();
  assert.deepEqual(
    (await app.db.notes.list({ select: ["body"] })).map(({ body }) => body),
    ["end"],
  );
});

test("a job that fails is told once, unless the test is about that", async (t) => {
  const app = await open(t);
  await app.enqueue(fail, "first");
  await assert.rejects(app.runJobs(), /^Error: The job fail \(\d+\) failed: Error: first/);
  await app.runJobs();
  await app.enqueue(fail, "second");
  await app.runJobs({ allowFailures: true });
  await app.runJobs();
});

test("what does not end in time is named", async (t) => {
  const app = await open(t);
  await app.enqueue(block);
  await assert.rejects(app.runJobs({ timeLimit: 100 }), /^Error: Jobs did not end within 100 ms: block \(\d+, running\)\.$/);
  release.blocked?.();
  await app.runJobs();
});

test("a back end leaves nothing behind, and one that does not start neither", async (t) => {
  const folder = await temporaryFolder(t);
  const usual = process.env["TMPDIR"];
  t.after(() => {
    if (usual === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = usual;
  });
  process.env["TMPDIR"] = folder;
  {
    await using app = await openTestBackend(backend);
    assert.equal((await readdir(folder)).length, 1);
    await app.enqueue(hello, { to: "ada@example.org" });
    assert.equal((await app.outbox.next()).subject, "Hello");
  }
  assert.deepEqual(await readdir(folder), []);
  await assert.rejects(openTestBackend(backend, { settings: { CHASSIS_MAIL_SERVR: "x" } }), /did you mean 'CHASSIS_MAIL_SERVER'/);
  const broken = defineBackend(schema, {
    rules: { notes: () => ({ read: everyone, write: nobody }) },
    seed: () => Promise.reject(new Error("no seed")),
  });
  await assert.rejects(openTestBackend(broken), /no seed/);
  assert.deepEqual(await readdir(folder), []);
});

test("the typed client of a caller is theirs", async () => {
  await using app = await openTestBackend(library, { settings: { CHASSIS_BASE_URL: "https://library.example/app" } });
  const [book, ada, eve] = [await app.make.books(), await app.make.users({ name: "Ada" }), app.as("eve")];
  const review = await app.as(ada).api.reviews.create({ book: book.id, reader: ada.id, stars: 5, body: "Good" });
  assert.deepEqual(await eve.api.reviews.list({ select: ["stars"] }), [{ stars: 5 }]);
  await assert.rejects(eve.api.reviews.update(review.id, { stars: 1 }), { status: 404 });
  await assert.rejects(app.as(null).api.users.create({ name: "X", email: "x@example.org" }), { status: 404 });
  const lena = app.as({ id: "lena", roles: ["librarian"] });
  assert.equal((await lena.api.fn.lend({ book: book.id, reader: ada.id })).book, book.id);
  assert.equal((await lena.fn.lend({ book: book.id, reader: ada.id })).reader, ada.id);
  await assert.rejects(eve.fn.lend({ book: book.id, reader: ada.id }), { error: "unknownFunction" });
});

test("many are open at once, each with rows of its own, and the later ones cost little", async () => {
  const apps = await Promise.all(Array.from({ length: 12 }, () => openTestBackend(library)));
  await Promise.all(apps.map((app, place) => app.make.books.many(place)));
  assert.deepEqual(
    await Promise.all(apps.map((app) => app.db.books.count())),
    apps.map((_, place) => place),
  );
  await Promise.all(apps.map((app) => app.close()));
  const before = process.cpuUsage();
  for (let count = 0; count < 20; count++) await (await openTestBackend(library)).close();
  const { user, system } = process.cpuUsage(before);
  // Ten are usual (benchmarks/testing.ts); without the copy of the first it is more than twice of it.
  assert.ok((user + system) / 20_000 < 60, `${(user + system) / 20_000} ms of the processor each`);
});

test("a database begins with what the test says", async (t) => {
  const seeded = {
    ...library,
    seed: async (start: SeedContext) => {
      const { json } = await start.records.read(
        { table: "books", selection: { items: [] }, values: [], form: "json" },
        start.system,
      );
      if (json !== "[]") return;
      await start.records.write(
        {
          type: "insert",
          table: "books",
          rows: [{ title: "Emma", isbn: "9780141439587" }],
          rowForm: "json",
          missing: "default",
          values: [],
          form: "json",
        },
        start.system,
      );
    },
  };
  const titles = async (seed?: Seed<typeof librarySchema>): Promise<readonly string[]> => {
    await using app = await openTestBackend(seeded, seed === undefined ? {} : { seed });
    return (await app.db.books.list()).map(({ title }) => title);
  };
  const file = join(await temporaryFolder(t), "rows.json");
  await writeFile(file, JSON.stringify({ books: [{ title: "Persuasion", isbn: "9780141439686" }] }));
  const rows = { books: [{ title: "Lady Susan", isbn: "9780141439693" }] };
  // Twice each: the second time it is a copy.
  for (let count = 0; count < 2; count++) {
    assert.deepEqual(await titles(), ["Emma"]);
    assert.deepEqual(await titles(false), []);
    assert.deepEqual(await titles(rows), ["Lady Susan"]);
    assert.deepEqual(await titles(pathToFileURL(file)), ["Persuasion"]);
  }
  await writeFile(file, "{");
  await assert.rejects(openTestBackend(seeded, { seed: new URL(`${pathToFileURL(file).href}?again`) }), /rows\.json is no JSON/);
  await assert.rejects(
    openTestBackend(seeded, { seed: { boks: [] } as never }),
    /there is no table 'boks'; did you mean 'books'/,
  );
});
