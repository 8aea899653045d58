import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "chassis/client";
import { openTestBackend } from "chassis/testing";
import backend from "./backend.ts";

test("somebody signs up, and is greeted by name", async () => {
  await using app = await openTestBackend(backend);
  let session = "";
  const api = createClient<typeof backend>(app.url, {
    fetch: (request) => app.fetch(request),
    token: { get: () => session, set: (token = "") => void (session = token) },
  });

  const password = "correct horse battery";
  await api.auth.signUp({ email: "ada@example.org", password, user: { name: "Ada", diet: "vegan", agreed: true } });
  const { links } = await app.outbox.next({ to: "ada@example.org" });
  const token = new URL(links[0] ?? "").searchParams.get("token") ?? "";
  await api.auth.confirmSignUp({ token, password });

  const home = await app.fetch("/", { headers: { authorization: `Bearer ${session}` } });
  assert.match(await home.text(), /Hello, Ada\./);
});
