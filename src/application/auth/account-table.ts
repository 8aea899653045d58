import { type Connection, constant, identifier, join, type ResultRow, sql, type Table } from "#database";
import { forgetAnswersTo } from "../idempotency/idempotency.ts";
import { constants } from "../records/write/change.ts";
import { accountTable, endedTable, oneTimeTable } from "./auth-tables.ts";
import { endInvitationsOf } from "./organisations/organisation-tables.ts";

/** Somebody who can sign in: what is known of them beside their row in `users`. */
export interface Account {
  /** The id of the row in `users`. */
  readonly user: string;
  /** As it was given; null for who has none. */
  readonly address: string | null;
  /** They have shown that mail to the address reaches them. */
  readonly verified: boolean;
  readonly passwordHash: string | undefined;
  readonly roles: readonly string[];
  readonly suspended: boolean;
  /** ISO 8601, UTC. */
  readonly created: string;
}

export interface NewAccount {
  readonly user: string;
  /** Null for who has none. */
  readonly address: string | null;
  /** `addressKey(address)`: no two accounts share it. */
  readonly addressKey: string | null;
  readonly verified: boolean;
  readonly passwordHash: string | undefined;
  readonly roles: readonly string[];
}

export interface AccountFilter {
  /** Part of the address, in any case. */
  readonly search?: string;
  readonly role?: string;
  /** Accounts that come after this user in the order of the ids. */
  readonly after?: string;
  /** Default 100. */
  readonly limit?: number;
}

/** The statements about accounts. An account whose row in `users` is gone, or deleted and kept, is not there. */
export interface AccountTable {
  find(connection: Reader, user: string): Promise<Account | undefined>;
  findByAddress(connection: Reader, addressKey: string): Promise<Account | undefined>;
  list(connection: Reader, filter?: AccountFilter): Promise<readonly Account[]>;
  hasRole(connection: Reader, role: string): Promise<boolean>;
}

type Reader = Pick<Connection, "get" | "all">;

/** What joins `users`, as far as its rows are there. `user` is the column that has the id. */
export function joinUsers(users: Table, user: string): string {
  const present = users.softDelete === undefined ? "" : " AND u.deleted IS NULL";
  return `JOIN users u ON u.id = ${user}${present}`;
}

export function createAccountTable(users: Table): AccountTable {
  const select = `SELECT a.user, a.address, a.verified, a.password, a.roles, a.suspended, a.created FROM ${accountTable} a ${joinUsers(users, "a.user")}`;
  const one = async (connection: Reader, where: string, value: string): Promise<Account | undefined> => {
    const row = await connection.get(`${select} WHERE ${where} = ?`, [value]);
    return row === undefined ? undefined : readAccount(row);
  };
  return {
    find: (connection, user) => one(connection, "a.user", user),
    findByAddress: (connection, key) => one(connection, "a.address_key", key),
    async list(connection, { search, role, after, limit = 100 } = {}) {
      const rows = await connection.all(
        `${select} WHERE (?1 IS NULL OR instr(a.address_key, lower(?1)) > 0) AND a.user > ?2
          AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(a.roles) WHERE value = ?3)) ORDER BY a.user LIMIT CAST(?4 AS INTEGER)`,
        [search ?? null, after ?? "", role ?? null, limit],
      );
      return rows.map(readAccount);
    },
    async hasRole(connection, role) {
      const holds = "EXISTS (SELECT 1 FROM json_each(a.roles) WHERE value = ?)";
      return (await connection.get(`${select} WHERE ${holds} LIMIT 1`, [role])) !== undefined;
    },
  };
}

function readAccount([user, address, verified, password, roles, suspended, created]: ResultRow): Account {
  return {
    user: String(user),
    address: address === null ? null : String(address),
    verified: verified !== null,
    passwordHash: password === null ? undefined : String(password),
    roles: JSON.parse(String(roles)) as readonly string[],
    suspended: suspended !== null,
    created: new Date(Number(created)).toISOString(),
  };
}

export async function insertAccount(connection: Connection, account: NewAccount, now: number): Promise<void> {
  const { user, address, addressKey, verified, passwordHash, roles } = account;
  await connection.run(
    `INSERT INTO ${accountTable} (user, address, address_key, verified, password, password_changed, roles, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      user,
      address,
      addressKey,
      verified ? now : null,
      passwordHash ?? null,
      passwordHash === undefined ? null : now,
      JSON.stringify(roles),
      now,
    ],
  );
}

/** Gives an account that nobody could sign in to an address or a password. */
export async function claimAccount(
  connection: Connection,
  { user, address, addressKey, verified, passwordHash }: Omit<NewAccount, "roles">,
  now: number,
): Promise<void> {
  await connection.run(
    `UPDATE ${accountTable} SET address = ?, address_key = ?, verified = ?, password = ?, password_changed = ? WHERE user = ?`,
    [address, addressKey, verified ? now : null, passwordHash ?? null, passwordHash === undefined ? null : now, user],
  );
}

/**
 * Writes an account's address into the row of its user, where the schema has a field for it. A change of it is one of the row: its `updated` and
 * `version` say so.
 */
export async function keepAddress(
  connection: Connection,
  users: Table,
  { user, address, changed }: { readonly user: string; readonly address: string; readonly changed?: number },
): Promise<void> {
  const columns = [...users.columns.values()].filter((column) => column.default?.type === "account");
  if (columns.length === 0) return;
  const assignments = columns.map(({ name }) => sql`${identifier(name)} = ${constant(address)}`);
  const touched =
    changed === undefined ? [] : [sql`updated = ${constant(new Date(changed).toISOString())}`, sql`version = version + 1`];
  const statement = sql`UPDATE users SET ${join([...assignments, ...touched], ", ")} WHERE id = ${constant(user)}`;
  await connection.run(statement.text, constants(statement));
}

/** `hash` undefined takes the password away. */
export async function setPassword(connection: Connection, user: string, hash: string | undefined, now: number): Promise<void> {
  await connection.run(`UPDATE ${accountTable} SET password = ?, password_changed = ? WHERE user = ?`, [hash ?? null, now, user]);
}

/** The same password at another cost: where it is still the one that was checked. */
export async function renewHash(connection: Connection, user: string, from: string, to: string): Promise<void> {
  await connection.run(`UPDATE ${accountTable} SET password = ? WHERE user = ? AND password = ?`, [to, user, from]);
}

export async function setVerified(connection: Connection, user: string, now: number): Promise<void> {
  await connection.run(`UPDATE ${accountTable} SET verified = coalesce(verified, ?) WHERE user = ?`, [now, user]);
}

export async function setAddress(
  connection: Connection,
  user: string,
  { address, addressKey, now }: { readonly address: string; readonly addressKey: string; readonly now: number },
): Promise<void> {
  await connection.run(`UPDATE ${accountTable} SET address = ?, address_key = ?, verified = ? WHERE user = ?`, [
    address,
    addressKey,
    now,
    user,
  ]);
}

export async function setRoles(connection: Connection, user: string, roles: readonly string[]): Promise<void> {
  await connection.run(`UPDATE ${accountTable} SET roles = ? WHERE user = ?`, [JSON.stringify(roles), user]);
}

/** `now` undefined lets them in again. */
export async function setSuspended(connection: Connection, user: string, now: number | undefined): Promise<void> {
  await connection.run(`UPDATE ${accountTable} SET suspended = ? WHERE user = ?`, [now ?? null, user]);
}

/** Takes the address out of the row of a user that is deleted and kept. */
export async function forgetAddress(connection: Connection, users: Table, user: string): Promise<void> {
  const columns = [...users.columns.values()].filter((column) => column.default?.type === "account");
  if (columns.length === 0) return;
  const assignments = columns.map(({ name }) => sql`${identifier(name)} = NULL`);
  const statement = sql`UPDATE ${identifier(users.name)} SET ${join(assignments, ", ")} WHERE ${identifier(users.key.name)} = ${constant(user)}`;
  await connection.run(statement.text, constants(statement));
}

/**
 * Takes away what belonged to users that are gone: their accounts and all that hangs on these, what was sent to their addresses, invitations to these
 * and by them, and what was answered to them. Remembers that they were here: keys in their names are good no more.
 */
export async function endUsers(connection: Connection, users: readonly string[], now: number): Promise<void> {
  for (const user of users) {
    await connection.run(
      `DELETE FROM ${oneTimeTable} WHERE address_key <> '' AND address_key = (SELECT address_key FROM ${accountTable} WHERE user = ?)`,
      [user],
    );
    await endInvitationsOf(connection, user);
    await forgetAnswersTo(connection, user);
    await connection.run(`DELETE FROM ${accountTable} WHERE user = ?`, [user]);
    await connection.run(
      `INSERT INTO ${endedTable} (user, ended) VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET ended = excluded.ended`,
      [user, now],
    );
  }
}
