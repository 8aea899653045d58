import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, describe, test } from "node:test";
import { type Browser, password, type Reply, startPeople } from "../support/live-people.ts";

const live = await startPeople({ after });
const { platform } = live;
const port = Number(new URL(live.url).port);
const cookieName = `chassis-session-${port}`;
let count = 0;
const someone = (): string => `person-${++count}@example.org`;
const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
  live.browser().post(`/auth/v1/${path}`, body, { headers });
const signIn = (email: string, given = password): Promise<Reply> => post("sign-in", { email, password: given });
const change = (sql: string, ...parameters: string[]): Promise<unknown> =>
  platform.database.transaction((connection) => connection.run(sql, parameters));
const status = async (browser: Browser, path = "/rest/v1/notes"): Promise<number> => (await browser.get(path)).status;
/** Mails of one kind to one address come once a minute: this one may come at once. */
const forgetMails = (): Promise<unknown> => change("DELETE FROM _chassis_mail_budget");

describe("8: what sign-in keeps is no table of the data API", () => {
  test("8: by no spelling, neither to read nor to write, nor through a relation or a batch", async () => {
    const browser = await live.join(someone());
    const tables = ["accounts", "sessions", "one_time_tokens", "ended_users"].map((name) => `_chassis_${name}`);
    for (const table of [...tables, "accounts", "sessions"]) {
      for (const path of [`/rest/v1/${table}`, `/rest/v1/${table.toUpperCase()}`, `/rest/v1/main.${table}`])
        assert.equal((await browser.get(path)).status, 404, path);
      assert.equal((await browser.post(`/rest/v1/${table}`, { user: browser.user })).status, 404, table);
      assert.equal((await browser.get(`/rest/v1/users?select=*,${table}(*)`)).code, "PGRST200", table);
    }
    const fields = ["password", "address", "roles", "token", "verified"];
    for (const field of fields) assert.equal((await browser.get(`/rest/v1/users?select=${field}`)).code, "42703", field);
  });
});

describe("21: an address is nobody's before it is proved", () => {
  test("21: who registered it first gets no account by the owner's sign-up, link, code or reset", async () => {
    const email = someone();
    const attacker = live.browser();
    const theirs = "the attacker's own password";
    await attacker.post("/auth/v1/sign-up", { email, password: theirs, user: { name: "Eve" } });
    const planted = await live.tokenTo(email, /Confirm your address/);
    assert.equal((await signIn(email, theirs)).status, 401);
    await forgetMails();
    const victim = await live.join(email);
    assert.equal(await status(victim), 200);
    assert.equal((await signIn(email, theirs)).status, 401);
    assert.equal((await attacker.post("/auth/v1/sign-up/confirm", { token: planted })).code, "used_link");
    const rows = JSON.parse((await victim.get("/rest/v1/users?select=name&name=eq.Eve")).text) as unknown[];
    assert.deepEqual(rows, [], "what they wrote of themselves is nowhere");
  });

  test("21: the owner's click alone does not finish what an attacker began", async () => {
    const email = someone();
    await post("sign-up", { email, password: "the attacker's own password", user: { name: "Eve" } });
    const token = await live.tokenTo(email, /Confirm your address/);
    const clicked = await post("sign-up/confirm", { token });
    assert.deepEqual([clicked.status, clicked.code], [403, "proof_required"]);
    assert.equal((await signIn(email, "the attacker's own password")).status, 401);
  });
});

describe("24: links lead to the site of the settings", () => {
  const forged = (headers: Readonly<Record<string, string>>, body: object): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const all = { "content-type": "application/json", "content-length": Buffer.byteLength(text), ...headers };
      const sent = httpRequest({ host: "127.0.0.1", port, path: "/auth/v1/password/forgot", method: "POST", headers: all });
      sent.on("error", reject).on("response", (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      });
      sent.end(text);
    });

  test("24: whatever Host, X-Forwarded-Host and Forwarded say", async () => {
    const email = someone();
    await live.join(email);
    const cases: readonly (readonly [Readonly<Record<string, string>>, number])[] = [
      [{ host: "evil.example" }, 421],
      [{ host: `localhost:${port}`, "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" }, 202],
      [{ host: `localhost:${port}`, forwarded: "host=evil.example;proto=https" }, 202],
      [{ host: "localhost:1" }, 202],
    ];
    for (const [headers, expected] of cases) {
      await forgetMails();
      assert.equal(await forged(headers, { email }), expected, JSON.stringify(headers));
      if (expected !== 202) continue;
      const text = await live.mailTo(email, /Choose a new password/);
      assert.ok(text.includes(`${live.url}/auth/reset?token=`), text);
      assert.ok(!text.includes("evil"), text);
    }
  });
});

describe("25: what is good once is good once", () => {
  const twenty = async (ask: () => Promise<Reply>): Promise<readonly number[]> =>
    (await Promise.all(Array.from({ length: 20 }, ask))).map((reply) => reply.status).toSorted((a, b) => a - b);
  const onceOf = (good: number): number[] => [good, ...Array.from({ length: 19 }, () => 400)];

  test("25: a link that signs in, a code, a reset and an address, twenty times at once", async () => {
    const email = someone();
    const browser = await live.join(email);
    await post("link", { email });
    const link = await live.tokenTo(email, /^Sign in to/);
    assert.deepEqual(await twenty(() => post("link/use", { token: link })), onceOf(200));
    const { request } = (await post("code", { email })).body;
    const code = /\d{4} \d{4}/.exec(await live.mailTo(email, /Your code/))?.[0];
    assert.deepEqual(await twenty(() => post("code/use", { request, code })), onceOf(200));
    await browser.post("/auth/v1/prove", { password });
    await browser.post("/auth/v1/address", { email: `new-${email}` });
    const approving = await live.tokenTo(email, /new address/);
    assert.deepEqual(await twenty(() => browser.post("/auth/v1/address/confirm", { token: approving })), onceOf(200));
    const confirming = await live.tokenTo(`new-${email}`, /Confirm your new address/);
    assert.deepEqual(await twenty(() => browser.post("/auth/v1/address/confirm", { token: confirming })), onceOf(200));
  });

  test("25: a reset, with another password each time: the one that was answered is the password", async () => {
    const email = someone();
    await live.join(email);
    await post("password/forgot", { email });
    const token = await live.tokenTo(email, /Choose a new password/);
    const passwords = Array.from({ length: 20 }, (_, index) => `new password number ${index}`);
    const replies = await Promise.all(passwords.map((given) => post("password/reset", { token, password: given })));
    const won = passwords.filter((_, index) => replies[index]?.status === 204);
    assert.equal(won.length, 1);
    assert.equal((await signIn(email, won[0])).status, 200);
  });

  test("25: a sign-up makes one user and one account", async () => {
    const email = someone();
    const browser = live.browser();
    await browser.post("/auth/v1/sign-up", { email, password, user: { name: "Once" } });
    const token = await live.tokenTo(email, /Confirm your address/);
    const cookies = new Map(browser.cookies);
    const confirm = (): Promise<Reply> => {
      const same = live.browser();
      for (const [name, value] of cookies) same.cookies.set(name, value);
      return same.post("/auth/v1/sign-up/confirm", { token });
    };
    assert.deepEqual(await twenty(confirm), onceOf(200));
    assert.deepEqual(await platform.database.get("SELECT count(*) FROM users WHERE name = 'Once'", []), [1]);
  });
});

describe("26: what has ended opens nothing from the next request on", () => {
  test("26: sign-out, a change of the password, a reset", async () => {
    const email = someone();
    const [first, second] = [await live.join(email), live.browser()];
    await second.post("/auth/v1/sign-in", { email, password });
    const kept = second.cookies.get(cookieName) ?? "";
    await second.post("/auth/v1/sign-out");
    second.cookies.set(cookieName, kept);
    assert.equal(await status(second), 401);
    await second.post("/auth/v1/sign-in", { email, password });
    await first.post("/auth/v1/password", { current: password, password: "a new good password" });
    assert.deepEqual([await status(first), await status(second)], [200, 401]);
    await post("password/forgot", { email });
    const token = await live.tokenTo(email, /Choose a new password/);
    await post("password/reset", { token, password: "yet another password" });
    assert.equal(await status(first), 401);
    assert.equal((await signIn(email, "a new good password")).status, 401);
  });

  test("26: suspension, for sessions, keys and links alike, and a role that was taken", async () => {
    const email = someone();
    const browser = await live.join(email);
    const actor = { id: browser.user, roles: [], claims: {} };
    const { token: key } = await platform.tokens.issue({ actor, lifetime: 60_000 });
    const withKey = { headers: { authorization: `Bearer ${key}` } };
    await post("link", { email });
    const link = await live.tokenTo(email, /^Sign in to/);
    const secretNotes = async (): Promise<number> =>
      (await browser.ask("/rest/v1/notes?body=eq.nothing", { method: "DELETE" })).status;
    await change(`UPDATE _chassis_accounts SET roles = '["editor"]' WHERE user = ?`, browser.user);
    assert.deepEqual((await browser.get("/auth/v1/session")).body["roles"], ["editor"]);
    await change("UPDATE _chassis_accounts SET roles = '[]' WHERE user = ?", browser.user);
    assert.deepEqual((await browser.get("/auth/v1/session")).body["roles"], []);
    assert.equal(await secretNotes(), 204);
    assert.equal((await live.browser().get("/rest/v1/notes", withKey)).status, 200);
    await change("UPDATE _chassis_accounts SET suspended = 1 WHERE user = ?", browser.user);
    assert.equal(await status(browser), 401);
    assert.equal((await live.browser().get("/rest/v1/notes", withKey)).status, 401);
    assert.equal((await post("link/use", { token: link })).code, "used_link");
    assert.equal((await signIn(email)).code, "account_suspended");
  });

  test("26: deletion, by the user's own request to the data API: the session, the key, the account", async () => {
    const email = someone();
    const browser = await live.join(email);
    const other = live.browser();
    await other.post("/auth/v1/sign-in", { email, password });
    const actor = { id: browser.user, roles: [], claims: {} };
    const { token: key } = await platform.tokens.issue({ actor, lifetime: 60_000 });
    assert.equal((await browser.ask(`/rest/v1/users?id=eq.${browser.user}`, { method: "DELETE" })).status, 204);
    assert.deepEqual([await status(browser), await status(other)], [401, 401]);
    assert.equal((await live.browser().get("/rest/v1/notes", { headers: { authorization: `Bearer ${key}` } })).status, 401);
    assert.equal((await signIn(email)).status, 401);
    const left = await platform.database.get("SELECT count(*) FROM _chassis_accounts WHERE address = ?", [email]);
    assert.deepEqual(left, [0]);
  });
});

test("27: a token that another took the place of is good no more, and the other goes on", async () => {
  const browser = await live.join(someone());
  const before = browser.cookies.get(cookieName) ?? "";
  await browser.post("/auth/v1/prove", { password });
  const replayed = live.browser();
  replayed.cookies.set(cookieName, before);
  assert.deepEqual([await status(replayed), await status(browser)], [401, 200]);
});

describe("30: what looks like an address is not it", () => {
  test("30: other letters are refused, or another account; mail goes to the address that is kept", async () => {
    const email = "kim@example.org";
    await live.join(email);
    for (const alike of [
      "\u212aim@example.org",
      "\uff4bim@example.org",
      "k\u0131m@example.org",
      "ki\u0307m@example.org",
      "kim@exam\u200bple.org",
      "kim@\uff45xample.org",
      "kim@example.\u24de\u24e1\u24d6",
      "kim@example.org\u0000",
      "kim@example.org\n",
      "kim\n@example.org",
      '"kim"@example.org',
      "kim@example.org.",
      "kim@[127.0.0.1]",
      "Kim <kim@example.org>",
    ]) {
      const said = JSON.stringify(alike);
      // Around it white space is what a phone's keyboard leaves.
      if (alike.trim() === email) continue;
      assert.equal((await post("password/forgot", { email: alike })).status, 400, said);
      assert.equal((await post("sign-up", { email: alike, password, user: { name: "Eve" } })).status, 400, said);
      assert.equal((await signIn(alike)).status, 401, said);
    }
    const before = (await platform.mail.mailbox.list({ to: email })).length;
    await post("password/forgot", { email: "KIM@EXAMPLE.ORG" });
    await live.mailTo(email, /Choose a new password/);
    assert.equal((await platform.mail.mailbox.list({ to: email })).length, before + 1);
    // A Cyrillic a: registered as xn--exmple-4nf.org, and nobody's account.
    assert.equal((await signIn("kim@ex\u0430mple.org")).status, 401);
  });
});

describe("31: nobody learns who has an account", () => {
  const known = "known@example.org";
  const shape = ({ status: code, body, headers }: Reply): unknown => [
    code,
    Object.entries(body).map(([name, value]) => [name, name === "request" ? String(value).length : value]),
    [...headers.keys()].filter((name) => name !== "x-request-id").toSorted((a, b) => (a < b ? -1 : 1)),
  ];

  test("31: from the answers to signing in, signing up, forgetting, links and codes", async () => {
    await live.join(known);
    await forgetMails();
    const pairs: readonly (readonly [string, (email: string) => object])[] = [
      ["sign-in", (email) => ({ email, password: "wrong password" })],
      ["sign-up", (email) => ({ email, password, user: { name: "Eve" } })],
      ["password/forgot", (email) => ({ email })],
      ["link", (email) => ({ email })],
      ["code", (email) => ({ email })],
    ];
    for (const [path, body] of pairs) {
      const [there, notThere] = [await post(path, body(known)), await post(path, body(someone()))];
      assert.deepEqual(shape(there), shape(notThere), path);
    }
    const codes = [(await post("code", { email: known })).body, (await post("code", { email: someone() })).body];
    const guesses = await Promise.all(codes.map(({ request }) => post("code/use", { request, code: "00000000" })));
    assert.deepEqual(shape(guesses[0] as Reply), shape(guesses[1] as Reply));
  });

  test("31: from the time that signing in and signing up take", async () => {
    const median = async (ask: (index: number) => Promise<unknown>): Promise<number> => {
      const times: number[] = [];
      for (let index = 0; index < 7; index++) {
        const start = performance.now();
        await ask(index);
        times.push(performance.now() - start);
      }
      return times.toSorted((a, b) => a - b)[3] ?? 0;
    };
    const timed = async (path: string, body: (email: string) => object): Promise<number> => {
      const there = await median(() => post(path, body(known)));
      const notThere = await median((index) => post(path, body(`nobody-${path}-${index}@example.org`)));
      return notThere / there;
    };
    // Without the work of Argon2id it would be a tenth.
    for (const ratio of [
      await timed("sign-in", (email) => ({ email, password: "wrong password" })),
      await timed("sign-up", (email) => ({ email, password, user: { name: "Eve" } })),
    ])
      assert.ok(ratio > 0.4 && ratio < 2.5, String(ratio));
  });
});

test("32: attempts are counted for an account, whoever makes them and however they spell it", async (t) => {
  const limited = await startPeople(t, { environment: { CHASSIS_RATE_LIMITS: "on", CHASSIS_RATE_SIGN_INS: "off" } });
  const spell = (index: number): string => (index % 2 === 0 ? "ada@example.org" : " ADA@Example.org ");
  const attempts: number[] = [];
  for (let index = 0; index < 12; index++) {
    const body = { email: spell(index), password: `wrong ${index}` };
    const headers = { "x-forwarded-for": `192.0.2.${index}`, "user-agent": String(index) };
    attempts.push((await limited.browser().post("/auth/v1/sign-in", body, { headers })).status);
  }
  assert.deepEqual(attempts, [...Array.from({ length: 10 }, () => 401), 429, 429]);
});

test("34: a session from before signing in is worth nothing after it", async () => {
  const attacker = await live.join(someone());
  const planted = attacker.cookies.get(cookieName) ?? "";
  const email = someone();
  await live.join(email);
  const victim = live.browser();
  victim.cookies.set(cookieName, planted);
  await victim.post("/auth/v1/sign-in", { email, password });
  assert.notEqual(victim.cookies.get(cookieName), planted);
  assert.deepEqual([await status(victim), await status(attacker)], [200, 401]);
});

test("37: a password is compared to its last character, NUL and what follows it included", async () => {
  for (const [good, ...bad] of [
    [
      `${"correct horse ".repeat(6)}1`,
      `${"correct horse ".repeat(6)}2`,
      "correct horse ".repeat(6),
      "correct horse ".repeat(6).slice(0, 72),
    ],
    ["before\0after it", "before\0", "before", "before\0afterwards", "before after it"],
    ["pässwörd für mich", "passwort fur mich", "pässwörd für mic"],
  ] as const) {
    const email = someone();
    const browser = live.browser();
    await browser.post("/auth/v1/sign-up", { email, password: good, user: { name: "Long" } });
    await browser.post("/auth/v1/sign-up/confirm", { token: await live.tokenTo(email, /Confirm your address/) });
    for (const given of bad) assert.equal((await signIn(email, given)).status, 401, JSON.stringify(given));
    assert.equal((await signIn(email, good)).status, 200);
    assert.equal((await signIn(email, good.normalize("NFD"))).status, 200);
  }
});

describe("38: nothing malformed opens or breaks anything", () => {
  test("38: in Authorization and Cookie", async () => {
    const browser = await live.join(someone());
    const token = browser.cookies.get(cookieName) ?? "";
    for (const authorization of [
      "Bearer",
      "Bearer chs_",
      `Bearer ${token}x`,
      `bearer  ${token.slice(0, -1)}`,
      `Basic ${token}`,
      token,
      `Bearer ${token}, Bearer ${token}`,
    ])
      assert.equal((await live.browser().get("/rest/v1/notes", { headers: { authorization } })).status, 401, authorization);
    const cookies = [
      `${cookieName}=`,
      `${cookieName}=x`,
      `${cookieName}=${token}; ${cookieName}=${token}`,
      `${cookieName}=evil; ${cookieName}=${token}`,
      `${cookieName}="${token}"`,
      `${cookieName}=${token}%20`,
    ];
    for (const cookie of cookies)
      assert.equal((await live.browser().get("/rest/v1/notes", { headers: { cookie } })).status, 401, cookie);
    const others = [
      ";;;=",
      `x${cookieName}=${token}`,
      `__Host-chassis-session=${token}`,
      `${cookieName} =${token}`,
      "a".repeat(4000),
    ];
    for (const cookie of others) {
      const reply = await live.browser().get("/auth/v1/session", { headers: { cookie } });
      assert.deepEqual([reply.status, reply.body], [200, { user: null }], cookie);
    }
    assert.equal(await status(browser), 200);
  });

  test("38: values that are no text, where text is meant, match nothing", async () => {
    const email = someone();
    await live.join(email);
    for (const bad of [{ $ne: null }, [password], true, 0, null, { toString: "x" }]) {
      assert.equal((await post("sign-in", { email, password: bad })).status, 401, JSON.stringify(bad));
      assert.equal((await post("sign-in", { email: bad, password })).status, 401, JSON.stringify(bad));
      assert.equal((await post("password/forgot", { email: bad })).status, 400, JSON.stringify(bad));
      assert.equal((await post("password/reset", { token: bad, password })).status, 400, JSON.stringify(bad));
      assert.equal((await post("link/use", { token: bad })).status, 400, JSON.stringify(bad));
      assert.equal((await post("code/use", { request: bad, code: bad })).status, 400, JSON.stringify(bad));
    }
  });

  test("38: a setting that would let passwords be read on the way, or links go astray, is refused", async (t) => {
    for (const environment of [
      { CHASSIS_BASE_URL: "http://www.example.org", CHASSIS_MAIL_FROM: "a@example.org" },
      { CHASSIS_HOST: "0.0.0.0" },
      { CHASSIS_HOST: "::" },
    ])
      await assert.rejects(startPeople(t, { environment }), /CHASSIS_BASE_URL/, JSON.stringify(environment));
  });
});
