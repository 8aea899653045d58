import type { Connection, ResultRow, Table } from "#database";
import { joinUsers } from "../account-table.ts";
import { accountTable } from "../auth-tables.ts";
import { hashOf, hashSecret } from "../secret-token.ts";
import type { OrganisationsDefinition } from "./build-organisations.ts";
import { mayGive } from "./member-roles.ts";
import { joinOrganisations, quoted } from "./memberships.ts";
import { invitationTable } from "./organisation-tables.ts";

const DAY = 86_400_000;

/** Milliseconds for which an invitation is good, and for which one that was declined is not made again. */
export const invitationAge: number = 7 * DAY;
const declinedAge: number = 30 * DAY;

export interface Invitation {
  readonly id: string;
  readonly organisation: string;
  /** As it was typed; `addressKey` is what is compared. */
  readonly address: string;
  readonly addressKey: string;
  readonly role: string;
  /** The user who invited. */
  readonly by: string;
  /** Milliseconds since 1970, as what follows. */
  readonly created: number;
  /** When a mail was last asked for. */
  readonly sent: number;
  readonly expires: number;
  readonly declined: number | undefined;
}

type Reader = Pick<Connection, "get" | "all">;

/** The statements about invitations. */
export interface InvitationTable {
  /** The one for that address, good or not. */
  findFor(connection: Reader, organisation: string, addressKey: string): Promise<Invitation | undefined>;
  /** One that can still be accepted, by its id. */
  find(connection: Reader, organisation: string, id: string, now: number): Promise<Invitation | undefined>;
  /** The same by its token. Not where whoever invited is gone, suspended, or could not give that role any more. */
  findByToken(connection: Reader, token: unknown, now: number): Promise<Invitation | undefined>;
  /** Those of an organisation that can still be accepted, the newest first. */
  list(connection: Reader, organisation: string, now: number): Promise<readonly Invitation[]>;
}

const columns = "i.id, i.organisation, i.address, i.address_key, i.role, i.invited_by, i.created, i.sent, i.expires, i.declined";

/** Invitations of one organisation that wait at the same time, at the most. */
export const mostInvitations = 200;

export function createInvitationTable(definition: OrganisationsDefinition, users: Table): InvitationTable {
  const { members, organisation, user, role } = definition;
  const select = `SELECT ${columns}, m.${quoted(role)} FROM ${invitationTable} i
    JOIN ${quoted(members.name)} m ON m.${quoted(organisation)} = i.organisation AND m.${quoted(user)} = i.invited_by
    JOIN ${accountTable} a ON a.user = i.invited_by AND a.suspended IS NULL ${joinUsers(users, "i.invited_by")}
    ${joinOrganisations(definition, "i.organisation")}
    WHERE i.declined IS NULL AND i.expires > ?`;

  const good = (rows: readonly ResultRow[]): readonly Invitation[] =>
    rows.flatMap((row) => {
      const invitation = readInvitation(row);
      return mayGive(definition, String(row.at(-1)), invitation.role) ? [invitation] : [];
    });

  return {
    async findFor(connection, ...pair) {
      const statement = `SELECT ${columns} FROM ${invitationTable} i WHERE i.organisation = ? AND i.address_key = ?`;
      const row = await connection.get(statement, pair);
      return row === undefined ? undefined : readInvitation(row);
    },
    async find(connection, whose, id, now) {
      const [found] = good(await connection.all(`${select} AND i.organisation = ? AND i.id = ?`, [now, whose, id]));
      return found;
    },
    async findByToken(connection, token, now) {
      const hash = hashSecret(token);
      if (hash === undefined) return undefined;
      const [found] = good(await connection.all(`${select} AND i.hash = ?`, [now, hash]));
      return found;
    },
    async list(connection, whose, now) {
      const order = `ORDER BY i.created DESC, i.id LIMIT ${2 * mostInvitations}`;
      return good(await connection.all(`${select} AND i.organisation = ? ${order}`, [now, whose]));
    },
  };
}

function readInvitation(row: ResultRow): Invitation {
  const [id, organisation, address, addressKey, role, by, created, sent, expires, declined = null] = row;
  return {
    id: String(id),
    organisation: String(organisation),
    address: String(address),
    addressKey: String(addressKey),
    role: String(role),
    by: String(by),
    created: Number(created),
    sent: Number(sent),
    expires: Number(expires),
    declined: declined === null ? undefined : Number(declined),
  };
}

/** Writes one down, in place of whatever there was for that address. */
export async function keepInvitation(
  connection: Connection,
  { id, organisation, address, addressKey, role, by, created, sent, expires }: Invitation,
  token: string,
): Promise<void> {
  await connection.run(`DELETE FROM ${invitationTable} WHERE organisation = ? AND address_key = ?`, [organisation, addressKey]);
  await connection.run(
    `INSERT INTO ${invitationTable} (id, hash, organisation, address, address_key, role, invited_by, created, sent, expires)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [id, hashOf(token), organisation, address, addressKey, role, by, created, sent, expires],
  );
}

/** Uses one up, or withdraws it: of however many that try it at once, one does. */
export async function takeInvitation(connection: Connection, id: string): Promise<boolean> {
  return (await connection.run(`DELETE FROM ${invitationTable} WHERE id = ? AND declined IS NULL`, [id])) === 1;
}

/** Remembers for a while that nobody wants to be asked again. */
export async function declineInvitation(connection: Connection, id: string, now: number): Promise<boolean> {
  const statement = `UPDATE ${invitationTable} SET declined = ?, expires = ? WHERE id = ? AND declined IS NULL`;
  return (await connection.run(statement, [now, now + declinedAge, id])) === 1;
}
