import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { ChassisError, createClient } from "chassis/client";
import type pathways from "../../examples/pathways/backend.ts";

describe("the client, before a hostile server or with hostile input", () => {
  test("60: follows nobody elsewhere, with what it sends or without", async (t) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(request.url?.endsWith("/reviews") === true ? 301 : 307, { location: "/elsewhere" }).end();
    }).listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const api = createClient<typeof pathways>(`http://127.0.0.1:${port}`, { headers: { "x-key": "k" }, token: "t" });
    // A 301 would make a reading of this writing, whose rows would be taken for what was written.
    const review = { school: "a", stars: 5, body: "b" };
    for (const call of [() => api.reviews.create(review), () => api.auth.signIn({ email: "a@b.c", password: "p" })]) {
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof ChassisError);
        assert.match(error.message, /sends elsewhere/);
        return true;
      });
    }
    assert.deepEqual(asked, ["POST /rest/v1/reviews", "POST /auth/v1/sign-in"]);
  });

  test("61: tells neither a token nor a password in what it throws", async () => {
    for (const token of ["secret-1\nx: y", "secret-ключ"]) {
      const api = createClient<typeof pathways>("http://127.0.0.1:1", { token });
      await assert.rejects(
        () => api.schools.list(),
        (error) => {
          assert.ok(error instanceof TypeError);
          assert.match(error.message, /token/);
          assert.doesNotMatch(inspect(error), /secret/);
          return true;
        },
      );
      assert.doesNotMatch(inspect(api, { depth: 9, showHidden: true }), /secret/);
    }
    assert.throws(
      () => createClient("https://user:secret@example.org"),
      (error) => error instanceof TypeError && /user name/.test(error.message) && !error.message.includes("secret"),
    );
  });

  test("62: asks for nothing else by a name or an id that leads elsewhere", async () => {
    const asked: string[] = [];
    const api = createClient<typeof pathways>("http://localhost", {
      fetch: async (request) => {
        asked.push(new URL(request.url).pathname);
        return Response.json([]);
      },
    });
    for (const bad of ["", ".", "..", "../../auth/v1/account", "a\\b", "a\nb"]) {
      await assert.rejects(async () => api.table(bad as never).list(), TypeError);
      await assert.rejects(async () => (api.fn as unknown as Record<string, () => Promise<unknown>>)[bad]?.(), TypeError);
      await assert.rejects(async () => api.auth.endSession(bad), TypeError);
      await assert.rejects(async () => api.auth.removePasskey(bad), TypeError);
    }
    assert.deepEqual(asked, []);
  });

  test("63: takes an answer for data, whatever its keys are called", async () => {
    const text = '[{"id":"1","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}]';
    const api = createClient<typeof pathways>("http://localhost", {
      fetch: async (request) =>
        request.method === "GET"
          ? new Response(text)
          : new Response('{"code":"42501","message":"no","__proto__":{"admin":true}}', { status: 403 }),
      retries: 0,
    });
    const [row] = await api.schools.list();
    assert.ok(row !== undefined && Object.getPrototypeOf(row) === Object.prototype);
    await assert.rejects(() => api.reviews.delete("1"), ChassisError);
    assert.equal(({} as Record<string, unknown>)["admin"], undefined);
  });
});
