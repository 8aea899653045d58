import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import backend from "./backend.ts";

test("whoever joins is welcomed", async () => {
  await using app = await openTestBackend(backend);
  await app.fetch("/rest/v1/rpc/join", {
    method: "POST",
    body: JSON.stringify({ name: "Ada", address: "ada@example.org", language: "en" }),
  });
  const { subject, links } = await app.outbox.next({ to: "ada@example.org" });
  assert.equal(subject, "Welcome, Ada");
  assert.deepEqual(links, ["https://club.example/books"]);
});
