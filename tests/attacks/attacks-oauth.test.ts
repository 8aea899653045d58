import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import type { Claims } from "../support/false-issuer.ts";
import { placeOf, signInBy, startOAuthPeople, whoIs } from "../support/oauth-people.ts";

const { acme, other, live, platform, subject, known, query, forgetMails } = await startOAuthPeople({ after });

beforeEach(() => {
  for (const issuer of [acme, other]) issuer.lies = {};
});

test("21: an account that a stranger began with another's address by another site is never made, nor shared", async () => {
  const victim = "victim@home.example";
  const attacker = live.browser();
  acme.person = known(subject(), { email: victim, email_verified: false });
  assert.equal(placeOf(await signInBy(attacker, "acme")), "/auth/oauth/finish");
  const begun = await attacker.post("/auth/v1/identities/sign-up", { email: victim, user: { name: "Eve" } });
  assert.equal(begun.status, 202, begun.text);
  const token = await live.tokenTo(victim, /Confirm your address/);
  // The owner follows the link, in their own browser: it makes nothing.
  const owner = live.browser();
  const followed = await owner.post("/auth/v1/identities/sign-up/confirm", { token });
  assert.equal(followed.code, "proof_required");
  assert.ok((await owner.get(`/auth/oauth/confirm?token=${token}`)).text.includes("another browser"));
  assert.equal(await query("SELECT count(*) FROM _chassis_accounts WHERE address_key = ?", victim), 0);
  // They sign up by themselves, and the attacker's site lets nobody in to their account.
  await forgetMails();
  const mine = await live.join(victim);
  assert.equal((await attacker.post("/auth/v1/identities/sign-up/confirm", { token })).code, "used_link");
  assert.equal(placeOf(await signInBy(attacker, "acme")), "/auth/oauth/finish");
  assert.equal(await whoIs(attacker), null);
  assert.equal(await query("SELECT count(*) FROM _chassis_identities WHERE user = ?", mine.user), 0);
});

test("21: whoever had connected a site before the address was shown to be the owner's is out once it is", async () => {
  for (const way of ["link", "reset"] as const) {
    const email = `early-${way}@home.example`;
    const attacker = await live.join(email);
    acme.person = known(subject());
    assert.match(placeOf(await signInBy(attacker, "acme", { intent: "connect" })), /done=connected/);
    await platform.database.transaction((connection) =>
      connection.run("UPDATE _chassis_accounts SET verified = NULL WHERE address_key = ?", [email]),
    );
    const owner = live.browser();
    if (way === "link") {
      await owner.post("/auth/v1/link", { email });
      await owner.post("/auth/v1/link/use", { token: await live.tokenTo(email, /^Sign in to/) });
    } else {
      await owner.post("/auth/v1/password/forgot", { email });
      const token = await live.tokenTo(email, /Choose a new password/);
      assert.equal((await owner.post("/auth/v1/password/reset", { token, password: "another long password" })).status, 204);
    }
    const back = live.browser();
    await signInBy(back, "acme");
    assert.notEqual(await whoIs(back), attacker.user, way);
  }
});

describe("22: an address lets nobody into an account that is there", () => {
  for (const [what, more, place] of [
    ["that the site stands up for", {}, "/auth/oauth?problem=accountExists&provider=acme"],
    ["that it does not stand up for", { email_verified: false }, "/auth/oauth/finish"],
    ["of which it says nothing", { email_verified: undefined }, "/auth/oauth/finish"],
    ["that is confirmed as a text", { email_verified: "true" }, "/auth/oauth/finish"],
    ["that is confirmed by a number", { email_verified: 1 }, "/auth/oauth/finish"],
    ["in capitals", { capitals: true }, "/auth/oauth?problem=accountExists&provider=acme"],
  ] as const) {
    test(`22: an address ${what} is never joined to its account`, async () => {
      const email = `${subject()}@home.example`;
      const owner = await live.join(email);
      const { capitals = false, ...claims } = more as Claims & { readonly capitals?: boolean };
      acme.person = known(subject(), { email: capitals ? email.toUpperCase() : email, ...claims });
      const browser = live.browser();
      assert.equal(placeOf(await signInBy(browser, "acme")), place);
      assert.equal(await whoIs(browser), null);
      assert.equal(await query("SELECT count(*) FROM _chassis_identities WHERE user = ?", owner.user), 0);
      if (place.endsWith("finish")) {
        // Answered as for anybody; the owner has a mail.
        await forgetMails();
        const asked = await browser.post("/auth/v1/identities/sign-up", { email, user: { name: "Eve" } });
        const free = `${subject()}@home.example`;
        const likewise = await browser.post("/auth/v1/identities/sign-up", { email: free, user: { name: "Eve" } });
        assert.deepEqual([asked.status, asked.text], [likewise.status, likewise.text]);
        await live.mailTo(email, /You have an account/);
        assert.equal(await whoIs(browser), null);
      }
    });
  }

  test("22: a site's word about an address is not carried to another one that is typed", async () => {
    const email = `${subject()}@home.example`;
    await live.join(email);
    acme.person = known(subject(), { name: undefined });
    const browser = live.browser();
    assert.equal(placeOf(await signInBy(browser, "acme")), "/auth/oauth/finish");
    const reply = await browser.post("/auth/v1/identities/sign-up", { email, user: { name: "Eve" } });
    assert.equal(reply.code, "validation_failed");
    assert.equal(await whoIs(browser), null);
  });

  test("22: the same subject of another issuer is somebody else", async () => {
    const sub = subject();
    acme.person = known(sub);
    const first = live.browser();
    await signInBy(first, "acme");
    assert.notEqual(await whoIs(first), null);
    other.person = { ...known(sub), email: `${sub}@other.example` };
    const second = live.browser();
    await signInBy(second, "other");
    assert.notEqual(await whoIs(second), null);
    assert.notEqual(await whoIs(second), await whoIs(first));
  });
});

test("35: a second factor is asked for whoever comes by another site", async () => {
  const browser = live.browser();
  acme.person = known(subject());
  await signInBy(browser, "acme");
  const user = String(await whoIs(browser));
  await platform.database.transaction((connection) =>
    connection.run("UPDATE _chassis_accounts SET roles = '[\"editor\"]' WHERE user = ?", [user]),
  );
  const again = live.browser();
  assert.equal(placeOf(await signInBy(again, "acme")), "/auth/authenticator");
  assert.equal(await whoIs(again), null);
  await platform.database.transaction((connection) =>
    connection.run("INSERT INTO _chassis_totp (user, secret, last_step, created) VALUES (?, 'x', 0, 0)", [user]),
  );
  const third = live.browser();
  assert.equal(placeOf(await signInBy(third, "acme", { to: "/after" })), "/auth/factor");
  assert.equal(await whoIs(third), null);
});

test("36: after a sign-in by another site nobody is taken to yet another", async () => {
  acme.person = known(subject());
  for (const to of [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    1,
  ]) {
    assert.equal(placeOf(await signInBy(live.browser(), "acme", { to })), "/", String(to));
  }
  assert.equal(placeOf(await signInBy(live.browser(), "acme", { to: "/after?x=1" })), "/after?x=1");
});
