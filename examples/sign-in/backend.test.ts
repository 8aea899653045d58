import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestBackend } from "chassis/testing";
import backend from "./backend.ts";

test("somebody signs up, and is greeted by name", async () => {
  await using app = await openTestBackend(backend);
  const post = (path: string, form: Record<string, string>, cookie = "") =>
    app.fetch(path, { method: "POST", body: new URLSearchParams(form), headers: { cookie }, redirect: "manual" });
  const cookiesOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");

  const asked = await post("/auth/sign-up", {
    email: "ada@example.org",
    password: "correct horse battery",
    "user.name": "Ada",
    "user.diet": "vegan",
    "user.agreed": "true",
  });
  assert.equal(asked.status, 303);

  const { links } = await app.outbox.next({ to: "ada@example.org", mail: "authConfirmSignUp" });
  const token = new URL(links[0] ?? "").searchParams.get("token") ?? "";
  const confirmed = await post("/auth/confirm", { token }, cookiesOf(asked));
  assert.equal(confirmed.headers.get("location"), "/");

  const home = await app.fetch("/", { headers: { cookie: cookiesOf(confirmed) } });
  assert.match(await home.text(), /Hello, Ada\./);
});
