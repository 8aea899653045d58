import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { defineBackend, defineSchema, everyone, nobody, ref, text } from "chassis";
import { type Browser, password, type Reply, startPeople } from "../support/live-people.ts";

const live = await startPeople({ after });
const { platform } = live;
const cookieName = `chassis-session-${new URL(live.url).port}`;
let count = 0;
const someone = (): string => `gone-${++count}@example.org`;
const post = (path: string, body: unknown): Promise<Reply> => live.browser().post(`/auth/v1/${path}`, body);

/** All that lets somebody in, got before their account ends: what each is answered with afterwards. */
async function everyWayIn(email: string, browser: Browser & { readonly user: string }) {
  const session = browser.cookies.get(cookieName) ?? "";
  const actor = { id: browser.user, roles: [], claims: {} };
  const { token: key } = await platform.tokens.issue({ actor, lifetime: 60_000 });
  await post("link", { email });
  const link = await live.tokenTo(email, /^Sign in to/);
  const { request } = (await post("code", { email })).body;
  const code = /\d{4} \d{4}/.exec(await live.mailTo(email, /Your code/))?.[0];
  await post("password/forgot", { email });
  const reset = await live.tokenTo(email, /Choose a new password/);
  return async (): Promise<Readonly<Record<string, string | number | undefined>>> => {
    const old = live.browser();
    old.cookies.set(cookieName, session);
    const again = live.browser();
    again.cookies.set(cookieName, session);
    return {
      session: (await old.get("/rest/v1/notes")).code,
      "session, to end it again": (await again.ask("/auth/v1/account", { method: "DELETE" })).code,
      key: (await live.browser().get("/rest/v1/notes", { headers: { authorization: `Bearer ${key}` } })).code,
      link: (await post("link/use", { token: link })).code,
      code: (await post("code/use", { request, code })).code,
      reset: (await post("password/reset", { token: reset, password: "another good password" })).code,
    };
  };
}

const nothing = {
  session: "PGRST303",
  "session, to end it again": "PGRST303",
  key: "PGRST303",
  link: "used_link",
  code: "wrong_code",
  reset: "used_link",
};

describe("26: an account whose owner has ended it", () => {
  test("26: while it waits for its end nothing opens it, and its link opens it to nobody", async () => {
    const email = someone();
    const browser = await live.join(email);
    const tryAll = await everyWayIn(email, browser);
    assert.equal((await browser.ask("/auth/v1/account", { method: "DELETE" })).status, 202);
    assert.deepEqual(await tryAll(), nothing);
    assert.equal((await post("sign-in", { email, password })).code, "account_suspended");
    const token = await live.tokenTo(email, /will be deleted/);
    const twenty = await Promise.all(Array.from({ length: 20 }, () => post("account/keep", { token })));
    assert.deepEqual(
      twenty.map(({ status }) => status).toSorted((a, b) => a - b),
      [204, ...Array.from({ length: 19 }, () => 400)],
    );
    assert.ok(twenty.every(({ headers }) => headers.get("set-cookie") === null));
    // A key is the one of those who run the server, and was only not good meanwhile.
    assert.deepEqual(await tryAll(), { ...nothing, key: undefined }, "what ended stays ended");
  });

  test("26: once it is deleted nothing opens it, nor the account that the address has next", async () => {
    const email = someone();
    const browser = await live.join(email);
    const tryAll = await everyWayIn(email, browser);
    await browser.ask("/auth/v1/account", { method: "DELETE" });
    const keep = await live.tokenTo(email, /will be deleted/);
    await platform.database.transaction((connection) => connection.run("UPDATE _chassis_account_deletions SET due = 0", []));
    assert.equal(await platform.auth?.deletion.sweep(), 1);
    assert.deepEqual(await tryAll(), nothing);
    assert.equal((await post("account/keep", { token: keep })).code, "used_link");
    assert.equal((await post("sign-in", { email, password })).code, "wrong_credentials");
    // Mails to one address are counted past the end of its account.
    await platform.database.transaction((connection) => connection.run("DELETE FROM _chassis_mail_budget", []));
    const next = await live.join(email, "Another");
    assert.notEqual(next.user, browser.user);
    assert.deepEqual(await tryAll(), nothing);
    assert.equal((await next.get("/auth/v1/session")).body["user"], next.user);
  });
});

describe("31: whether an address had an account", () => {
  test("31: no answer tells of one that waits for its end, or was deleted", async () => {
    const [waiting, deleted, never] = [someone(), someone(), someone()];
    for (const email of [deleted, waiting]) {
      const browser = await live.join(email);
      await browser.ask("/auth/v1/account", { method: "DELETE" });
      if (email === deleted) {
        await platform.database.transaction((connection) => connection.run("UPDATE _chassis_account_deletions SET due = 0", []));
        await platform.auth?.deletion.sweep();
      }
    }
    const ask = async (email: string): Promise<unknown> => {
      const answers = [
        await post("sign-in", { email, password: "not the right password" }),
        await post("password/forgot", { email }),
        await post("link", { email }),
        await post("code", { email }),
        await post("sign-up", { email, password, user: { name: "Somebody" } }),
      ];
      return answers.map(({ status, code, body }) => [status, code, Object.keys(body)]);
    };
    const expected = await ask(never);
    assert.deepEqual(await ask(waiting), expected);
    assert.deepEqual(await ask(deleted), expected);
  });
});

describe("34, 35: an account of somebody who has not signed up", () => {
  const backend = defineBackend(
    defineSchema({
      users: { name: text().default("Somebody") },
      notes: { author: ref("users").onDelete("cascade").defaultToActor(), body: text() },
      secrets: { body: text() },
    }),
    {
      rules: {
        users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
        notes: ({ row, me }) => ({ read: row.author.eq(me.id), write: row.author.eq(me.id) }),
        secrets: ({ me }) => ({ read: me.isVerified.or(me.provedWithin("10m")), write: nobody }),
      },
      auth: { anonymous: true },
    },
  );

  test("34: a session of it that was planted is worth nothing once its account is somebody's", async (t) => {
    const shop = await startPeople(t, { backend });
    const name = `chassis-session-${new URL(shop.url).port}`;
    const attacker = shop.browser();
    await attacker.post("/auth/v1/anonymous");
    const victim = shop.browser();
    victim.cookies.set(name, attacker.cookies.get(name) ?? "");
    const email = someone();
    await victim.post("/auth/v1/sign-up", { email, password });
    // The attacker signs up too, with what they planted: whoever confirms first has the account, and the other one of their own.
    const other = someone();
    await attacker.post("/auth/v1/sign-up", { email: other, password });
    const theirs = await shop.tokenTo(other, /Confirm your address/);
    const { user } = (await victim.post("/auth/v1/sign-up/confirm", { token: await shop.tokenTo(email, /Confirm your address/) }))
      .body;
    assert.equal((await attacker.get("/rest/v1/notes")).code, "PGRST303");
    const second = await attacker.post("/auth/v1/sign-up/confirm", { token: theirs, password });
    assert.equal(second.status, 200, second.text);
    assert.notEqual(second.body["user"], user);
    assert.equal((await victim.get("/auth/v1/session")).body["user"], user);
  });

  test("35: it has shown nothing, is let through by no rule that asks for a proof, and sets nothing up", async (t) => {
    const shop = await startPeople(t, { backend });
    await shop.platform.database.transaction((connection) =>
      connection.run(
        "INSERT INTO secrets (id, body, created, updated, version) VALUES ('01890000-0000-7000-8000-000000000001', 'x', '2026-11-26T00:00:00.000Z', '2026-11-26T00:00:00.000Z', 1)",
        [],
      ),
    );
    const browser = shop.browser();
    await browser.post("/auth/v1/anonymous");
    assert.equal((await browser.get("/rest/v1/secrets")).text, "[]");
    assert.notEqual((await (await shop.join(someone())).get("/rest/v1/secrets")).text, "[]", "there is something to see");
    for (const [path, body] of [
      ["totp", {}],
      ["passkeys/options", {}],
      ["address", { email: someone() }],
      ["recovery-codes", {}],
    ] as const)
      assert.equal((await browser.post(`/auth/v1/${path}`, body)).status, 403, path);
    for (const [path, body] of [
      ["prove", { password: "" }],
      ["password", { current: "", password }],
    ] as const)
      assert.equal((await browser.post(`/auth/v1/${path}`, body)).code, "wrong_credentials", path);
  });
});
