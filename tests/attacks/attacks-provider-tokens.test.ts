import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { decodeJwt } from "jose";
import {
  addApp,
  type App,
  askAsApp,
  authorizePath,
  callback,
  codeFor,
  exchange,
  follow,
  form,
  leadsTo,
  newVerifier,
  providerBackend,
  refresh,
  submit,
  tokensFor,
  userInfo,
} from "../support/live-apps.ts";
import { password, startPeople } from "../support/live-people.ts";

const live = await startPeople({ after }, { backend: providerBackend });
const { url } = live;
const ada = await live.join("ada@example.org", "Ada", { hidden: "secret of Ada" });
const offline = { scope: "openid profile email offline_access" };
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

describe("a code is good once, for whom it was given, with what they alone know", () => {
  const bad = async (app: App | undefined, code: string, verifier: string, more = {}): Promise<void> => {
    const { status, body } = await exchange(url, app, code, verifier, more);
    assert.ok(status === 400 || status === 401, JSON.stringify(body));
    assert.ok(["invalid_grant", "invalid_client"].includes(String(body["error"])), JSON.stringify(body));
    assert.equal(body["access_token"], undefined);
  };

  test("25: twenty times at once: one gets tokens, and they end, for the code was stolen", async () => {
    const { code, verifier } = await codeFor(ada, shop, offline);
    const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(url, shop, code, verifier)));
    const good = answers.filter(({ status }) => status === 200);
    assert.equal(good.length, 1);
    for (const { status, body } of answers) if (status !== 200) assert.equal(body["error"], "invalid_grant");
    assert.equal((await userInfo(url, good[0]?.body["access_token"])).status, 401);
    assert.equal((await refresh(url, shop, good[0]?.body["refresh_token"])).body["error"], "invalid_grant");
  });

  test("used once more after a while, by whoever: the tokens of the first end", async () => {
    const { code, verifier } = await codeFor(ada, shop);
    const { body } = await exchange(url, shop, code, verifier);
    assert.equal((await userInfo(url, body["access_token"])).status, 200);
    await bad(shop, code, "x".repeat(43));
    assert.equal((await userInfo(url, body["access_token"])).status, 401);
  });

  test("at another app, with its own secret", async () => {
    const { code, verifier } = await codeFor(ada, shop);
    await bad(other, code, verifier);
    await bad(shop, code, verifier);
  });

  test("with another address, another verifier, or none", async () => {
    for (const more of [
      { redirect_uri: "https://app.example/bye" },
      { redirect_uri: undefined },
      { code_verifier: newVerifier().verifier },
      { code_verifier: undefined },
      { code_verifier: "" },
    ]) {
      const { code, verifier } = await codeFor(ada, shop);
      await bad(shop, code, verifier, more);
      await bad(shop, code, verifier);
    }
  });

  test("the challenge itself, whose hash is another one", async () => {
    const { code, verifier } = await codeFor(ada, shop);
    await bad(shop, code, createHash("sha256").update(verifier).digest("base64url"));
  });

  test("without the app's secret, with another's, with a wrong one, and by an app that has none", async () => {
    for (const app of [
      { id: shop.id, secret: undefined },
      { id: shop.id, secret: other.secret },
      { id: shop.id, secret: "x".repeat(43) },
      { id: shop.id, secret: "" },
      { id: spa.id, secret: undefined },
      { id: spa.id, secret: shop.secret },
      { id: "nobody", secret: shop.secret },
    ]) {
      const { code, verifier } = await codeFor(ada, shop);
      await bad(app, code, verifier);
    }
  });

  test("whatever is asked of a token, an app with a secret shows it", async () => {
    const { access_token, refresh_token } = await tokensFor(url, ada, shop, offline);
    for (const secret of [undefined, "x".repeat(43), other.secret])
      for (const endpoint of ["introspect", "revoke", "token"]) {
        const fields = { token: String(access_token), grant_type: "refresh_token", refresh_token: String(refresh_token) };
        const answer = await askAsApp(url, endpoint, { id: shop.id, secret }, fields);
        assert.deepEqual([answer.status, answer.body["error"]], [401, "invalid_client"], endpoint);
      }
    assert.equal((await userInfo(url, access_token)).status, 200);
    assert.equal((await refresh(url, shop, refresh_token)).status, 200);
  });

  test("longer than a minute after", async () => {
    const { code, verifier } = await codeFor(ada, shop);
    await live.platform.database.transaction((connection) =>
      connection.run("UPDATE _chassis_oidc_authorizations SET created = created - 60001 WHERE code_used IS NULL", []),
    );
    await bad(shop, code, verifier);
  });
});

describe("27: a refresh token that was used is used again", () => {
  test("27: by a thief after the app: all that came of the same code ends", async () => {
    const first = await tokensFor(url, ada, shop, offline);
    const second = (await refresh(url, shop, first["refresh_token"])).body;
    assert.equal((await userInfo(url, second["access_token"])).status, 200);
    assert.equal((await refresh(url, shop, first["refresh_token"])).body["error"], "invalid_grant");
    for (const { access_token } of [first, second]) assert.equal((await userInfo(url, access_token)).status, 401);
    assert.equal((await refresh(url, shop, second["refresh_token"])).body["error"], "invalid_grant");
  });

  test("27: twenty times at once: one goes on at the most, and then nobody", async () => {
    const { refresh_token } = await tokensFor(url, ada, spa, offline);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(url, spa, refresh_token)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const { body } of answers) {
      assert.equal((await refresh(url, spa, body["refresh_token"])).status, 400);
      if (body["access_token"] !== undefined) assert.equal((await userInfo(url, body["access_token"])).status, 401);
    }
  });

  test("27: long after, by somebody who has gone on with it many times: all ends", async () => {
    const first = await tokensFor(url, ada, shop, offline);
    let last = first;
    for (let times = 0; times < 10; times++) last = (await refresh(url, shop, last["refresh_token"])).body;
    assert.equal((await refresh(url, shop, first["refresh_token"])).body["error"], "invalid_grant");
    assert.equal((await refresh(url, shop, last["refresh_token"])).body["error"], "invalid_grant");
    assert.equal((await userInfo(url, last["access_token"])).status, 401);
  });

  test("27: nobody ends what is another app's, whatever they make of its tokens", async () => {
    const mine = await tokensFor(url, ada, shop, offline);
    const [family = ""] = String(mine["refresh_token"]).split(".");
    const theirs = await tokensFor(url, ada, spa, offline);
    const [, secret = ""] = String(theirs["refresh_token"]).split(".");
    for (const token of [
      `${family}.${secret}`,
      `${family}.${"x".repeat(43)}`,
      family,
      `${family}.`,
      `chr_.${secret}`,
      `chr_${secret}`,
    ]) {
      assert.equal((await refresh(url, spa, token)).body["error"], "invalid_grant");
      assert.equal((await askAsApp(url, "revoke", spa, { token })).status, 200);
      assert.deepEqual((await askAsApp(url, "introspect", other, { token })).body, { active: false });
    }
    for (const [app, tokens] of [
      [shop, mine],
      [spa, theirs],
    ] as const)
      assert.equal((await refresh(url, app, tokens["refresh_token"])).status, 200);
  });

  test("27: another app's is good for nothing there, and stays good", async () => {
    const { refresh_token, access_token } = await tokensFor(url, ada, shop, offline);
    for (const app of [other, spa, { id: shop.id, secret: undefined }])
      assert.ok([400, 401].includes((await refresh(url, app, refresh_token)).status));
    assert.equal((await refresh(url, shop, access_token)).body["error"], "invalid_grant");
    assert.equal((await refresh(url, shop, refresh_token)).status, 200);
  });

  test("27: it gives what was granted or less, never more", async () => {
    const { refresh_token } = await tokensFor(url, ada, shop, { scope: "openid offline_access" });
    for (const scope of ["openid email offline_access", "email", "admin", "openid profile"])
      assert.equal((await refresh(url, shop, refresh_token, { scope })).body["error"], "invalid_scope");
    assert.equal((await refresh(url, shop, refresh_token, { resource: "https://api.example" })).body["error"], "invalid_target");
    const less = await refresh(url, shop, refresh_token, { scope: "openid" });
    assert.equal(less.body["scope"], "openid");
    assert.deepEqual((await userInfo(url, less.body["access_token"])).body, { sub: ada.user });
  });

  test("27: it ends when the time of the first sign-in is over, however often it was used", async () => {
    const browser = await live.join("ends@example.org");
    const first = await tokensFor(url, browser, shop, offline);
    const change = (sql: string): Promise<unknown> =>
      live.platform.database.transaction((connection) => connection.run(sql, [browser.user]));
    // An hour before the end of its thirty days it is used, and the next one has no more time.
    const own = "(SELECT id FROM _chassis_oidc_authorizations WHERE user = ?)";
    for (const table of ["tokens WHERE authorization_id IN " + own, "authorizations WHERE user = ?"])
      await change(
        `UPDATE _chassis_oidc_${table.replace(" WHERE", " SET created = created - 2588400000, expires = expires - 2588400000 WHERE")}`,
      );
    const second = (await refresh(url, shop, first["refresh_token"])).body;
    const [[left = 0] = []] = await live.platform.database.all(
      `SELECT max(expires) FROM _chassis_oidc_tokens WHERE authorization_id IN ${own}`,
      [browser.user],
    );
    assert.ok(Number(left) - Date.now() <= 3_600_000, String(left));
    await change("UPDATE _chassis_oidc_authorizations SET expires = expires - 3600000 WHERE user = ?");
    await change(`UPDATE _chassis_oidc_tokens SET expires = expires - 3600000 WHERE authorization_id IN ${own}`);
    assert.equal((await refresh(url, shop, second["refresh_token"])).body["error"], "invalid_grant");
  });
});

describe("26: what has ended opens nothing from the next request on", () => {
  const dead = async (app: App, tokens: Readonly<Record<string, unknown>>): Promise<void> => {
    assert.equal((await userInfo(url, tokens["access_token"])).status, 401);
    assert.equal((await refresh(url, app, tokens["refresh_token"])).body["error"], "invalid_grant");
    assert.deepEqual((await askAsApp(url, "introspect", app, { token: String(tokens["access_token"]) })).body, { active: false });
  };

  test("26: the app's tokens, when the password changes", async () => {
    const browser = await live.join("changes@example.org");
    const tokens = await tokensFor(url, browser, shop, offline);
    const changed = await browser.post("/auth/v1/password", { current: password, password: "another good password" });
    assert.ok(changed.status < 300, changed.text);
    await dead(shop, tokens);
  });

  test("26: when the account is suspended, and once it is not any more; and when it is deleted", async () => {
    const browser = await live.join("suspended@example.org");
    const tokens = await tokensFor(url, browser, shop, offline);
    for (const action of ["suspend", "resume"] as const) {
      const outcome = await live.platform.auth?.obey({ type: "users", action, who: browser.user });
      assert.ok(outcome !== undefined && !("refused" in outcome));
      await dead(shop, tokens);
    }
    const gone = await live.join("gone@example.org");
    const theirs = await tokensFor(url, gone, shop, offline);
    assert.ok((await gone.ask(`/rest/v1/users?id=eq.${gone.user}`, { method: "DELETE" })).status < 300);
    await dead(shop, theirs);
  });

  test("26: when the person takes it back, and is asked anew", async () => {
    const tokens = await tokensFor(url, ada, shop, offline);
    assert.match((await ada.get("/auth/account")).text, /Take it back: The shop/);
    assert.equal((await submit(ada, "/auth/apps", { app: shop.id })).status, 303);
    await dead(shop, tokens);
    const asked = leadsTo(await follow(ada, authorizePath(shop, newVerifier().challenge)));
    assert.equal(asked.pathname, "/auth/consent");
  });

  test("26: signing out ends what was not to go on without the person", async () => {
    const browser = await live.join("leaves@example.org");
    const here = await tokensFor(url, browser, shop);
    const { code, verifier } = await codeFor(browser, shop);
    const away = await tokensFor(url, browser, shop, offline);
    await browser.post("/auth/v1/sign-out");
    assert.equal((await userInfo(url, here["access_token"])).status, 401);
    assert.equal((await exchange(url, shop, code, verifier)).body["error"], "invalid_grant");
    assert.equal((await userInfo(url, away["access_token"])).status, 200);
  });

  test("26: an app that is taken away", async () => {
    const app = await addApp(live, { name: "Short-lived" });
    const tokens = await tokensFor(url, ada, app, offline);
    await live.platform.database.transaction((connection) =>
      connection.run("DELETE FROM _chassis_oidc_clients WHERE id = ?", [app.id]),
    );
    assert.equal((await userInfo(url, tokens["access_token"])).status, 401);
    assert.equal((await refresh(url, app, tokens["refresh_token"])).body["error"], "invalid_client");
  });

  test("35: a role that needs a second factor is worn by no app whose person showed none", async () => {
    const browser = await live.join("promoted@example.org");
    const tokens = await tokensFor(url, browser, shop, offline);
    await live.platform.database.transaction((connection) =>
      connection.run("UPDATE _chassis_accounts SET roles = '[\"editor\"]' WHERE user = ?", [browser.user]),
    );
    await dead(shop, tokens);
  });
});

describe("a token opens what it was given for", () => {
  test("not this site's own data API, nor its sign-in", async () => {
    const { access_token, refresh_token, id_token } = await tokensFor(url, ada, shop, offline);
    for (const token of [access_token, refresh_token, id_token])
      for (const path of ["/rest/v1/users", "/auth/v1/sessions"]) {
        const reply = await live.browser().get(path, { headers: { authorization: `Bearer ${String(token)}` } });
        assert.equal(reply.status, 401, `${path} ${reply.text}`);
      }
    const { cookies } = ada;
    const own = [...cookies].find(([name]) => name.startsWith("chassis-session"))?.[1];
    assert.equal((await userInfo(url, own)).status, 401, "nor does a session open userinfo");
  });

  test("one that is for an API opens that API alone, and its own app sees that it does", async () => {
    const resource = "https://api.example/";
    const client = await addApp(live, { name: "Front", resources: [resource] });
    const api = await addApp(live, { name: "API", resources: [resource], redirectUris: [], logoutUris: [] });
    const stranger = await addApp(live, { name: "Stranger", resources: ["https://api.example/other"] });
    const { access_token, refresh_token } = await tokensFor(url, ada, client, { ...offline, resource });
    assert.equal((await userInfo(url, access_token)).status, 401);
    const seen = await askAsApp(url, "introspect", api, { token: String(access_token) });
    assert.deepEqual(
      [seen.body["active"], seen.body["aud"], seen.body["sub"], seen.body["client_id"], seen.body["iss"]],
      [true, resource, ada.user, client.id, url],
    );
    assert.deepEqual((await askAsApp(url, "introspect", api, { token: String(refresh_token) })).body, { active: false });
    for (const app of [stranger, shop])
      assert.deepEqual((await askAsApp(url, "introspect", app, { token: String(access_token) })).body, { active: false });
    assert.equal((await askAsApp(url, "introspect", spa, { token: String(access_token) })).body["error"], "unauthorized_client");
    assert.equal((await askAsApp(url, "revoke", stranger, { token: String(access_token) })).status, 200);
    assert.equal((await askAsApp(url, "introspect", api, { token: String(access_token) })).body["active"], true);
  });

  test("not in the address, nor in a form", async () => {
    const { access_token } = await tokensFor(url, ada, shop);
    const token = String(access_token);
    assert.equal((await fetch(`${url}/oidc/v1/userinfo?access_token=${token}`)).status, 401);
    assert.equal((await fetch(`${url}/oidc/v1/userinfo`, { method: "POST", body: form({ access_token: token }) })).status, 401);
  });

  test("claims are what the scopes say, and what the person may read of themselves", async () => {
    const { access_token, id_token } = await tokensFor(url, ada, shop, { scope: "openid profile" });
    assert.deepEqual((await userInfo(url, access_token)).body, { sub: ada.user, name: "Ada" });
    assert.ok(!JSON.stringify(decodeJwt(String(id_token))).includes("secret of Ada"));
    assert.equal(decodeJwt(String(id_token))["email"], undefined);
  });
});

test("an app is given none of the scopes that it was not written down with", async () => {
  const app = await addApp(live, { scopes: ["openid", "email"] });
  const tokens = await tokensFor(url, ada, app, { scope: "openid profile email offline_access" });
  assert.deepEqual([tokens["scope"], tokens["refresh_token"]], ["openid email", undefined]);
  const known = (await userInfo(url, tokens["access_token"])).body;
  assert.deepEqual(Object.keys(known).sort(), ["email", "email_verified", "sub"]);
});

test("45: a parameter twice is refused at every endpoint, and so is an app that says twice who it is", async () => {
  for (const endpoint of ["token", "revoke", "introspect"]) {
    const fields = form({ client_id: shop.id, client_secret: shop.secret, grant_type: "refresh_token", refresh_token: "x" });
    for (const name of ["client_id", "grant_type"]) {
      const body = new URLSearchParams([...fields, [name, "again"]]);
      const response = await fetch(`${url}/oidc/v1/${endpoint}`, { method: "POST", body });
      assert.equal(response.status, 400);
      assert.equal(((await response.json()) as { error: string }).error, "invalid_request");
    }
    const authorization = `Basic ${Buffer.from(`${shop.id}:${shop.secret}`).toString("base64")}`;
    const twice = await fetch(`${url}/oidc/v1/${endpoint}`, { method: "POST", body: fields, headers: { authorization } });
    assert.equal(((await twice.json()) as { error: string }).error, "invalid_request");
    const alone = form({ grant_type: "refresh_token", refresh_token: "x", token: "x" });
    const good = await fetch(`${url}/oidc/v1/${endpoint}`, { method: "POST", body: alone, headers: { authorization } });
    assert.notEqual(((await good.json()) as { error: string }).error, "invalid_client");
    const wrong = await fetch(`${url}/oidc/v1/${endpoint}`, {
      method: "POST",
      body: alone,
      headers: { authorization: "Basic !!" },
    });
    assert.equal(wrong.status, 401);
    assert.match(wrong.headers.get("www-authenticate") ?? "", /^Basic/);
    assert.equal(
      (await fetch(`${url}/oidc/v1/${endpoint}`, { method: "POST", body: "{}", headers: { "content-type": "application/json" } }))
        .status,
      415,
    );
  }
});

test("what is kept opens nothing: secrets, codes, tokens and the keys' private halves are in no table as they are", async () => {
  const { access_token, refresh_token } = await tokensFor(url, ada, shop, offline);
  const { code } = await codeFor(ada, shop);
  const tables = ["clients", "consents", "authorizations", "tokens", "keys"];
  for (const table of tables) {
    const rows = await live.platform.database.all(`SELECT * FROM _chassis_oidc_${table}`, []);
    assert.ok(rows.length > 0, table);
    const text = JSON.stringify(
      rows.map((row) => row.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value))),
    );
    for (const secret of [shop.secret, String(access_token).slice(4), String(refresh_token).split(".").at(-1), code])
      assert.ok(secret !== undefined && !text.includes(secret), table);
    assert.ok(!/PRIVATE|"d":/.test(text));
  }
});

test("32: whoever guesses secrets of apps is told to wait", async (t) => {
  const limited = await startPeople(t, { backend: providerBackend, environment: { CHASSIS_RATE_LIMITS: "on" } });
  const app = await addApp(limited);
  let status = 0;
  for (let tries = 0; tries < 100 && status !== 429; tries++) {
    const answer = await refresh(limited.url, { id: app.id, secret: `${tries}`.padEnd(43, "x") }, "x");
    status = answer.status;
    assert.equal(answer.body["error"], status === 429 ? "temporarily_unavailable" : "invalid_client");
  }
  assert.equal(status, 429);
});
