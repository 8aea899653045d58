import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import express from "express";
import { openBackend, type OpenedBackend } from "chassis";
import { silentLogger } from "#base";
import { createApp as createExpress } from "../../examples/hosting/express.ts";
import { createApp as createFastify } from "../../examples/hosting/fastify.ts";
import { createApp as createHono } from "../../examples/hosting/hono.ts";
import signIn from "../../examples/sign-in/backend.ts";
import { freePort } from "../support/free-port.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

// What an example leaves to the environment.
process.env["CHASSIS_LOG_LEVEL"] = "silent";
process.env["CHASSIS_DURABILITY"] = "lose-minutes";

interface Host {
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly close: () => Promise<void>;
}

/** Each host, and how it is served and ended. */
const hosts: Readonly<Record<string, () => Promise<Host>>> = {
  async express() {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const { app, backend } = await createExpress(url, await temporaryFolder({ after }));
    const server = app.listen(port, "127.0.0.1");
    await once(server, "listening");
    return {
      ask: (path, init) => fetch(url + path, init),
      async close() {
        const closed = new Promise((resolve) => server.close(resolve));
        await backend.close();
        server.closeAllConnections();
        await closed;
      },
    };
  },
  async fastify() {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const app = await createFastify(url, await temporaryFolder({ after }));
    await app.listen({ port, host: "127.0.0.1" });
    return { ask: (path, init) => fetch(url + path, init), close: () => app.close() };
  },
  async hono() {
    const url = "http://localhost:3000";
    const { app, backend } = await createHono<{ readonly ip: string }>({
      baseUrl: url,
      dataDirectory: await temporaryFolder({ after }),
      addressOf: ({ ip }) => ip,
    });
    return {
      ask: async (path, init) => app.fetch(new Request(url + path, init), { ip: "192.0.2.1" }),
      close: () => backend.close(),
    };
  },
};

const json = { "content-type": "application/json" };

for (const [name, start] of Object.entries(hosts))
  describe(`a back end within ${name}`, async () => {
    const { ask, close } = await start();
    after(close);

    test("answers below its path, beside the routes of the app", async () => {
      const books = await ask("/api/rest/v1/books?select=title");
      assert.deepEqual([books.status, await books.json()], [200, []]);
      assert.equal((await ask("/")).status, 200);
      const echo = await ask("/echo", { method: "POST", headers: json, body: '{"a":1}' });
      assert.deepEqual(await echo.json(), { a: 1 });
      assert.equal((await ask("/rest/v1/books")).status, 404);
      assert.equal((await ask("/api/health/ready")).status, 200);
    });

    test("tells errors in its own form, with all that every answer carries", async () => {
      const refused = await ask("/api/rest/v1/books", {
        method: "POST",
        headers: json,
        body: '{"title":"Emma","writer":"Jane Austen"}',
      });
      assert.equal(refused.status, 401);
      assert.equal(((await refused.json()) as { code: string }).code, "PGRST302");
      assert.equal(refused.headers.get("x-content-type-options"), "nosniff");
      assert.match(refused.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
      const unknown = await ask("/api/rest/v1/boks");
      assert.equal(unknown.status, 404);
      assert.match(await unknown.text(), /books/);
      const broken = await ask("/api/rest/v1/books", { method: "POST", headers: json, body: '{"title":' });
      assert.equal(broken.status, 400);
    });

    test("reads a body as it streams, and gives it up where it breaks off", async () => {
      const stream = (fails: boolean): ReadableStream<Uint8Array> => {
        let line = 0;
        return new ReadableStream({
          async pull(controller) {
            await new Promise((resolve) => setImmediate(resolve));
            if (line === 40 && fails) return controller.error(new Error("gone"));
            if (line++ === 80) return controller.close();
            controller.enqueue(Buffer.from(`{"title":"Book ${line}","writer":"W"}\n`));
          },
        });
      };
      const send = (body: ReadableStream<Uint8Array>): Promise<Response> =>
        ask("/api/rest/v1/books", {
          method: "POST",
          body,
          duplex: "half",
          headers: { "content-type": "application/x-ndjson" },
        } as RequestInit);
      // Nobody is signed in: that is said when the rows have come, and not in place of the stream.
      assert.equal((await send(stream(false))).status, 401);
      const outcome = await send(stream(true)).then(
        ({ status }) => status,
        () => "gone",
      );
      assert.ok(outcome === "gone" || outcome === 400, String(outcome));
      assert.equal((await ask("/api/health/ready")).status, 200);
    });

    test("ends when the app does", async () => {
      await close();
      const after = await ask("/api/rest/v1/books").then(
        ({ status }) => status,
        () => "refused",
      );
      assert.ok(after === "refused" || after === 503, String(after));
    });
  });

describe("sign-in within a host", async () => {
  const port = await freePort();
  const site = `http://localhost:${port}`;
  const backend: OpenedBackend<typeof signIn.schema> = await openBackend(signIn, {
    dataDirectory: await temporaryFolder({ after }),
    environment: { CHASSIS_DURABILITY: "lose-minutes", CHASSIS_BASE_URL: `${site}/kitchen` },
    logger: silentLogger,
    development: true,
  });
  const app = express();
  app.use("/kitchen", backend.handle);
  app.get("/me", async (request, response) => {
    const { me } = await backend.app.as(new Request(site, { headers: { cookie: request.headers.cookie ?? "" } }));
    response.json({ me: me?.id ?? null });
  });
  const server = createServer(app).listen(port, "127.0.0.1");
  await once(server, "listening");
  assert.equal((server.address() as AddressInfo).port, port);
  after(async () => {
    await backend.close();
    server.close();
    server.closeAllConnections();
  });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${site}/kitchen${path}`, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(body) });

  test("its cookie is good for the app's routes too, and no other site's page can use it", async () => {
    const account = {
      email: "ada@example.org",
      password: "correct horse battery",
      user: { name: "Ada", diet: "vegan", agreed: true },
    };
    const asked = await post("/auth/v1/sign-up", account);
    assert.equal(asked.status, 202);
    const waiting = asked.headers.getSetCookie().map((line) => line.split(";")[0]);
    let link: string | undefined;
    while (link === undefined) {
      const mailbox = await (await fetch(`${site}/kitchen/dev/mailbox`)).text();
      const [, id] = /href="\/kitchen\/dev\/mailbox\/(\d+)"/.exec(mailbox) ?? [];
      const body = id === undefined ? "" : await (await fetch(`${site}/kitchen/dev/mailbox/${id}/body`)).text();
      link = /href="(http[^"]+token=[\w-]+)"/.exec(body)?.[1];
    }
    assert.ok(link.startsWith(`${site}/kitchen/auth/confirm?token=`), link);
    const confirmed = await post(
      "/auth/v1/sign-up/confirm",
      { token: new URL(link).searchParams.get("token") },
      { cookie: waiting.join("; ") },
    );
    const [cookie = ""] = confirmed.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
    assert.match(cookie, new RegExp(`^chassis-session-${port}~kitchen=`));
    const { me } = (await (await fetch(`${site}/me`, { headers: { cookie } })).json()) as { me: string | null };
    assert.notEqual(me, null);
    assert.equal((await post("/rest/v1/recipes", { title: "Soup" }, { cookie, "sec-fetch-site": "same-origin" })).status, 201);
    const foreign = await post("/rest/v1/recipes", { title: "Stew" }, { cookie, "sec-fetch-site": "cross-site" });
    assert.equal(foreign.status, 403);
  });
});
