import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { openTestBackend, type TestBackend } from "chassis/testing";
import { Hono } from "hono";
import type { OpenApiDocument } from "#server";
import { openSmallSite } from "../../examples/pathways/testing/small-site.ts";
import { createAnswerCheck } from "./answers.ts";
import { marketBackend } from "./market-backend.ts";
import { operationsOf, requestsOf } from "./requests.ts";

type Ask = (target: string, init?: RequestInit) => Promise<Response>;

async function documentFor(ask: Ask): Promise<OpenApiDocument> {
  const response = await ask("/openapi.json");
  assert.equal(response.status, 200);
  return (await response.json()) as OpenApiDocument;
}

/** Sends everything that the document says is good, and holds every answer to what it says of answers. */
async function holdToDocument(ask: Ask, ids: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, Set<number>>> {
  const document = await documentFor(ask);
  const check = createAnswerCheck(document);
  const statuses = new Map<string, Set<number>>();
  const problems: string[] = [];
  // What makes things comes first, what takes them away last.
  const order = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
  const operations = operationsOf(document).toSorted((one, other) => order.indexOf(one.method) - order.indexOf(other.method));
  for (const operation of operations) {
    const seen = new Set<number>();
    statuses.set(operation.id, seen);
    for (const { target, method, headers, body } of requestsOf(document, operation, ids)) {
      const response = await ask(target, { method, headers, ...(body === undefined ? {} : { body }) });
      const text = await response.text();
      seen.add(response.status);
      const problem =
        response.status >= 500
          ? `it answers ${response.status}: ${text}`
          : check(operation, { status: response.status, type: response.headers.get("content-type") ?? "", text });
      if (problem !== undefined) problems.push(`${method} ${target} ${JSON.stringify(headers)} ${body ?? ""}\n  ${problem}`);
    }
  }
  assert.deepEqual(problems, []);
  return statuses;
}

function succeeded(statuses: ReadonlyMap<string, ReadonlySet<number>>, ...names: readonly string[]): void {
  for (const name of names)
    assert.ok(
      [...(statuses.get(name) ?? [])].some((status) => status < 300),
      `${name}: ${[...(statuses.get(name) ?? ["never asked"])].join()}`,
    );
}

describe("a server answers as its document says", () => {
  test("of Pathways, to an editor", async (t) => {
    const site = await openSmallSite(t);
    const id = "ann";
    const editor = site.as({ id, roles: ["editor"] });
    await site.db.users.create({ id, name: "Ann" });
    const school = (await site.db.schools.list({}))[0]?.id ?? "";
    const review = await site.db.reviews.create({ school, author: id, stars: 3, body: "Good." });
    const saved = await site.db.saved_schools.create({ owner: id, school });
    const ids = { users: id, schools: school, reviews: review.id, saved_schools: saved.id };
    const statuses = await holdToDocument((...asked) => editor.fetch(...asked), ids);
    assert.ok(statuses.size > 70);
    succeeded(
      statuses,
      "listReviews",
      "countSchools",
      "createSchools",
      "updateSchoolsRow",
      "updateReviewsRow",
      "deleteReviews",
      "listUsers",
      "callCompare",
      "queryCompare",
      "runBatch",
      "isReady",
    );
  });

  test("of Pathways, to nobody in particular", async (t) => {
    const site = await openSmallSite(t);
    const statuses = await holdToDocument((...asked) => site.fetch(...asked), {});
    succeeded(statuses, "listSchools", "getSession", "sendLink");
    assert.ok(!statuses.has("createSchools") && !statuses.has("listSavedSchools"));
  });

  test("of a market with every kind of field, history and deleted rows, to a warden", async (t) => {
    const market = await openTestBackend(marketBackend);
    t.after(() => market.close());
    const id = randomUUID();
    const warden = market.as({ id, roles: ["warden"] });
    await market.db.users.create({ id, name: "Ann" });
    const stall = await market.db.stalls.create({
      name: "Pears",
      owner: id,
      kind: "fruit",
      rent: "12.50",
      area: 3,
      badge: "\\x00ff",
      layout: { rows: [1] },
    });
    // By the API: to the type checker every object has a \`toString\` already.
    const made = await warden.fetch("/rest/v1/words", {
      method: "POST",
      headers: { prefer: "return=representation" },
      body: '{"select":"a","limit":1}',
    });
    const [word = { id: "" }] = (await made.json()) as readonly { readonly id: string }[];
    const thing = await market.db.saved_things.create({ note: "a" });
    const other = await market.db.savedThings2.create({ note: "a" });
    const vault = await market.db.vault.create({ content: "gold", stall: stall.id });
    const visit = await market.db.visits.create({ stall: stall.id });
    const ids = {
      users: id,
      stalls: stall.id,
      words: word.id,
      saved_things: thing.id,
      savedThings2: other.id,
      vault: vault.id,
      visits: visit.id,
    };
    const statuses = await holdToDocument((...asked) => warden.fetch(...asked), ids);
    succeeded(
      statuses,
      "listStalls",
      "queryStalls",
      "getStallsRow",
      "createStalls",
      "updateStallsRow",
      "listStallsVersions",

      "putWordsRow",
      "listWords",
      "createVault",
      "queryGreet",
      "callGreet",
      "callPlant",
      "queryPing",
      "callOpenVault",
    );
  });
});

test("a deleted row comes back as the document says, and is what it was in a version", async (t) => {
  const market = await openTestBackend(marketBackend);
  t.after(() => market.close());
  const id = randomUUID();
  const owner = market.as({ id });
  await market.db.users.create({ id, name: "Ann" });
  const stall = await market.db.stalls.create({ name: "Pears", owner: id, kind: "fruit", rent: "1", area: 3 });
  await market.db.stalls.update(stall.id, { name: "Plums" });
  await market.db.stalls.delete(stall.id);
  const document = await documentFor((...asked) => owner.fetch(...asked));
  const restore = operationsOf(document).find((operation) => operation.id === "restoreStallsRow");
  assert.ok(restore !== undefined);
  const check = createAnswerCheck(document);
  const [asked] = requestsOf(document, restore, { stalls: stall.id });
  assert.ok(asked !== undefined);
  for (const [body, name] of [
    [undefined, "Plums"],
    ['{"version":1}', "Pears"],
  ] as const) {
    const headers = { prefer: "return=representation" };
    const response = await owner.fetch(asked.target, { method: asked.method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    assert.ok(response.status < 300, text);
    assert.equal(check(restore, { status: response.status, type: response.headers.get("content-type") ?? "", text }), undefined);
    assert.equal((JSON.parse(text) as { readonly name: string }).name, name);
  }
});

describe("/openapi.json and /docs", async () => {
  const market = await openTestBackend(marketBackend);
  after(() => market.close());
  const somebody = market.as({ id: randomUUID() });
  const warden = market.as({ id: randomUUID(), roles: ["warden"] });

  test("each sees what they may reach; callers of a kind share a document, and others do not", async () => {
    const tag = async (ask: Ask): Promise<string | null> => (await ask("/openapi.json")).headers.get("etag");
    const another = market.as({ id: randomUUID() });
    const tags = await Promise.all([market, somebody, another, warden].map((each) => tag((...asked) => each.fetch(...asked))));
    assert.equal(tags[1], tags[2]);
    assert.equal(new Set(tags).size, 3);
    assert.ok(!("/rest/v1/vault" in (await documentFor((...asked) => somebody.fetch(...asked))).paths));
    assert.ok("/rest/v1/vault" in (await documentFor((...asked) => warden.fetch(...asked))).paths);
  });

  test("it is answered with 304 to whoever has it, compressed to whoever takes that, and refused with a bad proof", async () => {
    const first = await market.fetch("/openapi.json", { headers: { "accept-encoding": "gzip" } });
    assert.equal(first.headers.get("content-encoding"), "gzip");
    assert.equal(first.headers.get("cache-control"), "private, no-cache");
    assert.match(first.headers.get("vary") ?? "", /Authorization, Cookie/);
    const etag = first.headers.get("etag") ?? "";
    const again = await market.fetch("/openapi.json", { headers: { "if-none-match": etag } });
    assert.deepEqual([again.status, await again.text()], [304, ""]);
    const refused = await market.fetch("/openapi.json", { headers: { authorization: "Bearer nonsense" } });
    assert.equal(refused.status, 401);
    assert.equal((await market.fetch("/openapi.json", { method: "POST" })).status, 405);
  });

  test("the page loads its one script from here, by its name for ever, in three encodings", async () => {
    const page = await market.fetch("/docs");
    assert.equal(page.status, 200);
    const policy = page.headers.get("content-security-policy") ?? "";
    assert.match(
      policy,
      /^default-src 'none'; style-src 'nonce-[^']+'; script-src 'nonce-[^']+' 'sha256-[^']+'; img-src data:; connect-src 'self'; /,
    );
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    const path = /src="(\/docs\/scalar-[0-9a-f]{16}\.js)"/.exec(await page.text())?.[1] ?? "";
    const lengths: number[] = [];
    for (const encoding of ["br", "gzip", "identity"]) {
      const script = await market.fetch(path, { headers: { "accept-encoding": encoding } });
      assert.equal(script.headers.get("content-encoding") ?? "identity", encoding);
      assert.equal(script.headers.get("cache-control"), "public, max-age=31536000, immutable");
      lengths.push((await script.arrayBuffer()).byteLength);
    }
    const [brotli = 0, gzip = 0, whole = 0] = lengths;
    assert.ok(brotli < 1_200_000 && gzip < 1_500_000 && whole > 4_000_000, String(lengths));
  });

  test("whatever else is below it is not there, and says so plainly", async () => {
    for (const path of ["/docs/", "/docs/nothing", "/docs/scalar-0000000000000000.js"]) {
      const response = await market.fetch(path);
      assert.ok([400, 404].includes(response.status), `${path}: ${response.status}`);
      assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
    }
  });

  test("CHASSIS_API_DOCS keeps both to the signed-in, or leaves their paths to the app", async (t) => {
    const open = async (access: string): Promise<TestBackend<(typeof marketBackend)["schema"]>> => {
      const own = await openTestBackend(
        { ...marketBackend, routes: () => async () => new Response("the app's own") },
        { settings: { CHASSIS_API_DOCS: access } },
      );
      t.after(() => own.close());
      return own;
    };
    const kept = await open("signed-in");
    assert.equal((await kept.fetch("/openapi.json")).status, 401);
    const page = await kept.fetch("/docs");
    assert.equal(page.status, 401);
    assert.match(await page.text(), /href="\/auth\/sign-in\?to=\/docs"/);
    const member = kept.as({ id: randomUUID() });
    assert.equal((await member.fetch("/openapi.json")).status, 200);
    assert.equal((await member.fetch("/docs")).status, 200);

    // An app that says what its routes are is told at the start, and not by a page that never shows.
    const app = new Hono().get("/docs/:page", (c) => c.text("the app's own"));
    const clashing = { ...marketBackend, routes: () => Object.assign((request: Request) => app.fetch(request), { app }) };
    await assert.rejects(openTestBackend(clashing), /routes: has GET \/docs\/:page, .*CHASSIS_API_DOCS=off/s);
    const left = await openTestBackend(clashing, { settings: { CHASSIS_API_DOCS: "off" } });
    t.after(() => left.close());
    assert.equal(await (await left.fetch("/docs/more")).text(), "the app's own");

    const off = await open("off");
    for (const path of ["/openapi.json", "/docs", "/docs/more"])
      assert.equal(await (await off.fetch(path)).text(), "the app's own");
  });
});
