import type { AnySchema, Backend, SignatureMap } from "#application";
import type { Actor } from "#contract";
import type { Platform } from "#platform";
import { nameOf, readActor, type Somebody } from "../actors.ts";
import type { AccessAssertions, LooseDeed } from "./access-types.ts";
import { assertHidden } from "./hidden.ts";
import { actorOf, isNamed, keyOf, type Named, othersByRules, population, strangersId } from "./population.ts";
import { type AccessWorld, describe, RuledAccess, type Trial } from "./ruled-access.ts";
import { rulesMatrix } from "./rules-matrix.ts";

export interface AssertionParts {
  readonly backend: Backend;
  readonly platform: Platform;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface CreatedAssertions {
  readonly assertions: AccessAssertions<AnySchema, SignatureMap>;
  /** Somebody who has been acted as is asked too from then on. */
  readonly remember: (actor: Actor | null) => void;
}

/** What an assertion says that does not hold. Test runners show the message alone. */
export class AccessAssertionError extends Error {
  override readonly name: string = "AccessAssertionError";
}

type Given = LooseDeed & { readonly as?: unknown };

export function createAccessAssertions({ backend, platform, now }: AssertionParts): CreatedAssertions {
  const { model, rules } = backend;
  const { records, functions } = platform;
  const world: AccessWorld = { model, rules, definitions: backend.functions, records, functions, now };
  const known = new Map<string, Actor | null>();
  const labels = new Map<string, string>();
  const remember = (actor: Actor | null): void => void known.set(keyOf(actor), actor);
  const readNamed = (as: unknown): readonly (Named | null)[] => {
    const list = (Array.isArray(as) ? as : [as]) as readonly unknown[];
    if (as === undefined || list.length === 0)
      throw new TypeError('Say who is meant: as: [author, { roles: ["editor"] }], or null for nobody who is signed in.');
    return list.map((who) => named(who));
  };
  const named = (who: unknown): Named | null => {
    if (typeof who === "object" && who !== null && !("id" in who)) {
      const { roles, claims } = readActor(model, { ...who, id: strangersId(model) }) ?? actorOf("");
      if (roles.length === 0 && Object.keys(claims).length === 0)
        throw new TypeError("{ roles } stands for everybody who has these: name one at least.");
      return { id: undefined, roles, claims };
    }
    return readActor(model, who as Somebody);
  };
  const actorFor = (each: Named | null): Actor | null =>
    each === null ? null : actorOf(each.id ?? strangersId(model), each.roles, each.claims);

  async function trials(
    given: Given,
  ): Promise<readonly { readonly who: Named | null; readonly trial: Trial; readonly access: RuledAccess }[]> {
    const access = await ready(world, given);
    const found = [];
    for (const who of readNamed(given.as)) found.push({ who, access, trial: await access.tryAs(actorFor(who)) });
    return found;
  }

  async function refuseThose(given: Given): Promise<readonly string[]> {
    const lines: string[] = [];
    for (const { who, trial, access } of await trials(given))
      if (!trial.isAllowed) lines.push(`  ${shown(who)} could not. ${await access.why(actorFor(who))}${said(trial)}`);
    return lines;
  }

  async function assertOnly(given: Given): Promise<void> {
    const access = await ready(world, given);
    const all = readNamed(given.as);
    const users = await userIds();
    const refused = await refuseThose(given);
    const lines = refused.length === 0 ? [] : [`Those named should be able to ${access.words}, and these could not:`, ...refused];
    const asked = await population(model, [...known.values(), ...all.map(actorFor)], users);
    const suspects = await othersByRules(access, { model, rules, named: all });
    const wrong = new Map<string, string>();
    for (const actor of [...asked, ...suspects]) {
      // Of one who could as they are it says nothing new that they could with more.
      if (isNamed(actor, all) || wrong.has(keyOf(actor))) continue;
      const trial = await access.tryAs(actor);
      if (!trial.isAllowed) continue;
      wrong.set(keyOf(actor), `  ${stranger(actor)} could. ${await access.why(actor)}${said(trial)}`);
    }
    if (wrong.size > 0) {
      const shownLines = [...wrong.values()].slice(0, 12);
      const more = wrong.size - shownLines.length;
      lines.push(
        `Nobody but ${all.map(shown).join(", ")} should be able to ${access.words}, and these could:`,
        ...shownLines,
        ...(more > 0 ? [`  and ${more} more.`] : []),
      );
    }
    if (lines.length > 0) throw new AccessAssertionError(lines.join("\n"));
  }

  /** Those in `users`; their names are learnt by the way. */
  async function userIds(): Promise<readonly string[]> {
    const users = model.tables.get("users");
    if (users === undefined) return [];
    const label = ["name", "email"].find((name) => users.columns.get(name)?.secret === false) ?? "id";
    const rows = await platform.database.all(`SELECT id, ${label} FROM users LIMIT 200`, []);
    for (const [id, name] of rows) if (name !== null && name !== id) labels.set(String(id), String(name));
    return rows.map(([id]) => String(id));
  }

  const shown = (who: Named | null): string => {
    if (who === null) return nameOf(null);
    if (who.id === undefined) return `anybody with the ${who.roles.length === 1 ? "role" : "roles"} ${who.roles.join(", ")}`;
    return labelled(actorOf(who.id, who.roles, who.claims));
  };
  const labelled = (actor: Actor | null): string => {
    const label = actor === null ? undefined : labels.get(actor.id);
    return label === undefined ? nameOf(actor) : `${label} (${nameOf(actor)})`;
  };
  const stranger = (actor: Actor | null): string => {
    if (actor?.id !== strangersId(model)) return labelled(actor);
    return `a stranger${nameOf({ ...actor, id: "" })}${actor.session === undefined ? "" : ` who has shown ${[...(actor.session.verified ? ["a confirmed address"] : []), ...actor.session.proofs].join(", ")}`}`;
  };

  const assertions: AccessAssertions<AnySchema, SignatureMap> = {
    assertOnly: (given) => assertOnly(given),
    async assertCan(given) {
      const lines = await refuseThose(given);
      const access = new RuledAccess(world, given);
      if (lines.length > 0) throw new AccessAssertionError(`These should be able to ${access.words}:\n${lines.join("\n")}`);
    },
    async assertCannot(given) {
      const lines: string[] = [];
      for (const { who, trial, access } of await trials(given))
        if (trial.isAllowed) lines.push(`  ${shown(who)} could. ${await access.why(actorFor(who))}${said(trial)}`);
      const access = new RuledAccess(world, given);
      if (lines.length > 0) throw new AccessAssertionError(`These should not be able to ${access.words}:\n${lines.join("\n")}`);
    },
    async assertHidden({ from, ...what }) {
      const given: Given = { ...(what as unknown as LooseDeed), can: "read" };
      const access = await ready(world, given);
      const lines: string[] = [];
      for (const who of readNamed(from)) {
        const actor = actorFor(who);
        const told = await assertHidden(access, { world, actor });
        if (told.length > 0) lines.push(`  ${shown(who)} was told of it by ${told.join(", ")}. ${await access.why(actor)}`);
      }
      if (lines.length > 0)
        throw new AccessAssertionError(
          `${given.field === undefined ? "" : `${given.field} of `}${given.table} ${String(access.id)} should be hidden:\n${lines.join("\n")}`,
        );
    },
    rules: { matrix: () => rulesMatrix(backend) },
  };
  return { assertions, remember };
}

/** Looks first whether the row is there at all: of one that is not, everything would seem hidden. */
async function ready(world: AccessWorld, deed: LooseDeed): Promise<RuledAccess> {
  const access = new RuledAccess(world, deed);
  await access.withRow(async () => undefined);
  return access;
}

function said({ error }: Trial): string {
  return error === undefined ? "" : ` (${describe(error)})`;
}
