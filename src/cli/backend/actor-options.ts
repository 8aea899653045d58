import { didYouMean } from "#base";
import { type Actor, type Json, kinds } from "#contract";
import type { Model } from "#database";
import { CommandError, UsageError } from "../command-line/command-error.ts";

export interface ActorOptions {
  readonly user: string;
  readonly role?: readonly string[];
  /** `name=value`. */
  readonly claim?: readonly string[];
}

/** An actor from the command line. Refuses roles and claims that the definition does not know, and values of another kind. */
export function readActor(model: Model, { user, role: roles = [], claim: claims = [] }: ActorOptions): Actor {
  if (user === "" || user.length > 255 || /\p{Cc}/u.test(user))
    throw new UsageError("A user's id is text of 1 to 255 characters.");
  // The id of the row in `users` that the actor stands for: a token for another kind of id would fail at every reference.
  const kind = model.tables.get("users")?.key.kind ?? kinds[model.actorId.scalar];
  const id = kind.fromText(user, {});
  if (!id.ok) throw new CommandError(`A user's id ${id.message}, not '${user}': it is that of a row in 'users'.`);
  return { id: user, ...readRolesAndClaims(model, { role: roles, claim: claims }) };
}

/** The same without saying whose they are. */
export function readRolesAndClaims(
  model: Model,
  {
    role: roles = [],
    claim: claims = [],
  }: { readonly role?: readonly string[] | undefined; readonly claim?: readonly string[] | undefined },
): Pick<Actor, "roles" | "claims"> {
  for (const role of roles) {
    if (!model.roles.includes(role))
      throw new CommandError(`There is no role '${role}'${didYouMean(role, model.roles) || rolesThereAre(model)}`);
  }
  return { roles: [...new Set(roles)], claims: Object.fromEntries(claims.map((text) => readClaim(model, text))) };
}

function rolesThereAre({ roles }: Model): string {
  return roles.length === 0 ? ": the definition has none." : `; there ${roles.length === 1 ? "is" : "are"} ${roles.join(", ")}.`;
}

function readClaim(model: Model, text: string): [string, Json] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new UsageError(`A claim is written name=value, not '${text}'.`);
  const name = text.slice(0, equals);
  const type = model.claims.get(name);
  if (type === undefined) throw new CommandError(`There is no claim '${name}'${didYouMean(name, model.claims.keys())}`);
  const options = type.scale === undefined ? {} : { scale: type.scale };
  const kind = kinds[type.scalar];
  const parsed = kind.fromText(text.slice(equals + 1), options);
  if (!parsed.ok) throw new CommandError(`The claim '${name}' ${parsed.message}.`);
  return [name, parsed.value === null ? null : kind.toJson(parsed.value, options)];
}
