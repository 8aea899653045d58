import { AppError } from "#contract";
import type { BeforeCommitListener, Connection, RowChange, Table } from "#database";
import type { OrganisationsDefinition } from "./build-organisations.ts";
import { highestRole, mayGive } from "./member-roles.ts";
import { createMemberships } from "./memberships.ts";
import { invitationTable } from "./organisation-tables.ts";

const withoutOwner = "This organisation has no owner any more: make somebody one in the transaction that brings it back.";

/**
 * Holds, whoever writes memberships and how, that an organisation does not lose its last owner, and that whoever is no member any more, or has a lower
 * role now, has invited nobody beyond it: in the same transaction. What somebody makes by the data API needs an owner too; what the back end's own
 * code makes may get one later. One that was deleted and comes back (`softDelete`) must have one again, whoever brings it back: while it was gone, its last owner could go.
 *
 * On a database with more than one writer the question must lock the memberships of the organisation.
 */
export function ownersListener(definition: OrganisationsDefinition, users: Table): BeforeCommitListener {
  const { table, members, organisation, user, role } = definition;
  const memberships = createMemberships(definition, users);
  const owner = highestRole(definition);

  /** Organisations that must have an owner now, each with what is said where it has none: those that may have lost theirs, that somebody makes, that come back. */
  async function disturbed(
    changes: readonly RowChange[],
    connection: Connection,
    isOwnCode: boolean,
  ): Promise<ReadonlyMap<string, { readonly message?: string }>> {
    const found = new Map<string, { readonly message?: string }>();
    for (const change of changes) {
      const { before, after } = change;
      if (change.table === members.name) {
        if (before?.[role] === owner) found.set(String(before[organisation]), {});
      } else if (change.table === table.name) {
        if (change.type === "insert" && !isOwnCode) found.set(String(change.after["id"]), {});
        if (isDeleted(before) && !isDeleted(after)) found.set(String(before?.["id"]), { message: withoutOwner });
      } else if (before !== undefined && !isDeleted(before) && isDeleted(after)) {
        for (const each of await memberships.of(connection, String(before["id"])))
          if (each.role === owner) found.set(each.organisation, {});
      }
    }
    return found;
  }

  return {
    tables: [members.name, table.name, ...(users.softDelete === undefined ? [] : [users.name])],
    async beforeCommit(changes, connection, { author }) {
      for (const [id, said] of await disturbed(changes, connection, author.system)) {
        const isLeft = (await memberships.exists(connection, id)) && !(await memberships.hasOwner(connection, id));
        if (isLeft) throw new AppError("lastOwner", { ...said, details: `The organisation is ${id}.` });
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

/** Whether it is among the rows that are kept after their delete (`softDelete`). */
function isDeleted(row: RowChange["before"]): boolean {
  return typeof row?.["deleted"] === "string";
}
