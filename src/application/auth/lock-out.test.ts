import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "#base";
import { createMemoryRateStore } from "../rate-limits/memory-rate-store.ts";
import { createRateLimits, defaultRates } from "../rate-limits/rate-limits.ts";
import { openPeople, refusedAs, request } from "./auth-fixtures.ts";

test("whoever uses up the attempts at an account keeps its owner out of nothing but the password", async () => {
  const rates = createRateLimits({ store: createMemoryRateStore(systemClock), rates: defaultRates });
  await using people = await openPeople(undefined, { rates });
  const { auth } = people;
  const email = "ada@example.org";
  const { me, token } = await people.join(email);
  const guess = () => auth.signIn.signIn({ email, password: "a wrong password" }, { ...request, caller: "stranger" });
  let refused = 0;
  for (; refused < 20; refused++) {
    const outcome = await guess().catch((error: unknown) => (error as { code?: string }).code);
    if (outcome === "too_many_requests") break;
    assert.equal(outcome, "wrong_credentials");
  }
  assert.ok(refused >= 5 && refused <= 10, String(refused));
  const owner = { ...request, caller: "owner" };
  await assert.rejects(auth.signIn.signIn({ email, password: "a wrong password" }, owner), refusedAs("tooManyRequests"));
  assert.equal((await auth.sessions.check(token)).id, me.id, "who is signed in stays so");
  await auth.signInLink.request({ email }, owner);
  const byLink = await auth.signInLink.use({ token: people.tokenTo(email, "signInLink") }, owner);
  assert.ok("token" in byLink);
  const { request: asked } = await auth.signInCode.request({ email }, owner);
  const { message } = people.letterTo(email, "signInCode");
  const byCode = await auth.signInCode.use({ request: asked, code: "code" in message ? message.code : "" }, owner);
  assert.ok("token" in byCode);
});
