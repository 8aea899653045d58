import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { system } from "#application";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import backend from "../../examples/functions/backend.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const reader = "01890000-0000-7000-8000-000000000b0b";

interface Library {
  readonly books: readonly string[];
  readonly call: (name: string, input: object, options?: { anonymous?: boolean }) => Promise<{ status: number; body: unknown }>;
  readonly get: (path: string) => Promise<unknown>;
}

/** The back end of the page on functions, with one copy of each of two books. */
async function openLibrary(t: TestContext): Promise<Library> {
  const config = loadConfig({ environment: {} });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  const insert = async (table: string, rows: readonly object[]): Promise<readonly string[]> => {
    const all = rows as readonly Readonly<Record<string, unknown>>[];
    const { keys = [] } = await platform.records.write(
      { type: "insert", table, rows: all, rowForm: "json", missing: "default", values: [], form: "json" },
      system,
    );
    return keys.map(String);
  };
  await insert("users", [{ id: reader, name: "Bob" }]);
  const books = await insert("books", [{ title: "Emma" }, { title: "Middlemarch" }]);
  const { token } = await platform.tokens.issue({ actor: { id: reader, roles: [], claims: {} }, lifetime: 60_000 });
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  return {
    books,
    async call(name, input, { anonymous = false } = {}) {
      const request = {
        method: "POST",
        body: JSON.stringify(input),
        headers: anonymous ? { "content-type": "application/json" } : headers,
      };
      const response = await platform.fetch(new Request(`http://localhost/rest/v1/rpc/${name}`, request));
      return { status: response.status, body: await response.json() };
    },
    async get(path) {
      return (await platform.fetch(new Request(`http://localhost/rest/v1/${path}`, { headers }))).json();
    },
  };
}

test("a book is borrowed once for each copy, and what fails leaves nothing behind", async (t) => {
  const { books, call, get } = await openLibrary(t);
  const answers = await Promise.all([call("borrow", { book: books[0] }), call("borrow", { book: books[0] })]);
  assert.deepEqual(
    answers.map(({ status }) => status).sort((left, right) => left - right),
    [200, 400],
  );
  assert.match(JSON.stringify(answers.find(({ status }) => status === 400)?.body), /Every copy is out/);
  assert.deepEqual(await get("books?select=title,copies&order=title"), [
    { title: "Emma", copies: 0 },
    { title: "Middlemarch", copies: 1 },
  ]);
  assert.equal(((await get("loans")) as object[]).length, 1);
});

test("a query finds what can be taken home, and SQL counts over what nobody may read", async (t) => {
  const { books, call } = await openLibrary(t);
  await call("borrow", { book: books[0] });
  assert.deepEqual((await call("find", { words: "emma" })).body, []);
  assert.deepEqual((await call("find", { words: "middlemarch" })).body, [{ id: books[1], title: "Middlemarch" }]);
  assert.deepEqual((await call("popular", {}, { anonymous: true })).body, [{ title: "Emma", loans: 1 }]);
});

test("what is wrong is said: the input, the row, and nothing of a function that one may not call", async (t) => {
  const { call } = await openLibrary(t);
  const invalid = await call("borrow", { book: "emma" });
  assert.equal(invalid.status, 400);
  assert.deepEqual(
    (invalid.body as { fields: { field: string }[] }).fields.map(({ field }) => field),
    ["book"],
  );
  assert.equal((await call("borrow", { book: "01890000-0000-7000-8000-000000000000" })).status, 404);
  const hidden = await call("borrow", {}, { anonymous: true });
  const missing = await call("burrow", {}, { anonymous: true });
  assert.equal(hidden.status, 404);
  assert.equal(JSON.stringify(hidden).replace("'borrow'", "'burrow'"), JSON.stringify(missing));
});
