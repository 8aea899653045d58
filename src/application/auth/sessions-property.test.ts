import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DAY, openPeople, type People, request, times } from "./auth-fixtures.ts";
import { propertyRuns } from "../../../tests/support/property-runs.ts";

/** What is known of somebody, beside the system that is tried. */
interface Person {
  readonly user: string;
  readonly email: string;
  password: string;
  roles: readonly string[];
  suspended: boolean;
  gone: boolean;
}

/** A token that was given out. `used`: as the database may know it at the earliest, for it is written down by the minute. */
interface Given {
  readonly person: Person;
  token: string;
  readonly begun: number;
  used: number;
  ended: boolean;
}

const index = fc.nat(5);
const step = fc.oneof(
  ...(["signIn", "signOut", "signOutOthers", "signOutEverywhere", "prove", "changePassword", "reset"] as const).map((type) =>
    fc.record({ type: fc.constant(type), index }),
  ),
  ...(["suspendOrResume", "suspendOrResume", "changeRole", "delete"] as const).map((type) =>
    fc.record({ type: fc.constant(type), index }),
  ),
  fc.record({ type: fc.constant("wait" as const), index: fc.constantFrom(1, 3, 8) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** People and their sessions as they must be: held against every token that was ever given out. */
class World {
  readonly people: Person[] = [];
  readonly given: Given[] = [];
  readonly #system: People;
  #passwords = 0;

  constructor(system: People) {
    this.#system = system;
  }

  async join(email: string): Promise<void> {
    const password = `password number ${++this.#passwords}`;
    const { user, token } = await this.#system.join(email, { password });
    const person: Person = { user, email, password, roles: [], suspended: false, gone: false };
    this.people.push(person);
    this.#note(person, token);
  }

  #note(person: Person, token: string): void {
    const now = this.#system.clock.now();
    this.given.push({ person, token, begun: now, used: now, ended: false });
  }

  isGood({ person, begun, used, ended }: Given): boolean {
    const now = this.#system.clock.now();
    return !ended && !person.gone && !person.suspended && now < begun + times.lifetime && now - used < times.idle;
  }

  #end(person: Person, sparing?: Given): void {
    for (const each of this.given) if (each.person === person && each !== sparing) each.ended = true;
  }

  /** Does it where it can be done; what cannot is tried elsewhere. */
  async take({ type, index: at }: Step): Promise<void> {
    const { auth, clock, letters } = this.#system;
    if (type === "wait") {
      clock.advance(at * DAY);
      return;
    }
    const person = this.people[at % this.people.length];
    const session = this.given.filter((each) => this.isGood(each))[at];
    if (person === undefined) return;
    const order = async (action: "suspend" | "resume" | "delete"): Promise<void> => {
      assert.ok(!("refused" in (await auth.obey({ type: "users", action, who: person.user }))));
    };
    switch (type) {
      case "signIn": {
        if (person.suspended || person.gone) return;
        const begun = await auth.signIn.signIn({ email: person.email, password: person.password }, request);
        assert.ok("token" in begun);
        this.#note(person, begun.token);
        return;
      }
      case "suspendOrResume":
        if (person.gone) return;
        await order(person.suspended ? "resume" : "suspend");
        person.suspended = !person.suspended;
        // Who is let in again signs in anew.
        this.#end(person);
        return;
      case "delete":
        if (person.gone) return;
        await order("delete");
        person.gone = true;
        return;
      case "changeRole": {
        if (person.gone) return;
        person.roles = person.roles.length === 0 ? ["editor"] : [];
        await auth.obey({ type: "users", action: "roles", who: person.user, roles: person.roles });
        return;
      }
      case "reset": {
        if (person.suspended || person.gone) return;
        const outcome = await auth.obey({ type: "users", action: "reset-link", who: person.user });
        assert.ok("link" in outcome && outcome.link !== undefined);
        person.password = `password number ${++this.#passwords}`;
        const token = new URL(outcome.link).searchParams.get("token");
        await auth.passwordReset.reset({ token, password: person.password }, request);
        letters.length = 0;
        this.#end(person);
        return;
      }
      default:
        if (session !== undefined) await this.#use(type, session);
    }
  }

  async #use(
    type: "signOut" | "signOutOthers" | "signOutEverywhere" | "prove" | "changePassword",
    session: Given,
  ): Promise<void> {
    const { auth, clock, letters } = this.#system;
    const { person } = session;
    const me = await auth.sessions.check(session.token);
    if (type === "signOut") {
      await auth.signIn.signOut(me);
      session.ended = true;
    } else if (type === "signOutOthers" || type === "signOutEverywhere") {
      await auth.signIn.signOutEverywhere(me, { others: type === "signOutOthers" });
      this.#end(person, type === "signOutOthers" ? session : undefined);
    } else {
      const password = `password number ${++this.#passwords}`;
      const renewed =
        type === "prove"
          ? await auth.signIn.prove(me, { password: person.password }, request)
          : await auth.signIn.changePassword(me, { current: person.password, password }, request);
      letters.length = 0;
      session.ended = true;
      if (type === "changePassword") {
        person.password = password;
        this.#end(person);
      }
      this.given.push({ ...session, token: renewed.token, used: clock.now(), ended: false });
    }
  }

  /** Every token that was ever given out opens what it must, and nothing else. */
  async check(): Promise<void> {
    const { sessions } = this.#system.auth;
    for (const each of this.given) {
      const isGood = this.isGood(each);
      const found = await sessions.check(each.token).catch(() => undefined);
      assert.equal(found?.id, isGood ? each.person.user : undefined);
      if (isGood) {
        assert.deepEqual(found?.roles, each.person.roles);
        each.used = this.#system.clock.now();
        assert.equal(sessions.recall(each.token), found);
      } else assert.equal(sessions.recall(each.token), undefined);
    }
    await sessions.flush();
  }
}

test("whatever people do with their sessions and accounts, each token opens what it must and nothing else", async () => {
  await using system = await openPeople();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
      run++;
      const world = new World(system);
      for (const name of ["ada", "eve"]) await world.join(`${name}-${run}@example.org`);
      for (const each of steps) {
        await world.take(each);
        await world.check();
      }
    }),
    { numRuns: propertyRuns(6, 15) },
  );
});
