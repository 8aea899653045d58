import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "chassis";
import { routes } from "./routes.ts";
import type { Data } from "./site/finder-query.ts";

const home = "http://localhost:4000";

/** The pages on a database that fails every time, and what they log. */
function failingWith(failure: Error, base = ""): { fetch: ReturnType<typeof routes>; logged: object[] } {
  const logged: object[] = [];
  const fail = (): Promise<never> => Promise.reject(failure);
  const data = { schools: { list: fail, count: fail, aggregate: fail } };
  const db = { ...data, asSystem: () => data } as unknown as Data;
  const ignore = (): void => {};
  return {
    fetch: routes({
      as: async () => ({ me: null, db }),
      base,
      nonce: () => "n",
      asSystem: () => db.asSystem(),
      enqueue: fail,
      jobs: { find: fail, list: fail, counts: fail, retry: fail, cancel: fail, pause: fail, resume: fail },
      webhooks: {
        list: fail,
        find: fail,
        add: fail,
        update: fail,
        remove: fail,
        enable: fail,
        disable: fail,
        rotateSecret: fail,
        replay: fail,
        test: fail,
        deliveries: fail,
        attempts: fail,
      },
      suppressions: { add: fail, remove: fail, find: fail, list: fail },
      records: { read: fail, write: fail },
      logger: { debug: ignore, info: ignore, warn: ignore, error: (fields) => void logged.push(fields) },
    }),
    logged,
  };
}

test("a page that fails says so in the site's own words, and the log says why", async () => {
  const failure = new Error("SELECT secret FROM tables");
  const { fetch, logged } = failingWith(failure);
  const response = await fetch(new Request(`${home}/schools`));
  const page = await response.text();
  assert.equal(response.status, 500);
  assert.match(page, /Something broke on our side/);
  assert.doesNotMatch(page, /SELECT/);
  assert.deepEqual(logged, [{ err: failure }]);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
});

test("a busy server is a page too, and nothing that the log calls a failure", async () => {
  const { fetch, logged } = failingWith(new AppError("overloaded"));
  const response = await fetch(new Request(`${home}/schools`));
  assert.equal(response.status, 503);
  assert.match(await response.text(), /Too busy right now/);
  assert.deepEqual(logged, []);
});

test("pages without data need none", async () => {
  const { fetch, logged } = failingWith(new Error("no database"));
  assert.equal((await fetch(new Request(`${home}/pathways`))).status, 200);
  assert.equal((await fetch(new Request(`${home}/nowhere`))).status, 404);
  assert.equal((await fetch(new Request(`${home}/pathways`, { method: "POST" }))).status, 405);
  assert.deepEqual(logged, []);
});

test("below a path of its host the site leads nowhere else", async () => {
  const { fetch } = failingWith(new AppError("overloaded"), "/guide");
  for (const path of [
    "/parts",
    "/pathways",
    "/careers",
    "/skills",
    "/questions",
    "/sources",
    "/schools",
    "/nothing",
    "/account",
  ]) {
    const response = await fetch(new Request(home + path));
    const links = [...(await response.text()).matchAll(/\s(?:href|src|action)="([^"]*)"/g)].map(([, address = ""]) => address);
    const paths = [response.headers.get("location") ?? "", ...links].filter((address) => address.startsWith("/"));
    assert.ok(paths.length > 0, path);
    for (const each of paths) assert.match(each, /^\/guide\/(?!guide)/, `${path} leads to ${each}`);
  }
});
