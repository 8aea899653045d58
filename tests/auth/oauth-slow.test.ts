import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, test } from "node:test";
import { password } from "../support/live-people.ts";
import { comeBack, goThere, placeOf, signInBy, startOAuthPeople, whoIs } from "../support/oauth-people.ts";

const { acme, other, live, subject, known } = await startOAuthPeople({ after });

/** As many as may be under way at one site at once. */
const MOST = 100;

test("a site that is silent, slow or lies holds up nobody but who signs in by it, and gives their places back", async () => {
  await live.join("eve@example.org", "Eve");
  acme.person = known(subject());
  other.person = known(subject());
  const travellers = await Promise.all(
    Array.from({ length: MOST }, async () => {
      const browser = live.browser();
      return { browser, back: await goThere(browser, "acme") };
    }),
  );

  const held: ServerResponse[] = [];
  const signals = { all: (): void => {} };
  const everybodyWaits = new Promise<void>((resolve) => void (signals.all = resolve));
  acme.lies = {
    answer(path, response) {
      if (path !== "/token") return false;
      held.push(response);
      // A third has nothing, a third the beginning of an answer.
      if (held.length % 3 === 1) response.writeHead(200, { "content-type": "application/json" }).write("{");
      if (held.length % 3 === 2) response.writeHead(200, { "content-type": "application/json", "content-length": "200000" });
      if (held.length === MOST) signals.all();
      return true;
    },
  };
  let ended = 0;
  const waiting = travellers.map(async ({ browser, back }) => {
    const reply = await comeBack(browser, back);
    ended += 1;
    return placeOf(reply);
  });
  await everybodyWaits;

  // Whoever comes by another site, by a password, or for something else is served while all of them wait.
  assert.equal(placeOf(await signInBy(live.browser(), "other")), "/");
  const eve = live.browser();
  assert.equal((await eve.post("/auth/v1/sign-in", { email: "eve@example.org", password })).status, 200);
  assert.notEqual(await whoIs(eve), null);
  assert.equal((await eve.get("/rest/v1/users")).status, 200);
  assert.equal((await eve.get("/auth/sign-in?to=/x")).status, 200);
  // One more has no place there, and hears so at once.
  assert.equal((await live.browser().post("/auth/v1/oauth/acme")).status, 503);
  assert.equal(ended, 0, "they wait still");

  // Some are cut off, some get what is no answer, some one that is a lie.
  for (const [at, response] of held.entries()) {
    if (at % 3 === 0) response.end('"access_token": 1}');
    else if (at % 3 === 1) response.destroy();
    else
      response
        .writeHead(200, { "content-type": "application/json" })
        .end('{"access_token":"x","token_type":"Bearer","id_token":"e30.e30."}');
  }
  const places = await Promise.all(waiting);
  assert.deepEqual([...new Set(places)], ["/auth/oauth?problem=providerFailed&provider=acme"]);
  acme.lies = {};
  // All places are free again.
  const again = await Promise.all(Array.from({ length: MOST }, () => goThere(live.browser(), "acme")));
  assert.equal(again.length, MOST);
  assert.equal(placeOf(await signInBy(live.browser(), "acme")), "/");
});
