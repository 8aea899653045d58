import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import backend from "../../examples/quickstart/backend.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ada = "01890000-0000-7000-8000-00000000ada0";
const bob = "01890000-0000-7000-8000-000000000b0b";

type Send = (method: string, path: string, options?: { readonly as?: string; readonly body?: unknown }) => Promise<Response>;

/** The back end of the README with a librarian, a reader, and one book. */
async function openLibrary(t: TestContext): Promise<Send> {
  const config = loadConfig({ environment: {} });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  const tokens = new Map([
    ["ada", (await platform.tokens.issue({ actor: { id: ada, roles: ["librarian"], claims: {} }, lifetime: 60_000 })).token],
    ["bob", (await platform.tokens.issue({ actor: { id: bob, roles: [], claims: {} }, lifetime: 60_000 })).token],
  ]);
  const send: Send = async (method, path, { as, body } = {}) => {
    const headers = new Headers({ "content-type": "application/json", prefer: "return=representation" });
    if (as !== undefined) headers.set("authorization", `Bearer ${tokens.get(as)}`);
    return platform.fetch(
      new Request(`http://localhost${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) }),
    );
  };
  await created(send("POST", "/rest/v1/users", { as: "bob", body: { id: bob, name: "Bob" } }));
  const [book] = await created(
    send("POST", "/rest/v1/books", { as: "ada", body: { title: "Emma", writer: "Jane Austen", year: 1815 } }),
  );
  await created(send("POST", "/rest/v1/reviews", { as: "bob", body: { book: book?.["id"], stars: 5, body: "Witty." } }));
  return send;
}

async function created(answer: Promise<Response>): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const response = await answer;
  const text = await response.text();
  assert.equal(response.status, 201, text);
  return JSON.parse(text);
}

test("the README's request is answered as it says", async (t) => {
  const send = await openLibrary(t);
  const [, address = ""] =
    /curl 'localhost:4000([^']+)'/.exec(readFileSync(join(import.meta.dirname, "../../README.md"), "utf8")) ?? [];
  const response = await send("GET", address);
  const expected = [{ title: "Emma", rating: 5, reviews: [{ stars: 5, body: "Witty.", reader: { name: "Bob" } }] }];
  assert.deepEqual(await response.json(), expected);
});

test("the rules of the README's example hold", async (t) => {
  const send = await openLibrary(t);
  assert.equal((await send("POST", "/rest/v1/books", { as: "bob", body: { title: "x", writer: "y" } })).status, 403);
  assert.equal((await send("POST", "/rest/v1/books", { body: { title: "x", writer: "y" } })).status, 401);
  const asBob = await send("POST", "/rest/v1/users", { as: "ada", body: { id: bob, name: "Not Bob" } });
  assert.equal(asBob.status, 403);
});
