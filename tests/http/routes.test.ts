import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { defineBackend, defineSchema, everyone, nobody, type RoutesInput, text } from "chassis";
import { Hono } from "hono";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { temporaryFolder } from "../support/temporary-folder.ts";

const schema = defineSchema({ notes: { body: text() } });

async function start(t: TestContext, routes: RoutesInput<typeof schema>): Promise<Platform> {
  const backend = defineBackend(schema, { rules: { notes: () => ({ read: everyone, write: nobody }) }, routes });
  const config = loadConfig({ environment: {}, overrides: { port: "0" } });
  const dataDirectory = await temporaryFolder(t);
  const platform = await createPlatform({ backend, config, dataDirectory, isDisposable: true, logger: silentLogger });
  t.after(() => platform.close());
  return platform;
}

function hello(): Hono {
  const site = new Hono();
  site.get("/hello/:name", (context) => context.text(`Hello, ${context.req.param("name")}`));
  site.post("/echo", async (context) => context.json(await context.req.json(), 201, { "x-made-by": "hono" }));
  return site;
}

describe("routes", () => {
  test("a Hono app answers what is not the server's own", async (t) => {
    const platform = await start(t, hello());
    const url = await platform.listen();
    assert.equal(await (await fetch(`${url}/hello/Ann`)).text(), "Hello, Ann");
    const echo = await fetch(`${url}/echo`, { method: "POST", body: '{"a":1}' });
    assert.deepEqual([echo.status, echo.headers.get("x-made-by"), await echo.json()], [201, "hono", { a: 1 }]);
    assert.equal((await fetch(`${url}/nowhere`)).status, 404);
    assert.deepEqual(await (await fetch(`${url}/rest/v1/notes`)).json(), []);
  });

  test("a Hono app that is made with the data reads it as whoever is asking", async (t) => {
    const platform = await start(t, (app) =>
      hello().get("/notes", async (context) => {
        const { me, db } = await app.as(context.req.raw);
        return context.json({ me, notes: await db.notes.count({}) });
      }),
    );
    const answer = await platform.fetch(new Request("http://localhost/notes"));
    assert.deepEqual(await answer.json(), { me: null, notes: 0 });
  });

  test("a handler where the function that makes it belongs stops the start, in words", async (t) => {
    const handler = () => new Response("Hello");
    await assert.rejects(start(t, handler as never), {
      name: "DefinitionError",
      message: /^The definition has a mistake: routes: the function gave a Response, where it must give a handler/,
    });
  });
});
