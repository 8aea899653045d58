import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ErrorName } from "#contract";
import { begun, DAY, goodPassword, HOUR, openPeople, refusedAs, request, times } from "./auth-fixtures.ts";
import { hashPassword } from "./passwords/password-hash.ts";

describe("signing up", () => {
  test("makes the user, their account and a session once the link has been followed, and nothing before", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { continuation } = await auth.signUp.signUp(
      { email: " Ada@Example.org ", password: goodPassword, user: { name: "Ada" } },
      { ...request, language: "nl" },
    );
    assert.deepEqual([await people.count("users"), await people.count("_chassis_accounts")], [0, 0]);
    const letter = people.letterTo("Ada@example.org", "confirmSignUp");
    assert.equal(letter.language, "nl");
    assert.ok("link" in letter.message);
    const link = new URL(letter.message.link);
    assert.equal(link.origin + link.pathname, "https://people.example/auth/confirm");
    const token = link.searchParams.get("token");
    const session = await auth.signUp.confirm({ token, continuation }, request);
    const me = await auth.sessions.check(session.token);
    assert.deepEqual([me.id, me.roles, me.session?.verified, me.session?.proofs], [session.user, [], true, ["password"]]);
    const row = await people.database.all("SELECT id, name, email, version FROM users", []);
    assert.deepEqual(row, [[me.id, "Ada", "Ada@example.org", 1]]);
    await assert.rejects(auth.signUp.confirm({ token, continuation }, request), refusedAs("usedLink"));
    assert.equal(begun(await auth.signIn.signIn({ email: "ADA@example.ORG", password: goodPassword }, request)).user, me.id);
  });

  test("says what is wrong with the address, the password and the row, and sends nothing", async () => {
    await using people = await openPeople();
    const cases: readonly (readonly [object, ErrorName, RegExp])[] = [
      [{ email: "ada" }, "validationFailed", /'email'/],
      [{ email: "ada@example.org, eve@example.org" }, "validationFailed", /'email'/],
      [{ email: ["ada@example.org"] }, "validationFailed", /'email'/],
      [{ password: "short" }, "validationFailed", /'password' must have at least 8/],
      [{ password: "password1" }, "validationFailed", /many people use/],
      [{ password: "people.example" }, "validationFailed", /the name of the site/],
      [{ user: { name: "" } }, "validationFailed", /'name'/],
      [{ user: {} }, "validationFailed", /'name' is required/],
      [{ user: { name: "Ada", id: "01890000-0000-7000-8000-00000000ada0" } }, "validationFailed", /'user.id'/],
      [{ user: { name: "Ada", email: "eve@example.org" } }, "validationFailed", /'email' is set by the server/],
      [{ user: { name: "Ada", roles: ["admin"] } }, "unknownInsertColumn", /roles/],
      [{ user: { name: "Ada", created: "2020-01-01T00:00:00Z" } }, "validationFailed", /'created' is set by the server/],
      [{ user: "Ada" }, "validationFailed", /'user'/],
    ];
    for (const [change, error, message] of cases) {
      const input = { email: "ada@example.org", password: goodPassword, user: { name: "Ada" }, ...change };
      await assert.rejects(people.auth.signUp.signUp(input, request), refusedAs(error, message), JSON.stringify(change));
    }
    assert.deepEqual(people.letters, []);
    assert.equal(await people.count("_chassis_one_time_tokens"), 0);
  });

  test("with an address that has an account tells its owner alone", async () => {
    await using people = await openPeople();
    await people.join("ada@example.org");
    const again = { email: "ADA@example.org", password: "another good password", user: { name: "Eve" } };
    people.clock.advance(HOUR);
    assert.ok((await people.auth.signUp.signUp(again, request)).continuation);
    const { message } = people.letterTo("ada@example.org", "alreadySignedUp");
    assert.deepEqual(message, { type: "alreadySignedUp", link: "https://people.example/auth/sign-in" });
    await assert.rejects(people.auth.signIn.signIn(again, request), refusedAs("wrongCredentials"));
  });

  test("needs the browser that began it, or the password: the link alone is not enough", async () => {
    await using people = await openPeople();
    const { auth } = people;
    await auth.signUp.signUp({ email: "ada@example.org", password: goodPassword, user: { name: "Ada" } }, request);
    const token = people.tokenTo("ada@example.org", "confirmSignUp");
    await assert.rejects(auth.signUp.confirm({ token }, request), refusedAs("proofRequired"));
    await assert.rejects(auth.signUp.confirm({ token, continuation: "A".repeat(43) }, request), refusedAs("proofRequired"));
    await assert.rejects(auth.signUp.confirm({ token, password: "wrong" }, request), refusedAs("wrongCredentials"));
    assert.ok(await auth.signUp.confirm({ token, password: goodPassword }, request));
  });

  test("that is asked for twice by one browser goes on by either link, with what was said last", async () => {
    await using people = await openPeople();
    const { signUp, signIn } = people.auth;
    const email = "ada@example.org";
    const first = await signUp.signUp({ email, password: goodPassword, user: { name: "Ad" } }, request);
    const token = people.tokenTo(email, "confirmSignUp");
    const input = { email, password: "another good one", user: { name: "Ada" }, continuation: first.continuation };
    const { continuation } = await signUp.signUp(input, request);
    assert.deepEqual([continuation, people.letters], [first.continuation, []]);
    const stranger = await signUp.signUp({ ...input, password: "a stranger's own", continuation: "no secret" }, request);
    assert.notEqual(stranger.continuation, continuation);
    await signUp.confirm({ token, continuation }, request);
    assert.deepEqual(await people.database.all("SELECT name FROM users", []), [["Ada"]]);
    begun(await signIn.signIn({ email, password: "another good one" }, request));
  });

  test("ends after ten wrong passwords, after a day, and for everybody else once one of them has the account", async () => {
    await using people = await openPeople();
    const { signUp } = people.auth;
    const begin = async (): Promise<string> => {
      people.clock.advance(HOUR);
      await signUp.signUp({ email: "ada@example.org", password: goodPassword, user: { name: "Ada" } }, request);
      return people.tokenTo("ada@example.org", "confirmSignUp");
    };
    const guessed = await begin();
    for (let round = 0; round < 10; round++)
      await assert.rejects(signUp.confirm({ token: guessed, password: "wrong" }, request), refusedAs("wrongCredentials"));
    await assert.rejects(signUp.confirm({ token: guessed, password: goodPassword }, request), refusedAs("usedLink"));
    const late = await begin();
    people.clock.advance(DAY);
    await assert.rejects(signUp.confirm({ token: late, password: goodPassword }, request), refusedAs("usedLink"));
    const first = await begin();
    const second = await begin();
    await signUp.confirm({ token: second, password: goodPassword }, request);
    await assert.rejects(signUp.confirm({ token: first, password: goodPassword }, request), refusedAs("usedLink"));
    assert.equal(await people.count("users"), 1);
  });

  test("of two with one name for themselves the second gets nothing", async () => {
    await using people = await openPeople();
    const { signUp } = people.auth;
    const tokens: string[] = [];
    for (const email of ["ada@example.org", "eve@example.org"]) {
      await signUp.signUp({ email, password: goodPassword, user: { name: "A", nick: "countess" } }, request);
      tokens.push(people.tokenTo(email, "confirmSignUp"));
    }
    await signUp.confirm({ token: tokens[0], password: goodPassword }, request);
    await assert.rejects(signUp.confirm({ token: tokens[1], password: goodPassword }, request), refusedAs("uniqueViolation"));
    assert.deepEqual([await people.count("users"), await people.count("_chassis_accounts")], [1, 1]);
  });

  test("sends one mail a minute and five an hour to an address, of one who asks", async () => {
    await using people = await openPeople();
    const signUp = (caller = "a stranger"): Promise<unknown> =>
      people.auth.signUp.signUp(
        { email: "ada@example.org", password: goodPassword, user: { name: "Ada" } },
        { ...request, caller },
      );
    await signUp();
    await signUp();
    assert.equal(people.letters.length, 1);
    for (let round = 0; round < 8; round++) {
      people.clock.advance(61_000);
      await signUp();
    }
    assert.equal(people.letters.length, 5);
    await signUp("its owner");
    assert.equal(people.letters.length, 6, "and leaves some for others");
    people.clock.advance(HOUR);
    await signUp();
    assert.equal(people.letters.length, 7);
  });
});

describe("a session", () => {
  test("is known by its token alone, of which the database has a hash", async () => {
    await using people = await openPeople();
    const { token, me } = await people.join("ada@example.org");
    const { sessions } = people.auth;
    assert.equal((await sessions.check(token)).id, me.id);
    const [stored] = (await people.database.get("SELECT token FROM _chassis_sessions", [])) ?? [];
    assert.ok(stored instanceof Uint8Array && stored.length === 32);
    assert.ok(!JSON.stringify(await people.database.all("SELECT * FROM _chassis_sessions", [])).includes(token.slice(4)));
    for (const bad of [
      "",
      "chs_",
      token.slice(4),
      `${token}x`,
      token.slice(0, -1),
      `chs_${"A".repeat(43)}`,
      `chs_${"é".repeat(43)}`,
    ])
      await assert.rejects(sessions.check(bad), refusedAs("expiredToken"), bad);
  });

  test("is the same actor until something about it changes", async () => {
    await using people = await openPeople();
    const { token, me } = await people.join("ada@example.org");
    const { sessions } = people.auth;
    assert.equal(await sessions.check(token), await sessions.check(token));
    await people.database.transaction((connection) =>
      connection.run(`UPDATE _chassis_accounts SET roles = '["editor"]' WHERE user = ?`, [me.id]),
    );
    assert.deepEqual((await sessions.check(token)).roles, ["editor"]);
  });

  test("ends when it was not used for long, and at the latest after its lifetime", async () => {
    await using people = await openPeople();
    const { sessions, signIn } = people.auth;
    await people.join("ada@example.org");
    const idle = begun(await signIn.signIn({ email: "ada@example.org", password: goodPassword }, request));
    people.clock.advance(times.idle - 1);
    const used = begun(await signIn.signIn({ email: "ada@example.org", password: goodPassword }, request));
    people.clock.advance(1);
    await assert.rejects(sessions.check(idle.token), refusedAs("expiredToken"));
    for (let day = 0; day < 29; day++) {
      await sessions.check(used.token);
      await sessions.flush();
      people.clock.advance(DAY);
    }
    await sessions.check(used.token);
    people.clock.advance(DAY);
    await assert.rejects(sessions.check(used.token), refusedAs("expiredToken"));
  });

  test("is told of when it was last used, to the minute, and forgotten when it is over", async () => {
    await using people = await openPeople();
    const { sessions, signIn } = people.auth;
    const { token, me } = await people.join("ada@example.org");
    people.clock.advance(59_000);
    await sessions.check(token);
    await sessions.flush();
    const began = (await signIn.sessions(me))[0];
    assert.equal(began?.used, began?.created);
    people.clock.advance(1_000);
    await sessions.check(token);
    await sessions.flush();
    assert.equal(Date.parse((await signIn.sessions(me))[0]?.used ?? ""), people.clock.now());
    people.clock.advance(times.idle);
    assert.deepEqual(await signIn.sessions(me), []);
  });

  test("is one of a list, each of which its owner ends, and nobody else", async () => {
    await using people = await openPeople();
    const { sessions, signIn } = people.auth;
    const ada = await people.join("ada@example.org");
    const eve = await people.join("eve@example.org");
    const other = begun(
      await signIn.signIn(
        { email: "ada@example.org", password: goodPassword },
        { client: { address: "2001:db8::1", agent: "x".repeat(500) } },
      ),
    );
    const list = await signIn.sessions(ada.me);
    assert.deepEqual(
      new Map(list.map(({ id, address, agent }) => [id, `${address} ${agent?.length}`])),
      new Map([
        [ada.id, "192.0.2.1 6"],
        [other.id, "2001:db8::1 200"],
      ]),
    );
    await assert.rejects(signIn.endSession(eve.me, other.id), refusedAs("notFound"));
    await signIn.endSession(ada.me, other.id);
    await assert.rejects(sessions.check(other.token), refusedAs("expiredToken"));
    await assert.rejects(signIn.endSession(ada.me, other.id), refusedAs("notFound"));
    const third = begun(await signIn.signIn({ email: "ada@example.org", password: goodPassword }, request));
    assert.equal(await signIn.signOutEverywhere(ada.me, { others: true }), 1);
    await assert.rejects(sessions.check(third.token), refusedAs("expiredToken"));
    await signIn.signOut(ada.me);
    await assert.rejects(sessions.check(ada.token), refusedAs("expiredToken"));
    assert.ok(await sessions.check(eve.token));
  });

  test("takes the place of the one that the browser had", async () => {
    await using people = await openPeople();
    const { sessions, signIn } = people.auth;
    const planted = await people.join("eve@example.org");
    await people.join("ada@example.org");
    const own = begun(
      await signIn.signIn({ email: "ada@example.org", password: goodPassword }, { ...request, previous: planted.token }),
    );
    assert.notEqual(own.token, planted.token);
    await assert.rejects(sessions.check(planted.token), refusedAs("expiredToken"));
  });

  test("goes on under another token once the password was given again, as recently as that", async () => {
    await using people = await openPeople();
    const { sessions, signIn } = people.auth;
    const { token, me, id } = await people.join("ada@example.org");
    people.clock.advance(HOUR);
    await assert.rejects(signIn.prove(me, { password: "wrong" }, request), refusedAs("wrongCredentials"));
    const proved = await signIn.prove(me, { password: goodPassword }, request);
    assert.equal(proved.id, id);
    await assert.rejects(sessions.check(token), refusedAs("expiredToken"));
    assert.equal((await sessions.check(proved.token)).session?.proved, people.clock.now());
  });

  test("of a user who is gone, however that came, is over; so is their account", async () => {
    await using people = await openPeople();
    const { token, me } = await people.join("ada@example.org");
    const eve = await people.join("eve@example.org");
    await people.database.transaction((connection) => connection.run("DELETE FROM users WHERE id = ?", [me.id]));
    await assert.rejects(people.auth.sessions.check(token), refusedAs("expiredToken"));
    await assert.rejects(
      people.auth.signIn.signIn({ email: "ada@example.org", password: goodPassword }, request),
      refusedAs("wrongCredentials"),
    );
    assert.deepEqual(await people.database.all("SELECT user FROM _chassis_accounts", []), [[eve.me.id]]);
    assert.deepEqual(await people.database.all("SELECT user FROM _chassis_sessions", []), [[eve.me.id]]);
    people.clock.advance(61_000);
    assert.ok((await people.join("ada@example.org")).me.id !== me.id);
  });
});

describe("a password", () => {
  test("is hashed anew at the next sign-in where it was stored at another cost", async () => {
    await using people = await openPeople();
    const { me } = await people.join("ada@example.org");
    const old = await hashPassword(goodPassword, { memory: 32, passes: 2, parallelism: 1 });
    await people.database.transaction((connection) =>
      connection.run("UPDATE _chassis_accounts SET password = ? WHERE user = ?", [old, me.id]),
    );
    const signIn = (): Promise<unknown> =>
      people.auth.signIn.signIn({ email: "ada@example.org", password: goodPassword }, request);
    await signIn();
    const [stored] = (await people.database.get("SELECT password FROM _chassis_accounts", [])) ?? [];
    assert.match(String(stored), /^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    await signIn();
  });

  test("that is changed ends every other session and every link, and tells its owner", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { me, token } = await people.join("ada@example.org");
    const other = begun(await auth.signIn.signIn({ email: "ada@example.org", password: goodPassword }, request));
    await auth.passwordReset.request({ email: "ada@example.org" }, request);
    const link = people.tokenTo("ada@example.org", "resetPassword");
    const change = (current: string, password: string) => auth.signIn.changePassword(me, { current, password }, request);
    await assert.rejects(change("wrong", "a new good password"), refusedAs("wrongCredentials"));
    await assert.rejects(change(goodPassword, "short"), refusedAs("validationFailed"));
    const renewed = await change(goodPassword, "a new good password");
    people.letterTo("ada@example.org", "passwordChanged");
    for (const ended of [token, other.token]) await assert.rejects(auth.sessions.check(ended), refusedAs("expiredToken"));
    assert.equal((await auth.sessions.check(renewed.token)).id, me.id);
    await assert.rejects(auth.passwordReset.reset({ token: link, password: "yet another one" }, request), refusedAs("usedLink"));
    await assert.rejects(
      auth.signIn.signIn({ email: "ada@example.org", password: goodPassword }, request),
      refusedAs("wrongCredentials"),
    );
    await auth.signIn.signIn({ email: "ada@example.org", password: "a new good password" }, request);
  });

  test("that was forgotten is set by a link, once and within the hour, which signs nobody in and ends all sessions", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { token } = await people.join("ada@example.org");
    const ask = async (): Promise<string> => {
      people.clock.advance(61_000);
      await auth.passwordReset.request({ email: "Ada@EXAMPLE.org" }, request);
      return people.tokenTo("ada@example.org", "resetPassword");
    };
    const late = await ask();
    people.clock.advance(HOUR);
    await assert.rejects(
      auth.passwordReset.reset({ token: late, password: "a new good password" }, request),
      refusedAs("usedLink"),
    );
    const link = await ask();
    await assert.rejects(auth.passwordReset.reset({ token: link, password: "short" }, request), refusedAs("validationFailed"));
    await auth.passwordReset.reset({ token: link, password: "a new good password" }, request);
    people.letterTo("ada@example.org", "passwordChanged");
    await assert.rejects(auth.sessions.check(token), refusedAs("expiredToken"));
    await assert.rejects(
      auth.passwordReset.reset({ token: link, password: "a new good password" }, request),
      refusedAs("usedLink"),
    );
    await auth.signIn.signIn({ email: "ada@example.org", password: "a new good password" }, request);
  });

  test("is asked for in vain where there is no account, or a suspended one: nothing is sent, and the same is written", async () => {
    await using people = await openPeople();
    const { me } = await people.join("eve@example.org");
    await people.database.transaction((connection) =>
      connection.run("UPDATE _chassis_accounts SET suspended = 1 WHERE user = ?", [me.id]),
    );
    const before = await people.count("_chassis_one_time_tokens");
    for (const email of ["ada@example.org", "eve@example.org"]) await people.auth.passwordReset.request({ email }, request);
    assert.deepEqual(people.letters, []);
    assert.equal(await people.count("_chassis_one_time_tokens"), before + 2);
  });
});

test("who is suspended gets in no more, and is told so only for the right password", async () => {
  await using people = await openPeople();
  const { auth, database } = people;
  const { me, token } = await people.join("ada@example.org");
  const suspend = (moment: number | null): Promise<number> =>
    database.transaction((connection) =>
      connection.run("UPDATE _chassis_accounts SET suspended = ? WHERE user = ?", [moment, me.id]),
    );
  await suspend(1);
  await assert.rejects(auth.sessions.check(token), refusedAs("expiredToken"));
  await assert.rejects(
    auth.signIn.signIn({ email: "ada@example.org", password: goodPassword }, request),
    refusedAs("accountSuspended"),
  );
  await assert.rejects(
    auth.signIn.signIn({ email: "ada@example.org", password: "wrong" }, request),
    refusedAs("wrongCredentials"),
  );
  await suspend(null);
  await auth.signIn.signIn({ email: "ada@example.org", password: goodPassword }, request);
});
