import { type Actor, type ActorSession, type KindName, kinds, type Scalar, type Stored } from "#contract";
import type { Model, ValueType } from "../model/model.ts";
import type { FactName } from "./fact-name.ts";
import { scaleOf } from "./value-types.ts";

/** What expressions can know of who is asking, in stored form: null for an id or a claim that is not there. */
export interface ActorFacts {
  readonly signedIn: boolean;
  readonly id: Stored;
  /** With what their session has shown, under names that no role can have: see `provenRole`. */
  readonly roles: readonly string[];
  /** Those that the model declares, each present. */
  readonly claims: Readonly<Record<string, Stored>>;
  /** When they last showed who they are, as a stored timestamp; null or left out where they have no session. */
  readonly proved?: Stored;
}

/** The name under which facts keep that a session has shown something: `+verified`, `+password`. No role begins so. */
export function provenRole(what: string): string {
  return `+${what}`;
}

/** What a role test asks about a session; undefined where it asks for a role. */
export function provenThing(role: string): string | undefined {
  return role.startsWith("+") ? role.slice(1) : undefined;
}

export const nobodyFacts: ActorFacts = { signedIn: false, id: null, roles: [], claims: {} };

const kindOf: Readonly<Record<Scalar, KindName>> = {
  text: "text",
  integer: "integer",
  decimal: "decimal",
  real: "real",
  bool: "bool",
  timestamp: "timestamp",
  date: "date",
  json: "json",
  bytes: "bytes",
};

/** The facts of an actor. A claim of another type than the model declares counts as missing. */
export function actorFacts(actor: Actor | null, model: Pick<Model, "claims" | "actorId">): ActorFacts {
  if (actor === null) return nobodyFacts;
  const claims: Record<string, Stored> = Object.create(null) as Record<string, Stored>;
  for (const [name, type] of model.claims)
    claims[name] = Object.hasOwn(actor.claims, name) ? storedAs(actor.claims[name], type) : null;
  const kind = kinds[kindOf[model.actorId.scalar]];
  const id = kind.fromText(actor.id, {});
  const { session, key: apiKey } = actor;
  const verified = session?.verified ?? apiKey?.verified ?? false;
  return {
    signedIn: true,
    id: id.ok ? id.value : null,
    roles: verified || session !== undefined ? [...actor.roles, ...shown(verified, session)] : actor.roles,
    claims,
    proved: session === undefined ? null : new Date(session.proved).toISOString(),
  };
}

function shown(verified: boolean, session: ActorSession | undefined): readonly string[] {
  return [...(verified ? ["verified"] : []), ...(session?.proofs ?? [])].map(provenRole);
}

function storedAs(value: unknown, type: ValueType): Stored {
  if (value === null || value === undefined) return null;
  const parsed = kinds[kindOf[type.scalar]].fromJson(value, { scale: scaleOf(type), precision: 18 });
  return parsed.ok ? parsed.value : null;
}

export function factOf(facts: ActorFacts, fact: FactName): Stored {
  if (fact.type === "id") return facts.id;
  if (fact.type === "proved") return facts.proved ?? null;
  return Object.hasOwn(facts.claims, fact.name) ? (facts.claims[fact.name] ?? null) : null;
}

/** Is anybody asking (`role` undefined), or somebody with that role. */
export function hasRole(facts: ActorFacts, role: string | undefined): boolean {
  return facts.signedIn && (role === undefined || facts.roles.includes(role));
}
