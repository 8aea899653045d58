import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Secret, URI } from "otpauth";
import { type Actor } from "#contract";
import { systemClock } from "#base";
import { createMemoryRateStore } from "../../rate-limits/memory-rate-store.ts";
import { createRateLimits, defaultRates } from "../../rate-limits/rate-limits.ts";
import { defineBackend } from "../../definition.ts";
import { everyone, nobody } from "../../rules/conditions.ts";
import { DefinitionError } from "../../schema/definition-error.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { text } from "../../schema/fields.ts";
import { createSeal } from "../../records/seal.ts";
import { begun, goodPassword, openPeople, type People, refusedAs, request } from "../auth-fixtures.ts";
import type { FactorAdded } from "./factor-owner.ts";
import { isPending, type PendingSignIn } from "./pending-sign-in.ts";

const email = "ada@example.org";

/** What an authenticator app on the same secret shows. */
function appOf(uri: string, people: People): (ahead?: number) => string {
  const app = URI.parse(uri);
  return (ahead = 0) => app.generate({ timestamp: people.clock.now() + ahead * 30_000 });
}

interface Enrolled extends FactorAdded {
  readonly me: Actor;
  readonly code: (ahead?: number) => string;
  readonly recoveryCodes: readonly string[];
}

/** Somebody with an authenticator app, whose clock has gone on by a step since. */
async function enrol(people: People, me: Actor): Promise<Enrolled> {
  const { totp } = people.auth.factors;
  const { enrolment, uri } = await totp.begin({ me }, request);
  const code = appOf(uri, people);
  const added = await totp.confirm({ me }, { enrolment, code: code() }, request);
  people.letterTo(email, "totpAdded");
  people.clock.advance(30_000);
  return { ...added, recoveryCodes: added.recoveryCodes ?? [], me: await people.auth.sessions.check(added.session.token), code };
}

async function halfSignedIn(people: People): Promise<PendingSignIn> {
  const outcome = await people.auth.signIn.signIn({ email, password: goodPassword }, request);
  assert.ok(isPending(outcome), "a password alone is not enough");
  return outcome;
}

describe("an authenticator app", () => {
  test("counts once a code of it has come back, and is then asked for", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { me, token } = await people.join(email);
    const enrolling = await auth.factors.totp.begin({ me }, request);
    assert.match(enrolling.secret, /^[A-Z2-7]{32}$/);
    assert.match(enrolling.qr, /^<svg [^>]*viewBox/);
    begun(await auth.signIn.signIn({ email, password: goodPassword }, request));
    assert.deepEqual(await auth.factors.list(me), { totp: null, passkeys: [], recoveryCodes: 0, demanded: false });
    assert.deepEqual(await auth.factors.totp.show({ me }, enrolling.enrolment), enrolling);

    const code = appOf(enrolling.uri, people);
    const wrong = String((Number(code()) + 1) % 1_000_000).padStart(6, "0");
    const input = { enrolment: enrolling.enrolment, code: code() };
    await assert.rejects(auth.factors.totp.confirm({ me }, { ...input, code: wrong }, request), refusedAs("wrongCode"));
    const added = await auth.factors.totp.confirm({ me }, input, request);
    assert.equal(added.recoveryCodes?.length, 10);
    await assert.rejects(auth.factors.totp.confirm({ me }, input, request), refusedAs("proofRequired"));
    assert.equal(people.letterTo(email, "totpAdded").to, email);

    await assert.rejects(auth.sessions.check(token), refusedAs("expiredToken"));
    const now = await auth.sessions.check(added.session.token);
    assert.deepEqual(now.session?.proofs, ["password", "totp"]);
    assert.equal(now.session.factorProved, people.clock.now());
    const list = await auth.factors.list(now);
    assert.deepEqual(
      [list.totp?.created, list.recoveryCodes, list.demanded],
      [new Date(people.clock.now()).toISOString(), 10, true],
    );
    assert.deepEqual((await halfSignedIn(people)).factors, ["totp", "recovery"]);
  });

  test("ends the sessions that no second factor opened, and spares the one that set it up", async () => {
    await using people = await openPeople();
    const { me } = await people.join(email);
    const other = begun(await people.auth.signIn.signIn({ email, password: goodPassword }, request));
    const { session } = await enrol(people, me);
    await assert.rejects(people.auth.sessions.check(other.token), refusedAs("expiredToken"));
    await people.auth.sessions.check(session.token);
  });

  test("lets somebody in once with each of its codes", async () => {
    await using people = await openPeople();
    const { auth, clock } = people;
    const { code } = await enrol(people, (await people.join(email)).me);
    const first = await halfSignedIn(people);
    const session = await auth.factors.finish(first.pending, { totp: code() }, request);
    assert.deepEqual((await auth.sessions.check(session.token)).session?.proofs, ["password", "totp"]);
    await assert.rejects(auth.factors.finish(first.pending, { totp: code(1) }, request), refusedAs("usedLink"));
    const second = await halfSignedIn(people);
    await assert.rejects(auth.factors.finish(second.pending, { totp: code() }, request), refusedAs("wrongCode"));
    await assert.rejects(auth.factors.finish(second.pending, { totp: code(-1) }, request), refusedAs("wrongCode"));
    await auth.factors.finish(second.pending, { totp: code(1) }, request);
    const third = await halfSignedIn(people);
    clock.advance(600_001);
    await assert.rejects(auth.factors.finish(third.pending, { totp: code() }, request), refusedAs("usedLink"));
  });

  test("is guessed five times in one sign-in, and five times in ten minutes in all", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { code } = await enrol(people, (await people.join(email)).me);
    const { pending } = await halfSignedIn(people);
    const wrong = String((Number(code()) + 1) % 1_000_000).padStart(6, "0");
    for (let guess = 0; guess < 5; guess++)
      await assert.rejects(auth.factors.finish(pending, { totp: wrong }, request), refusedAs("wrongCode"));
    await assert.rejects(auth.factors.finish(pending, { totp: code() }, request), refusedAs("usedLink", /begin again/));

    const rates = createRateLimits({ store: createMemoryRateStore(systemClock), rates: defaultRates });
    await using limited = await openPeople(undefined, { rates });
    const own = await enrol(limited, (await limited.join(email)).me);
    for (let guess = 0; guess < 5; guess++) {
      const half = await halfSignedIn(limited);
      await assert.rejects(limited.auth.factors.finish(half.pending, { totp: wrong }, request), refusedAs("wrongCode"));
    }
    const half = await halfSignedIn(limited);
    await assert.rejects(
      limited.auth.factors.finish(half.pending, { totp: own.code() }, request),
      refusedAs("tooManyRequests", /factors/),
    );
  });

  test("is kept sealed, for its owner alone, and readable after the secret was rotated", async () => {
    const old = new Uint8Array(32).fill(7);
    await using people = await openPeople(undefined, { factorKeys: [new Uint8Array(32).fill(8), old] });
    const { auth, database } = people;
    const { me } = await people.join(email);
    const { enrolment, secret, uri } = await auth.factors.totp.begin({ me }, request);
    await auth.factors.totp.confirm({ me }, { enrolment, code: appOf(uri, people)() }, request);
    const kept = JSON.stringify([
      await database.all("SELECT secret FROM _chassis_totp", []),
      await database.all("SELECT data FROM _chassis_one_time_tokens", []),
    ]);
    assert.ok(!kept.includes(secret) && kept.length > 60, kept);
    const before = createSeal(old).close(Buffer.from(Secret.fromBase32(secret).buffer).toString("base64url"), `totp of ${me.id}`);
    await database.transaction((connection) => connection.run("UPDATE _chassis_totp SET secret = ?", [before]));
    people.clock.advance(30_000);
    const { pending } = await halfSignedIn(people);
    await auth.factors.finish(pending, { totp: appOf(uri, people)() }, request);
    const eve = await people.join("eve@example.org");
    await database.transaction((connection) =>
      connection.run("INSERT INTO _chassis_totp SELECT ?, secret, 0, created FROM _chassis_totp", [eve.user]),
    );
    await assert.rejects(
      database.transaction((connection) => auth.factors.totp.check(connection, eve.user, "000000")),
      /kept under another secret/,
    );
  });

  test("is set up and taken away by whoever has just shown who they are", async () => {
    await using people = await openPeople();
    const { auth, clock } = people;
    const { me } = await people.join(email);
    clock.advance(600_001);
    await assert.rejects(auth.factors.totp.begin({ me }, request), refusedAs("proofRequired", /password/));
    const fresh = await auth.sessions.check((await auth.signIn.prove(me, { password: goodPassword }, request)).token);
    const own = await enrol(people, fresh);
    clock.advance(600_001);
    await assert.rejects(auth.factors.totp.remove(own.me, request), refusedAs("proofRequired", /second factor/));
    const byPassword = await auth.signIn.prove(own.me, { password: goodPassword }, request);
    const known = await auth.sessions.check(byPassword.token);
    assert.equal(known.session?.proved, clock.now());
    await assert.rejects(auth.factors.totp.remove(known, request), refusedAs("proofRequired"));
    const byFactor = await auth.factors.prove(known, { totp: own.code() }, request);
    const proved = await auth.sessions.check(byFactor.token);
    await auth.factors.totp.remove(proved, request);
    people.letterTo(email, "totpRemoved");
    assert.deepEqual(await auth.factors.list(proved), { totp: null, passkeys: [], recoveryCodes: 0, demanded: false });
    begun(await auth.signIn.signIn({ email, password: goodPassword }, request));
    await assert.rejects(auth.factors.totp.remove(proved, request), refusedAs("notFound"));
    await assert.rejects(
      auth.factors.totp.begin({ me: { id: me.id, roles: [], claims: {} } }, request),
      refusedAs("signInRequired"),
    );
  });
});

describe("recovery codes", () => {
  test("stand in for the app, each once, and their owner is told how many are left", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { recoveryCodes: codes } = await enrol(people, (await people.join(email)).me);
    for (const code of codes) assert.match(code, /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    assert.equal(new Set(codes).size, 10);
    const [first = "", second = ""] = codes;
    const { pending } = await halfSignedIn(people);
    const session = await auth.factors.finish(pending, { recovery: first.toLowerCase().replace("-", " ") }, request);
    const me = await auth.sessions.check(session.token);
    assert.deepEqual(me.session?.proofs, ["password", "recovery"]);
    const { message } = people.letterTo(email, "recoveryCodeUsed");
    assert.equal("left" in message && message.left, "9");
    const again = await halfSignedIn(people);
    for (const bad of [first, "AAAAA-AAAAA", "", 7, undefined, "A".repeat(100_000)])
      await assert.rejects(
        auth.factors.finish(again.pending, { recovery: bad }, request),
        refusedAs(bad === "" || bad === undefined ? "validationFailed" : "wrongCode"),
      );
    const kept = JSON.stringify(await people.database.all("SELECT hash FROM _chassis_recovery_codes", []));
    assert.match(kept, /\$argon2id\$/);
    assert.ok(!codes.some((code) => kept.includes(code.replace("-", ""))));

    const renewed = await auth.factors.recoveryCodes.renew(me, request);
    people.letterTo(email, "recoveryCodesMade");
    const half = await halfSignedIn(people);
    await assert.rejects(auth.factors.finish(half.pending, { recovery: second }, request), refusedAs("wrongCode"));
    await auth.factors.finish(half.pending, { recovery: renewed[0] }, request);
    assert.equal((await auth.factors.list(me)).recoveryCodes, 9);
  });

  test("are made for no account that needs none", async () => {
    await using people = await openPeople();
    const { me } = await people.join(email);
    await assert.rejects(people.auth.factors.recoveryCodes.renew(me, request), refusedAs("notFound"));
  });

  test("are given one at a time, with no other factor beside", async () => {
    await using people = await openPeople();
    const { code, recoveryCodes } = await enrol(people, (await people.join(email)).me);
    const { pending } = await halfSignedIn(people);
    for (const given of [{}, { totp: code(), recovery: recoveryCodes[0] }])
      await assert.rejects(people.auth.factors.finish(pending, given, request), refusedAs("validationFailed"));
  });
});

describe("a role that needs a second factor", () => {
  const schema = defineSchema({ users: { name: text() } }, { roles: ["editor"] });
  const backend = defineBackend(schema, {
    rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }) },
    auth: { secondFactor: { requiredFor: ["editor", "admin"] } },
  });
  const promote = (people: People, who: string) => people.auth.obey({ type: "users", action: "roles", who, roles: ["editor"] });

  test("lets whoever has none do nothing but set one up", async () => {
    await using people = await openPeople(backend);
    const { auth } = people;
    const { user, token } = await people.join(email);
    begun(await auth.signIn.signIn({ email, password: goodPassword }, request));
    await promote(people, user);
    await assert.rejects(auth.sessions.check(token), refusedAs("expiredToken", /second factor/));
    const half = await halfSignedIn(people);
    assert.deepEqual(half.factors, []);
    for (const given of [{ totp: "000000" }, { recovery: "AAAAA-AAAAA" }])
      await assert.rejects(auth.factors.finish(half.pending, given, request), refusedAs("usedLink"));
    const owner = { pending: half.pending };
    const { enrolment, uri } = await auth.factors.totp.begin(owner, request);
    const code = appOf(uri, people);
    const added = await auth.factors.totp.confirm(owner, { enrolment, code: code() }, request);
    assert.equal(added.recoveryCodes?.length, 10);
    const me = await auth.sessions.check(added.session.token);
    assert.deepEqual([me.roles, me.session?.proofs], [["editor"], ["password", "totp"]]);
    await assert.rejects(auth.factors.totp.begin(owner, request), refusedAs("usedLink"));
    await assert.rejects(auth.factors.totp.remove(me, request), refusedAs("stillNeeded"));
  });

  test("is not worn by a sign-in that began before somebody else set the factor up", async () => {
    await using people = await openPeople(backend);
    const { auth } = people;
    const { user } = await people.join(email);
    await promote(people, user);
    const [first, second] = [await halfSignedIn(people), await halfSignedIn(people)];
    const early = await auth.factors.totp.begin({ pending: second.pending }, request);
    const { enrolment, uri } = await auth.factors.totp.begin({ pending: first.pending }, request);
    await auth.factors.totp.confirm({ pending: first.pending }, { enrolment, code: appOf(uri, people)() }, request);
    const given = { enrolment: early.enrolment, code: appOf(early.uri, people)() };
    await assert.rejects(auth.factors.totp.confirm({ pending: second.pending }, given, request), refusedAs("usedLink"));
    await assert.rejects(auth.factors.finish(second.pending, { totp: appOf(uri, people)(1) }, request), refusedAs("usedLink"));
  });

  test("is one of those that there are", () => {
    for (const [secondFactor, problem] of [
      [{ requiredFor: ["edtor"] }, /requiredFor.*did you mean/],
      [{ requiredFor: "editor" }, /requiredFor: is a list of roles/],
      [{}, /requiredFor: is a list/],
      [{ requiredFor: [], required: true }, /secondFactor.required: is nothing that secondFactor has/],
      [7, /auth.secondFactor/],
    ] as const)
      assert.throws(
        () =>
          defineBackend(schema, {
            rules: { users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }) },
            auth: { secondFactor: secondFactor as never },
          }),
        (error) => error instanceof DefinitionError && problem.test(error.message),
      );
  });
});

describe("whoever has lost all of it", () => {
  test("has it taken away by those who run the server, is signed out, and told", async () => {
    await using people = await openPeople();
    const { auth } = people;
    const { session, recoveryCodes } = await enrol(people, (await people.join(email)).me);
    const half = await halfSignedIn(people);
    assert.deepEqual(await auth.obey({ type: "users", action: "reset-factors", who: email }), {
      user: session.user,
      address: email,
    });
    people.letterTo(email, "factorsReset");
    await assert.rejects(auth.sessions.check(session.token), refusedAs("expiredToken"));
    await assert.rejects(auth.factors.finish(half.pending, { recovery: recoveryCodes[0] }, request), refusedAs("usedLink"));
    begun(await auth.signIn.signIn({ email, password: goodPassword }, request));
    for (const table of ["_chassis_totp", "_chassis_recovery_codes"]) assert.equal(await people.count(table), 0);
  });
});
