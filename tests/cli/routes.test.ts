import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import { describe, test, type TestContext } from "node:test";
import type { Backend } from "chassis";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;
const hono = import.meta.resolve("hono");

const definition = `
import { defineBackend, defineSchema, everyone, integer, mutation, nobody, query, ref, signedIn, table, text } from ${JSON.stringify(library)};
import { Hono } from ${JSON.stringify(hono)};

const schema = defineSchema(
  {
    users: { name: text() },
    posts: table({ title: text(), author: ref("users") }, { softDelete: true, history: true }),
    prices: { amount: integer() },
    seals: { name: text() },
  },
  { roles: ["editor", "admin"], claims: { level: integer() } },
);
const app = new Hono();
app.use("*", (_, next) => next());
app.get("/", (context) => context.text("home"));
app.post("/contact", (context) => context.text("thanks"));
export default defineBackend(schema, {
  rules: {
    users: () => ({ read: signedIn, write: nobody }),
    posts: ({ row, me }) => ({ read: everyone, create: row.author.eq(me.id), update: row.author.eq(me.id).or(me.hasRole("editor")), delete: me.hasRole("admin"), history: me.hasRole("editor") }),
    prices: ({ me }) => ({ read: everyone, write: me.claim("level").gt(3) }),
    seals: () => ({ read: nobody, write: nobody }),
  },
  functions: {
    count: query({ access: everyone }, () => 1),
    clear: mutation({ access: ({ me }) => me.hasRole("admin") }, () => 1),
  },
  limits: { functions: { clear: "5/1h" }, tables: { posts: "20/1m" }, routes: { "POST /contact": "3/1d" } },
  seed: () => { throw new Error("Nobody asked for this."); },
  routes: app,
});
`;

interface Listed {
  readonly path: string;
  readonly methods: readonly string[];
  readonly kind: string;
  readonly name: string | null;
  readonly request: string | null;
  readonly who: string;
  readonly reach: string | null;
}

async function listed({ run, path }: BackendFolder, ...options: readonly string[]): Promise<readonly Listed[]> {
  const { code, output, errors } = await run("routes", path, "--json", ...options);
  assert.equal(code, 0, errors);
  return output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Listed);
}

async function start(t: TestContext, path: string): Promise<Platform> {
  const { default: backend } = (await import(pathToFileURL(`${path}/backend.ts`).href)) as { readonly default: Backend };
  const config = loadConfig({ environment: {}, overrides: { port: "0" } });
  const options = {
    backend: { ...backend, seed: undefined },
    config,
    dataDirectory: await temporaryFolder(t),
    logger: silentLogger,
  };
  const platform = await createPlatform(options);
  t.after(() => platform.close());
  return platform;
}

describe("routes", () => {
  test("lists every path with its methods, who may, and its limits", async (t) => {
    const { run, path } = await backendFolder(t, definition);
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("chassis-routes-"));
    const { code, output } = await run("routes", path);
    assert.equal(code, 0);
    const lines = new Set(output.split("\n").map((line) => line.replace(/ {2,}/g, "  ")));
    for (const line of [
      "Tables",
      "  GET  /rest/v1/users[/<id>]  signed in",
      "  POST  /rest/v1/users  nobody",
      "  GET  /rest/v1/posts[/<id>]  everyone",
      "  POST  /rest/v1/posts  signed in, by the row; at most 20 in 1m",
      "  PATCH  /rest/v1/posts[/<id>]  signed in, by the row; editor; at most 20 in 1m",
      "  PUT  /rest/v1/posts[/<id>]  signed in, by the row; at most 20 in 1m",
      "  DELETE  /rest/v1/posts[/<id>]  admin; at most 20 in 1m",
      "  POST  /rest/v1/posts/query  everyone",
      "  GET  /rest/v1/posts/<id>/versions  editor",
      "  POST  /rest/v1/posts/<id>/restore  admin; at most 20 in 1m",
      '  POST  /rest/v1/prices  whoever fits me.claim("level").gt(3)',
      "  GET  /rest/v1/seals[/<id>]  nobody",
      "Functions",
      "  GET, POST  /rest/v1/rpc/count  everyone",
      "  POST  /rest/v1/rpc/clear  admin; at most 5 in 1h",
      "  GET  /health/ready  everyone",
      "The app's own",
      "  GET  /  as it decides",
      "  POST  /contact  as it decides; at most 3 in 1d",
    ])
      assert.ok(lines.has(line), `${line}\n${output}`);
    // Another table has no past, and nothing to restore.
    assert.doesNotMatch(output, /prices\/<id>\/(?:versions|restore)/);
    assert.ok(!existsSync(`${path}/.data`), "It makes no database of the back end.");
    assert.deepEqual(
      readdirSync(tmpdir()).filter((name) => name.startsWith("chassis-routes-")),
      before,
    );
  });

  test("writes paths as people ask for them, where everything is below a path", async (t) => {
    const { run, path } = await backendFolder(t, definition);
    process.env["CHASSIS_BASE_URL"] = "https://example.org/app";
    t.after(() => delete process.env["CHASSIS_BASE_URL"]);
    const { output, errors } = await run("routes", path);
    const paths = [...output.matchAll(/^ {2}\S.*? {2}(\/\S*)/gm)].map(([, each = ""]) => each);
    for (const each of ["/app/rest/v1/users[/<id>]", "/app/openapi.json", "/app/docs/*", "/app/health/ready", "/app/contact"])
      assert.ok(paths.includes(each), `${each}\n${output}${errors}`);
    for (const each of paths) assert.match(each, /^\/app\/(?!app\/)/);
  });

  test("says no more and no less than the server: what is listed is answered, what is not is nowhere", async (t) => {
    const folder = await backendFolder(t, definition);
    const platform = await start(t, folder.path);
    const routes = await listed(folder);
    const ask = async (path: string, method: string): Promise<number> => {
      const address = `http://localhost${path.replace("<id>", "01890000-0000-7000-8000-000000000001")}`;
      const isQuery = path.endsWith("/query");
      const type = isQuery ? "application/x-www-form-urlencoded" : "application/json";
      const withBody = method !== "GET" && method !== "HEAD" && method !== "DELETE";
      const answer = await platform.fetch(
        new Request(address, {
          method,
          ...(withBody ? { body: isQuery ? "" : "{}", headers: { "content-type": type } } : {}),
        }),
      );
      await answer.body?.cancel();
      // A PUT without what it needs is 405 too; a method that is nobody's says which ones there are.
      return answer.status === 405 && !answer.headers.has("allow") ? 400 : answer.status;
    };
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
      for (const path of new Set(routes.map((route) => route.path))) {
        const isListed = routes.some((route) => route.path === path && route.methods.includes(method));
        const status = await ask(path, method);
        // A method that is nobody's is refused, or is nowhere as what the caller may not know of.
        // What an app does about HEAD, it does not tell.
        // The same path by another method is a row of that name.
        if (path.endsWith("/query") && method !== "POST") continue;
        if (method === "HEAD" && routes.some((route) => route.path === path && route.kind === "own")) continue;
        if (isListed) assert.notEqual(status, 405, `${method} ${path}`);
        else assert.ok(status === 405 || status === 404, `${method} ${path} ${status}`);
      }
    // What strangers may is what they get.
    for (const { path, methods, request, reach, name } of await listed(folder, "--anonymous")) {
      if (name === null || request === "history") continue;
      assert.notEqual(reach, "no");
      const status = await ask(path, methods[0] ?? "");
      if (reach === "yes" && request === "read") assert.equal(status, path.includes("<id>") ? 404 : 200, path);
    }
    const reached = new Set((await listed(folder, "--anonymous")).map(({ path }) => path));
    for (const { path, name, kind, request } of routes) {
      if (name === null || kind !== "table" || request !== "read" || path.includes("<id>") || reached.has(path)) continue;
      assert.ok([401, 404].includes(await ask(path, path.endsWith("/query") ? "POST" : "GET")), path);
    }
  });

  test("shows what a caller may reach", async (t) => {
    const folder = await backendFolder(t, definition);
    const reached = async (...options: readonly string[]): Promise<readonly string[]> =>
      (await listed(folder, ...options))
        .filter(({ name, path }) => name !== null && !path.includes("<id>") && !path.endsWith("/query"))
        .map(({ name, request, reach }) => `${name} ${request}${reach === "by the row" ? " by the row" : ""}`);
    assert.deepEqual(await reached("--anonymous"), ["posts read", "prices read", "count call"]);
    assert.deepEqual(await reached("--as", "01890000-0000-7000-8000-00000000ada0"), [
      "users read",
      "posts read",
      "posts create by the row",
      "posts update by the row",
      "posts upsert by the row",
      "prices read",
      "count call",
    ]);
    assert.deepEqual(await reached("--role", "admin"), [
      "users read",
      "posts read",
      "posts create by the row",
      "posts update by the row",
      "posts upsert by the row",
      "posts delete",
      "prices read",
      "count call",
      "clear call",
    ]);
    assert.ok((await reached("--claim", "level=4")).includes("prices create"));
  });

  test("refuses what contradicts itself, and an app that does not tell is one line", async (t) => {
    const folder = await backendFolder(t, definition.replace("routes: app,", 'routes: () => () => new Response("x"),'));
    const { code, errors } = await folder.run("routes", folder.path, "--anonymous", "--role", "admin");
    assert.equal(code, 2);
    assert.match(errors, /^--anonymous is whoever is not signed in/);
    assert.match((await folder.run("routes", folder.path, "--role", "admn")).errors, /no role 'admn'; did you mean 'admin'/);
    assert.match(
      (await folder.run("routes", folder.path)).output,
      /The app's own\n {2}\* {2}\/\* {2}as it decides; at most 3 in 1d \(POST \/contact\)\n/,
    );
  });
});
