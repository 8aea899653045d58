import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { URI } from "otpauth";
import { defineBackend, defineSchema, everyone, mutation, nobody, query, ref, signedIn, text } from "chassis";
import { type Browser, password, type Reply, startPeople } from "../support/live-people.ts";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    notes: { author: ref("users").immutable().defaultToActor(), body: text().max(500) },
    drafts: { author: ref("users").immutable().defaultToActor(), body: text().max(500) },
    ledger: { line: text() },
  },
  { roles: ["editor", "keeper"] },
);

const backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: row.id.eq(me.id) }),
    notes: ({ row, me }) => ({ read: signedIn, write: row.author.eq(me.id).or(me.hasRole("editor")) }),
    drafts: ({ row, me }) => ({ read: row.author.eq(me.id).and(me.provedWithin("10m")), write: row.author.eq(me.id) }),
    ledger: ({ me }) => ({ read: me.hasRole("keeper"), write: nobody }),
  },
  functions: {
    whoAmI: query({ access: signedIn }, ({ me }) => ({ id: me?.id, roles: me?.roles })),
    jot: mutation({ access: signedIn }, () => "jotted"),
    keep: query({ access: ({ me }) => me.hasRole("keeper") }, () => "kept"),
  },
  auth: { keys: { most: 5, maxDays: 100 }, secondFactor: { requiredFor: ["keeper"] } },
  routes: (app) => async (request) => {
    const { me } = await app.as(request);
    return new Response(`<p>${me?.id ?? "nobody"}</p>`, { headers: { "content-type": "text/html" } });
  },
});

const live = await startPeople({ after }, { backend });
const { platform } = live;
let count = 0;
const someone = (): string => `keys-${++count}@example.org`;
const stranger = live.browser();
type Member = Browser & { readonly user: string };

interface Made extends Reply {
  readonly key: string;
  readonly id: string;
}

async function make(browser: Browser, more: object = {}): Promise<Made> {
  const reply = await browser.post("/auth/v1/keys", { name: "a test", access: "write", ...more });
  return { ...reply, key: String(reply.body["key"]), id: String(reply.body["id"]) };
}

const ask = (key: string, path: string, { body, method = body === undefined ? "GET" : "POST", headers = {} }: Asked = {}) =>
  stranger.ask(path, { method, body, headers: { authorization: `Bearer ${key}`, ...headers } });
interface Asked {
  readonly body?: unknown;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
const change = (sql: string, ...parameters: (string | number)[]): Promise<unknown> =>
  platform.database.transaction((connection) => connection.run(sql, parameters));
const countOf = async (user: string): Promise<number> =>
  Number((await platform.database.get("SELECT count(*) FROM _chassis_api_keys WHERE user = ?", [user]))?.[0]);
const giveRoles = (user: string, ...roles: readonly string[]): Promise<unknown> =>
  change("UPDATE _chassis_accounts SET roles = ? WHERE user = ?", JSON.stringify(roles), user);
const unproved = (user: string): Promise<unknown> =>
  change("UPDATE _chassis_sessions SET proved = proved - 700000 WHERE user = ?", user);

const owner = await live.join(someone(), "Owner");
const other = await live.join(someone(), "Other");
const whole = await make(owner);
assert.equal(whole.status, 201, whole.text);

describe("28: a key is made by a session, and for whoever asks", () => {
  test("28: without a session there is none, whoever it is said to be for", async () => {
    const before = [await countOf(owner.user), await countOf(other.user)];
    const token = (await platform.tokens.issue({ actor: { id: other.user, roles: ["admin"], claims: {} }, lifetime: 60_000 }))
      .token;
    const named = { name: "x", access: "write" };
    const tries: readonly [Promise<Reply>, number][] = [
      [stranger.post("/auth/v1/keys", named), 401],
      [stranger.post("/auth/v1/keys", { ...named, user: other.user }), 401],
      [stranger.post("/auth/v1/keys", { ...named, userId: other.user }), 401],
      [stranger.post(`/auth/v1/keys?userId=${other.user}`, named), 400],
      [stranger.post("/auth/v1/keys", named, { headers: { "x-user-id": other.user } }), 401],
      [stranger.post("/auth/v1/keys", named, { headers: { authorization: `Bearer ${token}` } }), 401],
      [stranger.post("/auth/v1/keys", named, { headers: { authorization: `Bearer ${whole.key}` } }), 401],
      [ask(whole.key, "/auth/v1/keys"), 401],
      [ask(whole.key, `/auth/v1/keys/${whole.id}`, { method: "DELETE" }), 401],
    ];
    for (const [reply, status] of tries) assert.equal((await reply).status, status, (await reply).text);
    assert.deepEqual([await countOf(owner.user), await countOf(other.user)], before);
  });

  test("28: with a session it is for its owner: nobody else can be named", async () => {
    for (const field of ["user", "userId", "owner", "id", "key", "scope", "roles", "expires"]) {
      const reply = await make(owner, { [field]: other.user });
      assert.equal(reply.status, 400, `${field} ${reply.text}`);
    }
    assert.equal(await countOf(other.user), 0);
    assert.equal((await ask(whole.key, "/auth/v1/session")).body["user"], owner.user);
  });

  test("28: nobody sees or revokes a key of somebody else", async () => {
    assert.deepEqual((await other.get("/auth/v1/keys")).body, []);
    assert.equal((await other.ask(`/auth/v1/keys/${whole.id}`, { method: "DELETE" })).status, 404);
    assert.equal((await ask(whole.key, "/auth/v1/session")).status, 200);
  });

  test("28: the session must have been proved a moment ago, and a page of this site must ask", async () => {
    const browser = await live.join(someone());
    const foreign = { headers: { "sec-fetch-site": "cross-site" } };
    assert.equal((await browser.post("/auth/v1/keys", { name: "x" }, foreign)).code, "cross_site");
    await unproved(browser.user);
    assert.equal((await make(browser)).code, "proof_required");
    assert.equal(await countOf(browser.user), 0);
  });

  test("28: twenty at once are no more than there may be", async () => {
    const browser = await live.join(someone());
    const replies = await Promise.all(Array.from({ length: 20 }, () => make(browser)));
    assert.equal(replies.filter(({ status }) => status === 201).length, 5);
    assert.equal(await countOf(browser.user), 5);
  });
});

test("21: a key that was made before somebody showed that the address is theirs is good for nothing after", async () => {
  for (const way of ["link", "reset"] as const) {
    const email = someone();
    const attacker = await live.join(email);
    const { key } = await make(attacker);
    assert.equal((await ask(key, "/auth/v1/session")).status, 200);
    await change("UPDATE _chassis_accounts SET verified = NULL WHERE user = ?", attacker.user);
    const browser = live.browser();
    if (way === "link") {
      await browser.post("/auth/v1/link", { email });
      assert.equal((await browser.post("/auth/v1/link/use", { token: await live.tokenTo(email, /^Sign in to/) })).status, 200);
    } else {
      await browser.post("/auth/v1/password/forgot", { email });
      const token = await live.tokenTo(email, /Choose a new password/);
      assert.equal((await browser.post("/auth/v1/password/reset", { token, password: "the owner's own" })).status, 204);
    }
    assert.equal((await ask(key, "/auth/v1/session")).status, 401, way);
    assert.equal(await countOf(attacker.user), 0, way);
  }
});

describe("26: a key is good for as long as its owner is", () => {
  const fresh = async (): Promise<{ readonly member: Member; readonly key: string; readonly email: string }> => {
    const email = someone();
    const member = await live.join(email);
    return { member, email, key: (await make(member)).key };
  };
  const status = async (key: string): Promise<number> => (await ask(key, "/rest/v1/notes")).status;

  test("26: revoked by its owner", async () => {
    const { member, key } = await fresh();
    const second = await make(member);
    assert.deepEqual([await status(key), await status(second.key)], [200, 200]);
    assert.equal((await member.ask(`/auth/v1/keys/${second.id}`, { method: "DELETE" })).status, 204);
    assert.deepEqual([await status(key), await status(second.key)], [200, 401]);
  });

  test("26: suspension, until it ends", async () => {
    const { member, key } = await fresh();
    assert.equal(await status(key), 200);
    await change("UPDATE _chassis_accounts SET suspended = 1 WHERE user = ?", member.user);
    assert.equal(await status(key), 401);
    await change("UPDATE _chassis_accounts SET suspended = NULL WHERE user = ?", member.user);
    assert.equal(await status(key), 200);
  });

  test("26: a reset ends it; a change of the password, which asks for the old one, does not", async () => {
    const { member, key, email } = await fresh();
    const renewed = "another horse battery";
    assert.equal((await member.post("/auth/v1/password", { current: password, password: renewed })).status, 200);
    assert.equal(await status(key), 200);
    await stranger.post("/auth/v1/password/forgot", { email });
    const token = await live.tokenTo(email, /new password/i);
    assert.equal((await stranger.post("/auth/v1/password/reset", { token, password })).status, 204);
    assert.equal(await status(key), 401);
  });

  test("26: the deletion of its owner, and the end of its time", async () => {
    const { member, key } = await fresh();
    assert.equal((await member.ask(`/rest/v1/users?id=eq.${member.user}`, { method: "DELETE" })).status, 204);
    assert.equal(await status(key), 401);
    assert.equal(await countOf(member.user), 0);
    const late = await fresh();
    assert.equal(await status(late.key), 200);
    await change("UPDATE _chassis_api_keys SET expires = 1 WHERE user = ?", late.member.user);
    assert.equal(await status(late.key), 401);
  });

  test("26: a role that was given or taken", async () => {
    const { member, key } = await fresh();
    const roles = async (): Promise<unknown> => (await ask(key, "/rest/v1/rpc/whoAmI")).body["roles"];
    assert.deepEqual(await roles(), []);
    await giveRoles(member.user, "editor");
    assert.deepEqual(await roles(), ["editor"]);
    await giveRoles(member.user);
    assert.deepEqual(await roles(), []);
  });
});

describe("35: no key goes round a second factor", () => {
  const code = (uri: string): string => (URI.parse(uri) as { generate(): string }).generate();
  async function addApp(member: Member): Promise<string> {
    const { enrolment, uri } = (await member.post("/auth/v1/totp")).body as { enrolment: string; uri: string };
    const reply = await member.post("/auth/v1/totp/confirm", { enrolment, code: code(uri) });
    assert.equal(reply.status, 200, reply.text);
    await change("UPDATE _chassis_totp SET last_step = 0 WHERE user = ?", member.user);
    return uri;
  }

  test("35: one from before it ends when it is turned on, and none is made by the password alone", async () => {
    const member = await live.join(someone());
    const { key } = await make(member);
    await addApp(member);
    assert.equal((await ask(key, "/rest/v1/notes")).status, 401);
    await change("UPDATE _chassis_sessions SET factor_proved = factor_proved - 700000 WHERE user = ?", member.user);
    assert.equal((await member.post("/auth/v1/prove", { password })).status, 200);
    assert.equal((await make(member)).code, "proof_required");
  });

  test("35: a role that needs a factor is worn by no key, however it was made", async () => {
    const member = await live.join(someone());
    const before = await make(member);
    await giveRoles(member.user, "keeper", "editor");
    assert.deepEqual((await ask(before.key, "/rest/v1/rpc/whoAmI")).body["roles"], ["editor"]);
    await giveRoles(member.user, "editor");
    await addApp(member);
    await giveRoles(member.user, "keeper", "editor");
    const made = await make(member);
    assert.equal(made.status, 201, made.text);
    assert.deepEqual((await ask(made.key, "/rest/v1/rpc/whoAmI")).body["roles"], ["editor"]);
    assert.equal((await ask(made.key, "/rest/v1/ledger")).status, 404);
    assert.equal((await ask(made.key, "/rest/v1/rpc/keep")).status, 404);
  });

  test("35: a key proves nothing: what asks for a proof is closed, and so is every change of the account", async () => {
    await owner.post("/rest/v1/drafts", { body: "mine" });
    assert.equal((await owner.get("/rest/v1/drafts")).text.includes("mine"), true);
    assert.equal((await ask(whole.key, "/rest/v1/drafts")).status, 404);
    const closed: readonly (readonly [method: string, path: string, body?: object])[] = [
      ["POST", "prove", { password }],
      ["POST", "password", { current: password, password: "one more horse battery" }],
      ["POST", "address", { email: "evil@example.org" }],
      ["POST", "totp", {}],
      ["POST", "passkeys/options", {}],
      ["POST", "recovery-codes", {}],
      ["GET", "sessions"],
      ["DELETE", "sessions"],
      ["POST", "sign-out", {}],
      ["GET", "factors"],
    ];
    for (const [method, path, body] of closed) {
      const reply = await ask(whole.key, `/auth/v1/${path}`, { method, ...(body === undefined ? {} : { body }) });
      assert.equal(reply.status, 401, `${path} ${reply.text}`);
    }
    const page = await ask(whole.key, "/auth/account");
    assert.equal(page.headers.get("location")?.startsWith("/auth/sign-in"), true, "pages take cookies alone");
  });
});

describe("the scope of a key holds on every way to the data", () => {
  test("it reads and does not write, by rows, by streams, by batches, by functions, by routes", async () => {
    const { key } = await make(await live.join(someone()), { access: "read" });
    const row = { body: "by key" };
    assert.equal((await ask(key, "/rest/v1/notes")).status, 200);
    assert.equal((await ask(key, "/rest/v1/notes", { body: row })).code, "42501");
    const lines = { headers: { "content-type": "application/x-ndjson" }, body: '{"body":"a"}\n{"body":"b"}\n' };
    assert.equal((await ask(key, "/rest/v1/notes", lines)).code, "42501");
    assert.equal((await ask(key, "/rest/v1/notes?id=not.is.null", { method: "PATCH", body: row })).code, "42501");
    assert.equal((await ask(key, "/rest/v1/notes?id=not.is.null", { method: "DELETE" })).code, "42501");
    const batch = await ask(key, "/rest/v1/", { body: [{ method: "POST", path: "/rest/v1/notes", body: row }] });
    assert.equal(batch.code, "42501", batch.text);
    assert.equal((await ask(key, "/rest/v1/rpc/jot", { body: {} })).status, 404);
    assert.equal((await ask(key, "/rest/v1/rpc/whoAmI")).status, 200);
    assert.equal((await ask(key, "/")).status, 200);
    assert.equal((await ask(key, "/", { body: {} })).status, 403);
  });

  test("it has its tables and functions, and no others", async () => {
    const member = await live.join(someone());
    const { key } = await make(member, { tables: ["notes"], functions: ["whoAmI"] });
    assert.equal((await ask(key, "/rest/v1/notes")).status, 200);
    assert.equal((await ask(key, "/rest/v1/users")).status, 404);
    assert.equal((await ask(key, "/rest/v1/notes?select=body,users(name)")).status, 400);
    assert.equal((await ask(key, "/rest/v1/rpc/whoAmI")).status, 200);
    assert.equal((await ask(key, "/rest/v1/rpc/jot", { body: {} })).status, 404);
    assert.equal((await ask(key, "/")).status, 403);
    const said = (await ask(key, "/auth/v1/session")).body["key"] as Record<string, unknown>;
    assert.deepEqual([said["tables"], said["functions"], said["routes"]], [["notes"], ["whoAmI"], false]);
  });

  test("it cannot be given what its owner has not: they are told the same of what there is and what there is not", async () => {
    const told = async (tables: readonly string[]): Promise<string> => (await make(other, { tables })).text;
    assert.equal((await told(["ledger"])).replaceAll("ledger", "nobody"), await told(["nobody"]));
    assert.equal((await make(other, { functions: ["keep"] })).status, 400);
    assert.equal(await countOf(other.user), 0);
  });

  test("it is not told what was answered to its owner under the same Idempotency-Key", async () => {
    const member = await live.join(someone());
    const { key } = await make(member, { access: "read" });
    const headers = { "idempotency-key": "one-and-the-same", prefer: "return=representation" };
    const body = { body: "kept" };
    assert.equal((await member.post("/rest/v1/notes", body, { headers })).status, 201);
    assert.equal((await member.post("/rest/v1/notes", body, { headers })).headers.get("idempotency-replayed"), "true");
    assert.equal((await ask(key, "/rest/v1/notes", { body, headers })).code, "42501");
  });
});

test("what is no key is refused without asking the database, and a key is known for one", async () => {
  assert.match(whole.key, /^chk_[0-9A-Za-z]{49}$/);
  const end = whole.key.at(-1) === "0" ? "1" : "0";
  for (const bad of [`${whole.key.slice(0, -1)}${end}`, whole.key.slice(0, -1), `${whole.key}x`, "chk_", "chk_../../etc/passwd"])
    assert.equal((await ask(bad, "/rest/v1/notes")).code, "PGRST301", bad);
  const kept = await platform.database.all("SELECT * FROM _chassis_api_keys", []);
  assert.ok(!JSON.stringify(kept).includes(whole.key.slice(4, 40)));
  assert.equal((await ask(whole.key, "/rest/v1/notes", { headers: { cookie: "x=1" } })).status, 200);
});
