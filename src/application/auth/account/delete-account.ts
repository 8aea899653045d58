import { AppError } from "#contract";
import type { Connection } from "#database";
import { system } from "../../access/caller.ts";
import type { Records } from "../../records/records.ts";
import { type Account, endUsers, forgetAddress } from "../account-table.ts";
import type { AuthParts } from "../auth-parts.ts";
import { blockingReferences } from "./deletion-plan.ts";

export interface DeletedAccount {
  readonly account: Account;
  readonly language?: string | undefined;
}

/**
 * Ends an account for good, within a transaction: the row in `users`, whatever its rule `delete` says, for that rule is about the data and this a
 * right (GDPR article 17); what refers to it, as `onDelete` says; all that sign-in keeps. Their address is told. Throws `stillReferenced`, naming the
 * tables that keep the row.
 */
export async function deleteAccount(
  { definition: { users, references }, send, clock }: Pick<AuthParts, "definition" | "send" | "clock">,
  { records, connection }: { readonly records: Records; readonly connection: Connection },
  { account: { user, address }, language }: DeletedAccount,
): Promise<void> {
  const where = { type: "compare", path: { column: users.key.name, json: [] }, operator: "eq", value: 0 } as const;
  try {
    await records.write({ type: "delete", table: users.name, where, values: [user], form: "json" }, system);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.error !== "stillReferenced") throw thrown;
    const tables = (await blockingReferences(connection, references, user)).map(({ table }) => table.name);
    throw blockedDeletion([...new Set(tables)], thrown);
  }
  // Of a row that is deleted and kept no listener hears: the account goes all the same, and the address with it.
  if (users.softDelete !== undefined) await forgetAddress(connection, users, user);
  await endUsers(connection, [user], clock.now());
  if (address !== null) await send(connection, { to: address, language, message: { type: "accountDeleted" } });
}

/** 409. */
export function blockedDeletion(tables: readonly string[], cause?: unknown): AppError {
  const named = tables.map((table) => `'${table}'`).join(", ");
  return new AppError("stillReferenced", {
    message: "The account cannot be deleted: other data must not be without it.",
    ...(named === "" ? {} : { details: `It is kept by rows of ${named}.` }),
    cause,
  });
}
