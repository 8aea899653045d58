import assert from "node:assert/strict";
import { after, test } from "node:test";
import { addApp, callback, codeFor, providerBackend, refresh, tokensFor, userInfo } from "../support/live-apps.ts";
import { startPeople } from "../support/live-people.ts";

// What an app asks for again and again fills nothing up.
const live = await startPeople({ after }, { backend: providerBackend });
const { url } = live;
const offline = { scope: "openid profile email offline_access" };
const shop = await addApp(live);
const spa = await addApp(live, { isPublic: true, redirectUris: [callback] });

const count = async (what: string, user: string): Promise<number> =>
  Number((await live.platform.database.get(`SELECT count(*) FROM ${what} WHERE user = ?`, [user]))?.[0]);
const tokens = "_chassis_oidc_tokens t JOIN _chassis_oidc_authorizations g ON g.id = t.authorization_id AND t.type = 'refresh'";

test("a refresh token that was used leaves no row", async () => {
  const browser = await live.join("refreshes@example.org");
  let last = await tokensFor(url, browser, shop, offline);
  for (let times = 0; times < 5; times++) last = (await refresh(url, shop, last["refresh_token"])).body;
  assert.equal(await count(tokens, browser.user), 1);
});

test("a code that nobody came with is gone after a minute, also one with offline_access", async () => {
  const browser = await live.join("unused@example.org");
  for (let times = 0; times < 3; times++) await codeFor(browser, shop, offline);
  const kept = (): Promise<readonly unknown[]> =>
    live.platform.database.all("SELECT DISTINCT expires - created FROM _chassis_oidc_authorizations WHERE user = ? ORDER BY 1", [
      browser.user,
    ]);
  assert.deepEqual(await kept(), [[60_000]]);
  await tokensFor(url, browser, shop, offline);
  assert.deepEqual(await kept(), [[60_000], [30 * 86_400_000]]);
});

test("of one person an app has a hundred sign-ins at the most: the oldest end", async () => {
  const browser = await live.join("many@example.org");
  const first = await tokensFor(url, browser, shop, offline);
  const elsewhere = await tokensFor(url, browser, spa, offline);
  await live.platform.database.transaction((connection) =>
    connection.run(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
        INSERT INTO _chassis_oidc_authorizations (id, client, user, session, code, code_used, redirect_uri, challenge, nonce, scopes, resource, proofs,
          proved, password_changed, created, expires)
        SELECT id || '-' || i, client, user, session, randomblob(32), code_used, redirect_uri, challenge, nonce, scopes, resource, proofs, proved,
          password_changed, created + 1, expires FROM _chassis_oidc_authorizations, n WHERE user = ? AND client = ?`,
      [browser.user, shop.id],
    ),
  );
  assert.equal((await userInfo(url, first["access_token"])).status, 200);
  const last = await tokensFor(url, browser, shop, offline);
  assert.equal(await count("_chassis_oidc_authorizations", browser.user), 101);
  assert.equal((await userInfo(url, first["access_token"])).status, 401);
  for (const { access_token } of [last, elsewhere]) assert.equal((await userInfo(url, access_token)).status, 200);
});
