import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import backend from "./backend.ts";

const ada = "01890000-0000-7000-8000-00000000ada0";
const bob = "01890000-0000-7000-8000-000000000b0b";

test("everybody reads notices, and only their author changes them", async () => {
  await using app = await openTestBackend(backend);
  await app.db.users.createMany([
    { id: ada, name: "Ada" },
    { id: bob, name: "Bob" },
  ]);
  const asAda = app.as({ id: ada });
  const asBob = app.as({ id: bob });

  const { id } = await asAda.db.notices.create({ title: "Ladder to lend", body: "3 m" });
  await assert.rejects(asBob.db.notices.update(id, { title: "Mine" }));
  await asAda.db.notices.update(id, { title: "Ladder lent" });

  const answer = await app.fetch("/rest/v1/notices?select=title,author(name)");
  assert.deepEqual(await answer.json(), [{ title: "Ladder lent", author: { name: "Ada" } }]);
});
