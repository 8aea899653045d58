import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as oidc from "openid-client";
import { startPeople } from "../support/live-people.ts";
import {
  addApp,
  type App,
  authorizePath,
  callback,
  exchange,
  follow,
  leadsTo,
  newVerifier,
  providerBackend,
  sayYes,
  submit,
} from "../support/live-apps.ts";

const live = await startPeople({ after }, { backend: providerBackend });
const { url } = live;
const ada = await live.join("ada@example.org", "Ada", { nick: "countess", hidden: "nobody's business" });

/** An app that is written with openid-client, as it comes. */
const connect = (app: App): Promise<oidc.Configuration> =>
  oidc.discovery(new URL(url), app.id, app.secret, app.secret === undefined ? oidc.None() : undefined, {
    execute: [oidc.allowInsecureRequests],
  });

async function signIn(config: oidc.Configuration, more: Readonly<Record<string, string>> = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const expectedNonce = oidc.randomNonce();
  const begin = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: "openid profile email offline_access",
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
    ...more,
  });
  const back = await sayYes(ada, begin.pathname + begin.search);
  return oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true });
}

for (const [kind, more] of [
  ["a confidential app", {}],
  ["an app of browsers", { isPublic: true }],
  ["an app that wants ES256", { algorithm: "ES256" }],
] as const) {
  test(`openid-client: ${kind} signs somebody in, learns of them, goes on by refresh tokens and signs them out`, async () => {
    const config = await connect(await addApp(live, more));
    const tokens = await signIn(config);
    const claims = tokens.claims();
    assert.ok(claims !== undefined && tokens.refresh_token !== undefined);
    assert.equal(claims.iss, url);
    assert.equal(claims.sub, ada.user);
    assert.deepEqual([claims["email"], claims["email_verified"], claims["name"]], ["ada@example.org", true, "Ada"]);
    assert.deepEqual(claims["amr"], ["pwd"]);
    assert.equal(claims["acr"], "sfa");

    const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    assert.deepEqual(info, {
      sub: ada.user,
      email: "ada@example.org",
      email_verified: true,
      name: "Ada",
      nickname: "countess",
    });

    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(renewed.refresh_token, tokens.refresh_token);
    assert.equal(renewed.claims()?.auth_time, claims.auth_time);
    assert.equal((await oidc.fetchUserInfo(config, renewed.access_token, claims.sub)).sub, ada.user);
    if (!("isPublic" in more)) {
      const seen = await oidc.tokenIntrospection(config, renewed.access_token);
      assert.deepEqual([seen.active, seen.sub, seen.aud], [true, ada.user, url]);
    }
    await oidc.tokenRevocation(config, renewed.refresh_token ?? "");
    await assert.rejects(oidc.fetchUserInfo(config, renewed.access_token, claims.sub), { status: 401 });

    const leave = oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? "",
      post_logout_redirect_uri: "https://app.example/bye",
      state: "gone",
    });
    const reply = await follow(ada, leave.pathname + leave.search);
    assert.equal(leadsTo(reply).href, "https://app.example/bye?state=gone");
    assert.equal((await ada.get("/auth/v1/session")).body["user"], null);
    const back = await ada.post("/auth/v1/sign-in", { email: "ada@example.org", password: "correct horse battery" });
    assert.equal(back.status, 200);
  });
}

test("who is not signed in is taken to the pages of sign-in and back, with the request", async () => {
  const config = await connect(await addApp(live));
  const begin = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: "openid",
    code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
    code_challenge_method: "S256",
    state: "a-state",
    prompt: "login",
  });
  const browser = live.browser();
  const asked = leadsTo(await follow(browser, begin.pathname + begin.search));
  assert.equal(asked.pathname, "/auth/sign-in");
  const to = asked.searchParams.get("to") ?? "";
  const fields = { to, email: "ada@example.org", password: "correct horse battery" };
  const again = leadsTo(await submit(browser, "/auth/sign-in", fields));
  assert.equal(again.pathname, "/oidc/v1/authorize");
  const consent = leadsTo(await browser.get(again.pathname + again.search));
  assert.equal(consent.pathname, "/auth/consent", "whoever has just signed in is not asked to once more");
  const page = await browser.get(consent.pathname + consent.search);
  assert.match(page.text, /Sign in to The shop/);
  const denied = leadsTo(
    await submit(browser, "/auth/consent", { request: consent.search.slice(1), user: ada.user, answer: "deny" }),
  );
  assert.equal(denied.searchParams.get("error"), "access_denied");
  assert.equal(denied.searchParams.get("state"), "a-state");
  assert.equal(denied.searchParams.get("iss"), url);
});

test("a request as long as those of other servers' clients survives the pages of sign-in, and comes back whole", async () => {
  const app = await addApp(live);
  const { verifier, challenge } = newVerifier();
  // ASP.NET keeps what it has to remember in its state, encrypted.
  const state = "CfDJ8".padEnd(6800, "x-Y_");
  const path = authorizePath(app, challenge, { state, prompt: "login", nonce: "638.".padEnd(200, "n") });
  const browser = Object.assign(live.browser(), { user: ada.user });
  const asked = leadsTo(await follow(browser, path));
  assert.equal(asked.pathname, "/auth/sign-in");
  assert.ok(asked.href.length < 500, "it is not dragged along");
  const to = asked.searchParams.get("to") ?? "";
  const fields = { to, email: "ada@example.org", password: "correct horse battery" };
  const again = leadsTo(await submit(browser, "/auth/sign-in", fields));
  const back = await sayYes(browser, again.pathname + again.search);
  assert.deepEqual([back.origin + back.pathname, back.searchParams.get("state")], [callback, state]);
  const code = back.searchParams.get("code") ?? "";
  assert.equal((await exchange(url, app, code, verifier)).status, 200);

  // Who is signed in, and has said yes before, is let through at once.
  const straight = leadsTo(await follow(browser, authorizePath(app, challenge, { state })));
  assert.equal(straight.searchParams.get("state"), state);
  const kept = await live.platform.database.get("SELECT count(*) FROM _chassis_one_time_tokens WHERE purpose = 'appRequest'", []);
  assert.deepEqual(kept, [1]);
  const tooLong = leadsTo(await follow(browser, authorizePath(app, challenge, { state: "x".repeat(8000) })));
  assert.equal(tooLong.searchParams.get("error"), "invalid_request");
  assert.match(tooLong.searchParams.get("error_description") ?? "", /longer than 8000 characters/);
});

test("a name of a kept request that is none, or whose hour is over, is told so, and leads nowhere", async () => {
  const path = "/oidc/v1/authorize?chassis_request=";
  for (const name of ["", "x", "A".repeat(43), `${"A".repeat(43)}&client_id=x`]) {
    const reply = await follow(live.browser(), path + name);
    assert.equal(reply.status, 400, name);
    assert.match(reply.text, /not good any more/i);
    assert.equal(reply.headers.get("location"), null);
  }
});
