import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Reply, startPeople } from "../support/live-people.ts";

const live = await startPeople({ after });
const { platform } = live;
let count = 0;
const someone = (): string => `first-${++count}@example.org`;
const post = (path: string, body: unknown): Promise<Reply> => live.browser().post(`/auth/v1/${path}`, body);
const change = (sql: string, ...parameters: string[]): Promise<unknown> =>
  platform.database.transaction((connection) => connection.run(sql, parameters));

test("21: nor does anything that was begun before the owner came outlive it: a change of the address, a session, a passkey", async () => {
  for (const way of ["link", "reset"] as const) {
    const email = someone();
    const attacker = await live.join(email);
    await change("UPDATE _chassis_accounts SET verified = NULL WHERE user = ?", attacker.user);
    await change(
      `INSERT INTO _chassis_passkeys (id, user, handle, name, public_key, counter, transports, synced, created)
        VALUES (?1, ?1, '', 'theirs', x'00', 0, '[]', 0, 0)`,
      attacker.user,
    );
    const theirs = someone();
    assert.equal((await attacker.post("/auth/v1/address", { email: theirs })).status, 202);
    const token = await live.tokenTo(theirs, /Confirm your new address/);
    const owner = live.browser();
    if (way === "link") {
      await post("link", { email });
      assert.equal((await owner.post("/auth/v1/link/use", { token: await live.tokenTo(email, /^Sign in to/) })).status, 200);
    } else {
      await post("password/forgot", { email });
      const reset = await live.tokenTo(email, /Choose a new password/);
      const password = "the owner's own";
      assert.equal((await post("password/reset", { token: reset, password })).status, 204);
      assert.equal((await owner.post("/auth/v1/sign-in", { email, password })).status, 200);
    }
    assert.equal((await owner.post("/auth/v1/address/confirm", { token })).code, "used_link", way);
    assert.equal((await attacker.get("/rest/v1/notes")).status, 401, way);
    const [account] = await platform.database.all(
      "SELECT address, verified IS NOT NULL, (SELECT count(*) FROM _chassis_passkeys p WHERE p.user = a.user) FROM _chassis_accounts a WHERE user = ?",
      [attacker.user],
    );
    assert.deepEqual(account, [email, 1, 0], way);
  }
});

test("21: nor does the owner of an address confirm, by a click on what came by mail, an account that somebody else made with it", async () => {
  const email = someone();
  const attacker = await live.join(email);
  const isConfirmed = async (): Promise<boolean> =>
    (await platform.database.get("SELECT verified IS NOT NULL FROM _chassis_accounts WHERE user = ?", [attacker.user]))?.[0] ===
    1;
  await change("UPDATE _chassis_accounts SET verified = NULL WHERE user = ?", attacker.user);
  assert.equal((await attacker.post("/auth/v1/address/verify")).status, 202);
  const token = await live.tokenTo(email, /Confirm your address/);
  const form = { headers: { "content-type": "application/x-www-form-urlencoded" } };
  const owner = live.browser();
  assert.equal((await owner.post("/auth/v1/address/verify/confirm", { token })).status, 401);
  const shown = await owner.get(`/auth/verify?token=${token}`);
  assert.deepEqual([shown.status, shown.headers.get("location")?.startsWith("/auth/sign-in?to=")], [303, true]);
  assert.equal((await owner.post("/auth/verify", `token=${token}`, form)).status, 303);
  const other = await live.join(someone());
  assert.equal((await other.post("/auth/v1/address/verify/confirm", { token })).status, 403);
  const page = await other.post("/auth/verify", `token=${token}`, form);
  assert.equal(page.status, 403);
  assert.match(page.text, /another account/);
  assert.ok(!page.text.includes(email), "it does not say whose");
  assert.equal(await isConfirmed(), false);
  assert.equal(
    (await attacker.post("/auth/verify", `token=${token}`, form)).headers.get("location"),
    "/auth/verify?done=verified",
  );
  assert.equal(await isConfirmed(), true, "and for its own session the link was still good");
});

test("21: nor does somebody give an account of others their own address by a click: a link for another address is for its session", async () => {
  const [email, wanted] = [someone(), someone()];
  const attacker = await live.join(email);
  assert.equal((await attacker.post("/auth/v1/address", { email: wanted })).status, 202);
  const tokens = [await live.tokenTo(email, /new address/), await live.tokenTo(wanted, /Confirm your new address/)];
  const other = await live.join(someone());
  for (const token of tokens) {
    assert.equal((await post("address/confirm", { token })).status, 401);
    assert.equal((await other.post("/auth/v1/address/confirm", { token })).status, 403);
    assert.equal((await live.browser().get(`/auth/address?token=${token}`)).status, 303);
    const form = { headers: { "content-type": "application/x-www-form-urlencoded" } };
    assert.match((await other.post("/auth/address", `token=${token}`, form)).text, /another account/);
  }
  assert.equal((await attacker.get("/auth/v1/session")).body["email"], email);
  for (const token of tokens) assert.equal((await attacker.post("/auth/v1/address/confirm", { token })).status, 200);
  assert.equal((await attacker.get("/auth/v1/session")).body["email"], wanted);
});
