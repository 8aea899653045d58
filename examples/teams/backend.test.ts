import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import backend from "./backend.ts";

test("members see what is their organisation's, and nobody else does", async () => {
  await using app = await openTestBackend(backend);
  const ada = await app.db.users.create({ name: "Ada" });
  const eve = await app.db.users.create({ name: "Eve" });
  const red = await app.db.organisations.create({ name: "Red" });
  await app.db.members.create({ organisation: red.id, user: ada.id, role: "member" });
  const project = await app.db.projects.create({ organisation: red.id, title: "Rocket" });
  await app.db.tasks.create({ project: project.id, title: "Light it" });

  const [asAda, asEve] = [app.as(ada), app.as(eve)];
  assert.deepEqual(
    (await asAda.db.tasks.list({})).map(({ title }) => title),
    ["Light it"],
  );
  assert.deepEqual(await asEve.db.tasks.list({}), []);
  await assert.rejects(asEve.db.projects.create({ organisation: red.id, title: "Mine" }));
  assert.equal(await asAda.db.projects.delete(project.id), false, "a member deletes no project");

  const [membership] = await app.db.members.list({});
  await app.db.members.update(membership?.id ?? "", { role: "owner" });
  assert.equal(await asAda.db.projects.delete(project.id), true);
});
