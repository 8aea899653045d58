import type { Connection } from "#database";
import type { Records } from "../records/records.ts";
import { insertAccount, keepAddress } from "./account-table.ts";
import { becomeReal } from "./anonymous/become-real.ts";
import { usedLink } from "./auth-errors.ts";
import type { AuthParts } from "./auth-parts.ts";
import { newUser } from "./build-auth.ts";
import { insertUser, newAnonymous, type NewUserRow, updateUser } from "./new-user.ts";

/** Somebody who signs up, whose row was not made yet. */
export interface SigningUp {
  /** Of the row, if it is made. */
  readonly id: string;
  /** The anonymous account that they had, which becomes theirs. */
  readonly from: string | undefined;
  readonly row: NewUserRow;
}

interface ProvedAddress {
  readonly address: string;
  /** `addressKey(address)`, which no other account may have. */
  readonly addressKey: string;
  /** Undefined for who signs in by something else. */
  readonly passwordHash: string | undefined;
}

/** In whose name a sign-up is written. */
export function authorOfSignUp(
  { id, from }: Pick<SigningUp, "id" | "from">,
  requestId: string | undefined,
): { readonly author: { readonly id: string; readonly system: false; readonly requestId?: string } } {
  return { author: { id: from ?? id, system: false, ...(requestId === undefined ? {} : { requestId }) } };
}

/** Throws what the rules and the table would say of the row. Nothing is written. */
export async function tryRow(records: Records, { id, from, row }: SigningUp): Promise<void> {
  if (from === undefined) await insertUser(records, { id, user: row }, newUser(id), { dryRun: true });
  else await updateUser(records, { id: from, user: row }, newAnonymous(from), { dryRun: true });
}

/**
 * The account that they had without having signed up becomes theirs, where it is still there; else there is another one. Gives whose it is. Throws
 * `usedLink` where it was suspended meanwhile.
 */
export async function openAccount(
  parts: Pick<AuthParts, "definition" | "accounts" | "clock">,
  scope: { readonly records: Records; readonly connection: Connection },
  { id, from, row, ...given }: SigningUp & ProvedAddress,
): Promise<string> {
  const { definition, accounts, clock } = parts;
  const { records, connection } = scope;
  const account = { ...given, verified: true };
  const kept = from === undefined ? undefined : await accounts.find(connection, from);
  if (kept?.suspended === true) throw usedLink();
  if (kept !== undefined && (await becomeReal(parts, scope, { user: kept.user, row, ...account }))) return kept.user;
  await insertUser(records, { id, user: row }, newUser(id));
  await insertAccount(connection, { user: id, roles: [], ...account }, clock.now());
  await keepAddress(connection, definition.users, { user: id, address: given.address });
  return id;
}
