import { type Actor, AppError, type Json } from "#contract";
import { authorOf } from "../../access/author.ts";
import { system } from "../../access/caller.ts";
import type { Records } from "../../records/records.ts";
import { type AuthRequest, countAttempt, invalid } from "../auth-parts.ts";
import { givableRoles, highestRole } from "./member-roles.ts";
import type { OrganisationParts } from "./organisation-parts.ts";
import { ownMembership } from "./organisation-parts.ts";
import { namesOf, readRows } from "./row-names.ts";

/** An organisation, as one of its members sees it. */
export interface OwnOrganisation {
  readonly organisation: string;
  /** Null where there is none that they may read. */
  readonly name: string | null;
  readonly role: string;
  /** Since when they belong to it: ISO 8601, UTC. */
  readonly since: string;
  /** They look after its members. */
  readonly manages: boolean;
  /** The roles that they may give, the highest first. */
  readonly gives: readonly string[];
}

export interface OrganisationCalls {
  /** Makes one, as whoever asks and under the rule `create` of its table; they are its owner. `organisation`: the row, without its id. */
  create(
    me: Actor,
    input: { readonly organisation: unknown },
    request: AuthRequest,
  ): Promise<{ readonly organisation: string; readonly role: string }>;
  /** Those that somebody belongs to, the oldest membership first. */
  list(me: Actor): Promise<readonly OwnOrganisation[]>;
  /** One of them. Throws `notFound`. */
  find(me: Actor, organisation: string): Promise<OwnOrganisation>;
  /** The values of the fields that pages ask for, each as text, as far as whoever asks may read them; empty for none. */
  values(me: Actor, organisation: string): Promise<Readonly<Record<string, string>>>;
  /** Changes fields of one, as whoever asks and under the rule `update` of its table. */
  change(me: Actor, input: { readonly organisation: string; readonly set: Readonly<Record<string, Json>> }): Promise<void>;
}

export function createOrganisationCalls(parts: OrganisationParts): OrganisationCalls {
  const { database, records, organisations, memberships, ids } = parts;
  const { table } = organisations;

  async function seen(
    records: Pick<Records, "read">,
    me: Actor,
    own: readonly { readonly organisation: string; readonly role: string; readonly since: string }[],
  ) {
    const names = await namesOf(records, { table, keys: own.map(({ organisation }) => organisation), me });
    return own.map(
      ({ organisation, role, since }): OwnOrganisation => ({
        organisation,
        name: names.get(organisation) ?? null,
        role,
        since,
        manages: organisations.managers.includes(role),
        gives: givableRoles(organisations, role),
      }),
    );
  }

  return {
    async create(me, { organisation: given }, request) {
      const row = readRow(given);
      await countAttempt(parts, request);
      const id = ids.uuid();
      const role = highestRole(organisations);
      return records.transaction(
        async (own) => {
          const made = {
            table: table.name,
            rows: [{ ...row, id }],
            type: "insert",
            rowForm: "json",
            missing: "default",
          } as const;
          await own.write({ ...made, values: [], form: "json" }, me);
          await addMember(own, parts, { organisation: id, user: me.id, role });
          return { organisation: id, role };
        },
        { author: authorOf(me, request.requestId) },
      );
    },

    async list(me) {
      return seen(records, me, await memberships.of(database, me.id));
    },

    async find(me, organisation) {
      const [found] = await seen(records, me, [await ownMembership(parts, database, { me, organisation })]);
      if (found === undefined) throw new Error("One is seen as one.");
      return found;
    },

    async values(me, organisation) {
      await ownMembership(parts, database, { me, organisation });
      const [row = {}] = await readRows(records, {
        table,
        me,
        keys: [organisation],
        columns: organisations.fields.map(({ column }) => column.name),
      });
      return Object.fromEntries(
        organisations.fields.map(({ column, input }) => {
          const value = row[column.name];
          return [input, typeof value === "string" || typeof value === "number" ? String(value) : value === true ? "true" : ""];
        }),
      );
    },

    async change(me, { organisation, set }) {
      await ownMembership(parts, database, { me, organisation });
      const where = { type: "compare", path: { column: "id", json: [] }, operator: "eq", value: 0 } as const;
      const { affected } = await records.write(
        { type: "update", table: table.name, set, where, values: [organisation], form: "json" },
        me,
      );
      if (affected === 0) throw new AppError("forbidden");
    },
  };
}

/** Makes a membership, past the rules: whoever calls has asked whether it may be. */
export async function addMember(
  records: Records,
  { organisations: { members, organisation, user, role } }: Pick<OrganisationParts, "organisations">,
  member: { readonly organisation: string; readonly user: string; readonly role: string },
): Promise<void> {
  const row = { [organisation]: member.organisation, [user]: member.user, [role]: member.role };
  const made = { type: "insert", table: members.name, rows: [row], rowForm: "json", missing: "default" } as const;
  await records.write({ ...made, values: [], form: "json" }, system);
}

function readRow(given: unknown): Readonly<Record<string, Json>> {
  if (given === undefined) return {};
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw invalid([{ field: "organisation", message: "must be an object: the row of the organisation" }]);
  if (Object.hasOwn(given, "id")) throw invalid([{ field: "organisation.id", message: "is given by the server" }]);
  return given as Readonly<Record<string, Json>>;
}
