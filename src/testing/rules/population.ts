import {
  type KnownRow,
  peopleOf,
  readValues,
  rewriteExpression,
  someExpression,
  type WayIn,
  waysThrough,
  whoMay,
} from "#application";
import type { Actor } from "#contract";
import {
  actorFacts,
  type ActorFacts,
  evaluateTruth,
  type Expression,
  expressions,
  fold,
  type Model,
  provenThing,
} from "#database";
import type { RuledAccess } from "./ruled-access.ts";

/** Whom an assertion names. */
export interface Named {
  /** Undefined stands for everybody who has the roles. */
  readonly id: string | undefined;
  readonly roles: readonly string[];
  readonly claims: Actor["claims"];
}

/** People of whom all are asked: so many at the most. */
const MOST_PEOPLE = 200;

/** An id that nobody in the database has. */
export function strangersId({ actorId }: Model): string {
  return actorId.scalar === "integer" ? "9007199254740000" : "ffffffff-ffff-7fff-bfff-fffffffffff0";
}

export function actorOf(id: string, roles: readonly string[] = [], claims: Actor["claims"] = {}): Actor {
  return { id, roles, claims };
}

/** Those who are asked whether they can: nobody, strangers with each role, and everybody who is known. */
export async function population(
  model: Model,
  known: readonly (Actor | null)[],
  users: readonly string[],
): Promise<readonly (Actor | null)[]> {
  const stranger = strangersId(model);
  const all: (Actor | null)[] = [
    null,
    actorOf(stranger),
    ...model.roles.map((role) => actorOf(stranger, [role])),
    ...known.flatMap((actor) => (actor === null ? [] : [actor, actorOf(actor.id)])),
    ...users.slice(0, MOST_PEOPLE).map((id) => actorOf(id)),
  ];
  const seen = new Map(all.map((actor) => [keyOf(actor), actor]));
  return [...seen.values()];
}

export function keyOf(actor: Actor | null): string {
  return actor === null ? "" : JSON.stringify([actor.id, [...actor.roles].sort(), actor.claims]);
}

/** Whether somebody is among those who are named. */
export function isNamed(actor: Actor | null, named: readonly (Named | null)[]): boolean {
  if (actor === null) return named.includes(null);
  return named.some((each) => {
    if (each === null) return false;
    const hasPowers = each.roles.length > 0 || Object.keys(each.claims).length > 0;
    if (!hasPowers) return each.id === undefined || each.id === actor.id;
    if (each.id !== undefined && each.id === actor.id && actor.roles.length === 0) return true;
    return (
      each.roles.every((role) => actor.roles.includes(role)) &&
      Object.entries(each.claims).every(([name, value]) => JSON.stringify(actor.claims[name]) === JSON.stringify(value))
    );
  });
}

/**
 * Callers whom the rules let do it and who are not named, one for each way in: found from the rules themselves, the row being as it is.
 * What more depends on claims than can be told is left out.
 */
export async function othersByRules(
  access: RuledAccess,
  {
    model,
    rules,
    named,
  }: { readonly model: Model; readonly rules: Parameters<typeof whoMay>[0]["rules"]; readonly named: readonly (Named | null)[] },
): Promise<readonly Actor[]> {
  const { question } = access;
  if (question === undefined) {
    const condition = access.access;
    return condition === undefined ? [] : othersThrough(waysThrough(condition).ways, { model, named, row: undefined });
  }
  const found = await access.withRow(async (row) => {
    const answer = await whoMay({ rules }, question, row);
    return answer === undefined ? [] : othersThrough(answer.ways, { model, named, row });
  });
  return found ?? [];
}

interface Search {
  readonly model: Model;
  readonly named: readonly (Named | null)[];
  readonly row: KnownRow | undefined;
}

async function othersThrough(ways: readonly WayIn[], search: Search): Promise<readonly Actor[]> {
  const others: Actor[] = [];
  for (const way of ways) {
    const powers = powersFor(way, search);
    if (powers === undefined) continue;
    const ids = [strangersId(search.model), ...(await idsIn(way.people, search))];
    for (const id of ids) {
      const actor: Actor = { ...powers, id };
      if (isNamed(actor, search.named) || !(await lets(way.people, actor, search))) continue;
      others.push(actor);
      break;
    }
  }
  return others;
}

/** Roles and proofs that meet the conditions of a way. Undefined where they are of claims: what value would do is not searched for. */
function powersFor({ conditions }: WayIn, { model }: Search): Omit<Actor, "id"> | undefined {
  const roles: string[] = [];
  const proofs: string[] = [];
  for (const { expression, truth } of conditions) {
    if (expression.type !== "role" || expression.role === undefined) {
      const fits = claimsOf(expression, truth, model);
      if (!fits) return undefined;
      continue;
    }
    if (truth !== 1) continue;
    const proof = provenThing(expression.role);
    if (proof === undefined) roles.push(expression.role);
    else proofs.push(proof);
  }
  const session = {
    id: "test",
    verified: proofs.includes("verified"),
    proofs: proofs.filter((each) => each !== "verified"),
    proved: 0,
  };
  return { roles, claims: {}, ...(proofs.length === 0 ? {} : { session }) };
}

/** Whether somebody without claims meets the condition. */
function claimsOf(expression: Expression, truth: 1 | 0 | null, model: Model): boolean {
  const facts = actorFacts(actorOf(strangersId(model)), model);
  return evaluateTruth(expression, { rows: {}, actor: facts, now: new Date(0).toISOString() }) === truth;
}

/** Ids that a condition may be about: those of the people whom it finds, and those that stand in it. */
async function idsIn(people: Expression, { row }: Search): Promise<readonly string[]> {
  const ids = new Set<string>();
  someExpression(people, (part) => {
    if (
      part.type === "constant" &&
      part.value !== null &&
      (typeof part.value === "string" || typeof part.value === "number" || typeof part.value === "bigint")
    )
      ids.add(String(part.value));
    return false;
  });
  const found = row === undefined ? undefined : peopleOf(people, row);
  for (const { id } of (await found?.page(undefined, MOST_PEOPLE)) ?? []) ids.add(String(id));
  return [...ids];
}

async function lets(people: Expression, actor: Actor, { model, row }: Search): Promise<boolean> {
  const facts: ActorFacts = actorFacts(actor, model);
  if (facts.id === null) return false;
  const bound = rewriteExpression(people, (part) =>
    part.type === "actor"
      ? { type: "constant", value: part.fact.type === "id" ? facts.id : null, valueType: part.valueType }
      : undefined,
  );
  const folded = fold(bound, facts);
  if (expressions.isConstantTruth(folded, true)) return true;
  if (row === undefined) return evaluateTruth(folded, { rows: {}, actor: facts, now: new Date(0).toISOString() }) === 1;
  let holds = false;
  await readValues([folded], row, (_, value) => {
    holds = Number(value) === 1;
  });
  return holds;
}
