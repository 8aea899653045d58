import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createIdSource } from "#base";
import { system } from "../../access/caller.ts";
import { defineBackend } from "../../definition.ts";
import { createDbOpener, type DbOpener } from "../../functions/open-db.ts";
import { everyone, nobody } from "../../rules/conditions.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { accountEmail, ref, text } from "../../schema/fields.ts";
import { isAnonymous } from "../anonymous/is-anonymous.ts";
import { begun, openPeople, type People, refusedAs, request } from "../auth-fixtures.ts";
import type { AuthRequest } from "../auth-parts.ts";
import { type Acme, acmeClient, ada, entered, startAcme, travel } from "./oauth-fixtures.ts";
import { oidc } from "./oidc.ts";

let acme: Acme;
before(async () => void (acme = await startAcme()));
after(() => acme[Symbol.asyncDispose]());

const schema = defineSchema({
  users: { name: text().default("Somebody"), email: accountEmail() },
  notes: { author: ref("users").onDelete("cascade"), body: text() },
});

async function openShop(): Promise<People> {
  const backend = defineBackend(schema, {
    rules: {
      users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
      notes: ({ row, me }) => ({ read: row.author.eq(me.id), write: row.author.eq(me.id) }),
    },
    auth: {
      anonymous: {
        async carryOver({ db, from, to }) {
          await db.notes.updateMany({ where: { author: from }, set: { author: to } });
        },
      },
      pages: { fields: { name: "Name" } },
      providers: { acme: oidc({ issuer: acme.url, title: "Acme" }) },
    },
  });
  // What opens them needs the clock of those it is given to.
  const dbs: DbOpener = { open: (...given) => opener().open(...given), openSystem: (...given) => opener().openSystem(...given) };
  const people: People = await openPeople(backend, { clients: acmeClient, dbs });
  const { clock } = people;
  const opener = (): DbOpener => createDbOpener({ model: backend.model, clock, ids: createIdSource(clock) });
  return people;
}

/** Somebody who has not signed up, with a note, and what their browser sends along. */
async function begin({
  auth,
  records,
}: People): Promise<{ readonly user: string; readonly token: string; readonly own: AuthRequest }> {
  const { user, token } = await auth.anonymous.begin({}, request);
  const note = { type: "insert", table: "notes", rows: [{ author: user, body: "saved" }], rowForm: "json" } as const;
  await records.write({ ...note, missing: "default", values: [], form: "json" }, system);
  return { user, token, own: { ...request, previous: token } };
}

const users = ({ database }: People) => database.all("SELECT id, name, email FROM users", []);
const authors = ({ database }: People) => database.all("SELECT author FROM notes", []);

test("who signs up by another site keeps the id and what was saved, and the session from before ends", async () => {
  await using people = await openShop();
  const { user, token, own } = await begin(people);
  acme.is(ada);
  const session = entered(await travel(people, { asking: own }));
  assert.equal(session.user, user);
  const me = await people.auth.sessions.check(session.token);
  assert.deepEqual([isAnonymous(me), me.session?.verified, me.session?.proofs], [false, true, ["oauth"]]);
  await assert.rejects(people.auth.sessions.check(token), refusedAs("expiredToken"));
  assert.deepEqual(await users(people), [[user, "Ada Lovelace", "ada@acme.example"]]);
  assert.deepEqual(await authors(people), [[user]]);
  assert.equal(await people.count("_chassis_anonymous_accounts"), 0);
  assert.equal(entered(await travel(people)).user, user, "and comes in by it again, in any browser");
});

test("so does who shows by a mail that the address is theirs, and whoever began before is what counts", async () => {
  await using people = await openShop();
  const { user, own } = await begin(people);
  acme.is({ ...ada, email_verified: false });
  const outcome = await travel(people, { asking: own });
  assert.ok(outcome.type === "unfinished");
  const { continuation } = outcome;
  const { signUp } = people.auth.oauth;
  await assert.rejects(signUp.finish({ continuation, user: { nmae: "x" } }, own), /nmae/);
  await signUp.finish({ continuation, user: { name: "Ada" } }, own);
  assert.equal(await people.count("_chassis_anonymous_accounts"), 1, "nothing has happened before the link is followed");
  const link = people.tokenTo("ada@acme.example", "confirmSignUp");
  const { session } = await signUp.confirm({ token: link, continuation }, request);
  assert.equal(begun(session).user, user);
  assert.deepEqual(await users(people), [[user, "Ada", "ada@acme.example"]]);
  assert.deepEqual(await authors(people), [[user]]);
});

test("has another id where what was begun is gone by then, and none where it was suspended", async () => {
  await using people = await openShop();
  const { auth } = people;
  acme.is({ ...ada, email_verified: false });
  for (const end of ["delete", "suspend"] as const) {
    people.clock.advance(61_000);
    const { user, own } = await begin(people);
    const outcome = await travel(people, { asking: own });
    assert.ok(outcome.type === "unfinished");
    const { continuation } = outcome;
    await auth.oauth.signUp.finish({ continuation }, own);
    await auth.obey({ type: "users", action: end, who: user });
    const given = { token: people.tokenTo("ada@acme.example", "confirmSignUp"), continuation };
    if (end === "suspend") await assert.rejects(auth.oauth.signUp.confirm(given, own), refusedAs("usedLink"));
    else {
      const { session } = await auth.oauth.signUp.confirm(given, own);
      assert.notEqual(begun(session).user, user);
      await auth.obey({ type: "users", action: "delete", who: begun(session).user });
    }
  }
});

test("who has an account already takes into it what the app carries over", async () => {
  await using people = await openShop();
  acme.is(ada);
  const real = entered(await travel(people));
  const { token, own } = await begin(people);
  assert.equal(entered(await travel(people, { asking: own })).user, real.user);
  assert.deepEqual(await authors(people), [[real.user]]);
  await assert.rejects(people.auth.sessions.check(token), refusedAs("expiredToken"));
  assert.equal(await people.auth.anonymous.sweep(), 1, "what is left is swept");
});

test("who has the address with a password is told so, and keeps what was begun", async () => {
  await using people = await openShop();
  await people.join("ada@acme.example");
  const { user, token, own } = await begin(people);
  acme.is(ada);
  await assert.rejects(travel(people, { asking: own }), refusedAs("accountExists"));
  assert.equal((await people.auth.sessions.check(token)).id, user);
  assert.deepEqual(await authors(people), [[user]]);
});

test("who has not signed up connects no site: that would be a way in without an address", async () => {
  await using people = await openShop();
  const { token, own } = await begin(people);
  const me = await people.auth.sessions.check(token);
  await assert.rejects(travel(people, { intent: "connect", me, asking: own }), refusedAs("forbidden"));
});
