import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { comeBack, goThere, placeOf, signInBy, startOAuthPeople, whoIs } from "../support/oauth-people.ts";

const { acme, other, live, platform, subject, known, query } = await startOAuthPeople({ after });

beforeEach(() => {
  for (const issuer of [acme, other]) issuer.lies = {};
});

const failed = "/auth/oauth?problem=providerFailed&provider=acme";
const over = "/auth/oauth?problem=usedLink&provider=acme";

describe("what comes back belongs to what this browser began", () => {
  const path = "/auth/v1/oauth/acme/callback";

  test("25: a code and its state let in once, however many come at once", async () => {
    acme.person = known(subject());
    const browser = live.browser();
    const back = await goThere(browser, "acme");
    const places = (await Promise.all(Array.from({ length: 20 }, () => comeBack(browser, back)))).map(placeOf);
    assert.equal(places.filter((place) => place === "/").length, 1);
    assert.equal(places.filter((place) => place === over).length, 19);
    assert.equal(acme.redeemed.filter((body) => back.includes(String(body.get("code")))).length, 1);
  });

  test("34: an answer that another browser began is not taken", async () => {
    acme.person = known(subject());
    const attacker = live.browser();
    const back = await goThere(attacker, "acme");
    const victim = live.browser();
    assert.equal(placeOf(await comeBack(victim, back)), over);
    const begun = live.browser();
    await goThere(begun, "acme");
    assert.equal(placeOf(await comeBack(begun, await goThere(attacker, "acme"))), over);
    assert.deepEqual([await whoIs(victim), await whoIs(begun)], [null, null]);
  });

  test("an answer without a state, with another, or with two is not taken", async () => {
    acme.person = known(subject());
    const browser = live.browser();
    const back = await goThere(browser, "acme");
    const given = new URLSearchParams(back.split("?")[1]);
    const state = String(given.get("state"));
    const code = String(given.get("code"));
    for (const query of [
      `code=${code}`,
      `code=${code}&state=${"x".repeat(43)}`,
      `code=${code}&state=${state}&state=${state}`,
      "",
    ])
      assert.equal(placeOf(await comeBack(browser, `${path}?${query}`)), over, query);
    assert.equal(
      acme.redeemed.some((body) => body.get("code") === code),
      false,
    );
  });

  test("a sign-in begun at one site is not finished by the answer of another (mix-up)", async () => {
    acme.person = known(subject());
    other.person = known(subject());
    const browser = live.browser();
    const back = await goThere(browser, "acme");
    const redeemed = other.redeemed.length;
    assert.equal(
      placeOf(await comeBack(browser, back.replace("/acme/", "/other/"))),
      "/auth/oauth?problem=usedLink&provider=other",
    );
    assert.equal(other.redeemed.length, redeemed);
    for (const iss of [other.url, `${acme.url}/`]) {
      const again = await goThere(browser, "acme");
      assert.equal(placeOf(await comeBack(browser, `${again}&iss=${encodeURIComponent(iss)}`)), failed, iss);
    }
    assert.equal(placeOf(await comeBack(browser, `${await goThere(browser, "acme")}&iss=${encodeURIComponent(acme.url)}`)), "/");
  });

  test("42: no page of another site begins a sign-in, connects a site or disconnects one", async () => {
    const browser = await live.join(`${subject()}@home.example`);
    const headers = { "sec-fetch-site": "cross-site" };
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const asks = [
      browser.post("/auth/v1/oauth/acme", {}, { headers }),
      browser.post("/auth/v1/oauth/acme", { intent: "connect" }, { headers }),
      browser.ask("/auth/v1/identities/x", { method: "DELETE", headers }),
      browser.post("/auth/oauth", "provider=acme", { headers: { ...headers, ...form } }),
      browser.post("/auth/connections", "disconnect=x", { headers: { ...headers, ...form } }),
    ];
    for (const reply of await Promise.all(asks)) assert.equal(reply.status, 403, reply.text);
    // By GET nothing begins.
    assert.equal((await browser.get("/auth/v1/oauth/acme")).status, 405);
    assert.equal(placeOf(await browser.get("/auth/oauth?provider=acme")), "/auth/sign-in");
  });

  test("a site is connected to the session that set out, and to no other", async () => {
    const owner = await live.join(`${subject()}@home.example`);
    acme.person = known(subject());
    const back = await goThere(owner, "acme", { intent: "connect" });
    await owner.post("/auth/v1/sign-out");
    assert.equal(placeOf(await comeBack(owner, back)), "/auth/oauth?problem=signInRequired&provider=acme");
    const again = await live.join(`${subject()}@home.example`);
    const elsewhere = await goThere(again, "acme", { intent: "connect" });
    const session = [...again.cookies].find(([name]) => name.includes("session"));
    const somebody = await live.join(`${subject()}@home.example`);
    again.cookies.set(String(session?.[0]), String(somebody.cookies.get(String(session?.[0]))));
    assert.equal(placeOf(await comeBack(again, elsewhere)), "/auth/oauth?problem=signInRequired&provider=acme");
    assert.equal(await query("SELECT count(*) FROM _chassis_identities WHERE user IN (?, ?)", again.user, somebody.user), 0);
  });

  test("34: a session from before is good no more after a sign-in by another site", async () => {
    const browser = await live.join(`${subject()}@home.example`);
    const planted = new Map(browser.cookies);
    acme.person = known(subject());
    await signInBy(browser, "acme");
    const before = live.browser();
    for (const [name, value] of planted) before.cookies.set(name, value);
    assert.equal((await before.get("/auth/v1/session")).code, "PGRST303");
  });
});

test("no token of a site is in any answer, nor in the database", async () => {
  const tokens: string[] = [];
  acme.person = known(subject());
  acme.lies = {
    token(usual) {
      tokens.push(String(usual["access_token"]), String(usual["id_token"]));
      return usual;
    },
  };
  const browser = live.browser();
  const reply = await signInBy(browser, "acme");
  const shown = JSON.stringify([reply.text, [...reply.headers], (await browser.get("/auth/v1/identities")).text]);
  const kept = JSON.stringify([
    await platform.database.all("SELECT * FROM _chassis_identities", []),
    await platform.database.all("SELECT data FROM _chassis_one_time_tokens", []),
  ]);
  assert.equal(tokens.length, 2);
  for (const token of tokens) assert.ok(!shown.includes(token) && !kept.includes(token));
});

test("24: the address that a site sends people back to is that of the settings, whatever Host says", async () => {
  const browser = live.browser();
  for (const headers of [{ "x-forwarded-host": "evil.example" }, { forwarded: "host=evil.example" }]) {
    const begun = await browser.post("/auth/v1/oauth/acme", {}, { headers });
    const location = new URL(String(begun.body["location"]));
    assert.equal(location.searchParams.get("redirect_uri"), `${live.url}/auth/v1/oauth/acme/callback`);
  }
});

test("the way back by a form is a way back by GET, of what is known of it alone", async () => {
  const browser = live.browser();
  const form = { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "cross-site", origin: acme.url };
  const post = (body: string) => browser.post("/auth/v1/oauth/acme/callback", body, { headers: form });
  const given = "code=a&state=b&user=%7B%7D&to=//evil.example&id_token=x";
  assert.equal(placeOf(await post(given)), "/auth/v1/oauth/acme/callback?code=a&state=b&user=%7B%7D");
  assert.equal(placeOf(await post("code=a&code=b")), "/auth/oauth?problem=invalidBody&provider=acme");
  assert.match((await browser.get("/auth/oauth?problem=invalidBody&provider=acme")).text, /Something went wrong/);
});
