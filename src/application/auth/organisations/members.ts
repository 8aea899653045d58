import { type Actor, AppError } from "#contract";
import { authorOf } from "../../access/author.ts";
import { system } from "../../access/caller.ts";
import type { Records } from "../../records/records.ts";
import { type AuthRequest, countAttempt } from "../auth-parts.ts";
import { mayGive, readRole } from "./member-roles.ts";
import type { Membership } from "./memberships.ts";
import { checkRoles, managing, type OrganisationParts, ownMembership } from "./organisation-parts.ts";
import { namesOf } from "./row-names.ts";

/** Somebody who belongs to an organisation, as another member sees them. */
export interface Member {
  readonly user: string;
  /** Null where there is none that the other may read. */
  readonly name: string | null;
  readonly role: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

export interface MemberCalls {
  /** Those whom the rules of the memberships show, the highest role first; 1000 at the most. Throws `notFound` for who is no member. */
  list(me: Actor, organisation: string): Promise<readonly Member[]>;
  /**
   * Gives somebody another role. Nobody gives, or takes, a role above their own (`forbidden`); that of owners takes a recent proof (`proofRequired`). Throws
   * `lastOwner` where nobody else is one.
   */
  changeRole(
    me: Actor,
    input: { readonly organisation: string; readonly user: string; readonly role: unknown },
    request: AuthRequest,
  ): Promise<void>;
  /** Takes somebody out of an organisation, or leaves it oneself. Throws as `changeRole` does. */
  remove(me: Actor, input: { readonly organisation: string; readonly user: string }, request: AuthRequest): Promise<void>;
}

const MOST = 1000;

export function createMemberCalls(parts: OrganisationParts): MemberCalls {
  const { definition, database, records, memberships, organisations } = parts;
  const { members, organisation: column, user: userColumn, role: roleColumn, roles } = organisations;

  /** The rules say which rows there are for whoever asks. */
  async function visible(me: Actor, organisation: string): Promise<readonly Omit<Member, "name">[]> {
    const path = (name: string): { readonly column: string; readonly json: readonly never[] } => ({ column: name, json: [] });
    const { json } = await records.read(
      {
        table: members.name,
        selection: {
          items: [userColumn, roleColumn, "created"].map((name) => ({ type: "field", path: path(name) }) as const),
          where: { type: "compare", path: path(column), operator: "eq", value: 0 },
          order: [{ path: path("created"), direction: "asc" }],
          limit: 1,
        },
        values: [organisation, MOST],
        form: "json",
      },
      me,
    );
    const rows = JSON.parse(json) as readonly Readonly<Record<string, unknown>>[];
    return rows.flatMap((row) => {
      const [user, role, since] = [row[userColumn], row[roleColumn], row["created"]];
      return typeof user === "string" && typeof role === "string" ? [{ user, role, since: String(since) }] : [];
    });
  }

  async function other(
    connection: Parameters<typeof memberships.find>[0],
    { organisation, user }: { readonly organisation: string; readonly user: string },
  ): Promise<Membership> {
    const found = await memberships.find(connection, organisation, user);
    if (found === undefined) throw new AppError("notFound", { message: "There is no such member." });
    return found;
  }

  const row = { path: { column: "id", json: [] }, type: "compare", operator: "eq", value: 0 } as const;
  const write = { table: members.name, where: row, form: "json" } as const;
  const remove = (own: Records, { id }: Membership): Promise<unknown> =>
    own.write({ ...write, type: "delete", values: [id] }, system);

  return {
    async list(me, organisation) {
      await ownMembership(parts, database, { me, organisation });
      const found = await visible(me, organisation).catch((thrown: unknown) => {
        // Whom no rule shows any membership sees none.
        if (thrown instanceof AppError && thrown.status < 500) return [];
        throw thrown;
      });
      const names = await namesOf(records, { table: definition.users, keys: found.map(({ user }) => user), me });
      return found
        .map((member) => ({ ...member, name: names.get(member.user) ?? null }))
        .toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role));
    },

    async changeRole(me, { organisation, user, role: given }, request) {
      const role = readRole(organisations, given);
      await countAttempt(parts, request);
      await records.transaction(
        async (own, connection) => {
          const mine = await managing(parts, connection, { me, organisation });
          const theirs = await other(connection, { organisation, user });
          await checkRoles(parts, connection, { me, own: mine, roles: [theirs.role, role] });
          if (theirs.role !== role)
            await own.write({ ...write, type: "update", set: { [roleColumn]: role }, values: [theirs.id] }, system);
        },
        { author: authorOf(me, request.requestId) },
      );
    },

    async remove(me, { organisation, user }, request) {
      await countAttempt(parts, request);
      await records.transaction(
        async (own, connection) => {
          if (user === me.id) {
            await remove(own, await ownMembership(parts, connection, { me, organisation }));
            return;
          }
          const mine = await managing(parts, connection, { me, organisation });
          const theirs = await other(connection, { organisation, user });
          // Whoever may not give a role does not take it either, nor learns more than that.
          if (!mayGive(organisations, mine.role, theirs.role)) throw new AppError("forbidden");
          await checkRoles(parts, connection, { me, own: mine, roles: [theirs.role] });
          await remove(own, theirs);
        },
        { author: authorOf(me, request.requestId) },
      );
    },
  };
}
