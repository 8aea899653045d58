import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import backend from "../../examples/mail/backend.ts";

test("whoever joins is welcomed in their language, and members hear of new books until they leave", async (t) => {
  const app = await openTestBackend(backend, { settings: { CHASSIS_BASE_URL: "https://club.example" } });
  t.after(() => app.close());
  const call = (name: string, body: object): Promise<Response> =>
    app.fetch(`/rest/v1/rpc/${name}`, { method: "POST", body: JSON.stringify(body) });
  assert.equal((await call("join", { name: "Ada", address: "ada@example.org", language: "en" })).status, 204);
  assert.equal((await call("join", { name: "Bram", address: "bram@example.org", language: "nl" })).status, 204);
  assert.equal((await call("join", { name: "Eve", address: "ada@example.org", language: "en" })).status, 409);
  const ada = await app.outbox.next({ to: "ada@example.org" });
  assert.equal(ada.subject, "Welcome, Ada");
  assert.deepEqual(ada.links, ["https://club.example/books"]);
  assert.equal((await app.outbox.next({ to: "bram@example.org" })).subject, "Welkom, Bram");

  await app.db.books.create({ title: "Emma & <co>", page: "https://club.example/books/emma" });
  await app.enqueue(backend.crons[0]?.job as never);
  const { subject, text, links } = await app.outbox.next({ to: "bram@example.org", mail: "newBooks" });
  assert.equal(subject, "Een nieuw boek");
  assert.match(text, /- Emma & <co> <https:\/\/club\.example\/books\/emma>/);
  const leave = links.at(-1) ?? "";
  assert.match(leave, /^https:\/\/club\.example\/mail\/v1\/unsubscribe\?token=/);
  assert.equal(
    (
      await app.fetch(leave, {
        method: "POST",
        body: "List-Unsubscribe=One-Click",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      })
    ).ok,
    true,
  );

  await app.runJobs();
  await app.outbox.clear();
  await app.enqueue(backend.crons[0]?.job as never);
  await app.runJobs();
  assert.deepEqual(
    (await app.outbox.messages()).map(({ to }) => to),
    ["ada@example.org"],
  );
});
