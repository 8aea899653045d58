import { type Actor, type KindName, kinds, type Scalar, type Stored } from "#contract";
import type { Model, ValueType } from "../model/model.ts";
import { scaleOf } from "./value-types.ts";

/** What expressions can know of who is asking, in stored form: null for an id or a claim that is not there. */
export interface ActorFacts {
  readonly signedIn: boolean;
  readonly id: Stored;
  readonly roles: readonly string[];
  /** Those that the model declares, each present. */
  readonly claims: Readonly<Record<string, Stored>>;
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
  return { signedIn: true, id: id.ok ? id.value : null, roles: actor.roles, claims };
}

function storedAs(value: unknown, type: ValueType): Stored {
  if (value === null || value === undefined) return null;
  const parsed = kinds[kindOf[type.scalar]].fromJson(value, { scale: scaleOf(type), precision: 18 });
  return parsed.ok ? parsed.value : null;
}

export function factOf(
  facts: ActorFacts,
  fact: { readonly type: "id" } | { readonly type: "claim"; readonly name: string },
): Stored {
  if (fact.type === "id") return facts.id;
  return Object.hasOwn(facts.claims, fact.name) ? (facts.claims[fact.name] ?? null) : null;
}

/** Is anybody asking (`role` undefined), or somebody with that role. */
export function hasRole(facts: ActorFacts, role: string | undefined): boolean {
  return facts.signedIn && (role === undefined || facts.roles.includes(role));
}
