import { type Actor, AppError, type Stored } from "#contract";
import { type Connection, constant, identifier, sql, type Sql } from "#database";
import type { Records } from "../../records/records.ts";
import { constants } from "../../records/write/change.ts";
import type { Account } from "../account-table.ts";
import type { AuthParts } from "../auth-parts.ts";
import { createMemberships } from "../organisations/memberships.ts";
import { namesOf } from "../organisations/row-names.ts";
import type { AccountReference } from "./account-references.ts";

/** What becomes of somebody's data when their account is deleted, as their schema says. Tables that they may see nothing of are not named. */
export interface DeletionPlan {
  /** Milliseconds between asking and doing; 0 for at once. */
  readonly delay: number;
  /** Tables whose rows of theirs go. */
  readonly goes: readonly string[];
  /** Tables whose rows stay, and name them no more. */
  readonly unnamed: readonly string[];
  /** Of these, and of `users`, something is kept of what goes: old versions, deleted rows or a line in the audit log. */
  readonly kept: readonly string[];
  /** Tables with rows that must not be without them: while there are any, nothing is deleted. */
  readonly blockedBy: readonly string[];
  /** Likewise, in tables that they may see nothing of. */
  readonly blockedUnseen: boolean;
  /** Organisations of which they are the last owner: these keep the account. */
  readonly lastOwnerOf: readonly OwnedAlone[];
  /** Nobody else could give roles after. */
  readonly isLastAdmin: boolean;
}

/** An organisation that would have no owner without somebody. */
export interface OwnedAlone {
  readonly organisation: string;
  /** Null where there is none that they may read. */
  readonly name: string | null;
}

type Tools = Pick<AuthParts, "definition" | "accounts">;

export async function planDeletion(
  { definition, accounts }: Tools,
  { connection, records, account, me }: DeletionScope & { readonly account: Account; readonly me: Actor },
): Promise<DeletionPlan> {
  const { references, users, deletionDelay } = definition;
  const seen = await namedTables(records, me, [...references.map(({ table }) => table.name), users.name]);
  const named = (some: readonly AccountReference[]): readonly string[] => [
    ...new Set(some.map(({ table }) => table.name).filter((name) => seen.has(name) && name !== users.name)),
  ];
  const going = references.filter(({ effect }) => effect === "cascade");
  const blocking = await blockingReferences(connection, references, account.user);
  const isKept = ({ table: { softDelete, history, audit = false } }: Pick<AccountReference, "table">): boolean =>
    softDelete !== undefined || history !== undefined || audit;
  return {
    delay: account.address === null ? 0 : deletionDelay,
    goes: named(going),
    unnamed: named(references.filter(({ effect }) => effect === "set null")),
    kept: [...(isKept({ table: users }) ? [users.name] : []), ...named(going.filter(isKept))],
    blockedBy: [...new Set(blocking.map(({ table }) => table.name).filter((name) => seen.has(name)))],
    blockedUnseen: blocking.some(({ table }) => !seen.has(table.name)),
    lastOwnerOf: await lastOwnerOf(definition, { connection, records, me }),
    isLastAdmin: await isLastAdmin({ definition, accounts }, connection, account),
  };
}

export interface DeletionScope {
  readonly connection: Pick<Connection, "get" | "all">;
  readonly records: Pick<Records, "read">;
}

/** Whether they are the only one who is let in with the administrator's role. */
export async function isLastAdmin(
  { definition: { adminRole }, accounts }: Tools,
  connection: Pick<Connection, "get" | "all">,
  { user, roles }: Account,
): Promise<boolean> {
  if (!roles.includes(adminRole)) return false;
  for (let after = ""; ; ) {
    const some = await accounts.list(connection, { role: adminRole, after });
    if (some.some((other) => other.user !== user && !other.suspended)) return false;
    const last = some.at(-1);
    if (last === undefined) return true;
    after = last.user;
  }
}

/** But for organisations that go with their owner, as the schema says. */
async function lastOwnerOf(
  { organisations, users, references }: AuthParts["definition"],
  { connection, records, me }: DeletionScope & { readonly me: Actor },
): Promise<readonly OwnedAlone[]> {
  if (organisations === undefined) return [];
  const { table } = organisations;
  const going = references.filter((reference) => reference.table === table && reference.effect === "cascade");
  const left: string[] = [];
  for (const id of await createMemberships(organisations, users).solelyOwned(connection, me.id)) {
    const goes = await Promise.all(
      going.map((reference) => {
        const statement = sql`SELECT 1 FROM ${identifier(table.name)} WHERE id = ${constant(id)} AND ${refersTo(reference, me.id)}`;
        return connection.get(statement.text, constants(statement));
      }),
    );
    if (goes.every((found) => found === undefined)) left.push(id);
  }
  const names = await namesOf(records, { table, keys: left, me });
  const nameFirst = ({ organisation, name }: OwnedAlone): string => name ?? organisation;
  return left
    .map((organisation) => ({ organisation, name: names.get(organisation) ?? null }))
    .toSorted((a, b) => (nameFirst(a) < nameFirst(b) ? -1 : 1));
}

/** The references with `onDelete("restrict")` by which some row keeps that user, or what would go with them. */
export async function blockingReferences(
  connection: Pick<Connection, "get">,
  references: readonly AccountReference[],
  user: string,
): Promise<readonly AccountReference[]> {
  const found: AccountReference[] = [];
  for (const reference of references) {
    if (reference.effect !== "restrict") continue;
    const statement = sql`SELECT 1 FROM ${identifier(reference.table.name)} WHERE ${refersTo(reference, user)} LIMIT 1`;
    if ((await connection.get(statement.text, constants(statement))) !== undefined) found.push(reference);
  }
  return found;
}

function refersTo({ column, by }: AccountReference, user: Stored): Sql {
  if (by === undefined) return sql`${identifier(column.name)} = ${constant(user)}`;
  return sql`${identifier(column.name)} IN (SELECT ${identifier(by.table.key.name)} FROM ${identifier(by.table.name)} WHERE ${refersTo(by, user)})`;
}

/** Those of which they may read anything at all: others are not told of. */
async function namedTables(records: Pick<Records, "read">, me: Actor, names: readonly string[]): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  for (const table of new Set(names)) {
    try {
      await records.read({ table, selection: { items: [], limit: 0 }, values: [0], form: "json" }, me);
      seen.add(table);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.status >= 500) throw thrown;
    }
  }
  return seen;
}
