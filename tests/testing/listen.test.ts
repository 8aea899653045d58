import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import library from "../../examples/quickstart/backend.ts";
import kitchen from "../../examples/sign-in/backend.ts";
import { freePort } from "../support/free-port.ts";

const asPage = { "content-type": "application/json", "sec-fetch-site": "same-origin" };

test("a back end in a test listens where it says, for whoever comes by the network, and no longer once it is closed", async () => {
  const app = await openTestBackend(library, { listen: true });
  assert.match(app.url, /^http:\/\/localhost:\d+$/);
  const book = await app.make.books({ title: "Emma" });
  assert.deepEqual(await (await fetch(`${app.url}/rest/v1/books?select=title`)).json(), [{ title: "Emma" }]);
  const byFetch = await app.fetch(`/rest/v1/books?id=eq.${book.id}&select=title`);
  assert.deepEqual(await byFetch.json(), [{ title: "Emma" }]);
  const document = (await (await fetch(`${app.url}/openapi.json`)).json()) as { readonly servers: readonly object[] };
  assert.deepEqual(document.servers, [{ url: app.url }]);
  await app.close();
  await assert.rejects(fetch(`${app.url}/rest/v1/books`), TypeError);
});

test("links in its mails lead to it, and its sessions are good there, at a port of one's own too", async () => {
  const port = await freePort();
  await using app = await openTestBackend(kitchen, { listen: true, settings: { PORT: String(port) } });
  assert.equal(app.url, `http://localhost:${port}`);
  const post = (path: string, body: object, cookie = ""): Promise<Response> =>
    fetch(app.url + path, { method: "POST", headers: { ...asPage, cookie }, body: JSON.stringify(body) });
  const account = {
    email: "ada@example.org",
    password: "correct horse battery",
    user: { name: "Ada", diet: "vegan", agreed: true },
  };
  assert.equal((await post("/auth/v1/sign-up", account)).status, 202);
  const link = new URL((await app.outbox.next({ to: account.email })).links[0] ?? "");
  assert.equal(link.origin, app.url);
  const confirmed = await post("/auth/v1/sign-up/confirm", { token: link.searchParams.get("token"), password: account.password });
  const cookie = confirmed.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  assert.ok(cookie.startsWith(`chassis-session-${port}=`), cookie);
  assert.equal((await post("/rest/v1/recipes", { title: "Soup" }, cookie)).status, 201);
  const { user } = (await confirmed.json()) as { readonly user: string };
  assert.equal(await app.auth?.addressOf(user), account.email);
});

test("without listen, too, links in mails lead to app.url, and requests come there", async () => {
  for (const [settings, url] of [
    [{}, "http://localhost:4000"],
    [{ PORT: "4711" }, "http://localhost:4711"],
    [{ CHASSIS_BASE_URL: "https://example.org/app" }, "https://example.org/app"],
  ] as const) {
    const backend = {
      ...kitchen,
      routes:
        () =>
        async ({ url }: Request) =>
          new Response(url),
    };
    await using app = await openTestBackend(backend, { settings });
    assert.equal(app.url, url);
    assert.equal(await (await app.fetch("/some/page")).text(), `${new URL(url).origin}/some/page`);
    const body = JSON.stringify({
      email: "ada@example.org",
      password: "correct horse battery",
      user: { name: "Ada", diet: "vegan", agreed: true },
    });
    assert.equal((await app.fetch("/auth/v1/sign-up", { method: "POST", headers: asPage, body })).status, 202);
    const [link = ""] = (await app.outbox.next({ to: "ada@example.org" })).links;
    assert.ok(link.startsWith(`${url}/auth/`), link);
  }
});

test("without listen nobody answers, and what contradicts itself or is taken is refused", async () => {
  await using app = await openTestBackend(library);
  assert.equal(app.url, "http://localhost:4000");
  assert.equal(app.auth, undefined);
  await using elsewhere = await openTestBackend(library, { settings: { CHASSIS_BASE_URL: "https://example.org/app" } });
  assert.equal(elsewhere.url, "https://example.org/app");
  await assert.rejects(
    openTestBackend(library, { listen: true, settings: { CHASSIS_BASE_URL: "https://example.org" } }),
    /`listen` or CHASSIS_BASE_URL, not both/,
  );
  await using first = await openTestBackend(library, { listen: true });
  const settings = { PORT: new URL(first.url).port };
  await assert.rejects(openTestBackend(library, { listen: true, settings }), { code: "EADDRINUSE" });
});
