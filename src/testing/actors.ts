import { suggest } from "#base";
import type { AnySchema, ClaimName, RoleName } from "#application";
import type { Actor, Json } from "#contract";
import { actorFacts, type Model } from "#database";

/** Somebody who is asking. */
export interface TestActor<S extends AnySchema = AnySchema> {
  readonly id: string | number;
  /** By default none. */
  readonly roles?: readonly RoleName<S>[];
  /** By default none. */
  readonly claims?: { readonly [C in ClaimName<S>]?: Json };
}

/** Who is asking: a row of `users` or their id, somebody with roles, or null for who has not signed in. */
export type Somebody<S extends AnySchema = AnySchema> = TestActor<S> | string | number | null;

/** What somebody has beside their id. */
export type Powers<S extends AnySchema> = Omit<TestActor<S>, "id">;

/** Reads who is meant, and refuses roles and claims that the schema does not have: a test with a misspelt role would test nothing. */
export function readActor(model: Model, who: Somebody, powers: Powers<AnySchema> = {}): Actor | null {
  if (who === null) {
    if ((powers.roles ?? []).length > 0) throw new TypeError("Roles are somebody's: give an id with them.");
    return null;
  }
  const given: Partial<TestActor> = typeof who === "object" ? who : { id: who };
  if (given.id === undefined || String(given.id) === "")
    throw new TypeError("as() takes a row of users, an id, { id, roles }, or null for nobody who is signed in.");
  // A row of users may have columns of these names, which are something else.
  const isRow = "created" in given && "version" in given;
  const roles = powers.roles ?? (isRow ? [] : (given.roles ?? []));
  const claims = (powers.claims ?? (isRow ? {} : (given.claims ?? {}))) as Actor["claims"];
  refuseUnknown("role", roles, model.roles);
  refuseUnknown("claim", Object.keys(claims), [...model.claims.keys()]);
  const actor: Actor = { id: String(given.id), roles, claims };
  if (actorFacts(actor, model).id === null)
    throw new TypeError(`${JSON.stringify(given.id)} is no id of this back end: they are of the type ${model.actorId.scalar}.`);
  return actor;
}

function refuseUnknown(what: "role" | "claim", given: readonly string[], known: readonly string[]): void {
  for (const name of given) {
    if (known.includes(name)) continue;
    const close = suggest(name, known);
    const meant = close === undefined ? `It has ${known.length === 0 ? "none" : known.join(", ")}.` : `Did you mean '${close}'?`;
    throw new TypeError(`The schema has no ${what} '${name}'. ${meant}`);
  }
}

/** How messages name somebody. */
export function nameOf(actor: Actor | null): string {
  if (actor === null) return "anybody without signing in";
  const claims = Object.keys(actor.claims).length === 0 ? "" : ` and the claims ${JSON.stringify(actor.claims)}`;
  return `${actor.id}${actor.roles.length === 0 ? "" : ` with the ${actor.roles.length === 1 ? "role" : "roles"} ${actor.roles.join(", ")}`}${claims}`;
}
