import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server } from "node:http";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import type { OpenedBackend } from "chassis";
import type notes from "../../examples/hosting/backend.ts";
import { createApp as createExpress } from "../../examples/hosting/express.ts";
import { createApp as createFastify } from "../../examples/hosting/fastify.ts";
import { createApp as createHono } from "../../examples/hosting/hono.ts";
import { spawnProgram } from "../support/child-server.ts";
import { freePort } from "../support/free-port.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

// What an example leaves to the environment.
process.env["CHASSIS_LOG_LEVEL"] = "silent";
process.env["CHASSIS_DURABILITY"] = "lose-minutes";

interface Host {
  readonly backend: OpenedBackend<typeof notes.schema>;
  readonly close: () => Promise<void>;
}

async function ended(server: Server, backend: Host["backend"]): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  await backend.close();
  server.closeAllConnections();
  await closed;
}

/** Each host, and how it is served and ended. */
const hosts: Readonly<Record<string, (url: string, port: number) => Promise<Host>>> = {
  async express(url, port) {
    const { app, backend } = await createExpress(url, await temporaryFolder({ after }));
    const server = app.listen(port, "127.0.0.1");
    await once(server, "listening");
    return { backend, close: () => ended(server, backend) };
  },
  async fastify(url, port) {
    const { app, backend } = await createFastify(url, await temporaryFolder({ after }));
    await app.listen({ port, host: "127.0.0.1" });
    return { backend, close: () => app.close() };
  },
  async hono(url, port) {
    const { app, backend } = await createHono(url, await temporaryFolder({ after }));
    const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }) as Server;
    await once(server, "listening");
    return { backend, close: () => ended(server, backend) };
  },
};

const json = { "content-type": "application/json" };

for (const [name, start] of Object.entries(hosts))
  describe(`a back end within ${name}`, async () => {
    const port = await freePort();
    const site = `http://localhost:${port}`;
    const { backend, close } = await start(site, port);
    after(close);
    const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(site + path, init);
    const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
      ask(`/api${path}`, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(body) });

    test("answers below its path, beside the routes of the app", async () => {
      const notes = await ask("/api/rest/v1/notes?select=body");
      assert.deepEqual([notes.status, await notes.json()], [200, []]);
      assert.equal((await ask("/")).status, 200);
      const echo = await ask("/echo", { method: "POST", headers: json, body: '{"a":1}' });
      assert.deepEqual(await echo.json(), { a: 1 });
      assert.equal((await ask("/rest/v1/notes")).status, 404);
      assert.equal((await ask("/api/health/ready")).status, 200);
    });

    test("tells errors in its own form, with all that every answer carries", async () => {
      const refused = await ask("/api/rest/v1/notes", {
        method: "POST",
        headers: json,
        body: '{"body":"one"}',
      });
      assert.equal(refused.status, 401);
      assert.equal(((await refused.json()) as { code: string }).code, "PGRST302");
      assert.equal(refused.headers.get("x-content-type-options"), "nosniff");
      assert.match(refused.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
      const unknown = await ask("/api/rest/v1/nots");
      assert.equal(unknown.status, 404);
      assert.match(await unknown.text(), /notes/);
      const broken = await ask("/api/rest/v1/notes", { method: "POST", headers: json, body: '{"body":' });
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
            controller.enqueue(Buffer.from(`{"body":"Line ${line}"}\n`));
          },
        });
      };
      const send = (body: ReadableStream<Uint8Array>): Promise<Response> =>
        ask("/api/rest/v1/notes", {
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

    test("takes a write of whoever signed in there, whose cookie the app's own routes know, and no other site's page can use", async () => {
      const [email, password] = ["ada@example.org", "correct horse battery"];
      const made = await backend.auth?.obey({ type: "users", action: "create", address: email, roles: [], row: { name: "Ada" } });
      const [link = ""] = /http\S+/.exec(JSON.stringify(made)?.replaceAll('"', " ") ?? "") ?? [];
      assert.ok(link.startsWith(`${site}/api/auth/reset?token=`), JSON.stringify(made));
      const token = new URL(link).searchParams.get("token") ?? "";
      // A form of the back end's own pages, with its cookies.
      const own = { "sec-fetch-site": "same-origin" };
      const form = (path: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
        ask(`/api${path}`, { method: "POST", headers: own, body: new URLSearchParams(fields), redirect: "manual" });
      const reset = await form("/auth/reset", { token, password });
      assert.equal(reset.status, 303, await reset.text());
      const signedIn = await form("/auth/sign-in", { email, password });
      const [cookie = ""] = signedIn.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
      assert.match(cookie, new RegExp(`^chassis-session-${port}~api=`));
      const { me } = (await (await ask("/", { headers: { cookie } })).json()) as { readonly me: string | null };
      assert.equal(typeof me, "string");
      const written = await post("/rest/v1/notes", { body: "mine" }, { cookie, ...own, prefer: "return=representation" });
      const [row] = (await written.json()) as readonly { readonly author: string; readonly body: string }[];
      assert.deepEqual([written.status, row?.author, row?.body], [201, me, "mine"]);
      const foreign = await post("/rest/v1/notes", { body: "theirs" }, { cookie, "sec-fetch-site": "cross-site" });
      assert.equal(foreign.status, 403);
      const { notes } = (await (await ask("/")).json()) as { readonly notes: number };
      assert.equal(notes, 1);
      const out = await post("/auth/v1/sign-out", {}, { cookie, ...own });
      assert.ok(out.ok, await out.text());
      assert.equal((await post("/rest/v1/notes", { body: "late" }, { cookie, ...own })).status, 401);
    });

    test("starts by itself, says where it is, and ends by a signal", async (t) => {
      const file = fileURLToPath(new URL(`../../examples/hosting/${name}.ts`, import.meta.url));
      const another = String(await freePort());
      const program = spawnProgram(t, [another, await temporaryFolder(t)], {}, file);
      const [, url = ""] = await program.written(/^Notes, at (\S+):/m);
      assert.equal(url, `http://localhost:${another}`);
      assert.equal((await fetch(`${url}/api/rest/v1/notes`)).status, 200);
      program.process.kill("SIGTERM");
      assert.equal(await program.ended(), 0, program.text());
    });

    test("ends when the app does", async () => {
      await close();
      const after = await ask("/api/rest/v1/notes").then(
        ({ status }) => status,
        () => "refused",
      );
      assert.ok(after === "refused" || after === 503, String(after));
    });
  });
