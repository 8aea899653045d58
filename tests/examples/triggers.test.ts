import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import backend from "../../examples/triggers/backend.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const root = join(import.meta.dirname, "../..");
const reader = "01890000-0000-7000-8000-000000000b0b";

test("whoever wished for a book is told once it is there again", async (t) => {
  const config = loadConfig({ environment: {} });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  const { token } = await platform.tokens.issue({ actor: { id: reader, roles: [], claims: {} }, lifetime: 60_000 });
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}`, prefer: "return=representation" };
  const ask = async (method: string, path: string, body?: object): Promise<Record<string, unknown>[]> => {
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await platform.fetch(new Request(`http://localhost/rest/v1/${path}`, init));
    assert.ok(response.ok, await response.clone().text());
    return response.json() as Promise<Record<string, unknown>[]>;
  };
  await ask("POST", "users", { id: reader, name: "Bob" });
  const [emma] = await ask("POST", "books", { title: "Emma" });
  await ask("POST", "wishes", { book: emma?.["id"] });
  const set = (change: object): Promise<unknown> => ask("PATCH", `books?id=eq.${String(emma?.["id"])}`, change);
  await set({ title: "Emma, a novel" });
  await set({ stock: 2 });
  await set({ stock: 1 });

  const end = performance.now() + 20_000;
  const jobs = async (): Promise<unknown> => (await platform.database.get("SELECT count(*) FROM _chassis_jobs", []))?.[0];
  while ((await jobs()) !== 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(await ask("GET", "messages?select=words,version"), [{ words: "Emma, a novel is there.", version: 1 }]);
});

test("the page shows the code that runs", () => {
  const page = readFileSync(join(root, "docs/learn/triggers.md"), "utf8");
  assert.ok(page.includes(readFileSync(join(root, "examples/triggers/backend.ts"), "utf8").trimEnd()));
});
