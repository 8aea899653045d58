import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "#contract";
import { request } from "../auth-fixtures.ts";
import { addProject, openTeams, type Somebody, type Teams } from "./team-fixtures.ts";
import { propertyRuns } from "../../../../tests/support/property-runs.ts";

const roles = ["owner", "admin", "member"] as const;
const person = fc.nat({ max: 3 });
const team = fc.nat({ max: 1 });
const role = fc.constantFrom(...roles);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("invite" as const), by: person, team, who: person, role }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant("accept" as const), by: person, mail: fc.nat({ max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("change" as const), by: person, team, who: person, role }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("remove" as const), by: person, team, who: person }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("withdraw" as const), by: person, team }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("decline" as const), by: person, mail: fc.nat({ max: 20 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
/** So that something is accepted, whatever comes by chance. */
const invitedAndAccepted: Step[] = [
  { type: "invite", by: 0, team: 0, who: 3, role: "member" },
  { type: "accept", by: 3, mail: 0 },
];
type Known = Somebody & { readonly email: string };

interface World {
  readonly teams: Teams;
  readonly people: readonly Known[];
  readonly ids: readonly string[];
  /** The tokens of all mails so far. */
  readonly tokens: string[];
}

/** Does it, or is refused as somebody is. */
async function take({ teams, people, ids, tokens }: World, given: Step): Promise<boolean> {
  const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
  const me = await teams.me(at(people, given.by));
  const { members, invitations } = teams.organisations;
  try {
    if (given.type === "accept" || given.type === "decline") {
      const token = tokens.length === 0 ? "" : at(tokens, given.mail);
      await invitations[given.type](me, { token }, request);
      return true;
    }
    const organisation = at(ids, given.team);
    if (given.type === "withdraw") {
      const [waiting] = await invitations.list(me, organisation);
      await invitations.withdraw(me, { organisation, invitation: waiting?.id ?? "" }, request);
      return true;
    }
    const who = at(people, given.who);
    const about = { organisation, user: who.user };
    if (given.type === "remove") await members.remove(me, about, request);
    else if (given.type === "change") await members.changeRole(me, { ...about, role: given.role }, request);
    else {
      await invitations.invite(me, { organisation, email: who.email, role: given.role }, request);
      const letter = teams.letters.pop();
      if (letter !== undefined && "link" in letter.message)
        tokens.push(new URL(letter.message.link).searchParams.get("token") ?? "");
    }
    return true;
  } catch (thrown) {
    assert.ok(thrown instanceof AppError && thrown.status < 500, String(thrown));
    return false;
  }
}

test("whatever people do: an owner stays, nobody rises but by whoever may raise them, and who is no member reads nothing", async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      await using teams = await openTeams();
      const people = await Promise.all(["Ada", "Bea", "Cat", "Dan"].map((name) => teams.person(name)));
      const [ada, bea, cat] = people as [Known, Known, Known];
      const ids = [await teams.team(ada, "Red"), await teams.team(bea, "Blue")];
      for (const id of ids) await addProject(teams, id, id);
      // Some of every role, so that most of what is tried might go well.
      await teams.bring(ada, ids[0] ?? "", bea, "admin");
      await teams.bring(ada, ids[0] ?? "", cat);
      await teams.bring(bea, ids[1] ?? "", ada, "admin");
      const world: World = { teams, people, ids, tokens: [] };
      const rank = (each: string | undefined): number => (each === undefined ? roles.length : roles.indexOf(each as never));
      const invitedAs = new Map<string, number>();
      for (const each of steps) {
        const before = await Promise.all(ids.map((id) => teams.roles(id)));
        const isDone = await take(world, each);
        const after = await Promise.all(ids.map((id) => teams.roles(id)));
        if (!isDone) assert.deepEqual(after, before, "what was refused changed nothing");
        teams.clock.advance(15_000);
        for (const [at, now] of after.entries()) {
          assert.ok([...now.values()].includes("owner"), `no owner after ${JSON.stringify(each)}`);
          const own = rank(before[at]?.get((people[each.by] as Known).user));
          for (const { user, email } of people) {
            const key = `${at} ${email}`;
            if (each.type === "invite" && isDone && each.team === at && people[each.who]?.email === email) {
              assert.ok(rank(each.role) >= own && own < 2, "nobody invites above themselves");
              invitedAs.set(key, Math.min(rank(each.role), invitedAs.get(key) ?? roles.length));
            }
            const [was, is] = [rank(before[at]?.get(user)), rank(now.get(user))];
            if (is >= was) continue;
            if (each.type === "accept") {
              accepted++;
              assert.equal(people[each.by]?.user, user, "one accepts for oneself");
              assert.equal(was, roles.length, "who is a member does not rise by an invitation");
              assert.ok(is >= (invitedAs.get(key) ?? roles.length), "no more than was offered");
            } else assert.ok(each.type === "change" && is >= own, `rose by ${JSON.stringify(each)}`);
          }
        }
      }
      for (const each of people) {
        const mine = await Promise.all(ids.map(async (id) => ((await teams.roles(id)).has(each.user) ? [id] : [])));
        const seen = (await teams.read(each, "projects")).map(({ title }) => String(title));
        assert.deepEqual(new Set(seen), new Set(mine.flat()));
      }
    }),
    { numRuns: propertyRuns(5, 20), examples: [[invitedAndAccepted]] },
  );
  assert.ok(accepted > 0, "some are accepted, or nothing was tried");
});
