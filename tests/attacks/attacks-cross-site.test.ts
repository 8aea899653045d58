import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Browser, password, startPeople } from "../support/live-people.ts";

const live = await startPeople({ after });
const port = Number(new URL(live.url).port);
const cookieName = `chassis-session-${port}`;
let count = 0;
const someone = (): string => `person-${++count}@example.org`;
const status = async (browser: Browser): Promise<number> => (await browser.get("/rest/v1/notes")).status;

describe("42, 43: pages of other sites do nothing with somebody's cookie", () => {
  const foreign: readonly Readonly<Record<string, string>>[] = [
    { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    { "sec-fetch-site": "same-site", origin: "https://sub.localhost" },
    { "sec-fetch-site": "cross-site", origin: "null" },
    // What browsers without Sec-Fetch-Site send.
    { "sec-fetch-site": "", origin: "https://evil.example" },
    { "sec-fetch-site": "", origin: "null" },
    { "sec-fetch-site": "", origin: `https://localhost:${port}.evil.example` },
    { "sec-fetch-site": "", origin: `http://localhost:${port + 1}` },
    { "sec-fetch-site": "", origin: `http://localhost:${port}@evil.example` },
  ];
  const only = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ""));
  const send = (
    browser: Browser,
    path: string,
    method: string,
    headers: Readonly<Record<string, string>>,
    type: string,
  ): Promise<Response> =>
    fetch(live.url + path, {
      method,
      headers: { "content-type": type, cookie: `${cookieName}=${browser.cookies.get(cookieName)}`, ...only(headers) },
      body: JSON.stringify({ body: "forged" }),
    });

  test("42, 43: neither to the data API, nor to pages, nor to sign-in, in any form", async () => {
    const browser = await live.join(someone());
    for (const headers of foreign) {
      for (const [path, method] of [
        ["/rest/v1/notes", "POST"],
        ["/rest/v1/notes", "DELETE"],
        ["/rest/v1/notes", "PATCH"],
        ["/home", "POST"],
        ["/auth/v1/sign-out", "POST"],
        ["/auth/v1/sessions", "DELETE"],
      ] as const) {
        for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
          const response = await send(browser, path, method, headers, type);
          const { code } = (await response.json()) as { code: string };
          assert.deepEqual([response.status, code], [403, "cross_site"], `${method} ${path} ${type} ${JSON.stringify(headers)}`);
        }
      }
      const asked = await fetch(`${live.url}/auth/v1/sign-in`, {
        method: "POST",
        headers: { "content-type": "application/json", ...only(headers) },
        body: JSON.stringify({ email: "x@example.org", password }),
      });
      assert.equal(asked.status, 403, "nor are people signed in as somebody else");
    }
    assert.equal(await status(browser), 200);
  });

  test("42: it must be known which page sent it; a program sends its token", async () => {
    const browser = await live.join(someone());
    const unknown = await send(browser, "/rest/v1/notes", "POST", {}, "application/json");
    assert.equal(unknown.status, 403);
    for (const headers of [{ origin: live.url }, { "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "none" }])
      assert.equal((await send(browser, "/rest/v1/notes", "POST", headers, "application/json")).status, 201);
    const authorization = `Bearer ${browser.cookies.get(cookieName)}`;
    assert.equal((await send(browser, "/rest/v1/notes", "POST", { authorization }, "application/json")).status, 201);
    // Only reading is left to whoever links here.
    const linked = await fetch(`${live.url}/home`, {
      headers: { cookie: `${cookieName}=${browser.cookies.get(cookieName)}`, "sec-fetch-site": "cross-site" },
    });
    assert.equal(linked.status, 200);
  });
});

test("44: what is answered about somebody is kept by nobody", async () => {
  const browser = await live.join(someone());
  for (const path of ["/auth/v1/session", "/auth/v1/sessions"])
    assert.equal((await browser.get(path)).headers.get("cache-control"), "no-store", path);
  assert.equal((await browser.get("/rest/v1/notes")).headers.get("cache-control"), "private, no-cache");
});
