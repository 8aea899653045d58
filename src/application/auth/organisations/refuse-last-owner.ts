import { AppError } from "#contract";
import type { Connection } from "#database";
import type { AuthParts } from "../auth-parts.ts";
import { createMemberships } from "./memberships.ts";

/** Throws `lastOwner` where an organisation would lose its last owner with that user: before something begins that could not be finished then. */
export async function refuseLastOwner(
  { definition: { organisations, users } }: Pick<AuthParts, "definition">,
  connection: Pick<Connection, "get" | "all">,
  user: string,
): Promise<void> {
  if (organisations === undefined) return;
  if (await createMemberships(organisations, users).isLastOwner(connection, user)) throw new AppError("lastOwner");
}
