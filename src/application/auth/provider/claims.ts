import { type Actor, AppError, type Json } from "#contract";
import type { Table } from "#database";
import type { Records } from "../../records/records.ts";
import type { Account } from "../account-table.ts";
import type { ProviderClaim } from "./build-provider.ts";
import type { ScopeName } from "./scopes.ts";

/** What an app learns of somebody. `sub` is the id of their row in `users`, which passes to nobody else. */
export type Claims = Readonly<Record<string, Json>>;

export interface ClaimsOptions {
  readonly records: Records;
  readonly users: Table;
  readonly claims: readonly ProviderClaim[];
}

/**
 * The claims of these scopes (OpenID Connect Core 5.1 and 5.4). What stands in `users` is read as the person themselves, under the rules, without
 * what a session may have proved: what they may not read of themselves, no app learns.
 */
export async function claimsOf(
  { records, users, claims }: ClaimsOptions,
  { user, address, verified, roles }: Pick<Account, "user" | "address" | "verified" | "roles">,
  scopes: readonly ScopeName[],
): Promise<Claims> {
  return {
    sub: user,
    ...(scopes.includes("email") && address !== null ? { email: address, email_verified: verified } : {}),
    ...(scopes.includes("profile") ? await profileOf({ records, users, claims }, { id: user, roles, claims: {} }) : {}),
  };
}

async function profileOf({ records, users, claims }: ClaimsOptions, me: Actor): Promise<Claims> {
  const profile: Record<string, Json> = {};
  const path = (column: string): { readonly column: string; readonly json: readonly never[] } => ({ column, json: [] });
  for (const { name, column } of claims) {
    try {
      // One at a time: a field that they may not read takes no other one with it.
      const { json } = await records.read(
        {
          table: users.name,
          selection: {
            items: [{ type: "field", path: path(column.name) }],
            where: { type: "compare", path: path(users.key.name), operator: "eq", value: 0 },
          },
          values: [me.id],
          form: "text",
        },
        me,
      );
      const [row] = JSON.parse(json) as readonly Readonly<Record<string, Json>>[];
      const value = row?.[column.name];
      if (value !== undefined && value !== null) profile[name] = value;
    } catch (thrown) {
      // What they may not read is none of the app's business either.
      if (!(thrown instanceof AppError) || thrown.status >= 500) throw thrown;
    }
  }
  return profile;
}
