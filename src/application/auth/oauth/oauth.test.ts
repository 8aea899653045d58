import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { begun, goodPassword, HOUR, openPeople, type People, refusedAs, request } from "../auth-fixtures.ts";
import { type Acme, acmeBackend, acmeClient, ada, entered, startAcme, travel, visitSite } from "./oauth-fixtures.ts";
import type { OidcOptions } from "./oidc.ts";

let acme: Acme;
before(async () => void (acme = await startAcme()));
after(() => acme[Symbol.asyncDispose]());

const openAcme = (more: Partial<OidcOptions> & { readonly terms?: boolean; readonly closed?: boolean } = {}): Promise<People> => {
  const { closed = false, ...rest } = more;
  return openPeople(acmeBackend(acme.url, { ...rest, auth: closed ? { signUp: "closed" } : {} }), { clients: acmeClient });
};

describe("somebody whom another site knows", () => {
  test("has an account and a session at once, where the site stands up for the address and nothing is missing", async () => {
    await using people = await openAcme();
    acme.is(ada);
    const outcome = await travel(people, { to: "/after?x=1" });
    assert.equal(outcome.to, "/after?x=1");
    const me = await people.auth.sessions.check(entered(outcome).token);
    assert.deepEqual(me.session?.proofs, ["oauth"]);
    assert.equal(me.session.verified, true);
    const row = await people.database.get("SELECT name, email, nick FROM users WHERE id = ?", [me.id]);
    assert.deepEqual([...(row ?? [])], ["Ada Lovelace", "ada@acme.example", null]);
    assert.deepEqual(people.letters, []);
    assert.deepEqual(
      (await people.auth.oauth.list(me)).map(({ provider, label }) => ({ provider, label })),
      [{ provider: "acme", label: "ada@acme.example" }],
    );
  });

  test("comes in again by who they are there, whatever their address has become", async () => {
    await using people = await openAcme();
    acme.is(ada);
    const first = entered(await travel(people));
    acme.is({ ...ada, email: "countess@acme.example" });
    const second = entered(await travel(people));
    assert.equal(second.user, first.user);
    assert.equal(await people.count("_chassis_accounts"), 1);
    assert.equal(await people.auth.addressOf(first.user), "ada@acme.example");
  });

  test("is asked for what users needs and the site does not know, before anything is made", async () => {
    await using people = await openAcme({ terms: true });
    acme.is(ada);
    const outcome = await travel(people, { to: "/after" });
    assert.ok(outcome.type === "unfinished");
    assert.equal(await people.count("users"), 0);
    const { continuation } = outcome;
    const { signUp } = people.auth.oauth;
    assert.deepEqual(await signUp.show(continuation), {
      provider: "acme",
      address: "ada@acme.example",
      proved: true,
      user: { name: "Ada Lovelace" },
      to: "/after",
    });
    await assert.rejects(signUp.finish({ continuation, user: { name: "Ada" } }, request), refusedAs("validationFailed", /terms/));
    assert.equal(await people.count("users"), 0);
    const user = { name: "Ada", terms: true };
    await assert.rejects(
      signUp.finish({ continuation, user, email: "eve@acme.example" }, request),
      refusedAs("validationFailed", /the one that the other site knows/),
    );
    const finished = await signUp.finish({ continuation, user }, request);
    assert.ok(finished.type === "session");
    assert.equal(finished.to, "/after");
    assert.equal(await people.auth.addressOf(begun(finished.session).user), "ada@acme.example");
    await assert.rejects(signUp.finish({ continuation, user }, request), refusedAs("usedLink"));
  });

  test("shows by a mail that an address is theirs for which the site does not stand up", async () => {
    await using people = await openAcme();
    acme.is({ ...ada, email_verified: false });
    const outcome = await travel(people);
    assert.ok(outcome.type === "unfinished");
    const { continuation } = outcome;
    const { signUp } = people.auth.oauth;
    assert.equal((await signUp.show(continuation)).proved, false);
    const finished = await signUp.finish({ continuation, user: { name: "Ada" }, email: "Ada@Home.example" }, request);
    assert.equal(finished.type, "sent");
    assert.equal(await people.count("users"), 0);
    const token = people.tokenTo("Ada@home.example", "confirmSignUp");
    // In another browser the link makes no account: whoever follows it may be another than who asked.
    for (const other of [undefined, "x".repeat(43)])
      await assert.rejects(signUp.confirm({ token, continuation: other }, request), refusedAs("proofRequired"));
    const { session } = await signUp.confirm({ token, continuation }, request);
    const me = await people.auth.sessions.check(begun(session).token);
    assert.equal(me.session?.verified, true);
    await assert.rejects(signUp.confirm({ token, continuation }, request), refusedAs("usedLink"));
    assert.equal(entered(await travel(people)).user, me.id);
  });

  test("has no account where nobody signs up by themselves", async () => {
    await using people = await openAcme({ closed: true });
    for (const claims of [ada, { ...ada, email_verified: false }, { sub: "2" }]) {
      acme.is(claims);
      await assert.rejects(travel(people), refusedAs("forbidden"));
    }
    assert.equal(await people.count("users"), 0);
  });

  test("does not come in to an account that is suspended, or gone", async () => {
    await using people = await openAcme();
    acme.is(ada);
    const { user } = entered(await travel(people));
    await people.auth.obey({ type: "users", action: "suspend", who: user });
    await assert.rejects(travel(people), refusedAs("accountSuspended"));
    await people.auth.obey({ type: "users", action: "resume", who: user });
    await people.auth.obey({ type: "users", action: "delete", who: user });
    assert.equal(await people.count("_chassis_identities"), 0);
    assert.notEqual(entered(await travel(people)).user, user);
  });
});

describe("a site that is connected under the account", () => {
  test("lets in from then on, and is told by mail", async () => {
    await using people = await openAcme();
    const eve = await people.join("eve@example.org");
    acme.is(ada);
    const outcome = await travel(people, { intent: "connect", me: eve.me });
    assert.deepEqual(outcome, { type: "connected", provider: "acme", user: eve.user, to: undefined });
    const { message } = people.letterTo("eve@example.org", "identityConnected");
    assert.ok("provider" in message && message.provider === "Acme");
    assert.equal(entered(await travel(people)).user, eve.user);
    // Once more changes nothing.
    await travel(people, { intent: "connect", me: eve.me });
    assert.deepEqual(people.letters, []);
    assert.equal(await people.count("_chassis_identities"), 1);
  });

  test("is nobody else's meanwhile", async () => {
    await using people = await openAcme();
    acme.is(ada);
    await travel(people);
    const eve = await people.join("eve@example.org");
    await assert.rejects(travel(people, { intent: "connect", me: eve.me }), refusedAs("identityTaken"));
    await assert.rejects(travel(people, { intent: "prove", me: eve.me }), refusedAs("providerFailed"));
  });

  test("takes a proof of a moment ago, to be connected and to be disconnected", async () => {
    await using people = await openAcme();
    const eve = await people.join("eve@example.org");
    acme.is(ada);
    await travel(people, { intent: "connect", me: eve.me });
    people.clock.advance(HOUR);
    await assert.rejects(travel(people, { intent: "connect", me: eve.me }), refusedAs("proofRequired"));
    const [identity] = await people.auth.oauth.list(eve.me);
    await assert.rejects(people.auth.oauth.disconnect(eve.me, identity?.id, request), refusedAs("proofRequired"));
    const again = await people.auth.signIn.prove(eve.me, { password: goodPassword }, request);
    const me = await people.auth.sessions.check(again.token);
    await assert.rejects(people.auth.oauth.disconnect(me, "none", request), refusedAs("notFound"));
    await people.auth.oauth.disconnect(me, identity?.id, request);
    assert.deepEqual(await people.auth.oauth.list(me), []);
    people.letterTo("eve@example.org", "identityDisconnected");
  });

  test("stays while it is the last way in", async () => {
    await using people = await openAcme();
    acme.is(ada);
    const session = entered(await travel(people));
    // An address that nobody has shown to be theirs is no way in.
    await people.database.transaction(async (connection) => {
      await connection.run("UPDATE _chassis_accounts SET verified = NULL", []);
    });
    const me = await people.auth.sessions.check(session.token);
    const [identity] = await people.auth.oauth.list(me);
    await assert.rejects(people.auth.oauth.disconnect(me, identity?.id, request), refusedAs("stillNeeded"));
    assert.equal((await people.auth.oauth.list(me)).length, 1);
  });

  test("is dropped once somebody shows that the account's address is theirs, if nobody had before", async () => {
    await using people = await openAcme();
    const session = await people.join("eve@example.org");
    acme.is(ada);
    await travel(people, { intent: "connect", me: session.me });
    await people.database.transaction(async (connection) => {
      await connection.run("UPDATE _chassis_accounts SET verified = NULL", []);
    });
    people.letters.length = 0;
    await people.auth.signInLink.request({ email: "eve@example.org" }, request);
    await people.auth.signInLink.use({ token: people.tokenTo("eve@example.org", "signInLink") }, request);
    assert.equal(await people.count("_chassis_identities"), 0);
  });
});

describe("when somebody signed in there", () => {
  test("is when they have proved who they are here", async () => {
    await using people = await openAcme();
    const hourAgo = Math.floor((people.clock.now() - HOUR) / 1000);
    acme.is({ ...ada, auth_time: hourAgo });
    const me = await people.auth.sessions.check(entered(await travel(people)).token);
    assert.equal(me.session?.proved, hourAgo * 1000);
    await assert.rejects(travel(people, { intent: "connect", me }), refusedAs("proofRequired"));
  });

  test("is never after now", async () => {
    await using people = await openAcme();
    acme.is({ ...ada, auth_time: Math.floor((people.clock.now() + HOUR) / 1000) });
    const me = await people.auth.sessions.check(entered(await travel(people)).token);
    assert.equal(me.session?.proved, people.clock.now());
  });

  test("is a whole millisecond, whatever the site writes", async () => {
    await using people = await openAcme();
    for (const part of [0.000_123_4, 0.5, -1e9, 1e300]) {
      acme.is({ ...ada, auth_time: Math.abs(Math.floor((people.clock.now() - HOUR) / 1000) + part) });
      const me = await people.auth.sessions.check(entered(await travel(people)).token);
      assert.ok(Number.isInteger(me.session?.proved), String(part));
    }
  });

  test("is asked for and held to, where the definition says so", async () => {
    await using people = await openAcme({ maxAge: "1h" });
    const now = Math.floor(Date.now() / 1000);
    const { location } = await people.auth.oauth.begin({ provider: "acme", me: null }, request);
    assert.equal(new URL(location).searchParams.get("max_age"), "3600");
    for (const claims of [ada, { ...ada, auth_time: now - 7200 }, { ...ada, auth_time: String(now) }]) {
      acme.is(claims);
      await assert.rejects(travel(people), refusedAs("providerFailed"), JSON.stringify(claims));
    }
    acme.is({ ...ada, auth_time: now - 60 });
    entered(await travel(people));
  });

  test("and how, likewise", async () => {
    await using people = await openAcme({ acr: ["phr", "phrh"] });
    const { location } = await people.auth.oauth.begin({ provider: "acme", me: null }, request);
    assert.equal(new URL(location).searchParams.get("acr_values"), "phr phrh");
    for (const acr of [undefined, "0", ["phr"], "phr "] as const) {
      acme.is({ ...ada, ...(acr === undefined ? {} : { acr }) });
      await assert.rejects(travel(people), refusedAs("providerFailed"), String(acr));
    }
    acme.is({ ...ada, acr: "phr" });
    entered(await travel(people));
  });

  test("shows once more who one is, where the site asks anew and the account is connected with that person", async () => {
    await using people = await openAcme();
    acme.is({ ...ada, auth_time: Math.floor(Date.now() / 1000) });
    const session = entered(await travel(people));
    const me = await people.auth.sessions.check(session.token);
    const { location } = await people.auth.oauth.begin({ provider: "acme", me, intent: "prove" }, request);
    assert.equal(new URL(location).searchParams.get("prompt"), "login");
    assert.equal(new URL(location).searchParams.get("max_age"), "0");
    people.clock.advance(HOUR);
    const outcome = await travel(people, { intent: "prove", me });
    assert.ok(outcome.type === "proved");
    const again = await people.auth.sessions.check(outcome.session.token);
    assert.equal(again.session?.proved, people.clock.now());
    await assert.rejects(people.auth.sessions.check(session.token), refusedAs("expiredToken"));
    acme.is({ ...ada, sub: "2", auth_time: Math.floor(Date.now() / 1000) });
    await assert.rejects(travel(people, { intent: "prove", me: again }), refusedAs("identityTaken"));
  });
});

test("two may be under way in one browser at once", async () => {
  await using people = await openAcme();
  acme.is(ada);
  const { oauth } = people.auth;
  const first = await oauth.begin({ provider: "acme", me: null }, request);
  const second = await oauth.begin({ provider: "acme", me: null, browser: first.browser }, request);
  assert.equal(second.browser, first.browser);
  for (const { location } of [second, first]) {
    const given = await visitSite(location);
    entered(await oauth.finish({ provider: "acme", given, browser: first.browser, me: null }, request));
  }
});

test("a site of which there is no client is not offered", async () => {
  await using people = await openPeople(acmeBackend(acme.url));
  assert.deepEqual(people.auth.oauth.providers, []);
  await assert.rejects(people.auth.oauth.begin({ provider: "acme", me: null }, request), refusedAs("notFound"));
});
