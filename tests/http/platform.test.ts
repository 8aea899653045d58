import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { AppError, defineBackend, defineSchema, everyone, integer, mutation, nobody, query, signedIn, text } from "chassis";
import { z } from "zod";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { temporaryFolder } from "../support/temporary-folder.ts";

const schema = defineSchema(
  {
    notes: { body: text().max(100), author: text() },
    vault: { code: text() },
    counters: { name: text().unique(), value: integer() },
  },
  { roles: ["editor"] },
);

const row = (name: string, value: number) =>
  ({
    type: "insert",
    table: "counters",
    rows: [{ name, value }],
    rowForm: "json",
    missing: "default",
    values: [],
    form: "json",
  }) as const;

const backend = defineBackend(schema, {
  rules: {
    notes: ({ row, me }) => ({
      read: everyone,
      create: row.author.eq(me.id),
      update: row.author.eq(me.id),
      delete: row.author.eq(me.id),
    }),
    vault: () => ({ read: nobody, write: nobody }),
    counters: () => ({ read: everyone, write: nobody }),
  },
  functions: {
    add: query(
      { access: everyone, input: z.object({ left: z.number(), right: z.number() }) },
      ({ input }) => input.left + input.right,
    ),
    whoAmI: query({ access: signedIn }, ({ me }) => me?.id ?? null),
    count: mutation(
      { access: everyone, input: z.object({ name: z.string(), fail: z.enum(["app", "bug"]).optional() }) },
      async ({ db, input }) => {
        await db.asSystem().write(row(input.name, 1));
        if (input.fail === "app") throw new AppError("forbidden", { message: "Not today." });
        if (input.fail === "bug") throw new Error("secret detail");
        return { counted: input.name };
      },
    ),
    asCaller: mutation({ access: everyone }, ({ db }) => db.write(row("mine", 1))),
    sneaky: query({ access: everyone }, ({ db }) => db.asSystem().write(row("sneaky", 1))),
  },
  routes: (app) => async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== "/me") return new Response(`page ${pathname}`);
    const { me, db } = await app.as(request);
    const { rows } = await db.read({ table: "notes", selection: { items: [] }, values: [], form: "json" });
    return Response.json({ me: me?.id ?? null, rows });
  },
});

interface Running {
  readonly platform: Platform;
  readonly token: string;
  readonly send: (path: string, init?: RequestInit) => Promise<Response>;
  readonly call: (name: string, input: object, headers?: Record<string, string>) => Promise<Response>;
}

async function start(t: Pick<TestContext, "after">): Promise<Running> {
  const config = loadConfig({ environment: {}, overrides: { port: "0" } });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  const { token } = await platform.tokens.issue({ actor: { id: "ada", roles: [], claims: {} }, lifetime: 60_000 });
  const send = async (path: string, init?: RequestInit): Promise<Response> =>
    platform.fetch(new Request(`http://localhost${path}`, init));
  const call: Running["call"] = (name, input, headers = {}) =>
    send(`/rest/v1/rpc/${name}`, {
      method: "POST",
      body: JSON.stringify(input),
      headers: { "content-type": "application/json", ...headers },
    });
  return { platform, token, send, call };
}

const countersOf = async (send: Running["send"]): Promise<string[]> =>
  ((await (await send("/rest/v1/counters?select=name&order=name")).json()) as { name: string }[]).map(({ name }) => name);

describe("the platform", () => {
  test("suggests a function to whoever may call it, and tells nobody else its name", async (t) => {
    const { call, token } = await start(t);
    const message = async (headers?: Record<string, string>) =>
      ((await (await call("whoAmi", {}, headers)).json()) as { message: string }).message;
    assert.equal(await message(), "There is no function 'whoAmi', or you may not call it.");
    assert.match(await message({ authorization: `Bearer ${token}` }), /; did you mean 'whoAmI'\?$/);
  });

  test("answers by fetch and by its listener alike", async (t) => {
    const { platform, send } = await start(t);
    const url = await platform.listen();
    assert.equal(platform.url, url);
    for (const response of [await send("/rest/v1/notes"), await fetch(`${url}/rest/v1/notes`)]) {
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), []);
      assert.equal(response.headers.get("cache-control"), "private, no-cache");
      assert.match(response.headers.get("vary") ?? "", /Authorization/);
    }
    await platform.close();
    assert.equal(platform.url, undefined);
    assert.equal((await send("/rest/v1/notes")).status, 503);
  });

  test("writes as whoever is asking, and refuses a bad proof even where nobody would be let in", async (t) => {
    const { token, send } = await start(t);
    const create = (headers: Record<string, string>): Promise<Response> =>
      send("/rest/v1/notes", {
        method: "POST",
        body: '{"body":"x","author":"ada"}',
        headers: { "content-type": "application/json", ...headers },
      });
    assert.equal((await create({ authorization: `Bearer ${token}` })).status, 201);
    const nobodys = await create({});
    assert.equal(nobodys.status, 401);
    assert.match(nobodys.headers.get("www-authenticate") ?? "", /^Bearer/);
    for (const authorization of ["Bearer x", "Basic YTpi", "", `Bearer ${token}x`]) {
      assert.equal((await send("/rest/v1/notes", { headers: { authorization } })).status, 401, authorization);
    }
  });

  test("attack 39: no spelling of an address leads past a rule, to another answer, or to the app in our place", async (t) => {
    const { platform } = await start(t);
    const url = await platform.listen();
    const { port } = new URL(url);
    const { connect } = await import("node:net");
    const statusOf = (path: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let answer = "";
        const socket = connect(Number(port), "127.0.0.1", () =>
          socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
        );
        socket
          .on("data", (chunk) => (answer += String(chunk)))
          .on("close", () => resolve(answer))
          .on("error", reject);
      });
    const plain = await statusOf("/rest/v1/vault");
    for (const path of [
      "/rest/v1/%76ault",
      "//rest/v1/vault",
      "/rest//v1/vault",
      "/rest/v1/./vault",
      "/rest/v1/x/../vault",
      "/rest/v1/vault;x",
      "/rest/v1%2fvault",
      "/rest%5cv1%5cvault",
      "/rest/v1/vault%00",
    ]) {
      assert.match(await statusOf(path), /^HTTP\/1\.1 400 [\s\S]*invalid_url/, path);
    }
    assert.match(await statusOf("/rest/v1/vault/"), /^HTTP\/1\.1 404 /);
    assert.equal(/^HTTP\/1\.1 \d+/.exec(await statusOf("/rest/v1/VAULT"))?.[0], /^HTTP\/1\.1 \d+/.exec(plain)?.[0]);
    assert.match(await statusOf("/REST/v1/vault"), /page \/REST\/v1\/vault/);
  });

  test("an app's routes know who is asking", async (t) => {
    const { token, send } = await start(t);
    assert.deepEqual(await (await send("/me")).json(), { me: null, rows: 0 });
    assert.deepEqual(await (await send("/me", { headers: { authorization: `Bearer ${token}` } })).json(), { me: "ada", rows: 0 });
    assert.equal((await send("/me", { headers: { authorization: "Bearer x" } })).status, 401);
    assert.equal(await (await send("/anything")).text(), "page /anything");
  });
});

describe("functions", () => {
  test("take what their schema takes, and name what it does not", async (t) => {
    const { call } = await start(t);
    assert.equal(await (await call("add", { left: 1, right: 2 })).json(), 3);
    const refused = await call("add", { left: "1" });
    assert.equal(refused.status, 400);
    const { code, fields } = (await refused.json()) as { code: string; fields: { field: string }[] };
    assert.equal(code, "validation_failed");
    assert.deepEqual(
      fields.map(({ field }) => field),
      ["left", "right"],
    );
    assert.equal((await call("whoAmI", {})).status, 404);
  });

  test("that one may not call look like those that are not there", async (t) => {
    const { call, token } = await start(t);
    const bodies = await Promise.all(
      ["whoAmI", "nothing", "constructor", "__proto__"].map(async (name) => (await call(name, {})).text()),
    );
    assert.equal(new Set(bodies.map((body) => body.replaceAll(/whoAmI|nothing|constructor|__proto__/g, "name"))).size, 1);
    assert.equal(await (await call("whoAmI", {}, { authorization: `Bearer ${token}` })).json(), "ada");
  });

  test("a mutation is one transaction: what it throws undoes it, and tells only what was meant to be told", async (t) => {
    const { call, send } = await start(t);
    assert.deepEqual(await (await call("count", { name: "kept" })).json(), { counted: "kept" });
    const meant = await call("count", { name: "a", fail: "app" });
    assert.equal(meant.status, 403);
    assert.equal(((await meant.json()) as { message: string }).message, "Not today.");
    const unmeant = await call("count", { name: "b", fail: "bug" });
    assert.equal(unmeant.status, 500);
    assert.doesNotMatch(await unmeant.text(), /secret/);
    const dry = await call("count", { name: "c" }, { prefer: "tx=rollback" });
    assert.deepEqual(await dry.json(), { counted: "c" });
    assert.deepEqual(await countersOf(send), ["kept"]);
  });

  test("act as their caller unless they say otherwise, and a query never writes", async (t) => {
    const { call, send } = await start(t);
    assert.equal((await call("asCaller", {})).status, 401);
    assert.equal((await call("sneaky", {})).status, 500);
    assert.deepEqual(await countersOf(send), []);
  });
});
