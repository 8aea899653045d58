import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Actor } from "#contract";
import { defineBackend } from "../../../definition.ts";
import { everyone, nobody } from "../../../rules/conditions.ts";
import { defineSchema } from "../../../schema/define-schema.ts";
import { text } from "../../../schema/fields.ts";
import { begun, goodPassword, HOUR, openPeople, type People, refusedAs, request } from "../../auth-fixtures.ts";
import type { GivenSession } from "../../sessions.ts";
import { AnswerVerifier } from "./answer-verifier.ts";
import { type Deviation, SoftAuthenticator } from "./soft-authenticator.ts";

// One thread for all: to start one takes longer than everything else here.
const verifier = new AnswerVerifier();
after(() => verifier.close());

const schema = defineSchema({ users: { name: text() } });
const origin = "https://people.example";
const email = "ada@example.org";

interface Owner {
  readonly me: Actor;
  readonly device: SoftAuthenticator;
}

/** Somebody with a passkey. */
async function withPasskey(people: People, address = email, counter = 0): Promise<Owner> {
  const { me } = await people.join(address);
  return addPasskey(people, me, { address, counter });
}

async function addPasskey(people: People, me: Actor, { address = email, counter = 0, name = "Phone" } = {}): Promise<Owner> {
  const { passkeys } = people.auth.factors;
  const device = new SoftAuthenticator(origin, counter);
  const asked = await passkeys.beginAdding({ me }, request);
  const { session } = await passkeys.add({ me }, { ceremony: asked.ceremony, response: device.create(asked), name }, request);
  people.letterTo(address, "passkeyAdded");
  return { me: await people.auth.sessions.check(session.token), device };
}

async function signIn(people: People, device: SoftAuthenticator, deviation: Deviation = {}): Promise<GivenSession> {
  const { passkeys } = people.auth.factors;
  const asked = await passkeys.beginSignIn(request);
  return passkeys.signIn({ ceremony: asked.ceremony, response: device.get(asked, deviation) }, request);
}

describe("a passkey", () => {
  test("signs its owner in, who need not say who they are, as two factors in one", async () => {
    await using people = await openPeople(undefined, { verifier });
    const { auth, database } = people;
    const { me, device } = await withPasskey(people);
    assert.deepEqual(me.session?.proofs, ["password", "passkey"]);
    const session = await signIn(people, device);
    const now = await auth.sessions.check(session.token);
    assert.deepEqual([now.id, now.session?.proofs, now.session?.factorProved], [me.id, ["passkey"], people.clock.now()]);
    const [passkey] = (await auth.factors.list(me)).passkeys;
    const moment = new Date(people.clock.now()).toISOString();
    assert.deepEqual(passkey, { id: device.id, name: "Phone", created: moment, used: moment, synced: false });
    // A password alone still does: no second factor was asked for.
    begun(await auth.signIn.signIn({ email, password: goodPassword }, request));
    const [kept] = await database.all("SELECT handle, transports FROM _chassis_passkeys", []);
    assert.deepEqual([String(kept?.[0]).length, kept?.[0] === me.id, kept?.[1]], [43, false, '["internal"]']);
  });

  test("is asked for by the site's name and origin, whatever the request says", async () => {
    await using people = await openPeople(undefined, { verifier });
    const { me } = await people.join(email);
    const { options } = await people.auth.factors.passkeys.beginAdding({ me }, request);
    const { rp, user, authenticatorSelection, attestation } = options as Record<string, Record<string, unknown>>;
    assert.deepEqual([rp, attestation], [{ id: "people.example", name: "people.example" }, "none"]);
    assert.deepEqual([user?.["name"], authenticatorSelection?.["userVerification"]], [email, "required"]);
    assert.notEqual(user?.["id"], me.id);
  });

  const wrong: Readonly<Record<string, Deviation>> = {
    "another origin": { origin: "https://people.example.evil.example" },
    "another port": { origin: "https://people.example:8443" },
    "another host": { host: "evil.example" },
    "another challenge": { challenge: Buffer.alloc(32).toString("base64url") },
    "another question": { type: "webauthn.create" },
    "a frame of another site": { crossOrigin: true },
    "nobody who was verified": { flags: 0x01 },
    "nobody who was there": { flags: 0x04 },
    "somebody else's handle": { handle: Buffer.alloc(32).toString("base64url") },
  };
  for (const [what, deviation] of Object.entries(wrong))
    test(`is refused with ${what}`, async () => {
      await using people = await openPeople(undefined, { verifier });
      const { device } = await withPasskey(people);
      await assert.rejects(signIn(people, device, deviation), refusedAs("wrongPasskey"));
      await signIn(people, device);
    });

  test("is not taken in with another origin, another question, or by nobody who was verified", async () => {
    await using people = await openPeople(undefined, { verifier });
    const { passkeys } = people.auth.factors;
    const { me } = await people.join(email);
    const bad: readonly Deviation[] = [
      { origin: "https://evil.example" },
      { host: "evil.example" },
      { type: "webauthn.get" },
      { challenge: "AAAA" },
      { flags: 0x01 },
    ];
    for (const deviation of bad) {
      const asked = await passkeys.beginAdding({ me }, request);
      const response = new SoftAuthenticator(origin).create(asked, deviation);
      await assert.rejects(passkeys.add({ me }, { ceremony: asked.ceremony, response }, request), refusedAs("wrongPasskey"));
    }
    for (const response of [
      undefined,
      null,
      7,
      "x",
      [],
      {},
      { id: "x", response: {} },
      { id: "x", rawId: "x", response: { clientDataJSON: "e30" } },
    ]) {
      const asked = await passkeys.beginAdding({ me }, request);
      await assert.rejects(passkeys.add({ me }, { ceremony: asked.ceremony, response }, request), refusedAs("wrongPasskey"));
    }
    assert.equal(await people.count("_chassis_passkeys"), 0);
  });

  test("answers a question once, in its time, and only the one that was asked", async () => {
    await using people = await openPeople(undefined, { verifier });
    const { passkeys } = people.auth.factors;
    const { me, device } = await withPasskey(people);
    const asked = await passkeys.beginSignIn(request);
    const answer = { ceremony: asked.ceremony, response: device.get(asked) };
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => passkeys.signIn(answer, request)));
    assert.equal(all.filter(({ status }) => status === "fulfilled").length, 1);
    const late = await passkeys.beginSignIn(request);
    people.clock.advance(300_001);
    await assert.rejects(
      passkeys.signIn({ ceremony: late.ceremony, response: device.get(late) }, request),
      refusedAs("wrongPasskey"),
    );
    const proving = await passkeys.beginProof({ me }, request);
    await assert.rejects(
      passkeys.signIn({ ceremony: proving.ceremony, response: device.get(proving) }, request),
      refusedAs("wrongPasskey"),
    );
    const [one, other] = [await passkeys.beginSignIn(request), await passkeys.beginSignIn(request)];
    await assert.rejects(
      passkeys.signIn({ ceremony: one.ceremony, response: device.get(other) }, request),
      refusedAs("wrongPasskey"),
    );
    await assert.rejects(
      passkeys.signIn({ ceremony: undefined, response: device.get(other) }, request),
      refusedAs("wrongPasskey"),
    );
  });

  test("that was asked to show once more who somebody is has not signed anybody in by it", async () => {
    await using people = await openPeople(
      defineBackend(schema, {
        rules: {
          users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
        },
        auth: { secondFactor: { requiredFor: ["admin"] } },
      }),
      { verifier },
    );
    const { auth } = people;
    const { me, device } = await withPasskey(people);
    await people.database.transaction((connection) => connection.run(`UPDATE _chassis_accounts SET roles = '["admin"]'`, []));
    const half = await auth.signIn.signIn({ email, password: goodPassword }, request);
    assert.ok("pending" in half);
    assert.deepEqual(half.factors, ["passkey"]);
    const proving = await auth.factors.passkeys.beginProof({ me }, request);
    const other = { ceremony: proving.ceremony, response: device.get(proving) };
    await assert.rejects(auth.factors.finish(half.pending, { passkey: other }, request), refusedAs("wrongPasskey"));
    const asked = await auth.factors.passkeys.beginProof({ pending: half.pending }, request);
    const passkey = { ceremony: asked.ceremony, response: device.get(asked) };
    const session = await auth.factors.finish(half.pending, { passkey }, request);
    assert.deepEqual((await auth.sessions.check(session.token)).session?.proofs, ["password", "passkey"]);
    const admin = await auth.sessions.check(session.token);
    await assert.rejects(auth.factors.passkeys.remove(admin, device.id, request), refusedAs("stillNeeded"));
  });

  test("that counts is refused where its counter stands still or goes back: there are two of it", async () => {
    await using people = await openPeople(undefined, { verifier });
    const { device } = await withPasskey(people, email, 100);
    await signIn(people, device);
    for (const counter of [100, 101, 0]) await assert.rejects(signIn(people, device, { counter }), refusedAs("wrongPasskey"));
    await signIn(people, device, { counter: 110 });
    const [row] = await people.database.all("SELECT counter FROM _chassis_passkeys", []);
    assert.deepEqual(row, [110]);
  });

  test("is one of several, each with a name, and cannot be somebody else's too", async () => {
    await using people = await openPeople(undefined, { verifier });
    const { passkeys } = people.auth.factors;
    const { me, device } = await withPasskey(people);
    const eve = await people.join("eve@example.org");
    const asked = await passkeys.beginAdding({ me: eve.me }, request);
    const copy = new SoftAuthenticator(origin).create(asked, { id: device.id });
    await assert.rejects(
      passkeys.add({ me: eve.me }, { ceremony: asked.ceremony, response: copy }, request),
      refusedAs("wrongPasskey"),
    );
    // A question that was asked of somebody else is answered by them alone.
    const hers = await passkeys.beginAdding({ me: eve.me }, request);
    await assert.rejects(
      passkeys.add({ me }, { ceremony: hers.ceremony, response: new SoftAuthenticator(origin).create(hers) }, request),
      refusedAs("wrongPasskey"),
    );
    const second = await addPasskey(people, me, { name: "Key ring 🔑" });
    const excluded = (await passkeys.beginAdding({ me }, request)).options["excludeCredentials"] as { id: string }[];
    assert.deepEqual(excluded.map(({ id }) => id).toSorted(), [device.id, second.device.id].toSorted());
    await passkeys.rename(me, device.id, "  Old phone ");
    assert.deepEqual((await passkeys.list(me)).map(({ name }) => name).toSorted(), ["Key ring 🔑", "Old phone"]);
    for (const name of [" ", "x".repeat(61), "a\nb", 7, null])
      await assert.rejects(passkeys.rename(me, device.id, name), refusedAs("validationFailed"));
    await assert.rejects(passkeys.rename(eve.me, device.id, "Mine"), refusedAs("notFound"));
    await assert.rejects(passkeys.remove(eve.me, device.id, request), refusedAs("notFound"));
  });

  test("is added and removed by whoever has just shown who they are", async () => {
    await using people = await openPeople(undefined, { verifier });
    const { auth, clock } = people;
    const { me, device } = await withPasskey(people);
    clock.advance(600_001);
    await assert.rejects(auth.factors.passkeys.beginAdding({ me }, request), refusedAs("proofRequired"));
    await assert.rejects(auth.factors.passkeys.remove(me, device.id, request), refusedAs("proofRequired"));
    const asked = await auth.factors.passkeys.beginProof({ me }, request);
    const passkey = { ceremony: asked.ceremony, response: device.get(asked) };
    const proved = await auth.sessions.check((await auth.factors.prove(me, { passkey }, request)).token);
    await auth.factors.passkeys.remove(proved, device.id, request);
    people.letterTo(email, "passkeyRemoved");
    await assert.rejects(signIn(people, device), refusedAs("wrongPasskey"));
    await assert.rejects(auth.factors.passkeys.remove(proved, device.id, request), refusedAs("notFound"));
  });

  test("stays where it is the last way to sign in", async () => {
    await using people = await openPeople(undefined, { verifier });
    const { me, device } = await withPasskey(people);
    await people.database.transaction((connection) =>
      connection.run("UPDATE _chassis_accounts SET password = NULL, address = NULL, address_key = NULL", []),
    );
    await assert.rejects(people.auth.factors.passkeys.remove(me, device.id, request), refusedAs("stillNeeded"));
    await signIn(people, device);
  });

  test("lets nobody in who is suspended, or whose row is gone", async () => {
    await using people = await openPeople(undefined, { verifier });
    const { me, device } = await withPasskey(people);
    await people.auth.obey({ type: "users", action: "suspend", who: me.id });
    await assert.rejects(signIn(people, device), refusedAs("accountSuspended"));
    await people.auth.obey({ type: "users", action: "resume", who: me.id });
    await signIn(people, device);
    await people.auth.obey({ type: "users", action: "delete", who: me.id });
    await assert.rejects(signIn(people, device), refusedAs("wrongPasskey"));
    assert.equal(await people.count("_chassis_passkeys"), 0);
  });

  test("that was there before the address was proved goes with the password when its owner comes by mail", async () => {
    await using people = await openPeople(undefined, { verifier });
    const { me, device } = await withPasskey(people);
    await people.database.transaction((connection) => connection.run("UPDATE _chassis_accounts SET verified = NULL", []));
    await people.auth.signInLink.request({ email }, request);
    begun(await people.auth.signInLink.use({ token: people.tokenTo(email, "signInLink") }, request));
    assert.deepEqual((await people.auth.factors.list(me)).passkeys, []);
    await assert.rejects(signIn(people, device), refusedAs("wrongPasskey"));
  });

  test("needs a host with a name", async () => {
    for (const site of ["https://192.0.2.7", "https://[2001:db8::1]:8443"]) {
      await using people = await openPeople(undefined, { verifier, site: () => site });
      await assert.rejects(people.auth.factors.passkeys.beginSignIn(request), refusedAs("notSupported", /host with a name/));
    }
  });

  test("that is waited for too long is no reason to keep its question", async () => {
    await using people = await openPeople(undefined, { verifier });
    for (let count = 0; count < 5; count++) await people.auth.factors.passkeys.beginSignIn(request);
    assert.equal(await people.count("_chassis_one_time_tokens WHERE purpose = 'passkey'"), 5);
    people.clock.advance(2 * HOUR);
    const { forgetExpired } = await import("../../auth-tables.ts");
    const options = { now: people.clock.now(), idle: HOUR, limit: 100 };
    await people.database.transaction((connection) => forgetExpired(connection, options));
    assert.equal(await people.count("_chassis_one_time_tokens WHERE purpose = 'passkey'"), 0);
  });
});
