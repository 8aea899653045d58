import type { Connection, ResultRow } from "#database";
import { sessionTable } from "../auth-tables.ts";
import type { SessionRow } from "../session-table.ts";
import { impersonationTable } from "./impersonation-table.ts";

/** One that goes on, as it stands among sessions: among those of the person, and among those of the administrator. */
export interface RunningImpersonation extends SessionRow {
  readonly impersonation: {
    /** As whom. The person does not learn which administrator it is. */
    readonly user: string;
    readonly reason: string;
  };
}

/** Those as that user and those by that user, the newest first. When they were last used is not kept: `used` is when they began. */
export async function listRunning(
  connection: Pick<Connection, "all">,
  user: string,
  { now, idle }: { readonly now: number; readonly idle: number },
): Promise<readonly RunningImpersonation[]> {
  const rows = await connection.all(
    `SELECT i.id, i.user, i.reason, i.created, i.expires FROM ${impersonationTable} i
      JOIN ${sessionTable} s ON s.id = i.admin_session AND s.user = i.admin AND s.expires > ?2 AND s.used > ?3
      WHERE (i.user = ?1 OR i.admin = ?1) AND i.ended IS NULL AND i.expires > ?2 ORDER BY i.created DESC, i.id DESC LIMIT 100`,
    [user, now, now - idle],
  );
  return rows.map(readRunning);
}

function readRunning([id, user, reason, created, expires]: ResultRow): RunningImpersonation {
  const began = new Date(Number(created)).toISOString();
  return {
    id: String(id),
    created: began,
    used: began,
    expires: new Date(Number(expires)).toISOString(),
    proofs: [],
    address: null,
    agent: null,
    impersonation: { user: String(user), reason: String(reason) },
  };
}

/** By the person or by the administrator: what let them in is kept no longer. False where there is none that goes on. */
export async function endRunning(
  connection: Connection,
  { user, id, now }: { readonly user: string; readonly id: string; readonly now: number },
): Promise<boolean> {
  const statement = `UPDATE ${impersonationTable} SET ended = ?, token = NULL WHERE id = ? AND (user = ? OR admin = ?) AND ended IS NULL AND expires > ?`;
  return (await connection.run(statement, [now, id, user, user, now])) === 1;
}

/** All that go on as that user; gives how many. */
export function endAllAs(connection: Connection, user: string, now: number): Promise<number> {
  const statement = `UPDATE ${impersonationTable} SET ended = ?, token = NULL WHERE user = ? AND ended IS NULL AND expires > ?`;
  return connection.run(statement, [now, user, now]);
}
