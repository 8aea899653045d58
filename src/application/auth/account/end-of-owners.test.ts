import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DAY, refusedAs, request } from "../auth-fixtures.ts";
import { openTeams, type Teams } from "../organisations/team-fixtures.ts";

const ask = async (teams: Teams, who: { readonly token: string }): Promise<{ readonly due: number | null }> =>
  teams.auth.deletion.request(await teams.me(who), request);

describe("the end of an account of an owner", () => {
  test("is refused at once, not after a week, where an organisation would be left without one", async () => {
    await using teams = await openTeams();
    const { auth, organisations } = teams;
    const [ada, bob] = [await teams.person("Ada"), await teams.person("Bob")];
    const [red, blue] = [await teams.team(ada, "Red"), await teams.team(ada, "Blue")];
    await teams.bring(ada, red, bob);
    const plan = await auth.deletion.plan(await teams.me(ada));
    const named = [
      { organisation: blue, name: "Blue" },
      { organisation: red, name: "Red" },
    ];
    assert.deepEqual(plan.lastOwnerOf, named);
    await assert.rejects(ask(teams, ada), refusedAs("lastOwner", /Blue, Red/));
    assert.equal((await auth.sessions.check(ada.token)).id, ada.user, "nothing has happened");
    await organisations.members.changeRole(await teams.me(ada), { organisation: red, user: bob.user, role: "owner" }, request);
    assert.deepEqual((await auth.deletion.plan(await teams.me(ada))).lastOwnerOf, named.slice(0, 1));
    await assert.rejects(ask(teams, ada), refusedAs("lastOwner"));
    await teams.database.transaction((connection) => connection.run("DELETE FROM organisations WHERE id = ?", [blue]));
    assert.notEqual((await ask(teams, ada)).due, null);
    teams.clock.advance(7 * DAY);
    assert.equal(await auth.deletion.sweep(), 1);
    assert.deepEqual([...(await teams.roles(red))], [[bob.user, "owner"]]);
  });

  test("leaves nobody else to go meanwhile: who is about to be deleted counts as an owner no more", async () => {
    await using teams = await openTeams();
    const { auth, organisations } = teams;
    const [ada, bob] = [await teams.person("Ada"), await teams.person("Bob")];
    const red = await teams.team(ada);
    await teams.bring(ada, red, bob, "owner");
    await ask(teams, ada);
    const keep = teams.tokenTo(ada.email, "deletionAsked");
    const leave = async (): Promise<void> =>
      organisations.members.remove(await teams.me(bob), { organisation: red, user: bob.user }, request);
    await assert.rejects(leave(), refusedAs("lastOwner"));
    await assert.rejects(ask(teams, bob), refusedAs("lastOwner"));
    await auth.deletion.keep({ token: keep }, request);
    await leave();
    assert.deepEqual([...(await teams.roles(red))], [[ada.user, "owner"]]);
  });

  test("of two who ask at once one is refused", async () => {
    await using teams = await openTeams();
    const [ada, bob] = [await teams.person("Ada"), await teams.person("Bob")];
    await teams.bring(ada, await teams.team(ada), bob, "owner");
    const asked = await Promise.allSettled([ask(teams, ada), ask(teams, bob)]);
    assert.deepEqual(asked.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  });
});
