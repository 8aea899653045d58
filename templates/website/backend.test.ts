import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import backend from "./backend.ts";

const ada = "01890000-0000-7000-8000-00000000ada0";
const bob = "01890000-0000-7000-8000-000000000b0b";

test("somebody writes a post by the form, and everybody reads it", async () => {
  await using app = await openTestBackend(backend);
  await app.db.users.create({ id: ada, name: "Ada" });
  const asAda = app.as({ id: ada });
  const send = (fields: Record<string, string>) =>
    asAda.fetch("/write", { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });

  const refused = await send({ title: "x".repeat(121), body: "First." });
  assert.equal(refused.status, 422);
  assert.match(await refused.text(), /id="title-problem"[\s\S]*First\./);

  const sent = await send({ title: "Hello <world>", body: "First." });
  const page = await app.fetch(sent.headers.get("location") ?? "");
  assert.match(await page.text(), /<h1>Hello &#60;world&#62;<\/h1>[\s\S]*Ada/);
  assert.match(await (await app.fetch("/")).text(), /Hello &#60;world&#62;/);
});

test("nobody changes what somebody else wrote", async () => {
  await using app = await openTestBackend(backend);
  await app.db.users.createMany([
    { id: ada, name: "Ada" },
    { id: bob, name: "Bob" },
  ]);
  const post = await app.as({ id: ada }).db.posts.create({ title: "Mine", body: "And not yours." });
  const asBob = app.as({ id: bob });
  assert.equal((await asBob.fetch(`/posts/${post.id}/edit`)).status, 404);
  const sent = { method: "POST", body: new URLSearchParams({ title: "Bob's", body: "Now." }), redirect: "manual" } as const;
  assert.equal((await asBob.fetch(`/posts/${post.id}/edit`, sent)).status, 404);
  assert.equal((await app.db.posts.get(post.id))?.title, "Mine");
});
