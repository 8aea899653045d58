import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { URI } from "otpauth";
import { defineBackend, defineSchema, everyone, nobody, text } from "chassis";
import { type Browser, password, type Reply, startPeople } from "../support/live-people.ts";

const live = await startPeople({ after });
const { platform } = live;
const port = Number(new URL(live.url).port);
const sessionCookie = `chassis-session-${port}`;
const factorCookie = `chassis-factor-${port}`;
let count = 0;
const someone = (): string => `factor-${++count}@example.org`;
const post = (path: string, body: unknown, browser = live.browser(), headers = {}): Promise<Reply> =>
  browser.post(`/auth/v1/${path}`, body, { headers });

interface Owner {
  readonly email: string;
  readonly browser: Browser;
  readonly user: string;
  readonly uri: string;
  readonly recoveryCodes: readonly string[];
}

const change = (sql: string, ...parameters: (string | number)[]): Promise<unknown> =>
  platform.database.transaction((connection) => connection.run(sql, parameters));

/** The code of now; the one that was used last may be that too, so it is forgotten. */
async function codeOf({ user, uri }: Pick<Owner, "user" | "uri">): Promise<string> {
  await change("UPDATE _chassis_totp SET last_step = 0 WHERE user = ?", user);
  return (URI.parse(uri) as { generate(): string }).generate();
}

/** Somebody with an authenticator app. */
async function withApp(): Promise<Owner> {
  const email = someone();
  const browser = await live.join(email);
  const begun = await post("totp", {}, browser);
  assert.equal(begun.status, 200, begun.text);
  const { enrolment, uri } = begun.body as { enrolment: string; uri: string };
  const code = (URI.parse(uri) as { generate(): string }).generate();
  const confirmed = await post("totp/confirm", { enrolment, code }, browser);
  assert.equal(confirmed.status, 200, confirmed.text);
  return { email, browser, user: browser.user, uri, recoveryCodes: confirmed.body["recoveryCodes"] as readonly string[] };
}

const editorsNeedTwo = defineBackend(defineSchema({ users: { name: text() } }, { roles: ["editor"] }), {
  rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }) },
  auth: { secondFactor: { requiredFor: ["editor"] } },
});

/** Whose factor the tests leave as it is. */
const shared = await withApp();

const twenty = async (ask: () => Promise<Reply>): Promise<readonly number[]> =>
  (await Promise.all(Array.from({ length: 20 }, ask))).map(({ status }) => status).toSorted((a, b) => a - b);
const onceOf200 = [200, ...Array.from({ length: 19 }, () => 400)];

describe("25: what is good once is good once", () => {
  test("25: a code of an authenticator app, twenty times at once, in one sign-in and in several", async () => {
    const half = await post("sign-in", { email: shared.email, password, session: "token" });
    const { pending } = half.body;
    const totp = await codeOf(shared);
    assert.deepEqual(await twenty(() => post("sign-in/factor", { pending, totp })), onceOf200);
    const halves = await Promise.all(
      Array.from({ length: 4 }, () => post("sign-in", { email: shared.email, password, session: "token" })),
    );
    const again = await codeOf(shared);
    const tokens = [0, 1, 2, 3, 4].flatMap(() => halves.map(({ body }) => body["pending"]));
    assert.deepEqual(await twenty(() => post("sign-in/factor", { pending: tokens.pop(), totp: again })), onceOf200);
  });

  test("25: a recovery code, twenty times at once", async () => {
    const { email, recoveryCodes } = shared;
    const halves = await Promise.all([1, 2].map(() => post("sign-in", { email, password, session: "token" })));
    const tokens = Array.from({ length: 10 }).flatMap(() => halves.map(({ body }) => body["pending"]));
    const recovery = recoveryCodes[0];
    assert.deepEqual(await twenty(() => post("sign-in/factor", { pending: tokens.pop(), recovery })), onceOf200);
  });

  test("25: the code that sets an authenticator app up, twenty times at once", async () => {
    const browser = await live.join(someone());
    const { enrolment, uri } = (await post("totp", {}, browser)).body as { enrolment: string; uri: string };
    const code = (URI.parse(uri) as { generate(): string }).generate();
    const token = browser.cookies.get(sessionCookie) ?? "";
    const headers = { authorization: `Bearer ${token}` };
    const statuses = await twenty(() => post("totp/confirm", { enrolment, code }, live.browser(), headers));
    assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join());
  });
});

describe("34: a session begins where a sign-in is whole", () => {
  test("34: half a sign-in gives no session, and its cookie is nobody", async () => {
    const browser = live.browser();
    const half = await post("sign-in", { email: shared.email, password }, browser);
    assert.deepEqual([half.status, half.code, half.body["factors"]], [403, "factor_required", ["totp", "recovery"]]);
    assert.deepEqual(Object.keys(half.body).toSorted(), ["code", "details", "factors", "hint", "message"]);
    assert.deepEqual([...browser.cookies.keys()], [factorCookie]);
    assert.match(half.headers.get("set-cookie") ?? "", /; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
    const waiting = browser.cookies.get(factorCookie) ?? "";
    assert.deepEqual((await browser.get("/auth/v1/session")).body, { user: null });
    assert.equal((await browser.get("/home")).text, "<p>nobody</p>");
    // Under the name of a session, or as a bearer token, it is nothing either.
    for (const value of [waiting, `chs_${waiting}`]) {
      const planted = live.browser();
      planted.cookies.set(sessionCookie, value);
      assert.equal((await planted.get("/rest/v1/notes")).status, 401);
      const bearer = await live.browser().get("/rest/v1/notes", { headers: { authorization: `Bearer ${value}` } });
      assert.equal(bearer.status, 401);
    }
  });

  test("34: what a browser had before is worth nothing after, and what it has after was not there before", async () => {
    const owner = shared;
    const planted = await live.join(someone());
    const before = planted.cookies.get(sessionCookie) ?? "";
    assert.equal((await post("sign-in", { email: owner.email, password }, planted)).status, 403);
    assert.deepEqual([...planted.cookies.keys()], [factorCookie], "nor is it somebody else's browser meanwhile");
    const done = await post("sign-in/factor", { totp: await codeOf(owner) }, planted);
    assert.equal(done.status, 200, done.text);
    assert.deepEqual([...planted.cookies.keys()], [sessionCookie]);
    const old = live.browser();
    old.cookies.set(sessionCookie, before);
    assert.equal((await old.get("/rest/v1/notes")).status, 401);
    const { proofs } = (await planted.get("/auth/v1/session")).body["session"] as { proofs: string[] };
    assert.deepEqual(proofs, ["password", "totp"]);
  });

  test("34: showing a factor once more, and setting one up, change the token", async () => {
    const owner = shared;
    const before = owner.browser.cookies.get(sessionCookie) ?? "";
    assert.equal((await post("prove", { totp: await codeOf(owner) }, owner.browser)).status, 200);
    assert.notEqual(owner.browser.cookies.get(sessionCookie), before);
    const old = live.browser();
    old.cookies.set(sessionCookie, before);
    assert.equal((await old.get("/rest/v1/notes")).status, 401);
    assert.equal((await owner.browser.get("/rest/v1/notes")).status, 200);
  });
});

describe("35: nothing goes round a second factor", () => {
  const isHalf = (reply: Reply): void => {
    assert.deepEqual([reply.status, reply.code], [403, "factor_required"], reply.text);
    assert.ok(!reply.headers.getSetCookie().some((line) => line.includes("chs_")), "no session");
    assert.equal(reply.body["token"], undefined);
  };

  test("35: neither a reset, nor a link, nor a code by mail", async () => {
    const { email } = await withApp();
    await post("password/forgot", { email });
    const token = await live.tokenTo(email, /Choose a new password/);
    const reset = await post("password/reset", { token, password: "another good password" });
    assert.deepEqual([reset.status, reset.headers.getSetCookie().some((line) => line.includes("chs_"))], [204, false]);
    isHalf(await post("sign-in", { email, password: "another good password" }));
    await post("link", { email });
    isHalf(await post("link/use", { token: await live.tokenTo(email, /^Sign in to/), session: "token" }));
    const { request } = (await post("code", { email })).body;
    const code = /\d{4} \d{4}/.exec(await live.mailTo(email, /Your code/))?.[0];
    isHalf(await post("code/use", { request, code, session: "token" }));
  });

  test("35: nor a key, which can neither add a factor nor take one away", async () => {
    const actor = { id: shared.user, roles: ["editor"], claims: {} };
    const { token } = await platform.tokens.issue({ actor, lifetime: 60_000 });
    const headers = { authorization: `Bearer ${token}` };
    for (const [method, path, body] of [
      ["DELETE", "totp", undefined],
      ["POST", "totp", {}],
      ["POST", "recovery-codes", {}],
      ["POST", "passkeys/options", {}],
      ["POST", "prove", { totp: "000000" }],
      ["GET", "factors", undefined],
    ] as const) {
      const reply = await live.browser().ask(`/auth/v1/${path}`, { method, body, headers });
      assert.deepEqual([reply.status, reply.code], [401, "PGRST302"], `${method} ${path} ${reply.text}`);
    }
  });

  test("35: nor a password alone on a session that is there: taking the factor away, and another address, want it", async () => {
    const owner = await withApp();
    await change(
      "UPDATE _chassis_sessions SET proved = proved - 600001, factor_proved = factor_proved - 600001 WHERE user = ?",
      owner.user,
    );
    assert.equal((await post("prove", { password }, owner.browser)).status, 200);
    for (const [method, path] of [
      ["DELETE", "totp"],
      ["POST", "totp"],
      ["POST", "recovery-codes"],
      ["POST", "passkeys/options"],
      ["POST", "address"],
    ] as const) {
      const body = path === "address" ? { email: someone() } : {};
      const reply = await owner.browser.ask(`/auth/v1/${path}`, { method, ...(method === "POST" ? { body } : {}) });
      assert.deepEqual([reply.status, reply.code], [403, "proof_required"], `${method} ${path}`);
    }
    assert.equal((await post("prove", { totp: await codeOf(owner) }, owner.browser)).status, 200);
    assert.equal((await owner.browser.ask("/auth/v1/totp", { method: "DELETE" })).status, 204);
    await live.mailTo(owner.email, /authenticator app was removed/);
  });

  test("35: nor half a sign-in: it sets up no factor where there is one, and is of its own account alone", async () => {
    const [ada, eve] = [shared, await withApp()];
    const half = await post("sign-in", { email: ada.email, password, session: "token" });
    const { pending } = half.body;
    for (const path of ["totp", "passkeys/options"])
      assert.deepEqual([(await post(path, { pending })).code, path], ["used_link", path]);
    assert.equal((await post("sign-in/factor", { pending, totp: await codeOf(eve) })).code, "wrong_code");
    assert.equal((await post("sign-in/factor", { pending, recovery: eve.recoveryCodes[0] })).code, "wrong_code");
    for (const other of [undefined, "", "A".repeat(43), 7, null, [pending]])
      assert.equal((await post("sign-in/factor", { pending: other, totp: await codeOf(ada) })).code, "used_link");
    assert.equal((await post("sign-in/factor", { pending, totp: await codeOf(ada) })).status, 200);
  });

  test("35: nor does whoever was signed in at that browser before get the factor that half a sign-in sets up", async (t) => {
    const demanding = await startPeople(t, { backend: editorsNeedTwo });
    const [before, editor] = [someone(), someone()];
    await demanding.join(editor);
    await demanding.platform.auth?.obey({ type: "users", action: "roles", who: editor, roles: ["editor"] });
    const browser = await demanding.join(before);
    const ask = (path: string, body: unknown) => browser.post(`/auth/v1/${path}`, body);
    const half = await ask("sign-in", { email: editor, password });
    assert.deepEqual([half.code, half.body["factors"]], ["factor_required", []]);
    const { enrolment, uri } = (await ask("totp", {})).body as { enrolment: string; uri: string };
    const code = (URI.parse(uri) as { generate(): string }).generate();
    assert.equal((await ask("totp/confirm", { enrolment, code })).status, 200);
    assert.equal((await browser.get("/auth/v1/session")).body["email"], editor);
    assert.match(uri, new RegExp(encodeURIComponent(editor)));
  });

  test("35: nor a session from before, nor a sign-in that had begun before the password was changed", async () => {
    const email = someone();
    const first = await live.join(email);
    const other = live.browser();
    assert.equal((await post("sign-in", { email, password }, other)).status, 200);
    const { enrolment, uri } = (await post("totp", {}, first)).body as { enrolment: string; uri: string };
    const code = (URI.parse(uri) as { generate(): string }).generate();
    assert.equal((await post("totp/confirm", { enrolment, code }, first)).status, 200);
    assert.equal((await other.get("/rest/v1/notes")).status, 401);
    const { pending } = (await post("sign-in", { email, password, session: "token" })).body;
    const changed = await post("password", { current: password, password: "another good password" }, first);
    assert.equal(changed.status, 200, changed.text);
    const totp = await codeOf({ user: first.user, uri });
    assert.equal((await post("sign-in/factor", { pending, totp })).code, "used_link");
  });
});

test("8: what is kept of second factors is no table of the data API", async () => {
  const { browser } = shared;
  for (const table of ["_chassis_totp", "_chassis_recovery_codes", "_chassis_passkeys", "totp", "passkeys"]) {
    assert.equal((await browser.get(`/rest/v1/${table}`)).status, 404, table);
    assert.equal((await browser.get(`/rest/v1/users?select=*,${table}(*)`)).code, "PGRST200", table);
  }
});

test("32: who guesses codes of one account is told to wait, in however many sign-ins", async (t) => {
  const limited = await startPeople(t, {
    environment: { CHASSIS_RATE_LIMITS: "on", CHASSIS_RATE_SIGN_INS: "off", CHASSIS_RATE_ACCOUNT_SIGN_INS: "off" },
  });
  const ask = (path: string, body: unknown, browser = limited.browser()) => browser.post(`/auth/v1/${path}`, body);
  const email = someone();
  const browser = await limited.join(email);
  const { enrolment, uri } = (await ask("totp", {}, browser)).body as { enrolment: string; uri: string };
  const app = URI.parse(uri) as { generate(): string };
  assert.equal((await ask("totp/confirm", { enrolment, code: app.generate() }, browser)).status, 200);
  const codes: (string | undefined)[] = [];
  for (let guess = 0; guess < 6; guess++) {
    const { pending } = (await ask("sign-in", { email, password, session: "token" })).body;
    const reply = await ask("sign-in/factor", { pending, totp: app.generate() === "000000" ? "000001" : "000000" });
    codes.push(reply.code);
    if (guess === 5) assert.ok(Number(reply.headers.get("retry-after")) > 60);
  }
  assert.deepEqual(codes, [...Array.from({ length: 5 }, () => "wrong_code"), "too_many_requests"]);
});
