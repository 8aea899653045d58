import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { URI } from "otpauth";
import type { Actor } from "#contract";
import { defineBackend } from "../../definition.ts";
import { everyone, nobody } from "../../rules/conditions.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { accountEmail, enums, ref, text } from "../../schema/fields.ts";
import { table } from "../../schema/table.ts";
import { goodPassword, HOUR, openPeople, type People, refusedAs, request } from "../auth-fixtures.ts";
import { type Acme, acmeClient, ada as known, startAcme, travel } from "../oauth/oauth-fixtures.ts";
import { oidc } from "../oauth/oidc.ts";
import { placesOf } from "./traces-fixtures.ts";

let acme: Acme;
before(async () => void (acme = await startAcme()));
after(() => acme[Symbol.asyncDispose]());

const schema = defineSchema(
  {
    users: { name: text().default("Somebody"), email: accountEmail() },
    organisations: { name: text() },
    members: table(
      {
        organisation: ref("organisations").onDelete("cascade"),
        user: ref("users").onDelete("cascade"),
        role: enums("owner", "member"),
      },
      { unique: [["organisation", "user"]] },
    ),
  },
  { organisations: true },
);

/** Every part of sign-in that keeps something of people. */
const everything = (): Parameters<typeof openPeople>[0] =>
  defineBackend(schema, {
    rules: {
      users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
      organisations: ({ row, me }) => ({ read: me.belongsTo(row), write: me.isVerified }),
      members: ({ row, me }) => ({ read: me.belongsTo(row.organisation), write: nobody }),
    },
    auth: {
      deletionDelay: false,
      keys: true,
      impersonation: true,
      anonymous: true,
      providers: { acme: oidc({ issuer: acme.url, title: "Acme" }) },
    },
  });

const address = "ada@example.org";
const [bob, root] = ["bob@example.org", "root@example.org"];

interface Used {
  readonly me: Actor;
  readonly others: { readonly bob: Actor; readonly root: Actor };
  /** The organisation that they own with Bob, and the token of one of his invitations to them to another one. */
  readonly red: string;
  readonly invitation: string;
}

/** Somebody who has used all of it, and those with whom they did. */
async function useEverything(people: People): Promise<Used> {
  const { auth, clock } = people;
  const { organisations, keys, impersonation } = auth;
  assert.ok(organisations !== undefined && keys !== undefined && impersonation !== undefined);
  const joined = await people.join(address, { name: "Ada" });
  const others = { bob: (await people.join(bob)).me, root: (await people.join(root)).me };
  acme.is({ ...known, email: "countess@acme.example" });
  await travel(people, { intent: "connect", me: joined.me });
  const { organisation: red } = await organisations.create(others.bob, { organisation: { name: "Red" } }, request);
  const { organisation: blue } = await organisations.create(others.bob, { organisation: { name: "Blue" } }, request);
  const invite = (me: Actor, organisation: string, email: string, role = "member") =>
    organisations.invitations.invite(me, { organisation, email, role }, request);
  await invite(others.bob, red, address, "owner");
  await organisations.invitations.accept(joined.me, { token: people.tokenTo(address, "invitation") }, request);
  await invite(joined.me, red, "eve@example.org");
  await invite(others.bob, blue, address);
  const invitation = people.tokenTo(address, "invitation");
  await auth.obey({ type: "users", action: "roles", who: root, roles: ["admin"] });
  const session = await auth.signIn.signIn({ email: root, password: goodPassword }, request);
  assert.ok("token" in session);
  const admin = await auth.sessions.check(session.token);
  await impersonation.begin(admin, { user: joined.me.id, reason: "She asked for help with a bill" }, request);
  await auth.passwordReset.request({ email: address }, request);
  await auth.signInCode.request({ email: address }, request);
  await auth.addressChange.request(joined.me, { email: "new@example.org" }, request);
  const { enrolment, uri } = await auth.factors.totp.begin({ me: joined.me }, request);
  const code = (): string => URI.parse(uri).generate({ timestamp: clock.now() });
  const given = await auth.factors.totp.confirm({ me: joined.me }, { enrolment, code: code() }, request);
  assert.ok("session" in given && given.session !== undefined);
  const me = await auth.sessions.check(given.session.token);
  await auth.factors.passkeys.beginAdding({ me }, request);
  // A key from before the second factor would have ended with it.
  await keys.make(me, { name: "Nightly" }, request);
  return { me, others: { ...others, root: admin }, red, invitation };
}

const tables = (places: readonly string[]): ReadonlySet<string> => new Set(places.map((place) => place.split(".")[0] ?? ""));

test("the end of an account leaves nothing of it in what sign-in keeps, with every part of it in use", async () => {
  await using people = await openPeople(everything(), { clients: acmeClient });
  const { me, others } = await useEverything(people);
  const before = tables(await placesOf(people, me.id));
  for (const name of ["sessions", "identities", "api_keys", "invitations", "impersonations", "totp", "one_time_tokens"])
    assert.ok(before.has(`_chassis_${name}`), `it is in use: ${name}`);
  assert.ok(tables(await placesOf(people, address)).has("_chassis_invitations"));
  await people.auth.deletion.request(me, request);
  assert.deepEqual(await placesOf(people, me.id), ["_chassis_ended_users.user"]);
  for (const text of [address, "countess@acme.example", "new@example.org"])
    assert.deepEqual(await placesOf(people, text), [], text);
  assert.equal(await people.count("_chassis_invitations"), 0, "neither those to them nor those by them");
  assert.equal((await people.auth.addressOf(others.bob.id)) ?? "", bob, "nobody else's is touched");
});

test("an administrator who looked in on somebody stays written down there, by id, when their own account ends", async () => {
  await using people = await openPeople(everything(), { clients: acmeClient });
  const { me, others } = await useEverything(people);
  await people.auth.obey({ type: "users", action: "delete", who: root });
  assert.deepEqual(await placesOf(people, others.root.id), ["_chassis_ended_users.user", "_chassis_impersonations.admin"]);
  assert.deepEqual(await placesOf(people, root), []);
  assert.equal((await people.auth.impersonation?.list(me))?.length, 1);
});

test("an invitation to an address is nobody's once its account is gone, whoever has the address next", async () => {
  await using people = await openPeople(everything(), { clients: acmeClient });
  const { me, others, invitation: token } = await useEverything(people);
  await people.auth.deletion.request(me, request);
  people.clock.advance(HOUR);
  const again = await people.join(address);
  const { organisations } = people.auth;
  assert.ok(organisations !== undefined);
  await assert.rejects(organisations.invitations.accept(again.me, { token }, request), refusedAs("usedLink"));
  const owned = await organisations.list(others.bob);
  assert.equal(owned.length, 2);
  for (const { organisation } of owned) assert.deepEqual(await organisations.invitations.list(others.bob, organisation), []);
});

test("a copy has what other sites, keys, organisations and administrators have to do with it, and no secret of these", async () => {
  await using people = await openPeople(everything(), { clients: acmeClient });
  const { me, others, red } = await useEverything(people);
  const text = await people.auth.exportAccount(me, async (pieces) => {
    const all: Uint8Array[] = [];
    for await (const piece of pieces) all.push(piece);
    return Buffer.concat(all).toString();
  });
  const copy = JSON.parse(text) as Readonly<Record<string, never>> & {
    readonly invitations: Readonly<Record<"received" | "made", readonly Readonly<Record<string, string>>[]>>;
    readonly rows: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
  };
  const keysOf = (list: readonly object[]): readonly (readonly string[])[] => list.map((each) => Object.keys(each));
  assert.deepEqual(keysOf(copy["otherSites"] ?? []), [["id", "provider", "label", "created", "used"]]);
  assert.deepEqual(keysOf(copy["keys"] ?? []), [["id", "user", "name", "start", "scope", "created", "expires", "used"]]);
  assert.deepEqual(keysOf(copy["impersonations"] ?? []), [["id", "reason", "created", "until"]]);
  const { received, made } = copy.invitations;
  assert.deepEqual(keysOf(received), [["organisation", "role", "created", "expires"]]);
  assert.deepEqual(
    made.map(({ organisation, role, address: to }) => [organisation, role, to]),
    [[red, "member", "eve@example.org"]],
  );
  assert.deepEqual(
    copy.rows["members"]?.map(({ organisation, role }) => [organisation, role]),
    [[red, "owner"]],
  );
  for (const [table, column] of [
    ["_chassis_api_keys", "token"],
    ["_chassis_invitations", "hash"],
    ["_chassis_impersonations", "token"],
  ] as const)
    for (const [hash] of await people.database.all(`SELECT lower(hex(${column})) FROM ${table}`, []))
      assert.ok(!text.includes(String(hash)), table);
  assert.ok(!text.includes(others.root.id), "who looked in is nobody's to know but the site's");
});
