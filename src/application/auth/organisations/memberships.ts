import type { Connection, ResultRow, Table } from "#database";
import { joinUsers } from "../account-table.ts";
import { deletionTable } from "../account/deletion-table.ts";
import type { OrganisationsDefinition } from "./build-organisations.ts";
import { highestRole } from "./member-roles.ts";

/** That somebody belongs to an organisation. */
export interface Membership {
  /** Of the row. */
  readonly id: string | number;
  readonly organisation: string;
  readonly user: string;
  readonly role: string;
  /** When they became a member: ISO 8601, UTC. */
  readonly since: string;
}

type Reader = Pick<Connection, "get" | "all">;

/** What sign-in asks of the app's memberships, past its rules. Organisations and users that are gone, or deleted and kept, are not there. */
export interface Memberships {
  find(connection: Reader, organisation: string, user: string): Promise<Membership | undefined>;
  /** Those of one user, the oldest first; 1000 at the most. */
  of(connection: Reader, user: string): Promise<readonly Membership[]>;
  /** Whether the organisation is there. */
  exists(connection: Reader, organisation: string): Promise<boolean>;
  /** Whether it has an owner who is not about to be deleted. */
  hasOwner(connection: Reader, organisation: string): Promise<boolean>;
  /** The organisations that would have no owner without that user. */
  solelyOwned(connection: Reader, user: string): Promise<readonly string[]>;
  /** What an organisation is called: its text `name`; null where it has none. */
  nameOf(connection: Reader, organisation: string): Promise<string | null>;
}

/** A name of the schema, as SQL. It has letters, digits and underscores alone. */
export function quoted(name: string): string {
  return `"${name}"`;
}

/** What joins the organisation, as far as it is there. `id` is the column that has its id. */
export function joinOrganisations({ table }: Pick<OrganisationsDefinition, "table">, id: string): string {
  const present = table.softDelete === undefined ? "" : " AND o.deleted IS NULL";
  return `JOIN ${quoted(table.name)} o ON o.id = ${id}${present}`;
}

export function createMemberships(definition: OrganisationsDefinition, users: Table): Memberships {
  const { table, members } = definition;
  const [organisation, user, role] = [definition.organisation, definition.user, definition.role].map(
    (name) => `m.${quoted(name)}`,
  ) as [string, string, string];
  const select = `SELECT m.id, ${organisation}, ${user}, ${role}, m.created FROM ${quoted(members.name)} m ${joinOrganisations(definition, organisation)}`;
  const stays = `NOT EXISTS (SELECT 1 FROM ${deletionTable} d WHERE d.user = ${user})`;
  const owners = `SELECT 1 FROM ${quoted(members.name)} m ${joinUsers(users, user)} WHERE ${organisation} = ? AND ${role} = ? AND ${stays}`;
  const ownersBut = `${owners} AND ${user} <> ?`;
  const present = table.softDelete === undefined ? "" : " AND deleted IS NULL";
  return {
    async find(connection, ...pair) {
      const row = await connection.get(`${select} WHERE ${organisation} = ? AND ${user} = ?`, pair);
      return row === undefined ? undefined : readMembership(row);
    },
    async of(connection, whose) {
      const rows = await connection.all(`${select} WHERE ${user} = ? ORDER BY m.created, m.id LIMIT 1000`, [whose]);
      return rows.map(readMembership);
    },
    async exists(connection, id) {
      return (await connection.get(`SELECT 1 FROM ${quoted(table.name)} WHERE id = ?${present}`, [id])) !== undefined;
    },
    async hasOwner(connection, id) {
      return (await connection.get(`${owners} LIMIT 1`, [id, highestRole(definition)])) !== undefined;
    },
    async solelyOwned(connection, whose) {
      const highest = highestRole(definition);
      const owned = await connection.all(`${select} WHERE ${user} = ? AND ${role} = ?`, [whose, highest]);
      const sole: string[] = [];
      for (const { organisation: id } of owned.map(readMembership))
        if ((await connection.get(`${ownersBut} LIMIT 1`, [id, highest, whose])) === undefined) sole.push(id);
      return sole;
    },
    async nameOf(connection, id) {
      if (table.columns.get("name")?.kind.name !== "text") return null;
      const row = await connection.get(`SELECT name FROM ${quoted(table.name)} WHERE id = ?`, [id]);
      return typeof row?.[0] === "string" ? row[0] : null;
    },
  };
}

function readMembership([id, organisation, user, role, since]: ResultRow): Membership {
  return {
    id: typeof id === "number" ? id : String(id),
    organisation: String(organisation),
    user: String(user),
    role: String(role),
    since: String(since),
  };
}
