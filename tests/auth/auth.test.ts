import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Browser, password, startPeople } from "../support/live-people.ts";

const live = await startPeople({ after });
let count = 0;
const someone = (): string => `user-${++count}@example.org`;
const cookieName = `chassis-session-${new URL(live.url).port}`;
const signIn = async (email: string): Promise<Browser> => {
  const browser = live.browser();
  assert.equal((await browser.post("/auth/v1/sign-in", { email, password })).status, 200);
  return browser;
};

describe("over HTTP, somebody", () => {
  test("signs up, confirms, and is known from then on, to the data API and to pages", async () => {
    const email = someone();
    const browser = live.browser();
    const asked = await browser.post(
      "/auth/v1/sign-up",
      { email, password, user: { name: "Ada" } },
      { headers: { "accept-language": "nl-BE,nl;q=0.9,en;q=0.5" } },
    );
    assert.deepEqual([asked.status, asked.body], [202, { sent: true }]);
    assert.match(asked.headers.get("set-cookie") ?? "", /HttpOnly; SameSite=Lax; Max-Age=86400$/);
    const token = await live.tokenTo(email, /Bevestig je adres voor localhost/);
    const confirmed = await browser.post("/auth/v1/sign-up/confirm", { token });
    assert.equal(confirmed.status, 200, confirmed.text);
    const { user, session, expires, ...more } = confirmed.body;
    assert.deepEqual(more, {}, "no token where a script could read it");
    assert.ok(Date.parse(String(expires)) > Date.now());
    assert.deepEqual([...browser.cookies.keys()], [cookieName]);
    assert.match(
      confirmed.headers.getSetCookie()[0] ?? "",
      /^chassis-session-\d+=chs_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
    );
    const who = await browser.get("/auth/v1/session");
    assert.deepEqual(
      [who.body["user"], who.body["email"], who.body["verified"], who.body["roles"], (who.body["session"] as { id: string }).id],
      [user, email, true, [], session],
    );
    const note = await browser.post("/rest/v1/notes", { body: "Hello" }, { headers: { prefer: "return=representation" } });
    assert.equal(note.status, 201, note.text);
    assert.equal((JSON.parse(note.text) as { author: string }[])[0]?.author, user);
    assert.equal((await browser.get("/home")).text, `<p>${String(user)}</p>`);
  });

  test("signs in by any spelling of the address and out again, which ends it for good", async () => {
    const email = someone();
    await live.join(email);
    const browser = live.browser();
    assert.equal((await browser.post("/auth/v1/sign-in", { email: email.toUpperCase(), password })).status, 200);
    const kept = browser.cookies.get(cookieName) ?? "";
    assert.equal((await browser.get("/rest/v1/notes")).status, 200);
    const out = await browser.post("/auth/v1/sign-out");
    assert.deepEqual([out.status, out.headers.get("clear-site-data")], [204, '"cache", "storage"']);
    assert.equal(browser.cookies.size, 0);
    assert.deepEqual((await browser.get("/auth/v1/session")).body, { user: null });
    browser.cookies.set(cookieName, kept);
    const refused = await browser.get("/rest/v1/notes");
    assert.deepEqual([refused.status, refused.code], [401, "PGRST303"]);
    assert.equal(browser.cookies.size, 0, "the cookie was taken away");
    assert.deepEqual((await browser.get("/rest/v1/users?select=id&limit=0")).status, 200);
  });

  test("whose session is over sees pages as nobody, and changes nothing", async () => {
    const browser = await live.join(someone());
    const kept = browser.cookies.get(cookieName) ?? "";
    await browser.post("/auth/v1/sign-out");
    browser.cookies.set(cookieName, kept);
    assert.equal((await browser.get("/home")).text, "<p>nobody</p>");
    browser.cookies.set(cookieName, kept);
    assert.equal((await browser.post("/home", {})).status, 401);
  });

  test("that keeps no cookies gets the token, and goes on by it", async () => {
    const email = someone();
    await live.join(email);
    const reply = await live.browser().post("/auth/v1/sign-in", { email, password, session: "token" });
    assert.equal(reply.headers.get("set-cookie"), null);
    const headers = { authorization: `Bearer ${String(reply.body["token"])}` };
    const program = live.browser();
    assert.equal((await program.get("/rest/v1/notes", { headers })).status, 200);
    const proved = await program.post("/auth/v1/prove", { password }, { headers });
    assert.ok(typeof proved.body["token"] === "string" && proved.headers.get("set-cookie") === null);
    assert.equal((await program.get("/rest/v1/notes", { headers })).status, 401);
    assert.equal((await live.browser().post("/auth/v1/sign-in", { email, password, session: "both" })).code, "validation_failed");
  });

  test("changes the password, is told so, and is signed out elsewhere", async () => {
    const email = someone();
    const browser = await live.join(email);
    const other = await signIn(email);
    const wrong = await browser.post("/auth/v1/password", { current: "wrong", password: "a new good password" });
    assert.deepEqual([wrong.status, wrong.code], [401, "wrong_credentials"]);
    const changed = await browser.post("/auth/v1/password", { current: password, password: "a new good password" });
    assert.equal(changed.status, 200, changed.text);
    await live.mailTo(email, /password for localhost:\d+ was changed/);
    assert.equal((await browser.get("/rest/v1/notes")).status, 200);
    assert.equal((await other.get("/rest/v1/notes")).status, 401);
    assert.equal((await live.browser().post("/auth/v1/sign-in", { email, password })).status, 401);
  });

  test("who forgot the password sets another one by mail", async () => {
    const email = someone();
    const browser = await live.join(email);
    assert.equal((await live.browser().post("/auth/v1/password/forgot", { email })).status, 202);
    const token = await live.tokenTo(email, /Choose a new password/);
    assert.equal(
      (await live.browser().post("/auth/v1/password/reset", { token, password: "12345678" })).code,
      "validation_failed",
    );
    assert.equal((await live.browser().post("/auth/v1/password/reset", { token, password: "a new good password" })).status, 204);
    assert.equal((await browser.get("/rest/v1/notes")).status, 401);
    assert.equal((await live.browser().post("/auth/v1/sign-in", { email, password: "a new good password" })).status, 200);
  });

  test("sees where else they are signed in, and ends that", async () => {
    const email = someone();
    const browser = await live.join(email);
    const [second, third] = [await signIn(email), await signIn(email)];
    const list = JSON.parse((await browser.get("/auth/v1/sessions")).text) as { id: string; current: boolean; address: string }[];
    assert.deepEqual([list.length, list.filter(({ current }) => current).length], [3, 1]);
    assert.ok(list.every(({ address }) => address === "127.0.0.1" || address === "::1"));
    const mine = (await second.get("/auth/v1/session")).body["session"] as { id: string };
    assert.equal((await browser.ask(`/auth/v1/sessions/${mine.id}`, { method: "DELETE" })).status, 204);
    assert.equal((await second.get("/rest/v1/notes")).status, 401);
    assert.deepEqual((await browser.ask("/auth/v1/sessions?others=true", { method: "DELETE" })).body, { ended: 1 });
    assert.equal((await third.get("/rest/v1/notes")).status, 401);
    assert.deepEqual((await browser.ask("/auth/v1/sessions", { method: "DELETE" })).body, { ended: 1 });
    assert.equal(browser.cookies.size, 0);
  });
});

test("a rule may ask that the password was given a moment ago", async () => {
  const email = someone();
  const browser = await live.join(email);
  const { id } = await live.platform.records
    .write(
      { type: "insert", table: "secrets", rows: [{ body: "x" }], rowForm: "json", missing: "default", values: [], form: "json" },
      (await import("#application")).system,
    )
    .then(({ keys }) => ({ id: keys?.[0] }));
  const seen = async (): Promise<number> =>
    (JSON.parse((await browser.get(`/rest/v1/secrets?id=eq.${id}`)).text) as unknown[]).length;
  assert.equal(await seen(), 1);
  await live.platform.database.transaction((connection) =>
    connection.run("UPDATE _chassis_sessions SET proved = proved - 600001 WHERE user = ?", [browser.user]),
  );
  assert.equal(await seen(), 0);
  assert.equal((await browser.post("/auth/v1/prove", { password })).status, 200);
  assert.equal(await seen(), 1);
});

test("what is sent to /auth/v1 is JSON, of fields that there are", async () => {
  const browser = live.browser();
  const text = { headers: { "content-type": "text/plain" } };
  assert.equal((await browser.post("/auth/v1/sign-in", "{}", text)).status, 415);
  for (const bad of ["", "[]", "null", '"x"', "{", '{"email":"a@b.example","passwort":"x"}', '{"__proto__":{}}', "\ufffe"])
    assert.equal((await browser.post("/auth/v1/sign-in", bad)).code, "PGRST102", bad);
  assert.equal((await browser.post("/auth/v1/sign-in", { email: "x".repeat(70_000) })).status, 413);
  assert.equal((await browser.get("/auth/v1/sign-in")).status, 405);
  for (const path of [
    "/auth/v1",
    "/auth/v1/",
    "/auth/v1/sign-in/",
    "/auth/v1/sessions/a/b",
    "/auth/v1/nothing",
    "/auth/v1/Sign-In",
  ])
    assert.equal((await browser.post(path)).code, "PGRST125", path);
  for (const path of ["/auth/v1/sign-out", "/auth/v1/prove", "/auth/v1/password"])
    assert.deepEqual([(await browser.post(path)).status, (await browser.post(path)).code], [401, "PGRST302"], path);
});
