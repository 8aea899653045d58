import assert from "node:assert/strict";
import { test } from "node:test";
import { system } from "#application";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import backend from "../../examples/jobs/backend.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const reader = "01890000-0000-7000-8000-000000000b0b";

test("whoever borrows a book is reminded once when it is due, and not at all of one that came back", async (t) => {
  const config = loadConfig({ environment: {} });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: await temporaryFolder(t),
    isDisposable: true,
    logger: silentLogger,
  });
  t.after(() => platform.close());
  const insert = async (table: string, row: Readonly<Record<string, unknown>>): Promise<string> => {
    const { keys = [] } = await platform.records.write(
      { type: "insert", table, rows: [row], rowForm: "json", missing: "default", values: [], form: "json" },
      system,
    );
    return String(keys[0]);
  };
  await insert("users", { id: reader, name: "Bob" });
  const emma = await insert("books", { title: "Emma" });
  const { token } = await platform.tokens.issue({ actor: { id: reader, roles: [], claims: {} }, lifetime: 60_000 });
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const request = new Request(`http://localhost/rest/v1/${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    const response = await platform.fetch(request);
    assert.ok(response.ok, await response.clone().text());
    return response.status === 204 ? undefined : response.json();
  };
  const waiting = async (): Promise<unknown> => (await platform.database.get("SELECT count(*) FROM _chassis_jobs", []))?.[0];
  const later = await ask("POST", "rpc/borrow", { book: emma, days: 14 });
  await ask("POST", "rpc/borrow", { book: emma, days: 0 });
  const deadline = performance.now() + 20_000;
  let reminders: unknown = [];
  while (JSON.stringify(reminders) === "[]" && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    reminders = await ask("GET", "reminders?select=words");
  }
  assert.deepEqual(reminders, [{ words: "Bob, please bring back Emma." }]);
  // That the job is done is noted a moment later.
  while ((await waiting()) !== 1 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(await waiting(), 1);
  // It comes back, and its job finds nothing to do.
  await ask("DELETE", `loans?id=eq.${String(later)}`);
  await platform.database.transaction((connection) => connection.run("UPDATE _chassis_jobs SET run_at = 0", []));
  while ((await waiting()) !== 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await waiting(), 0);
  assert.deepEqual(await ask("GET", "reminders?select=words"), [{ words: "Bob, please bring back Emma." }]);
});
