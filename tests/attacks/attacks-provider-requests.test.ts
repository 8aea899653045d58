import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import {
  addApp,
  type App,
  askAsApp,
  authorizePath,
  callback,
  follow,
  form,
  leadsTo,
  newVerifier,
  providerBackend,
  refreshOf,
  sayYes,
  submit,
  tokensFor,
} from "../support/live-apps.ts";
import { password, startPeople } from "../support/live-people.ts";

const live = await startPeople({ after }, { backend: providerBackend });
const { url } = live;
const ada = await live.join("ada@example.org", "Ada", { hidden: "secret of Ada" });
const eve = await live.join("eve@example.org", "Eve");
let shop: App;
let other: App;
let spa: App;

before(async () => {
  shop = await addApp(live);
  other = await addApp(live, { name: "Another app", redirectUris: ["https://other.example/callback"] });
  spa = await addApp(live, {
    isPublic: true,
    redirectUris: [callback, "http://127.0.0.1/done", "http://[::1]/done", "http://localhost:8000/done", "com.example.app:/done"],
  });
});

describe("open redirects: nobody is sent to an address that the app did not write down", () => {
  const evil = "evil.example";
  for (const redirect_uri of [
    undefined,
    "",
    `https://${evil}/callback`,
    `${callback}/../../evil`,
    `${callback}/more`,
    `${callback}?more=1`,
    `${callback}#fragment`,
    `${callback}%00`,
    `${callback} `,
    ` ${callback}`,
    callback.toUpperCase(),
    callback.replace("https:", "http:"),
    callback.replace("/callback", "//callback"),
    callback.replace("callback", "%63allback"),
    callback.replace("https://", "https://user@"),
    callback.replace("app.example", `app.example@${evil}`),
    callback.replace("app.example", `app.example.${evil}`),
    callback.replace("app.example", "app.example:8443"),
    callback.replace("https://", `https://${evil}\\@`),
    callback.replace("app.example", "APP.EXAMPLE"),
    "//app.example/callback",
    "/callback",
    "javascript:alert(1)//https://app.example/callback",
    "data:text/html,x",
  ])
    test(`to ${redirect_uri}`, async () => {
      const path = authorizePath(shop, newVerifier().challenge, { redirect_uri });
      for (const asked of [path, path.replace("/oidc/v1/authorize", "/auth/consent")]) {
        const reply = await follow(ada, asked);
        assert.equal(reply.status, 400, asked);
        assert.equal(reply.headers.get("location"), null);
        assert.equal(refreshOf(reply), undefined);
        assert.match(reply.text, /This app is not known here/);
        assert.ok(!reply.text.includes(evil));
      }
    });

  test("that of another app, an app that there is not, and one that is sent twice", async () => {
    const { challenge } = newVerifier();
    for (const path of [
      authorizePath(shop, challenge, { redirect_uri: "https://other.example/callback" }),
      authorizePath({ id: "nobody", secret: undefined }, challenge),
      authorizePath(shop, challenge, { client_id: undefined }),
      `${authorizePath(shop, challenge)}&redirect_uri=${encodeURIComponent("https://evil.example")}`,
      `${authorizePath(shop, challenge)}&client_id=${other.id}`,
    ]) {
      const reply = await follow(ada, path);
      assert.equal(reply.status, 400, path);
      assert.equal(reply.headers.get("location"), null);
    }
  });

  test("a program on the person's own machine takes any port there, and another app or another name does not", async () => {
    for (const [app, redirect_uri, isGood] of [
      [spa, "http://127.0.0.1:49152/done", true],
      [spa, "http://[::1]:49152/done", true],
      [spa, "http://localhost:8000/done", true],
      [spa, "http://localhost:49152/done", false],
      [spa, "http://127.0.0.1:49152/other", false],
      [spa, "http://127.0.0.1:99999999/done", false],
      [spa, "http://127.0.0.1:99999/done", false],
      [spa, "http://127.0.0.1:049152/done", false],
      [spa, "http://127.0.0.1:80@evil.example/done", false],
      [spa, "http://127.0.0.1.evil.example/done", false],
      [spa, "https://127.0.0.1/done", false],
      [spa, "com.example.app:/other", false],
      [shop, "http://127.0.0.1:49152/done", false],
    ] as const) {
      const reply = await follow(ada, authorizePath(app, newVerifier().challenge, { redirect_uri }));
      assert.equal(reply.status, isGood ? 303 : 400, redirect_uri);
    }
  });

  test("a form of an app that is too long to go on as a link is refused", async () => {
    const reply = await submit(ada, "/oidc/v1/authorize", { state: "x".repeat(100_000) });
    assert.deepEqual([reply.status, reply.headers.get("location")], [413, null]);
  });

  test("nor after signing out", async () => {
    const { id_token } = await tokensFor(url, eve, shop);
    for (const uri of ["https://evil.example/", "https://app.example/bye?x=1", "https://app.example/bye/", callback])
      for (const more of [{ id_token_hint: String(id_token) }, { client_id: shop.id }]) {
        const reply = await follow(eve, `/oidc/v1/end-session?${form({ ...more, post_logout_redirect_uri: uri })}`);
        assert.equal(reply.status, 400);
        assert.equal(reply.headers.get("location"), null);
      }
    const reply = await follow(eve, `/oidc/v1/end-session?${form({ post_logout_redirect_uri: "https://app.example/bye" })}`);
    assert.equal(reply.status, 400, "an address of nobody");
    assert.equal((await eve.get("/auth/v1/session")).body["user"], eve.user);
  });
});

test("a link of a stranger signs nobody out: without an ID token of this session the person is asked", async () => {
  const { id_token } = await tokensFor(url, ada, shop);
  for (const query of [
    {},
    { client_id: shop.id, post_logout_redirect_uri: "https://app.example/bye" },
    { id_token_hint: String(id_token) },
    { id_token_hint: "eyJhbGciOiJub25lIn0.e30." },
  ]) {
    const reply = await follow(eve, `/oidc/v1/end-session?${form(query)}`);
    assert.equal(reply.status, 200);
    assert.match(reply.text, /<h1>Sign out<\/h1>/);
    const forged = await submit(eve, "/auth/leave", { request: form(query).toString() }, { "sec-fetch-site": "cross-site" });
    assert.equal(forged.status, 403);
    assert.equal((await eve.get("/auth/v1/session")).body["user"], eve.user);
  }
});

describe("what is asked for is the code flow with PKCE, and nothing beside it", () => {
  const { challenge } = newVerifier();
  for (const [what, more, error] of [
    ["no PKCE", { code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
    ["PKCE that shows the verifier", { code_challenge_method: "plain" }, "invalid_request"],
    ["PKCE without its method", { code_challenge_method: undefined }, "invalid_request"],
    ["a challenge that is none", { code_challenge: "short" }, "invalid_request"],
    ["tokens in the address", { response_type: "token" }, "unsupported_response_type"],
    ["an ID token in the address", { response_type: "id_token token" }, "unsupported_response_type"],
    ["both", { response_type: "code id_token" }, "unsupported_response_type"],
    ["nothing", { response_type: undefined }, "invalid_request"],
    ["the answer in a fragment", { response_mode: "fragment" }, "invalid_request"],
    ["the answer to whoever opened the window", { response_mode: "web_message" }, "invalid_request"],
    ["a request by reference", { request_uri: "https://evil.example/request" }, "request_uri_not_supported"],
    ["a request in a token", { request: "eyJhbGciOiJub25lIn0.e30." }, "request_not_supported"],
    ["an app in a token", { registration: "{}" }, "registration_not_supported"],
    ["no openid", { scope: "email" }, "invalid_scope"],
    ["an API that is not the app's", { resource: "https://api.example" }, "invalid_target"],
    ["asking, silently", { prompt: "none login" }, "invalid_request"],
    ["a prompt that there is not", { prompt: "create" }, "invalid_request"],
    ["an age that is none", { max_age: "-1" }, "invalid_request"],
    ["an ID token that is none", { id_token_hint: "x.y.z" }, "invalid_request"],
    ["too much", { state: "s".repeat(9000) }, "invalid_request"],
    ["nobody asked, silently", { prompt: "none" }, "consent_required"],
  ] as const)
    test(`${what}: ${error}`, async () => {
      const back = leadsTo(
        await follow(eve, authorizePath(other, challenge, { redirect_uri: "https://other.example/callback", ...more })),
      );
      assert.equal(back.origin + back.pathname, "https://other.example/callback");
      assert.equal(back.searchParams.get("error"), error);
      assert.equal(back.searchParams.get("iss"), url, "RFC 9207: whose answer it is");
      assert.equal(back.searchParams.get("code"), null);
      assert.equal(back.hash, "");
      const inForm = {
        request: new URL(
          url + authorizePath(other, challenge, { redirect_uri: "https://other.example/callback", ...more }),
        ).search.slice(1),
      };
      const sent = await submit(eve, "/auth/consent", { ...inForm, user: eve.user, answer: "allow" });
      if (error !== "consent_required") assert.equal(leadsTo(sent).searchParams.get("code"), null);
    });

  test("whoever is not signed in is not asked silently", async () => {
    const back = leadsTo(await follow(live.browser(), authorizePath(shop, challenge, { prompt: "none" })));
    assert.equal(back.searchParams.get("error"), "login_required");
  });

  test("other grants: the password, the app for itself, devices, a token for another", async () => {
    for (const grant_type of [
      "password",
      "client_credentials",
      "implicit",
      "urn:ietf:params:oauth:grant-type:device_code",
      "urn:ietf:params:oauth:grant-type:token-exchange",
    ]) {
      const { status, body } = await askAsApp(url, "token", shop, { grant_type, username: "ada@example.org", password });
      assert.deepEqual([status, body["error"]], [400, "unsupported_grant_type"]);
    }
  });
});

describe("consent", () => {
  test("42: no page of another site says yes, nor in somebody else's name", async () => {
    const app = await addApp(live, { name: "Asks" });
    const { challenge } = newVerifier();
    const { search } = new URL(url + authorizePath(app, challenge));
    const fields = { request: search.slice(1), user: eve.user, answer: "allow" };
    for (const headers of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "", origin: "null" },
    ])
      assert.equal((await submit(eve, "/auth/consent", fields, headers)).status, 403);
    const asked = await submit(eve, "/auth/consent", { ...fields, user: ada.user });
    assert.equal(asked.status, 200);
    assert.match(asked.text, /Sign in to Asks/);
    assert.equal(refreshOf(asked), undefined);
    assert.equal(leadsTo(await follow(eve, authorizePath(app, challenge))).pathname, "/auth/consent", "nothing was kept");
  });

  test("who is asked is told which app it is, where, what it gets and for how long", async () => {
    const app = await addApp(live, { name: "The garden", resources: ["https://api.example/garden"] });
    const more = { scope: "openid profile email offline_access", resource: "https://api.example/garden" };
    const { pathname, search } = leadsTo(await follow(eve, authorizePath(app, newVerifier().challenge, more)));
    const { text } = await eve.get(pathname + search);
    for (const told of ["The garden", "app.example", "eve@example.org", "your name, and", "your address", "api.example/garden"])
      assert.ok(text.includes(told), told);
    assert.match(text, /while you are away, until you take it back/);
    const { text: less } = await eve.get(pathname + search.replace("profile+email+offline_access", ""));
    assert.doesNotMatch(less, /your name, and|your address|while you are away/);
  });

  test("it is asked for each scope that is new, and once for the rest", async () => {
    const app = await addApp(live, { name: "Grows" });
    const { challenge } = newVerifier();
    await sayYes(eve, authorizePath(app, challenge, { scope: "openid" }));
    assert.ok(leadsTo(await follow(eve, authorizePath(app, challenge, { scope: "openid" }))).searchParams.has("code"));
    for (const more of [{ scope: "openid email" }, { prompt: "consent" }, { prompt: "select_account" }])
      assert.equal(leadsTo(await follow(eve, authorizePath(app, challenge, more))).pathname, "/auth/consent");
  });

  test("an app that could be another program is asked about each time; one that is trusted never is", async () => {
    const { challenge } = newVerifier();
    for (const redirect_uri of ["http://127.0.0.1:5000/done", "com.example.app:/done"]) {
      await sayYes(eve, authorizePath(spa, challenge, { redirect_uri }));
      assert.equal(leadsTo(await follow(eve, authorizePath(spa, challenge, { redirect_uri }))).pathname, "/auth/consent");
    }
    const own = await addApp(live, { name: "Own", trusted: true });
    assert.ok(leadsTo(await follow(eve, authorizePath(own, challenge))).searchParams.has("code"));
    await assert.rejects(addApp(live, { trusted: true, redirectUris: ["com.example.app:/done"] }), /can be trusted/);
  });

  test("47: what an app is called, and what is in a request, is text on every page", async () => {
    const app = await addApp(live, { name: `<img src=x onerror=alert(1)>"'` });
    const { challenge } = newVerifier();
    const path = authorizePath(app, challenge, { state: `"><script>alert(1)</script>`, nonce: `"><b>` });
    const asked = leadsTo(await follow(eve, path));
    const page = await eve.get(asked.pathname + asked.search);
    assert.ok(!/<img|<script|<b>/.test(page.text), page.text);
    assert.match(page.text, /&lt;img src=x/);
    assert.match(page.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
    assert.equal(page.headers.get("x-frame-options"), "DENY");
    const back = await submit(eve, "/auth/consent", { request: asked.search.slice(1), user: eve.user, answer: "allow" });
    assert.ok(!/<img|<script|<b>/.test(back.text), back.text);
    assert.equal(leadsTo(back).searchParams.get("state"), `"><script>alert(1)</script>`);
    assert.ok(!/<img/.test((await eve.get("/auth/account")).text));
  });
});

test("who must show who they are once more is asked, whatever the app says that has been done", async () => {
  const { challenge } = newVerifier();
  for (const more of [
    { prompt: "login" },
    { max_age: "0" },
    { prompt: "login", chassis_since: "9999999999999" },
    { prompt: "login", chassis_since: "x" },
  ]) {
    const asked = leadsTo(await follow(ada, authorizePath(shop, challenge, more)));
    assert.equal(asked.pathname, "/auth/prove", JSON.stringify(more));
  }
  assert.equal(
    leadsTo(await follow(ada, authorizePath(shop, challenge, { max_age: "0", prompt: "none" }))).searchParams.get("error"),
    "login_required",
  );
  assert.notEqual(leadsTo(await follow(ada, authorizePath(shop, challenge, { max_age: "600" }))).pathname, "/auth/prove");
  const asked = leadsTo(await follow(ada, authorizePath(shop, challenge, { prompt: "login" })));
  const done = leadsTo(await submit(ada, "/auth/prove", { to: asked.searchParams.get("to") ?? "", password }));
  const again = leadsTo(await ada.get(done.pathname + done.search));
  assert.notEqual(again.pathname, "/auth/prove");
});

test("somebody else than the app expects is not signed in to it", async () => {
  const { id_token } = await tokensFor(url, ada, shop);
  const back = leadsTo(await follow(eve, authorizePath(shop, newVerifier().challenge, { id_token_hint: String(id_token) })));
  assert.equal(back.searchParams.get("error"), "login_required");
});

test("23: an ID token that we did not sign is no hint: unsigned, by another key, by a public key as a secret, for another app", async () => {
  const { id_token } = await tokensFor(url, ada, shop);
  const claims = decodeJwt(String(id_token));
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const { keys } = (await (await fetch(`${url}/oidc/v1/keys`)).json()) as {
    readonly keys: readonly { readonly kid: string; readonly n?: string }[];
  };
  const kid = keys[0]?.kid ?? "";
  const asSecret = new TextEncoder().encode(keys.find(({ n }) => n !== undefined)?.n ?? "");
  const jwk = await exportJWK(privateKey);
  for (const forged of [
    new UnsecuredJWT(claims).encode(),
    await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid, typ: "JWT" }).sign(privateKey),
    await new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", typ: "JWT", jwk: { kty: "RSA", n: jwk.n ?? "", e: jwk.e ?? "" } })
      .sign(privateKey),
    await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid, typ: "JWT" }).sign(asSecret),
    String((await tokensFor(url, eve, other, { redirect_uri: "https://other.example/callback" }))["id_token"]),
  ]) {
    const back = leadsTo(await follow(ada, authorizePath(shop, newVerifier().challenge, { id_token_hint: forged })));
    assert.equal(back.searchParams.get("error"), "invalid_request");
  }
  for (const key of keys) assert.ok(!("d" in key) && !("p" in key), "no private half is published");
});

test("24: addresses are those of the settings, whatever Host says", async () => {
  const description = (await (
    await fetch(`${url}/.well-known/openid-configuration`, { headers: { "x-forwarded-host": "evil.example" } })
  ).json()) as object;
  assert.ok(JSON.stringify(description).includes(`"issuer":"${url}"`) && !JSON.stringify(description).includes("evil"));
});

test("an administrator who acts as somebody is signed in to no app as them", async () => {
  const admin = await live.join("admin@example.org", "Admin");
  await live.platform.database.transaction((connection) =>
    connection.run("UPDATE _chassis_accounts SET roles = '[\"admin\"]' WHERE user = ?", [admin.user]),
  );
  const own = await addApp(live, { name: "Own", trusted: true });
  const { challenge } = newVerifier();
  assert.ok(leadsTo(await follow(admin, authorizePath(own, challenge))).searchParams.has("code"));
  assert.equal((await admin.post("/auth/v1/impersonate", { user: ada.user, reason: "Ticket 7" })).status, 200);
  for (const app of [own, shop]) {
    const path = authorizePath(app, challenge);
    const fields = { request: new URL(url + path).search.slice(1), user: ada.user, answer: "allow" };
    for (const reply of [await follow(admin, path), await submit(admin, "/auth/consent", fields)]) {
      assert.equal(reply.status, 403, reply.text);
      assert.equal(refreshOf(reply), undefined);
    }
  }
  assert.equal((await admin.get("/auth/account")).status, 200);
});
