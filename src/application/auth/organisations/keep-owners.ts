import { AppError } from "#contract";
import type { BeforeCommitListener, Connection, RowChange, Table } from "#database";
import type { OrganisationsDefinition } from "./build-organisations.ts";
import { highestRole, mayGive } from "./member-roles.ts";
import { createMemberships } from "./memberships.ts";
import { invitationTable } from "./organisation-tables.ts";

/**
 * Holds, whoever writes memberships and how, that an organisation does not lose its last owner, and that whoever is no member any more, or has a lower
 * role now, has invited nobody beyond it: in the same transaction. What somebody makes by the data API needs an owner too; what the back end's own
 * code makes may get one later.
 *
 * On a database with more than one writer the question must lock the memberships of the organisation.
 */
export function ownersListener(definition: OrganisationsDefinition, users: Table): BeforeCommitListener {
  const { table, members, organisation, user, role } = definition;
  const memberships = createMemberships(definition, users);
  const owner = highestRole(definition);

  /** Organisations that had an owner before, whom they may have lost. */
  async function disturbed(changes: readonly RowChange[], connection: Connection, isOwnCode: boolean): Promise<Set<string>> {
    const found = new Set<string>();
    for (const change of changes) {
      const { before, after } = change;
      if (change.table === members.name) {
        if (before?.[role] === owner) found.add(String(before[organisation]));
      } else if (change.table === table.name) {
        if (change.type === "insert" && !isOwnCode) found.add(String(change.after["id"]));
      } else if (before !== undefined && before["deleted"] === null && after !== undefined && after["deleted"] !== null) {
        for (const each of await memberships.of(connection, String(before["id"])))
          if (each.role === owner) found.add(each.organisation);
      }
    }
    return found;
  }

  return {
    tables: [members.name, table.name, ...(users.softDelete === undefined ? [] : [users.name])],
    async beforeCommit(changes, connection, { author }) {
      for (const id of await disturbed(changes, connection, author.system)) {
        const isLeft = (await memberships.exists(connection, id)) && !(await memberships.hasOwner(connection, id));
        if (isLeft) throw new AppError("lastOwner", { details: `The organisation is ${id}.` });
      }
      for (const change of changes) await endInvitations(change, connection);
    },
  };

  async function endInvitations({ table: name, type, before, after }: RowChange, connection: Connection): Promise<void> {
    if (type === "insert") return;
    if (name === table.name && type === "delete")
      await connection.run(`DELETE FROM ${invitationTable} WHERE organisation = ?`, [String(before["id"])]);
    if (name !== members.name || (type === "update" && before[role] === after[role])) return;
    const kept = after === undefined ? [] : definition.roles.filter((each) => mayGive(definition, String(after[role]), each));
    await connection.run(
      `DELETE FROM ${invitationTable} WHERE organisation = ? AND invited_by = ? AND role NOT IN (SELECT value FROM json_each(?))`,
      [String(before[organisation]), String(before[user]), JSON.stringify(kept)],
    );
  }
}
