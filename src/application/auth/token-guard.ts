import type { Actor } from "#contract";
import type { Database, Table } from "#database";
import type { Authenticate } from "../access/authenticate.ts";
import { expiredToken } from "../access/token-format.ts";
import { accountTable, endedTable } from "./auth-tables.ts";
import type { UntilCommit } from "./until-commit.ts";

export interface TokenGuardOptions {
  readonly database: Pick<Database, "get">;
  readonly users: Table;
  /** The ids of those whose keys are good. */
  readonly good: UntilCommit<true>;
}

/**
 * Holds the keys of `chassis token` to the accounts: in the name of a user who is suspended, or was here and is gone, they are good no more.
 * Whoever never had a row in `users` is left alone: a key may be that of a program.
 */
export function guardTokens(authenticate: Authenticate, { database, users, good }: TokenGuardOptions): Authenticate {
  const deleted = users.softDelete === undefined ? "" : ` OR EXISTS (SELECT 1 FROM users WHERE id = ?1 AND deleted IS NOT NULL)`;
  const statement = `SELECT EXISTS (SELECT 1 FROM ${endedTable} WHERE user = ?1)
    OR EXISTS (SELECT 1 FROM ${accountTable} WHERE user = ?1 AND suspended IS NOT NULL)${deleted}`;
  async function checkUser(actor: Actor): Promise<Actor> {
    const found = await good.ask(actor.id, async () => {
      const row = await database.get(statement, [actor.id]);
      return row?.[0] === 0 ? true : undefined;
    });
    if (found === undefined) throw expiredToken();
    return actor;
  }
  const guard = (actor: Actor | null): Actor | null | Promise<Actor> =>
    actor === null || good.get(actor.id) === true ? actor : checkUser(actor);
  return (credentials) => {
    const actor = authenticate(credentials);
    return actor instanceof Promise ? actor.then(guard) : guard(actor);
  };
}
