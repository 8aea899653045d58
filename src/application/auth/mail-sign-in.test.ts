import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { begun, goodPassword, HOUR, openPeople, type People, refusedAs, request } from "./auth-fixtures.ts";

const MINUTE = 60_000;

describe("a link that signs in", () => {
  const ask = async (people: People, email = "ada@example.org"): Promise<string> => {
    people.clock.advance(MINUTE + 1);
    await people.auth.signInLink.request({ email }, request);
    return people.tokenTo("ada@example.org", "signInLink");
  };

  test("does so once, within ten minutes, and says that it was a link", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { me } = await people.join("ada@example.org");
    const token = await ask(people, "ADA@example.org");
    const session = begun(await auth.signInLink.use({ token }, request));
    const known = await auth.sessions.check(session.token);
    assert.deepEqual([known.id, known.session?.proofs], [me.id, ["link"]]);
    await assert.rejects(auth.signInLink.use({ token }, request), refusedAs("usedLink"));
    const late = await ask(people);
    people.clock.advance(10 * MINUTE);
    await assert.rejects(auth.signInLink.use({ token: late }, request), refusedAs("usedLink"));
    // One for another purpose is no link.
    await auth.passwordReset.request({ email: "ada@example.org" }, request);
    const reset = people.tokenTo("ada@example.org", "resetPassword");
    await assert.rejects(auth.signInLink.use({ token: reset }, request), refusedAs("usedLink"));
  });

  test("is sent to nobody without an account, and written as if it were", async () => {
    await using people = await openPeople();
    await people.auth.signInLink.request({ email: "eve@example.org" }, request);
    assert.deepEqual(people.letters, []);
    assert.equal(await people.count("_chassis_one_time_tokens"), 1);
  });

  test("ends what let somebody in before the address was shown to be theirs", async () => {
    await using people = await openPeople();
    const { auth, database } = people;
    const planted = await people.join("ada@example.org");
    await database.transaction((connection) => connection.run("UPDATE _chassis_accounts SET verified = NULL", []));
    const session = begun(await auth.signInLink.use({ token: await ask(people) }, request));
    assert.equal((await auth.sessions.check(session.token)).session?.verified, true);
    await assert.rejects(auth.sessions.check(planted.token), refusedAs("expiredToken"));
    const input = { email: "ada@example.org", password: goodPassword };
    await assert.rejects(auth.signIn.signIn(input, request), refusedAs("wrongCredentials"));
  });
});

describe("a code that signs in", () => {
  const ask = async (people: People, email = "ada@example.org"): Promise<{ request: string; code: string }> => {
    people.clock.advance(MINUTE + 1);
    const { request: asked } = await people.auth.signInCode.request({ email }, request);
    const { message } = people.letterTo(email, "signInCode");
    assert.ok("code" in message);
    return { request: asked, code: message.code };
  };
  const other = (code: string): string => code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));

  test("does so once, however it is typed, where it was asked for", async () => {
    await using people = await openPeople();
    const { auth } = people;
    await people.join("ada@example.org");
    const first = await ask(people);
    assert.match(first.code, /^\d{4} \d{4}$/);
    const second = await ask(people);
    await assert.rejects(auth.signInCode.use({ ...first, request: second.request }, request), refusedAs("wrongCode"));
    const session = begun(await auth.signInCode.use({ ...first, code: first.code.replace(" ", "-") }, request));
    assert.deepEqual((await auth.sessions.check(session.token)).session?.proofs, ["code"]);
    await assert.rejects(auth.signInCode.use(first, request), refusedAs("wrongCode"));
    await auth.signInCode.use(second, request);
  });

  test("is good for ten minutes and five tries", async () => {
    await using people = await openPeople();
    const { auth } = people;
    await people.join("ada@example.org");
    const late = await ask(people);
    people.clock.advance(10 * MINUTE);
    await assert.rejects(auth.signInCode.use(late, request), refusedAs("wrongCode"));
    const fourth = await ask(people);
    for (let round = 0; round < 4; round++)
      await assert.rejects(auth.signInCode.use({ ...fourth, code: other(fourth.code) }, request), refusedAs("wrongCode"));
    await auth.signInCode.use(fourth, request);
    const fifth = await ask(people);
    const guesses = Array.from({ length: 5 }, () => auth.signInCode.use({ ...fifth, code: other(fifth.code) }, request));
    assert.ok((await Promise.allSettled(guesses)).every(({ status }) => status === "rejected"));
    await assert.rejects(auth.signInCode.use(fifth, request), refusedAs("wrongCode"));
  });

  test("that is asked for again within a minute is the one that is on its way; nobody can tell where none is", async () => {
    await using people = await openPeople();
    const { signInCode } = people.auth;
    await people.join("ada@example.org");
    for (const email of ["ada@example.org", "nobody@example.org"]) {
      people.clock.advance(MINUTE + 1);
      const { request: first } = await signInCode.request({ email }, request);
      const again = await signInCode.request({ email, before: first }, request);
      assert.equal(again.request, first);
      const elsewhere = await signInCode.request({ email: "eve@example.org", before: first }, request);
      assert.notEqual(elsewhere.request, first);
      for (let guess = 0; guess < 5; guess++)
        await assert.rejects(signInCode.use({ request: first, code: "x" }, request), refusedAs("wrongCode"));
      assert.notEqual((await signInCode.request({ email, before: first }, request)).request, first, "it is used up");
      people.clock.advance(MINUTE + 1);
      assert.notEqual((await signInCode.request({ email, before: first }, request)).request, first, "another may go");
    }
    assert.equal(people.letters.length, 2);
  });

  test("is sent to nobody without an account, whose tries are counted all the same", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { request: asked } = await auth.signInCode.request({ email: "eve@example.org" }, request);
    assert.deepEqual(people.letters, []);
    for (let round = 0; round < 6; round++)
      await assert.rejects(auth.signInCode.use({ request: asked, code: "00000000" }, request), refusedAs("wrongCode"));
    assert.deepEqual(await people.database.all("SELECT tries FROM _chassis_one_time_tokens", []), [[5]]);
  });

  test("cannot be worked out from what is kept, without the key", async () => {
    await using people = await openPeople();
    await people.join("ada@example.org");
    const { code, request: asked } = await ask(people);
    const kept = JSON.stringify(await people.database.all("SELECT data, hex(hash) FROM _chassis_one_time_tokens", []));
    assert.ok(!kept.includes(code) && !kept.includes(code.replace(" ", "")) && !kept.includes(asked));
    assert.match(kept, /seal/);
  });
});

describe("an address", () => {
  test("changes once both ends have agreed, whichever comes first", async () => {
    for (const order of [
      ["old", "new"],
      ["new", "old"],
    ] as const) {
      await using people = await openPeople();
      const { auth } = people;
      const { me } = await people.join("ada@example.org");
      await auth.addressChange.request(me, { email: "Ada@new.example" }, request);
      const tokens = {
        old: people.tokenTo("ada@example.org", "approveAddressChange"),
        new: people.tokenTo("Ada@new.example", "confirmAddressChange"),
      };
      const [first, second] = order;
      assert.deepEqual(await auth.addressChange.confirm(me, { token: tokens[first] }, request), { changed: false });
      assert.equal(await auth.addressOf(me.id), "ada@example.org");
      await assert.rejects(auth.addressChange.confirm(me, { token: tokens[first] }, request), refusedAs("usedLink"));
      assert.deepEqual(await auth.addressChange.confirm(me, { token: tokens[second] }, request), { changed: true });
      assert.equal(await auth.addressOf(me.id), "Ada@new.example");
      assert.deepEqual(await people.database.all("SELECT email, version FROM users", []), [["Ada@new.example", 2]]);
      assert.deepEqual(people.letterTo("ada@example.org", "addressChanged").message, {
        type: "addressChanged",
        address: "Ada@new.example",
      });
      await auth.signIn.signIn({ email: "ada@new.example", password: goodPassword }, request);
      await assert.rejects(
        auth.signIn.signIn({ email: "ada@example.org", password: goodPassword }, request),
        refusedAs("wrongCredentials"),
      );
    }
  });

  test("is changed by nobody who has not just shown who they are, nor by a token", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { me } = await people.join("ada@example.org");
    people.clock.advance(10 * MINUTE + 1);
    const change = (actor: typeof me): Promise<void> => auth.addressChange.request(actor, { email: "ada@new.example" }, request);
    await assert.rejects(change(me), refusedAs("proofRequired", /prove/));
    await assert.rejects(change({ id: me.id, roles: [], claims: {} }), refusedAs("signInRequired"));
    const { token } = await auth.signIn.prove(me, { password: goodPassword }, request);
    await change(await auth.sessions.check(token));
    assert.equal(people.letters.length, 2);
  });

  test("that has an account already is not told to whoever asks for it, and never taken", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { me } = await people.join("ada@example.org");
    await people.join("eve@example.org");
    await auth.addressChange.request(me, { email: "EVE@example.org" }, request);
    people.letterTo("eve@example.org", "alreadySignedUp");
    const approving = people.tokenTo("ada@example.org", "approveAddressChange");
    assert.deepEqual(await auth.addressChange.confirm(me, { token: approving }, request), { changed: false });
    assert.equal(await auth.addressOf(me.id), "ada@example.org");
    await assert.rejects(auth.addressChange.request(me, { email: "ADA@example.org" }, request), refusedAs("validationFailed"));
  });

  test("taken by somebody else in the meantime is not taken again", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { me } = await people.join("ada@example.org");
    await auth.addressChange.request(me, { email: "new@example.org" }, request);
    const tokens = [
      people.tokenTo("ada@example.org", "approveAddressChange"),
      people.tokenTo("new@example.org", "confirmAddressChange"),
    ];
    await people.join("new@example.org");
    await auth.addressChange.confirm(me, { token: tokens[0] }, request);
    await assert.rejects(auth.addressChange.confirm(me, { token: tokens[1] }, request), refusedAs("usedLink"));
  });

  test("changes to the one that was asked for last, and links of before a change of password are good no more", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { me } = await people.join("ada@example.org");
    await auth.addressChange.request(me, { email: "one@example.org" }, request);
    const old = people.tokenTo("one@example.org", "confirmAddressChange");
    await auth.addressChange.request(me, { email: "two@example.org" }, request);
    await assert.rejects(auth.addressChange.confirm(me, { token: old }, request), refusedAs("usedLink"));
    const fresh = people.tokenTo("two@example.org", "confirmAddressChange");
    await auth.signIn.changePassword(me, { current: goodPassword, password: "a new good password" }, request);
    await assert.rejects(auth.addressChange.confirm(me, { token: fresh }, request), refusedAs("usedLink"));
  });

  test("of a stranger gets a mail a minute and five an hour, whatever is asked for in between", async () => {
    await using people = await openPeople();
    const { auth, clock } = people;
    const { me } = await people.join("eve@example.org");
    let current = me;
    const ask = (email: string): Promise<void> => auth.addressChange.request(current, { email }, request);
    const sent = (): number => people.letters.filter(({ to }) => to === "ada@example.org").length;
    await ask("ada@example.org");
    await ask("other@example.org");
    await ask("ada@example.org");
    assert.equal(sent(), 1, "one a minute");
    for (let round = 0; round < 8; round++) {
      clock.advance(MINUTE + 1);
      const proved = await auth.signIn.changePassword(current, { current: goodPassword, password: goodPassword }, request);
      current = await auth.sessions.check(proved.token);
      await ask("ada@example.org");
    }
    assert.equal(sent(), 5, "five an hour");
    clock.advance(HOUR);
    current = await auth.sessions.check((await auth.signIn.prove(current, { password: goodPassword }, request)).token);
    await ask("ada@example.org");
    assert.equal(sent(), 6);
  });

  test("that is not confirmed is, by a link to it", async () => {
    await using people = await openPeople();
    const { auth, database } = people;
    const { me, token: session } = await people.join("ada@example.org");
    await auth.verifyAddress.request(me, request);
    assert.deepEqual(people.letters, [], "it is");
    await database.transaction((connection) => connection.run("UPDATE _chassis_accounts SET verified = NULL", []));
    assert.equal((await auth.sessions.check(session)).session?.verified, false);
    await auth.verifyAddress.request(me, request);
    const token = people.tokenTo("ada@example.org", "confirmAddress");
    await assert.rejects(
      auth.verifyAddress.confirm({ id: me.id, roles: [], claims: {} }, { token }, request),
      refusedAs("signInRequired"),
    );
    await auth.verifyAddress.confirm(me, { token }, request);
    assert.equal((await auth.sessions.check(session)).session?.verified, true);
    await assert.rejects(auth.verifyAddress.confirm(me, { token }, request), refusedAs("usedLink"));
  });
});

describe("the first administrator", () => {
  test("is made by the link of the console, once, and by none before it", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const secret = async (): Promise<string> => new URL((await auth.firstAdmin.offer()) ?? "").searchParams.get("token") ?? "";
    const before = await secret();
    const token = await secret();
    const input = { email: "root@example.org", password: goodPassword, user: { name: "Root" } };
    await assert.rejects(auth.firstAdmin.claim({ ...input, token: before }, request), refusedAs("usedLink"));
    for (const bad of ["", undefined, "A".repeat(43)])
      await assert.rejects(auth.firstAdmin.claim({ ...input, token: bad }, request), refusedAs("usedLink"));
    await assert.rejects(auth.firstAdmin.claim({ ...input, token, password: "short" }, request), refusedAs("validationFailed"));
    const all = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) =>
        auth.firstAdmin.claim({ ...input, email: `root${index}@example.org`, token }, request),
      ),
    );
    const made = all.flatMap((result) => (result.status === "fulfilled" ? [begun(result.value)] : []));
    assert.equal(made.length, 1);
    assert.deepEqual((await auth.sessions.check(made[0]?.token ?? "")).roles, ["admin"]);
    assert.equal(await auth.firstAdmin.offer(), undefined);
    await assert.rejects(auth.firstAdmin.claim({ ...input, token }, request), refusedAs("usedLink"));
    assert.equal(people.letters.length, 1);
  });

  test("is made of somebody new: an account that is there gets no role", async () => {
    await using people = await openPeople();
    const { auth } = people;
    await people.join("ada@example.org");
    const token = new URL((await auth.firstAdmin.offer()) ?? "").searchParams.get("token");
    people.clock.advance(HOUR);
    const input = { token, email: "ada@example.org", password: goodPassword, user: { name: "Ada" } };
    await assert.rejects(auth.firstAdmin.claim(input, request), refusedAs("uniqueViolation"));
    assert.ok((await auth.firstAdmin.offer()) !== undefined);
  });
});
