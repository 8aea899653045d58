import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { backendFolder, notesBackend } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

test("dev serves the last good version, whatever is saved", async (t) => {
  const { path } = await backendFolder(t);
  const save = (text: string) => writeFile(`${path}/backend.ts`, text);
  const dev = spawnProgram(t, ["dev", path, "--port", "0"], { CHASSIS_LOG_LEVEL: "info" });
  const [, url] = await dev.written(/"url":"([^"]+)"/);
  const version = async (): Promise<unknown> => (await fetch(`${url}/rest/v1/rpc/hello`)).json();
  assert.equal(await version(), "version 1");

  await save(notesBackend.replace("max(20)", "max(-1)").replace("min(1).max(5)", "min(9).max(5)"));
  await dev.written(/notes\.slug[\s\S]*notes\.stars[\s\S]*The last good version goes on/);
  assert.equal(await version(), "version 1");

  await save(`${notesBackend}\nthis is no TypeScript(`);
  await dev.written(/The last good version goes on/);
  assert.equal(await version(), "version 1");

  await save(notesBackend.replace("author: text()", "writer: text()").replace("row.author", "row.writer"));
  await dev.written(/The database differs from the new definition:[\s\S]*writer[\s\S]*The last good version goes on/);
  assert.equal(await version(), "version 1");

  await save(notesBackend.replace("version 1", "version 2"));
  const [, again] = await dev.written(/"url":"([^"]+)"/);
  assert.equal(again, url);
  assert.equal(await version(), "version 2");

  dev.process.kill("SIGTERM");
  assert.equal(await dev.ended(), 0);
  await assert.rejects(version());
});

test("dev waits for a first good version", async (t) => {
  const { path } = await backendFolder(t, "export default 1;");
  const dev = spawnProgram(t, ["dev", path, "--port", "0"]);
  await dev.written(/must have a back end[\s\S]*Nothing is served\. Waiting for a change/);
  await writeFile(`${path}/backend.ts`, notesBackend);
  const [, url] = await dev.written(/"url":"([^"]+)"/);
  assert.equal((await fetch(`${url}/health/ready`)).status, 200);
  dev.process.kill("SIGINT");
  assert.equal(await dev.ended(), 0);
});
