import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineBackend } from "../../definition.ts";
import { everyone, nobody } from "../../rules/conditions.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { table } from "../../schema/table.ts";
import { accountEmail, text } from "../../schema/fields.ts";
import { addRow as add, ownersBackend, rowId as id } from "./account-fixtures.ts";
import { placesOf } from "./traces-fixtures.ts";
import { DAY, goodPassword, openPeople, type People, refusedAs, request } from "../auth-fixtures.ts";

const atOnce = ownersBackend({ deletionDelay: false });
const later = ownersBackend();
const ada = "ada@example.org";

const put = (people: People, sql: string, ...parameters: string[]): Promise<number> =>
  people.database.transaction((connection) => connection.run(sql, parameters));

describe("the end of an account, at once", () => {
  test("takes what goes with it, leaves the rest without a name, and nothing of it in what sign-in keeps", async () => {
    await using people = await openPeople(atOnce);
    const { auth } = people;
    const { me, token } = await people.join(ada);
    const other = await people.join("eve@example.org");
    await auth.signIn.signIn({ email: ada, password: goodPassword }, request);
    await auth.passwordReset.request({ email: ada }, request);
    await auth.signInLink.request({ email: "ADA@example.org" }, request);
    await add(people, "notes", id(1), { author: me.id, body: "mine" });
    await add(people, "notes", id(2), { author: other.user, body: "hers" });
    await add(people, "lines", id(3), { note: id(1), body: "of mine" });
    await add(people, "replies", id(4), { author: me.id, body: "said" });
    await add(people, "files", id(5), { owner: me.id, verdict: "odd" });
    const { blockedBy, blockedUnseen, goes, unnamed, kept, delay } = await auth.deletion.plan(me);
    assert.deepEqual(
      { blockedBy, blockedUnseen, goes, unnamed, kept, delay },
      {
        blockedBy: [],
        blockedUnseen: false,
        goes: ["notes", "lines"],
        unnamed: ["replies"],
        kept: [],
        delay: 0,
      },
    );
    assert.deepEqual(await auth.deletion.request(me, request), { user: me.id, due: null });
    await assert.rejects(auth.sessions.check(token), refusedAs("expiredToken"));
    await assert.rejects(auth.signIn.signIn({ email: ada, password: goodPassword }, request), refusedAs("wrongCredentials"));
    assert.deepEqual([await people.count("notes"), await people.count("lines"), await people.count("files")], [1, 0, 0]);
    assert.deepEqual(await people.database.get("SELECT author FROM replies", []), [null]);
    people.letterTo(ada, "accountDeleted");
    assert.deepEqual(await placesOf(people, me.id), ["_chassis_ended_users.user"]);
    assert.deepEqual(await placesOf(people, ada), []);
    assert.equal((await auth.sessions.check(other.token)).id, other.user, "nobody else's is touched");
    // The address is free again.
    people.clock.advance(DAY);
    await people.join(ada);
  });

  test("wants a proof of the last ten minutes, and a session", async () => {
    await using people = await openPeople(atOnce);
    const { auth, clock } = people;
    const { me } = await people.join(ada);
    clock.advance(600_001);
    await assert.rejects(auth.deletion.request(me, request), refusedAs("proofRequired"));
    assert.equal(await auth.isProved(me), false);
    const { session: _, ...token } = me;
    await assert.rejects(auth.deletion.request(token, request), refusedAs("signInRequired"));
    const { token: proved } = await auth.signIn.prove(me, { password: goodPassword }, request);
    const again = await auth.sessions.check(proved);
    assert.equal(await auth.isProved(again), true);
    await auth.deletion.request(again, request);
  });

  test("waits for what must not be without it, of which it names the tables that its owner may see", async () => {
    await using people = await openPeople(atOnce);
    const { auth } = people;
    const { me } = await people.join(ada);
    await add(people, "orders", id(1), { buyer: me.id, total: 3 });
    await assert.rejects(auth.deletion.request(me, request), refusedAs("stillReferenced", /rows of 'orders'/));
    await add(people, "bills", id(2), { payer: me.id, total: 3 });
    const { blockedBy, blockedUnseen } = await auth.deletion.plan(me);
    assert.deepEqual([blockedBy, blockedUnseen], [["orders"], true]);
    await put(people, "DELETE FROM orders");
    await assert.rejects(auth.deletion.request(me, request), (thrown: unknown) => {
      assert.ok(refusedAs("stillReferenced")(thrown));
      assert.doesNotMatch(JSON.stringify((thrown as { toBody(): object }).toBody()), /bills/);
      return true;
    });
    assert.equal((await auth.sessions.check((await auth.signIn.prove(me, { password: goodPassword }, request)).token)).id, me.id);
    assert.deepEqual(people.letters, []);
  });

  test("is not for the last administrator, but for one of two", async () => {
    await using people = await openPeople(atOnce);
    const { auth } = people;
    const { me } = await people.join(ada);
    const other = await people.join("eve@example.org");
    const give = (who: string): Promise<unknown> => auth.obey({ type: "users", action: "roles", who, roles: ["admin"] });
    await give(ada);
    assert.equal((await auth.deletion.plan(me)).isLastAdmin, true);
    await assert.rejects(auth.deletion.request(me, request), refusedAs("stillNeeded", /last administrator/));
    await give("eve@example.org");
    await auth.obey({ type: "users", action: "suspend", who: "eve@example.org" });
    await assert.rejects(auth.deletion.request(me, request), refusedAs("stillNeeded"));
    await auth.obey({ type: "users", action: "resume", who: "eve@example.org" });
    await auth.deletion.request(me, request);
    assert.equal(await people.auth.addressOf(other.user), "eve@example.org");
  });
});

describe("the end of an account, after a time", () => {
  test("lets nobody in meanwhile, and comes when it is due", async () => {
    await using people = await openPeople(later);
    const { auth, clock } = people;
    const { me, token } = await people.join(ada);
    await auth.signInLink.request({ email: ada }, request);
    const link = people.tokenTo(ada, "signInLink");
    const { due } = await auth.deletion.request(me, request);
    assert.equal(due, clock.now() + 7 * DAY);
    const { message } = people.letterTo(ada, "deletionAsked");
    assert.ok("left" in message && message.left === "7");
    await assert.rejects(auth.sessions.check(token), refusedAs("expiredToken"));
    await assert.rejects(auth.signIn.signIn({ email: ada, password: goodPassword }, request), refusedAs("accountSuspended"));
    await assert.rejects(auth.signInLink.use({ token: link }, request), refusedAs("usedLink"));
    clock.advance(7 * DAY - 1);
    assert.equal(await auth.deletion.sweep(), 0);
    clock.advance(1);
    assert.equal(await auth.deletion.sweep(), 1);
    assert.equal(await people.count("users"), 0);
    people.letterTo(ada, "accountDeleted");
    assert.deepEqual(await placesOf(people, me.id), ["_chassis_ended_users.user"]);
  });

  test("does not come where the link in the mail is followed, once", async () => {
    await using people = await openPeople(later);
    const { auth, clock } = people;
    const { me } = await people.join(ada);
    await auth.deletion.request(me, request);
    const token = people.tokenTo(ada, "deletionAsked");
    clock.advance(6 * DAY);
    assert.deepEqual(await auth.deletion.keep({ token }, request), { user: me.id });
    await assert.rejects(auth.deletion.keep({ token }, request), refusedAs("usedLink"));
    await auth.signIn.signIn({ email: ada, password: goodPassword }, request);
    clock.advance(2 * DAY);
    assert.equal(await auth.deletion.sweep(), 0);
    assert.equal(await people.count("users"), 1);
  });

  test("does not undo a suspension by those who run the server, who can take it back themselves", async () => {
    await using people = await openPeople(later);
    const { auth } = people;
    const { me } = await people.join(ada);
    await auth.deletion.request(me, request);
    const token = people.tokenTo(ada, "deletionAsked");
    await auth.obey({ type: "users", action: "suspend", who: ada });
    await assert.rejects(auth.deletion.keep({ token }, request), refusedAs("usedLink"));
    await auth.obey({ type: "users", action: "resume", who: ada });
    people.clock.advance(8 * DAY);
    assert.equal(await auth.deletion.sweep(), 0);
    await auth.signIn.signIn({ email: ada, password: goodPassword }, request);
  });

  test("is tried again a day later where something keeps it by then", async () => {
    await using people = await openPeople(later);
    const { auth, clock } = people;
    const { me } = await people.join(ada);
    await auth.deletion.request(me, request);
    await add(people, "bills", id(2), { payer: me.id, total: 3 });
    clock.advance(7 * DAY);
    assert.equal(await auth.deletion.sweep(), 0);
    await put(people, "DELETE FROM bills");
    assert.equal(await auth.deletion.sweep(), 0, "not at once");
    clock.advance(DAY);
    assert.equal(await auth.deletion.sweep(), 1);
  });
});

test("of a row that is deleted and kept the account goes all the same, and the address with it", async () => {
  const backend = defineBackend(defineSchema({ users: table({ name: text(), email: accountEmail() }, { softDelete: true }) }), {
    rules: { users: () => ({ read: everyone, create: everyone, update: nobody, delete: nobody }) },
    auth: { deletionDelay: false },
  });
  await using people = await openPeople(backend);
  const { auth } = people;
  const { me, token } = await people.join(ada);
  assert.deepEqual((await auth.deletion.plan(me)).kept, ["users"]);
  await auth.deletion.request(me, request);
  await assert.rejects(auth.sessions.check(token), refusedAs("expiredToken"));
  const [count, addresses] =
    (await people.database.get("SELECT count(*), count(email) FROM users WHERE deleted IS NOT NULL", [])) ?? [];
  assert.deepEqual([count, addresses], [1, 0]);
  assert.deepEqual(await placesOf(people, me.id), ["_chassis_ended_users.user"]);
});

test("how long it takes is a number of days", () => {
  for (const deletionDelay of ["7", "0d", "31d", "12h", true, 7])
    assert.throws(
      () => ownersBackend({ deletionDelay: deletionDelay as string }),
      /auth\.deletionDelay: is a number of days/,
      String(deletionDelay),
    );
  assert.equal(ownersBackend({ deletionDelay: "30d" }).auth?.deletionDelay, 30 * DAY);
});
