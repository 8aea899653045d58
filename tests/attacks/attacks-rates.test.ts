import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { defineBackend, defineSchema, everyone, mutation, query, text } from "chassis";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** What holds functions and pages up until the test lets them go. */
let gate = Promise.withResolvers<void>();
const schema = defineSchema({ notes: { body: text() } });
const backend = defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: everyone }) },
  functions: {
    wait: query({ access: everyone }, async () => gate.promise.then(() => "done")),
    ping: mutation({ access: everyone }, () => "pong"),
  },
  routes: () => async (request) => {
    if (new URL(request.url).pathname === "/waits") await gate.promise;
    return new Response("page");
  },
});

const start = async (environment: Record<string, string>): Promise<Platform & { readonly origin: string }> => {
  const config = loadConfig({ environment, overrides: { port: "0" } });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: await temporaryFolder({ after }),
    isDisposable: true,
    logger: silentLogger,
  });
  after(() => platform.close());
  return Object.assign(platform, { origin: await platform.listen() });
};

const few = { CHASSIS_RATE_REQUESTS: "60/10m", CHASSIS_RATE_WRITES: "10/10m", CHASSIS_RATE_FUNCTIONS: "10/10m" };
const counted = await start(few);
const crowded = await start({
  CHASSIS_LIMIT_READS_AT_ONCE: "1",
  CHASSIS_LIMIT_FUNCTIONS_AT_ONCE: "3",
  CHASSIS_LIMIT_PAGES_AT_ONCE: "3",
  CHASSIS_RATE_WRITES: "off",
});
const off = await start({ CHASSIS_RATE_LIMITS: "off", CHASSIS_RATE_REQUESTS: "1/1h", CHASSIS_LIMIT_PAGES_AT_ONCE: "1" });

interface Sent {
  readonly address?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** As if it had come from that address. */
async function ask(
  platform: Platform,
  path: string,
  { address, method = "GET", headers = {}, body }: Sent = {},
): Promise<Response> {
  const request = new Request(`http://localhost${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return platform.fetch(request, address === undefined ? undefined : { address });
}

/** How many of `count` requests are let through before the first 429. */
async function admitted(count: number, request: (index: number) => Promise<Response>): Promise<number> {
  for (let index = 0; index < count; index++) if ((await request(index)).status === 429) return index;
  return count;
}

const tokenOf = async ({ tokens }: Platform, id: string): Promise<string> =>
  `Bearer ${(await tokens.issue({ actor: { id, roles: [], claims: {} }, lifetime: 3_600_000 })).token}`;
const note = { method: "POST", body: { body: "x" } };

for (const [store, counted] of [
  ["memory", await start(few)],
  ["database", await start({ ...few, CHASSIS_RATE_STORE: "database" })],
] as const) {
  describe(`32: nobody has a fresh limit for the asking, counted in the ${store}`, () => {
    test("32: not by headers, by another connection, address, method or body", async () => {
      const { origin } = counted;
      const variants: readonly ((index: number) => [path: string, init: RequestInit])[] = [
        (index) => ["/rest/v1/notes", { headers: { "x-forwarded-for": `203.0.113.${index}` } }],
        (index) => ["/rest/v1/notes", { headers: { forwarded: `for=203.0.113.${index}`, "x-real-ip": `203.0.113.${index}` } }],
        (index) => [
          `/rest/v1/notes?limit=${index}`,
          { headers: { "user-agent": `agent ${index}`, "x-request-id": String(index) } },
        ],
        (index) => [`/nowhere/${index}`, { method: index % 2 === 0 ? "GET" : "HEAD", headers: { connection: "close" } }],
        (index) => ["/rest/v1/rpc/unknown", { method: "POST", body: JSON.stringify({ index }) }],
        (index) => ["/rest/v1/notes", { method: "OPTIONS", headers: { origin: `https://o${index}.example` } }],
      ];
      const through = await admitted(200, async (index) => {
        const [path, init] = variants[index % variants.length]?.(index) ?? ["/", {}];
        const response = await fetch(`${origin}${path}`, init);
        await response.text();
        return response;
      });
      assert.ok(through >= 60 && through <= 61, String(through));
      const response = await fetch(`${origin}/health/ready`);
      assert.equal(response.status, 429);
      assert.equal(((await response.json()) as { code: string }).code, "too_many_requests");
      assert.match(response.headers.get("retry-after") ?? "", /^\d+$/);
      assert.equal(response.headers.get("ratelimit-policy"), '"requests";q=60;w=600');
      assert.match(response.headers.get("ratelimit") ?? "", /^"requests";r=0;t=\d+$/);
      assert.equal(response.headers.get("cache-control"), "no-store");
    });

    test("32: not by another address of the same IPv6 network, nor in another spelling", async () => {
      const through = await admitted(100, (index) =>
        ask(counted, "/page", { address: `2001:DB8:0:7:${index.toString(16)}::${index}` }),
      );
      assert.ok(through >= 60 && through <= 61, String(through));
      assert.equal((await ask(counted, "/page", { address: "2001:db8:0:8::1" })).status, 200);
      assert.ok(
        (await admitted(100, (index) =>
          ask(counted, "/page", { address: index % 2 === 0 ? "192.0.2.9" : "::ffff:192.0.2.9" }),
        )) <= 61,
      );
      assert.equal((await ask(counted, "/page", { address: "192.0.2.10" })).status, 200);
    });

    test("32: not by another token or another address, once signed in; a stranger at the same address has another one", async () => {
      const through = await admitted(30, async (index) =>
        ask(counted, "/rest/v1/notes", {
          ...note,
          address: `198.51.100.${index}`,
          headers: { authorization: await tokenOf(counted, "u1") },
        }),
      );
      assert.equal(through, 10);
      const other = { authorization: await tokenOf(counted, "u2") };
      assert.equal((await ask(counted, "/rest/v1/notes", { ...note, address: "198.51.100.1", headers: other })).status, 201);
      assert.equal(await admitted(30, () => ask(counted, "/rest/v1/notes", { ...note, address: "198.51.100.1" })), 10);
      // What is read, and what functions are called, has limits of its own.
      assert.equal((await ask(counted, "/rest/v1/notes?limit=1", { address: "198.51.100.1" })).status, 200);
      assert.equal(
        await admitted(30, () => ask(counted, "/rest/v1/rpc/ping", { method: "POST", body: {}, address: "198.51.100.1" })),
        10,
      );
    });
  });
}

describe("33: a batch is as much as its operations", () => {
  const count = async (): Promise<number> =>
    Number(
      (await ask(counted, "/rest/v1/notes?limit=0", { headers: { prefer: "count=exact" } })).headers
        .get("content-range")
        ?.split("/")[1],
    );
  const batch = (address: string, operations: readonly object[]): Promise<Response> =>
    ask(counted, "/rest/v1", { method: "POST", body: operations, address });
  const write = { method: "POST", path: "/rest/v1/notes", body: { body: "x" } };
  const call = { method: "POST", path: "/rest/v1/rpc/ping", body: {} };

  test("33: each write and each call counts, and a batch over the limit does nothing", async () => {
    const before = await count();
    assert.equal(
      (
        await batch(
          "203.0.113.1",
          Array.from({ length: 6 }, () => write),
        )
      ).status,
      200,
    );
    assert.equal(await count(), before + 6);
    const refused = await batch(
      "203.0.113.1",
      Array.from({ length: 6 }, () => write),
    );
    assert.equal(refused.status, 429);
    assert.match(await refused.text(), /10 in 600 seconds \(writes\)/);
    assert.equal(await count(), before + 6);
    assert.equal(await admitted(20, () => ask(counted, "/rest/v1/notes", { ...note, address: "203.0.113.1" })), 4);
    assert.equal(
      (
        await batch(
          "203.0.113.2",
          Array.from({ length: 10 }, () => call),
        )
      ).status,
      200,
    );
    assert.equal((await ask(counted, "/rest/v1/rpc/ping", { method: "POST", body: {}, address: "203.0.113.2" })).status, 429);
  });

  test("33: its reads count as requests", async () => {
    const read = { method: "GET", path: "/rest/v1/notes?limit=1" };
    assert.equal(
      (
        await batch(
          "203.0.113.3",
          Array.from({ length: 50 }, () => read),
        )
      ).status,
      200,
    );
    assert.equal(
      (
        await batch(
          "203.0.113.3",
          Array.from({ length: 50 }, () => read),
        )
      ).status,
      429,
    );
    const left = await admitted(60, () => ask(counted, "/page", { address: "203.0.113.3" }));
    assert.ok(left >= 8 && left <= 10, String(left));
  });
});

describe("what one caller has under way", () => {
  test("is bounded, for functions and for pages, and the others do not notice", async () => {
    for (const path of ["/rest/v1/rpc/wait", "/waits"]) {
      gate = Promise.withResolvers();
      const running = Array.from({ length: 3 }, () => ask(crowded, path, { address: "192.0.2.1" }));
      const refused = await ask(crowded, path, { address: "192.0.2.1" });
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get("retry-after"), "1");
      assert.match(await refused.text(), /at once \(\w+AtOnce\)/);
      const elsewhere = ask(crowded, path, { address: "192.0.2.2" });
      gate.resolve();
      for (const response of [...(await Promise.all(running)), await elsewhere]) assert.equal(response.status, 200);
      assert.equal((await ask(crowded, path, { address: "192.0.2.1" })).status, 200);
    }
  });

  test("is bounded for slow reads, so that nobody fills the queue of those", async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => ({ body: `${index} ${"ab".repeat(100)}` }));
    assert.equal(
      (await ask(crowded, "/rest/v1/notes", { method: "POST", body: rows, headers: { prefer: "return=minimal" } })).status,
      201,
    );
    const slow = "/rest/v1/notes?select=id&body=match.(a|b|ab)*c$&limit=1";
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(crowded, slow, { address: "192.0.2.1" })));
    const statuses = answers.map(({ status }) => status);
    assert.ok(statuses.filter((status) => status === 429).length >= 4, statuses.join(" "));
    // Fast ones are over before the next one comes. On a machine that stands still for a moment one may be taken for slow, and its kind from then on.
    const refusals: number[] = [];
    for (const select of ["id", "body", "id,body"]) {
      const address = `${crowded.origin}/rest/v1/notes?select=${select}&limit=1`;
      const fast = await Promise.all(Array.from({ length: 50 }, () => fetch(address)));
      refusals.push(fast.filter(({ status }) => status !== 200).length);
    }
    assert.ok(refusals.includes(0), refusals.join(" "));
  });
});

test("CHASSIS_RATE_LIMITS=off counts nobody", async () => {
  gate = Promise.withResolvers();
  const waiting = Array.from({ length: 50 }, () => ask(off, "/waits", { address: "192.0.2.1" }));
  gate.resolve();
  for (const { status } of await Promise.all(waiting)) assert.equal(status, 200);
});
