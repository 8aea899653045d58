import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { system } from "../../access/caller.ts";
import { DAY, HOUR, refusedAs, request } from "../auth-fixtures.ts";
import { addProject, openTeams, type Somebody, type Teams } from "./team-fixtures.ts";

const MINUTE = 60_000;

/** Who invites, with what, and whom; gives the token of the mail. */
async function invited(teams: Teams, by: Somebody, organisation: string, email: string, role = "member"): Promise<string> {
  await teams.organisations.invitations.invite(await teams.me(by), { organisation, email, role }, request);
  return teams.tokenTo(email, "invitation");
}

const accept = async (teams: Teams, who: Somebody, token: string) =>
  teams.organisations.invitations.accept(await teams.me(who), { token }, request);

describe("an organisation", () => {
  test("is made by somebody, under the rule, who is its owner and sees what is in it; nobody else does", async () => {
    await using teams = await openTeams();
    const [ada, eve] = [await teams.person("Ada"), await teams.person("Eve")];
    const red = await teams.team(ada);
    await addProject(teams, red, "Rocket");
    assert.deepEqual(await teams.roles(red), new Map([[ada.user, "owner"]]));
    assert.deepEqual(
      (await teams.read(ada, "projects")).map(({ title }) => title),
      ["Rocket"],
    );
    assert.deepEqual(await teams.read(eve, "projects"), []);
    assert.deepEqual(await teams.read(eve, "organisations"), []);
    assert.deepEqual(await teams.organisations.list(await teams.me(eve)), []);
    const [own] = await teams.organisations.list(await teams.me(ada));
    assert.deepEqual([own?.name, own?.role, own?.manages, own?.gives], ["Red", "owner", true, ["owner", "admin", "member"]]);
    await assert.rejects(teams.organisations.find(await teams.me(eve), red), refusedAs("notFound"));
    await assert.rejects(teams.organisations.members.list(await teams.me(eve), red), refusedAs("notFound"));
    await assert.rejects(
      teams.organisations.create(await teams.me(ada), { organisation: { name: "" } }, request),
      refusedAs("validationFailed"),
    );
    assert.equal(await teams.count("organisations"), 1, "nothing of the one that could not be made");
  });

  test("made by the data API without an owner is refused, and not by the back end's own code", async () => {
    await using teams = await openTeams();
    const ada = await teams.person("Ada");
    const made = {
      type: "insert",
      table: "organisations",
      rows: [{ name: "Blue" }],
      rowForm: "json",
      missing: "default",
    } as const;
    const query = { ...made, values: [], form: "json" } as const;
    await assert.rejects(teams.records.write(query, await teams.me(ada)), refusedAs("lastOwner"));
    await teams.records.write(query, system);
    assert.equal(await teams.count("organisations"), 1);
  });

  test("is renamed by whom its rule lets, and by nobody else", async () => {
    await using teams = await openTeams();
    const [ada, bea] = [await teams.person("Ada"), await teams.person("Bea")];
    const red = await teams.team(ada);
    await teams.bring(ada, red, bea);
    await teams.organisations.change(await teams.me(ada), { organisation: red, set: { name: "Crimson" } });
    const change = teams.organisations.change(await teams.me(bea), { organisation: red, set: { name: "Mine" } });
    await assert.rejects(change, refusedAs("forbidden"));
    assert.equal((await teams.organisations.find(await teams.me(bea), red)).name, "Crimson");
  });
});

describe("members", () => {
  test("are listed with their roles, and have what their role gives from the next request on", async () => {
    await using teams = await openTeams();
    const [ada, bea] = [await teams.person("Ada"), await teams.person("Bea")];
    const red = await teams.team(ada);
    await teams.bring(ada, red, bea);
    const { members } = teams.organisations;
    assert.deepEqual(
      (await members.list(await teams.me(bea), red)).map(({ name, role }) => [name, role]),
      [
        ["Ada", "owner"],
        ["Bea", "member"],
      ],
    );
    await assert.rejects(teams.organisations.invitations.list(await teams.me(bea), red), refusedAs("forbidden"));
    await members.changeRole(await teams.me(ada), { organisation: red, user: bea.user, role: "admin" }, request);
    assert.deepEqual(await teams.organisations.invitations.list(await teams.me(bea), red), []);
    await members.remove(await teams.me(ada), { organisation: red, user: bea.user }, request);
    await assert.rejects(members.list(await teams.me(bea), red), refusedAs("notFound"));
  });

  test("give no role above their own, and take none", async () => {
    await using teams = await openTeams();
    const [ada, bea, cat] = [await teams.person("Ada"), await teams.person("Bea"), await teams.person("Cat")];
    const red = await teams.team(ada);
    await teams.bring(ada, red, bea, "admin");
    await teams.bring(bea, red, cat);
    const { members, invitations } = teams.organisations;
    const [asBea, asCat] = [await teams.me(bea), await teams.me(cat)];
    const change = (me: typeof asBea, user: string, role: unknown) =>
      members.changeRole(me, { organisation: red, user, role }, request);
    await assert.rejects(change(asBea, bea.user, "owner"), refusedAs("forbidden"));
    await assert.rejects(change(asBea, cat.user, "owner"), refusedAs("forbidden"));
    await assert.rejects(change(asBea, ada.user, "member"), refusedAs("forbidden"));
    await assert.rejects(change(asCat, cat.user, "admin"), refusedAs("forbidden"));
    await assert.rejects(change(asBea, cat.user, "king"), refusedAs("validationFailed"));
    await assert.rejects(members.remove(asBea, { organisation: red, user: ada.user }, request), refusedAs("forbidden"));
    await assert.rejects(members.remove(asCat, { organisation: red, user: bea.user }, request), refusedAs("forbidden"));
    const owner = { organisation: red, email: "new@example.org", role: "owner" };
    await assert.rejects(invitations.invite(asBea, owner, request), refusedAs("forbidden"));
    await assert.rejects(invitations.invite(asCat, { ...owner, role: "member" }, request), refusedAs("forbidden"));
    // What an owner has offered, an admin does not take back.
    const { id } = await invitations.invite(await teams.me(ada), owner, request);
    teams.clock.advance(2 * MINUTE);
    await assert.rejects(invitations.withdraw(asBea, { organisation: red, invitation: id }, request), refusedAs("forbidden"));
    await assert.rejects(invitations.invite(asBea, { ...owner, role: "member" }, request), refusedAs("forbidden"));
    await change(asBea, cat.user, "admin");
    assert.deepEqual(
      [...(await teams.roles(red)).values()].toSorted((a, b) => (a < b ? -1 : 1)),
      ["admin", "admin", "owner"],
    );
  });

  test("become owners only by somebody who has just shown who they are", async () => {
    await using teams = await openTeams();
    const [ada, bea] = [await teams.person("Ada"), await teams.person("Bea")];
    const red = await teams.team(ada);
    await teams.bring(ada, red, bea);
    teams.clock.advance(11 * MINUTE);
    const promote = async () =>
      teams.organisations.members.changeRole(await teams.me(ada), { organisation: red, user: bea.user, role: "owner" }, request);
    await assert.rejects(promote(), refusedAs("proofRequired"));
    const invite = { organisation: red, email: "new@example.org", role: "owner" };
    await assert.rejects(
      teams.organisations.invitations.invite(await teams.me(ada), invite, request),
      refusedAs("proofRequired"),
    );
    const { token } = await teams.auth.signIn.prove(await teams.me(ada), { password: "correct horse battery" }, request);
    await teams.organisations.members.changeRole(
      await teams.me({ token }),
      { organisation: red, user: bea.user, role: "owner" },
      request,
    );
    assert.equal((await teams.roles(red)).get(bea.user), "owner");
  });
});

describe("the last owner", () => {
  test("neither leaves nor steps down, by any way in", async () => {
    await using teams = await openTeams();
    const [ada, bea] = [await teams.person("Ada"), await teams.person("Bea")];
    const red = await teams.team(ada);
    await teams.bring(ada, red, bea, "admin");
    const { members } = teams.organisations;
    const asAda = await teams.me(ada);
    const where = { type: "compare", path: { column: "user", json: [] }, operator: "eq", value: 0 } as const;
    const row = { table: "members", where, values: [ada.user], form: "json" } as const;
    const attempts = [
      members.remove(asAda, { organisation: red, user: ada.user }, request),
      members.changeRole(asAda, { organisation: red, user: ada.user, role: "member" }, request),
      teams.records.write({ ...row, type: "delete" }, asAda),
      teams.records.write({ ...row, type: "update", set: { role: "admin" } }, asAda),
      teams.records.write({ ...row, type: "delete" }, system),
    ];
    for (const attempt of await Promise.allSettled(attempts))
      assert.ok(attempt.status === "rejected" && refusedAs("lastOwner")(attempt.reason));
    await assert.rejects(teams.auth.deletion.request(asAda, request), refusedAs("lastOwner"));
    const gone = await teams.auth.obey({ type: "users", action: "delete", who: ada.email });
    assert.ok("refused" in gone && /keeps an owner/.test(gone.refused), JSON.stringify(gone));
    assert.equal((await teams.roles(red)).get(ada.user), "owner");
    await members.changeRole(asAda, { organisation: red, user: bea.user, role: "owner" }, request);
    await teams.auth.obey({ type: "users", action: "delete", who: ada.email });
    assert.deepEqual(await teams.roles(red), new Map([[bea.user, "owner"]]));
  });

  test("is one of two who leave at once", async () => {
    await using teams = await openTeams();
    const [ada, bea] = [await teams.person("Ada"), await teams.person("Bea")];
    const red = await teams.team(ada);
    await teams.bring(ada, red, bea, "owner");
    const leave = async (who: Somebody) =>
      teams.organisations.members.remove(await teams.me(who), { organisation: red, user: who.user }, request);
    const left = await Promise.allSettled([leave(ada), leave(bea)]);
    assert.deepEqual(
      left.map(({ status }) => status).toSorted((a, b) => (a < b ? -1 : 1)),
      ["fulfilled", "rejected"],
    );
    assert.deepEqual([...(await teams.roles(red)).values()], ["owner"]);
  });

  test("goes with the organisation", async () => {
    await using teams = await openTeams();
    const ada = await teams.person("Ada");
    const red = await teams.team(ada);
    await invited(teams, ada, red, "new@example.org");
    const where = { type: "compare", path: { column: "id", json: [] }, operator: "eq", value: 0 } as const;
    await teams.records.write(
      { type: "delete", table: "organisations", where, values: [red], form: "json" },
      await teams.me(ada),
    );
    assert.equal(await teams.count("members"), 0);
    assert.equal(await teams.count("_chassis_invitations"), 0);
  });
});

describe("an invitation", () => {
  test("makes whoever has the address a member, once; by an account that is made for it too", async () => {
    await using teams = await openTeams();
    const ada = await teams.person("Ada");
    const red = await teams.team(ada);
    const token = await invited(teams, ada, red, "Bea@example.org", "admin");
    const { invitations } = teams.organisations;
    assert.deepEqual(
      (await invitations.list(await teams.me(ada), red)).map(({ address, role }) => [address, role]),
      [["Bea@example.org", "admin"]],
    );
    const offer = await invitations.read(null, { token }, request);
    assert.deepEqual([offer.organisation, offer.name, offer.role], [red, "Red", "admin"]);
    const bea = await teams.person("Bea");
    assert.deepEqual(await accept(teams, bea, token), { organisation: red, role: "admin" });
    await assert.rejects(accept(teams, bea, token), refusedAs("usedLink"));
    assert.equal((await teams.roles(red)).get(bea.user), "admin");
    assert.deepEqual(await invitations.list(await teams.me(ada), red), []);
  });

  test("is kept as a hash, is good for a week, and until it is sent once more", async () => {
    await using teams = await openTeams();
    const [ada, bea] = [await teams.person("Ada"), await teams.person("Bea")];
    const red = await teams.team(ada);
    const first = await invited(teams, ada, red, bea.email);
    const [row] = await teams.database.all("SELECT * FROM _chassis_invitations", []);
    assert.ok(!JSON.stringify(row).includes(first));
    const { invitations } = teams.organisations;
    const [waiting] = await invitations.list(await teams.me(ada), red);
    const again = { organisation: red, invitation: waiting?.id ?? "" };
    await assert.rejects(invitations.resend(await teams.me(ada), again, request), refusedAs("tooManyRequests"));
    teams.clock.advance(6 * DAY);
    await invitations.resend(await teams.me(ada), again, request);
    const second = teams.tokenTo(bea.email, "invitation");
    await assert.rejects(accept(teams, bea, first), refusedAs("usedLink"));
    teams.clock.advance(6.9 * DAY);
    assert.equal((await invitations.read(null, { token: second }, request)).role, "member");
    teams.clock.advance(0.1 * DAY);
    await assert.rejects(invitations.read(null, { token: second }, request), refusedAs("usedLink"));
  });

  test("leaves whoever is a member already as they are", async () => {
    await using teams = await openTeams();
    const [ada, bea] = [await teams.person("Ada"), await teams.person("Bea")];
    const red = await teams.team(ada);
    await teams.bring(ada, red, bea, "admin");
    const token = await invited(teams, ada, red, bea.email, "member");
    assert.deepEqual(await accept(teams, bea, token), { organisation: red, role: "admin" });
  });

  test("that is declined is not made again for thirty days", async () => {
    await using teams = await openTeams();
    const ada = await teams.person("Ada");
    const red = await teams.team(ada);
    const token = await invited(teams, ada, red, "bea@example.org");
    const { invitations } = teams.organisations;
    await invitations.decline(null, { token }, request);
    await assert.rejects(invitations.decline(null, { token }, request), refusedAs("usedLink"));
    assert.deepEqual(await invitations.list(await teams.me(ada), red), []);
    const again = async () =>
      invitations.invite(await teams.me(ada), { organisation: red, email: "BEA@example.org", role: "member" }, request);
    teams.clock.advance(6 * DAY);
    await assert.rejects(again(), refusedAs("validationFailed", /declined/));
    const { token: fresh } = await teams.auth.signIn.prove(await teams.me(ada), { password: "correct horse battery" }, request);
    for (let week = 0; week < 4; week++) {
      await teams.me({ token: fresh });
      teams.clock.advance(6 * DAY);
    }
    const session = await teams.auth.signIn.signIn({ email: ada.email, password: "correct horse battery" }, request);
    assert.ok("token" in session);
    await invitations.invite(await teams.me(session), { organisation: red, email: "bea@example.org", role: "member" }, request);
    teams.tokenTo("bea@example.org", "invitation");
  });

  test("is forgotten when its time is over", async () => {
    await using teams = await openTeams();
    const ada = await teams.person("Ada");
    const red = await teams.team(ada);
    await invited(teams, ada, red, "bea@example.org");
    const { forgetInvitations } = await import("./organisation-tables.ts");
    const forget = (now: number) => teams.database.transaction((connection) => forgetInvitations(connection, { now, limit: 10 }));
    assert.equal(await forget(teams.clock.now() + DAY - HOUR), 0);
    assert.equal(await forget(teams.clock.now() + DAY), 1, "the mail does not count any more");
    assert.equal(await forget(teams.clock.now() + 7 * DAY), 1);
  });
});
