import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { defineBackend, defineSchema, everyone, mutation, nobody, query, text } from "chassis";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { temporaryFolder } from "../support/temporary-folder.ts";

const schema = defineSchema({ users: { name: text() }, notes: { body: text() }, drafts: { body: text() } });
const backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
    notes: () => ({ read: everyone, write: everyone }),
    drafts: () => ({ read: everyone, write: everyone }),
  },
  auth: true,
  functions: {
    invite: mutation({ access: everyone }, () => "invited"),
    look: query({ access: everyone }, () => "seen"),
  },
  routes: () => () => new Response("page"),
  limits: {
    functions: { invite: "3/1h", look: "3/1h" },
    tables: { notes: "3/1h" },
    routes: { "/search": "3/1h", "POST /contact": "3/1h", "GET /": "9/1h" },
  },
});

async function start(store: string, dataDirectory: string): Promise<Platform> {
  const config = loadConfig({
    environment: { CHASSIS_RATE_STORE: store, CHASSIS_BASE_URL: "http://localhost" },
    overrides: { port: "0" },
  });
  return createPlatform({ backend, config, dataDirectory, logger: silentLogger, development: true });
}

/** One address for each test, so that none meets another. */
let addresses = 0;
const elsewhere = (): string => `192.0.2.${++addresses}`;

interface Sent {
  readonly address: string;
  readonly method?: string;
  readonly body?: unknown;
}

function asker(platform: Platform) {
  return async (path: string, { address, method = "GET", body }: Sent): Promise<Response> =>
    platform.fetch(
      new Request(`http://localhost${path}`, {
        method,
        headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
      { address },
    );
}

/** How many are let through before the first 429. */
async function admitted(request: (index: number) => Promise<Response>, most = 20): Promise<number> {
  for (let index = 0; index < most; index++) if ((await request(index)).status === 429) return index;
  return most;
}

const note = { method: "POST", body: { body: "x" } };
const call = { method: "POST", body: {} };

for (const store of ["memory", "database"]) {
  const folder = await temporaryFolder({ after });
  let platform = await start(store, folder);
  after(() => platform.close());

  describe(`32: what the app limits, counted in the ${store}`, () => {
    const ask = asker(platform);

    test("32: a function is one by every way that it is called", async () => {
      const address = elsewhere();
      const ways = [
        () => ask("/rest/v1/rpc/look", { address }),
        () => ask("/rest/v1/rpc/look", { address, ...call }),
        () => ask("/rest/v1/rpc/look", { address, method: "HEAD" }),
      ];
      assert.equal(await admitted(async (index) => (ways[index % 3] ?? ways[0])?.() ?? Response.error()), 3);
      const refused = await ask("/rest/v1/rpc/look", { address });
      assert.match(await refused.text(), /The limit is 3 in 3600 seconds \(functions\.look\)\./);
      assert.equal(refused.headers.get("ratelimit-policy"), '"functions.look";q=3;w=3600');
      const batch = [{ method: "POST", path: "/rest/v1/rpc/look", body: {} }];
      assert.equal((await ask("/rest/v1", { address, method: "POST", body: batch })).status, 429);
      assert.equal((await ask("/rest/v1/rpc/invite", { address, ...call })).status, 200, "another one has another limit");
      assert.equal((await ask("/rest/v1/rpc/look", { address: elsewhere() })).status, 200, "and so has somebody else");
    });

    test("32: a table is one by POST, PATCH, PUT, DELETE and batches, and may be read", async () => {
      const address = elsewhere();
      const write = { method: "POST", path: "/rest/v1/notes", body: { body: "x" } };
      const batch = (count: number): Promise<Response> =>
        ask("/rest/v1", { address, method: "POST", body: Array.from({ length: count }, () => write) });
      const refused = await batch(4);
      assert.equal(refused.status, 429, "more than the whole limit is too much for one batch");
      assert.match(await refused.text(), /3 in 3600 seconds \(tables\.notes\), and this is 4 at once/);
      assert.equal((await batch(3)).status, 200);
      for (const method of ["POST", "PATCH", "PUT", "DELETE"])
        assert.equal((await ask("/rest/v1/notes?body=eq.y", { address, method, body: { body: "x" } })).status, 429, method);
      assert.equal((await ask("/rest/v1", { address, method: "POST", body: [write] })).status, 429);
      assert.equal((await ask("/rest/v1/notes?limit=1", { address })).status, 200);
      assert.equal((await ask("/rest/v1/drafts", { address, ...note })).status, 201);
    });

    test("32: a path is one with all below it, by no other spelling of it, and by method where one is named", async () => {
      const address = elsewhere();
      const paths = ["/search", "/search?q=1", "/search/deep", "/search/"];
      const through = await admitted((index) => ask(paths[index % paths.length] ?? "", { address, method: "POST" }));
      assert.equal(through, 3);
      assert.equal((await ask("/%73earch", { address, method: "POST" })).status, 400);
      assert.equal((await ask("/search", { address, method: "HEAD" })).status, 429);
      assert.equal((await ask("/searching", { address, method: "POST" })).status, 200);
      const poster = elsewhere();
      assert.equal(await admitted(() => ask("/contact", { address: poster, method: "POST" })), 3);
      // The form is still shown, until the limit of everything that is looked at.
      assert.equal(await admitted((index) => ask("/contact", { address: poster, method: index % 2 === 0 ? "GET" : "HEAD" })), 9);
    });
  });

  test(`32: attempts at an account are counted from wherever they come, in the ${store}`, async () => {
    const guess = (ask: ReturnType<typeof asker>) => () =>
      ask("/auth/v1/sign-in", {
        address: elsewhere(),
        method: "POST",
        body: { email: "ada@example.org", password: "a wrong password" },
      });
    assert.equal(await admitted(guess(asker(platform))), 10);
    await platform.close();
    platform = await start(store, folder);
    assert.equal((await guess(asker(platform))()).status, store === "memory" ? 401 : 429);
  });
}
