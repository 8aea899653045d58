import { AppError } from "#contract";
import { invalid } from "../auth-parts.ts";
import type { OrganisationsDefinition } from "./build-organisations.ts";

type Roles = Pick<OrganisationsDefinition, "roles" | "managers">;

/** That of owners, of whom every organisation has one at least. */
export function highestRole({ roles }: Pick<Roles, "roles">): string {
  const [highest] = roles;
  if (highest === undefined) throw new Error("An enum has a value.");
  return highest;
}

/** Whether somebody with a role of their own may give another one, take it away, or act on whoever has it: none above their own. */
export function mayGive({ roles, managers }: Roles, own: string, other: string): boolean {
  return managers.includes(own) && roles.indexOf(other) >= roles.indexOf(own);
}

/** The roles that they may give, the highest first. */
export function givableRoles(definition: Roles, own: string): readonly string[] {
  return definition.roles.filter((role) => mayGive(definition, own, role));
}

/** One of the roles, as it was given. Throws `validationFailed`. */
export function readRole({ roles }: Pick<Roles, "roles">, given: unknown): string {
  const role = roles.find((each) => each === given);
  if (role === undefined) throw invalid([{ field: "role", message: `must be one of ${roles.join(", ")}` }]);
  return role;
}

export function aboveOwn(): AppError {
  return new AppError("forbidden", { message: "Nobody gives or takes a role above their own." });
}
