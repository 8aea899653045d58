import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, goodPassword, openPeople, request } from "./auth-fixtures.ts";

test("a password is good for as long as nobody changes it, however old it is", async () => {
  await using people = await openPeople();
  const { id } = (await people.join("ada@example.org")).me;
  people.clock.advance(10 * 365 * DAY);
  const signedIn = await people.auth.signIn.signIn({ email: "ada@example.org", password: goodPassword }, request);
  assert.ok("token" in signedIn);
  assert.equal((await people.auth.sessions.check(signedIn.token)).id, id);
});
