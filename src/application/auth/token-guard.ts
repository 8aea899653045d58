import type { Connection, Table } from "#database";
import type { Authenticate } from "../access/authenticate.ts";
import { expiredToken } from "../access/token-format.ts";
import { accountTable, endedTable } from "./auth-tables.ts";

/**
 * Holds the keys of `chassis token` to the accounts: in the name of a user who is suspended, or was here and is gone, they are good no more.
 * Whoever never had a row in `users` is left alone: a key may be that of a program.
 */
export function guardTokens(
  authenticate: Authenticate,
  { database, users }: { readonly database: Pick<Connection, "get">; readonly users: Table },
): Authenticate {
  const deleted = users.softDelete === undefined ? "" : ` OR EXISTS (SELECT 1 FROM users WHERE id = ?1 AND deleted IS NOT NULL)`;
  const statement = `SELECT EXISTS (SELECT 1 FROM ${endedTable} WHERE user = ?1)
    OR EXISTS (SELECT 1 FROM ${accountTable} WHERE user = ?1 AND suspended IS NOT NULL)${deleted}`;
  return async (credentials) => {
    const actor = await authenticate(credentials);
    if (actor === null) return null;
    const row = await database.get(statement, [actor.id]);
    if (row?.[0] !== 0) throw expiredToken();
    return actor;
  };
}
