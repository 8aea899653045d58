import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import backend from "./backend.ts";

const ada = "01890000-0000-7000-8000-00000000ada0";
const bob = "01890000-0000-7000-8000-000000000b0b";

test("a project and its tasks are their owner's alone", async () => {
  await using app = await openTestBackend(backend);
  await app.db.users.createMany([
    { id: ada, name: "Ada" },
    { id: bob, name: "Bob" },
  ]);
  const asAda = app.as({ id: ada });
  const asBob = app.as({ id: bob });

  const project = await asAda.db.projects.create({ name: "Engine" });
  await asAda.db.tasks.createMany([
    { project: project.id, title: "Draw it" },
    { project: project.id, title: "Build it", state: "done" },
  ]);
  await assert.rejects(asBob.db.tasks.create({ project: project.id, title: "Break it" }));

  const summaryFor = async (caller: typeof asAda) => (await caller.fetch("/rest/v1/rpc/summary")).json();
  assert.deepEqual(await summaryFor(asAda), { open: 1, done: 1 });
  assert.deepEqual(await summaryFor(asBob), { open: 0, done: 0 });
  assert.equal((await app.fetch("/rest/v1/projects")).status, 404);
});
