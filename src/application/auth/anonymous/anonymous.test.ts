import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { URI } from "otpauth";
import { createIdSource } from "#base";
import type { Actor } from "#contract";
import { createDbOpener } from "../../functions/open-db.ts";
import { defineBackend } from "../../definition.ts";
import { everyone, nobody, signedIn } from "../../rules/conditions.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { accountEmail, ref, text } from "../../schema/fields.ts";
import { createRateLimits, defaultRates } from "../../rate-limits/rate-limits.ts";
import { createMemoryRateStore } from "../../rate-limits/memory-rate-store.ts";
import { begun, DAY, goodPassword, HOUR, openPeople, type People, refusedAs, request } from "../auth-fixtures.ts";
import type { AnonymousInput } from "../build-auth.ts";
import { isPending } from "../factors/pending-sign-in.ts";
import { isAnonymous } from "./is-anonymous.ts";

const schema = defineSchema(
  {
    users: { name: text().default("Somebody"), email: accountEmail() },
    notes: { author: ref("users").onDelete("cascade").defaultToActor(), body: text() },
    orders: { buyer: ref("users").defaultToActor(), what: text() },
    posts: { author: ref("users").onDelete("cascade").defaultToActor(), body: text() },
  },
  { roles: ["editor"] },
);

function shop(anonymous: boolean | AnonymousInput<typeof schema> = true) {
  return defineBackend(schema, {
    rules: {
      users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
      notes: ({ row, me }) => ({ read: row.author.eq(me.id), write: row.author.eq(me.id) }),
      orders: ({ row, me }) => ({ read: row.buyer.eq(me.id), write: row.buyer.eq(me.id) }),
      posts: ({ me }) => ({ read: everyone, write: signedIn.and(me.isAnonymous.not()) }),
    },
    auth: { anonymous },
  });
}

const ada = "ada@example.org";

/** Somebody who has not signed up, and a request of theirs. */
async function begin(people: People) {
  const session = await people.auth.anonymous.begin({}, request);
  const me = await people.auth.sessions.check(session.token);
  return { ...session, me, own: { ...request, previous: session.token } };
}

const save = (people: People, me: Actor, body: string, table = "notes"): Promise<unknown> =>
  people.records.write(
    {
      type: "insert",
      table,
      rows: [table === "orders" ? { what: body } : { body }],
      rowForm: "json",
      missing: "default",
      values: [],
      form: "json",
    },
    me,
  );

const notes = async (people: People): Promise<unknown> => people.database.all("SELECT body, author FROM notes ORDER BY body", []);

describe("somebody who has not signed up", () => {
  test("has a row in users and a session, saves things, and is told apart in rules", async () => {
    await using people = await openPeople(shop());
    const { me } = await begin(people);
    assert.deepEqual([isAnonymous(me), me.roles, me.session?.verified, me.session?.proofs], [true, [], false, ["anonymous"]]);
    assert.equal(me.session?.proved, 0, "me.provedWithin does not let them through");
    await save(people, me, "saved");
    assert.deepEqual(await notes(people), [["saved", me.id]]);
    await assert.rejects(save(people, me, "public", "posts"), refusedAs("forbidden"));
    const joined = await people.join(ada);
    await save(people, joined.me, "public", "posts");
    assert.equal(isAnonymous(joined.me), false);
  });

  test("can do nothing that would let anybody in, and gets no role", async () => {
    await using people = await openPeople(shop());
    const { auth } = people;
    const { me } = await begin(people);
    await assert.rejects(auth.factors.totp.begin({ me }, request), refusedAs("forbidden", /sign up/));
    await assert.rejects(auth.factors.passkeys.beginAdding({ me }, request), refusedAs("forbidden"));
    await assert.rejects(auth.addressChange.request(me, { email: ada }, request), refusedAs("forbidden"));
    await assert.rejects(auth.signIn.prove(me, { password: goodPassword }, request), refusedAs("wrongCredentials"));
    await assert.rejects(
      auth.signIn.changePassword(me, { current: "", password: goodPassword }, request),
      refusedAs("wrongCredentials"),
    );
    const outcome = await auth.obey({ type: "users", action: "roles", who: me.id, roles: ["admin"] });
    assert.match("refused" in outcome ? outcome.refused : "", /have not signed up/);
    assert.deepEqual((await people.auth.sessions.check((await begin(people)).token)).roles, []);
  });

  test("ends what is theirs at once, without a proof that they cannot give", async () => {
    await using people = await openPeople(shop());
    const { me } = await begin(people);
    await save(people, me, "saved");
    people.clock.advance(DAY);
    assert.equal(await people.auth.isProved(me), true);
    const text = await people.auth.exportAccount(me, async (pieces) => {
      const all: Uint8Array[] = [];
      for await (const piece of pieces) all.push(piece);
      return Buffer.concat(all).toString();
    });
    assert.match(text, /"saved"/);
    assert.deepEqual(await people.auth.deletion.request(me, request), { user: me.id, due: null });
    assert.deepEqual([await people.count("notes"), await people.count("_chassis_anonymous_accounts")], [0, 0]);
  });

  test("is none where the back end has none of that, and not many from one address", async () => {
    await using none = await openPeople(shop(false));
    await assert.rejects(none.auth.anonymous.begin({}, request), refusedAs("forbidden"));
    const clock = { now: () => 0, monotonic: () => 0 };
    const rates = createRateLimits({ store: createMemoryRateStore(clock), rates: defaultRates });
    await using people = await openPeople(shop(), { rates });
    const from = { ...request, caller: "192.0.2.7" };
    for (let each = 0; each < 30; each++) await people.auth.anonymous.begin({}, from);
    await assert.rejects(people.auth.anonymous.begin({}, from), refusedAs("tooManyRequests", /\(anonymous\)/));
    await people.auth.anonymous.begin({}, { ...request, caller: "192.0.2.8" });
    assert.equal(await people.count("users"), 31);
  });
});

describe("signing up", () => {
  test("keeps the id and all that was saved, and ends the sessions from before", async () => {
    await using people = await openPeople(shop());
    const { auth } = people;
    const { me, token, own } = await begin(people);
    await save(people, me, "saved");
    const input = { email: ada, password: goodPassword, user: { name: "Ada" } };
    const { continuation } = await auth.signUp.signUp(input, own);
    assert.equal((await auth.sessions.check(token)).id, me.id, "nothing has happened before the link is followed");
    const link = people.tokenTo(ada, "confirmSignUp");
    const session = await auth.signUp.confirm({ token: link, continuation }, own);
    assert.equal(session.user, me.id);
    const now = await auth.sessions.check(session.token);
    assert.deepEqual([isAnonymous(now), now.session?.verified, now.session?.proofs], [false, true, ["password"]]);
    await assert.rejects(auth.sessions.check(token), refusedAs("expiredToken"));
    assert.deepEqual(await notes(people), [["saved", me.id]]);
    assert.deepEqual(await people.database.all("SELECT name, email FROM users", []), [["Ada", ada]]);
    assert.equal(begun(await auth.signIn.signIn({ email: ada, password: goodPassword }, request)).user, me.id);
    people.clock.advance(400 * DAY);
    assert.equal(await auth.anonymous.sweep(), 0, "what became real is never swept");
    assert.equal(await people.count("users"), 1);
  });

  test("takes another browser's session along to nobody, and is good once", async () => {
    await using people = await openPeople(shop());
    const { auth } = people;
    const { me, own } = await begin(people);
    const { continuation } = await auth.signUp.signUp({ email: ada, password: goodPassword }, own);
    const other = await begin(people);
    const token = people.tokenTo(ada, "confirmSignUp");
    // The link is followed in another browser, by the password: it is the account of the browser that signed up.
    const session = await auth.signUp.confirm({ token, password: goodPassword }, other.own);
    assert.equal(session.user, me.id);
    await assert.rejects(auth.signUp.confirm({ token, continuation }, own), refusedAs("usedLink"));
    await assert.rejects(auth.sessions.check(other.token), refusedAs("expiredToken"), "its own session ends, as always");
    assert.equal(await people.count("_chassis_anonymous_accounts"), 1);
  });

  test("makes another user where the account is gone by then", async () => {
    await using people = await openPeople(shop());
    const { auth } = people;
    const { me, own } = await begin(people);
    const { continuation } = await auth.signUp.signUp({ email: ada, password: goodPassword }, own);
    await auth.deletion.request(me, request);
    const token = people.tokenTo(ada, "confirmSignUp");
    const session = await auth.signUp.confirm({ token, continuation }, own);
    assert.notEqual(session.user, me.id);
  });

  test("says what is wrong with the row as it would to anybody, and whoever is suspended signs nothing up", async () => {
    await using people = await openPeople(shop());
    const { auth } = people;
    const { me, own } = await begin(people);
    const input = { email: ada, password: goodPassword };
    await assert.rejects(auth.signUp.signUp({ ...input, user: { nmae: "x" } }, own), /nmae/);
    const { continuation } = await auth.signUp.signUp(input, own);
    await auth.obey({ type: "users", action: "suspend", who: me.id });
    const token = people.tokenTo(ada, "confirmSignUp");
    await assert.rejects(auth.signUp.confirm({ token, continuation }, own), refusedAs("usedLink"));
  });
});

describe("signing in to an account that is there", () => {
  const carrying = shop({
    async carryOver({ db, from, to }) {
      await db.notes.updateMany({ where: { author: from }, set: { author: to } });
    },
  });
  const opener = (people: People, backend = carrying) =>
    createDbOpener({ model: backend.model, clock: people.clock, ids: createIdSource(people.clock) });

  test("carries over what the app says, and the rest is swept", async () => {
    await using people = await openPeople(carrying, { dbs: lazily(() => opener(people)) });
    const { auth } = people;
    const real = await people.join(ada);
    const { me, own, token } = await begin(people);
    await save(people, me, "saved");
    const session = begun(await auth.signIn.signIn({ email: ada, password: goodPassword }, own));
    assert.equal(session.user, real.user);
    assert.deepEqual(await notes(people), [["saved", real.user]]);
    await assert.rejects(auth.sessions.check(token), refusedAs("expiredToken"));
    people.clock.advance(31 * DAY);
    assert.equal(await auth.anonymous.sweep(), 1);
    assert.equal(await people.count("users"), 1);
  });

  test("carries it over past a second factor too", async () => {
    await using people = await openPeople(carrying, { dbs: lazily(() => opener(people)) });
    const { auth, clock } = people;
    const real = await people.join(ada);
    const { enrolment, uri } = await auth.factors.totp.begin({ me: real.me }, request);
    const code = (): string => URI.parse(uri).generate({ timestamp: clock.now() });
    await auth.factors.totp.confirm({ me: real.me }, { enrolment, code: code() }, request);
    clock.advance(30_000);
    const { me, own } = await begin(people);
    await save(people, me, "saved");
    const half = await auth.signIn.signIn({ email: ada, password: goodPassword }, own);
    assert.ok(isPending(half));
    assert.deepEqual(await notes(people), [["saved", me.id]], "half a sign-in carries nothing over");
    await auth.factors.finish(half.pending, { totp: code() }, own);
    assert.deepEqual(await notes(people), [["saved", real.user]]);
  });

  test("is not kept by what the app's own code throws, of which nothing is done", async () => {
    const failing = shop({
      async carryOver({ db, from, to }) {
        await db.notes.updateMany({ where: { author: from }, set: { author: to } });
        throw new Error("not today");
      },
    });
    await using people = await openPeople(failing, { dbs: lazily(() => opener(people, failing)) });
    const real = await people.join(ada);
    const { me, own } = await begin(people);
    await save(people, me, "saved");
    const session = begun(await people.auth.signIn.signIn({ email: ada, password: goodPassword }, own));
    assert.equal(session.user, real.user);
    assert.deepEqual(await notes(people), [["saved", me.id]]);
    assert.equal(await people.auth.anonymous.sweep(), 0, "it is kept as long as any other");
  });
});

/** An opener that is made when it is first asked: it needs what it is given to. */
function lazily(open: () => ReturnType<typeof createDbOpener>): ReturnType<typeof createDbOpener> {
  return { open: (...given) => open().open(...given), openSystem: (...given) => open().openSystem(...given) };
}

describe("what nobody uses", () => {
  test("is swept after its time, with what goes with it; not what somebody came back to", async () => {
    await using people = await openPeople(shop({ keep: "10d" }));
    const { auth, clock } = people;
    const gone = await begin(people);
    await save(people, gone.me, "gone");
    const back = await begin(people);
    await save(people, back.me, "back");
    const kept = await begin(people);
    await save(people, kept.me, "kept", "orders");
    clock.advance(6 * DAY);
    await auth.sessions.check(back.token);
    await auth.sessions.flush();
    clock.advance(4 * DAY - HOUR);
    assert.equal(await auth.anonymous.sweep(), 0);
    clock.advance(HOUR);
    assert.equal(await auth.anonymous.sweep(), 1);
    assert.deepEqual(await notes(people), [["back", back.me.id]]);
    assert.equal(await people.count("orders"), 1, "what must not be without its buyer keeps them");
    await people.database.transaction((connection) => connection.run("DELETE FROM orders", []));
    clock.advance(10 * DAY);
    assert.equal(await auth.anonymous.sweep(), 2);
    assert.equal(await people.count("users"), 0);
  });

  test("is swept however many there are, and nobody else waits for all of it", async () => {
    await using people = await openPeople(shop());
    for (let each = 0; each < 150; each++) await begin(people);
    people.clock.advance(31 * DAY);
    assert.equal(await people.auth.anonymous.sweep(), 150);
    assert.equal(await people.count("_chassis_accounts"), 0);
  });
});

test("what cannot stand is a mistake of the definition", () => {
  const wrong = (anonymous: unknown, message: RegExp): void =>
    assert.throws(() => shop(anonymous as boolean), message, JSON.stringify(anonymous));
  wrong({ kepe: "1d" }, /auth\.anonymous\.kepe: is nothing.*keep/);
  for (const keep of ["0d", "366d", "12h", 30]) wrong({ keep }, /auth\.anonymous\.keep: is a number of days/);
  wrong({ carryOver: "notes" }, /auth\.anonymous\.carryOver: is a function/);
  assert.equal(shop({ keep: "365d" }).auth?.anonymous?.keep, 365 * DAY);
});
