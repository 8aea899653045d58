import type { Actor, Json } from "#contract";
import type { Caller } from "../access/caller.ts";
import type { Records } from "../records/records.ts";
import { invalid } from "./auth-parts.ts";

/** A row of `users` as whoever makes it wrote it, without its id. */
export interface NewUserRow {
  readonly [name: string]: Json;
}

/** What was given as the row in `users`. Throws `validationFailed` for what is none; what is in it, the table says when it is written. */
export function readUser(given: unknown): NewUserRow {
  if (given === undefined) return {};
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw invalid([{ field: "user", message: "must be an object: the row in 'users'" }]);
  if (Object.hasOwn(given, "id")) throw invalid([{ field: "user.id", message: "is given by the server" }]);
  return given as NewUserRow;
}

export interface InsertUserOptions {
  /** Only see whether it could be made. */
  readonly dryRun?: boolean;
  /** `text`: each value is a text, as on a command line. Default `json`. */
  readonly form?: "json" | "text";
}

/** Somebody who has not signed up, as rules see them while they make their row, or say more of themselves. */
export function newAnonymous(id: string): Actor {
  return { id, roles: [], claims: {}, session: { id: "", verified: false, proofs: ["anonymous"], proved: 0 } };
}

/** Changes what was written of oneself, under the rules. Nothing is asked where nothing is said. */
export async function updateUser(
  records: Records,
  { id, user }: { readonly id: string; readonly user: NewUserRow },
  caller: Caller,
  { dryRun = false }: Pick<InsertUserOptions, "dryRun"> = {},
): Promise<void> {
  if (Object.keys(user).length === 0) return;
  const where = { type: "compare", path: { column: "id", json: [] }, operator: "eq", value: 0 } as const;
  await records.write(
    {
      type: "update",
      table: "users",
      set: user,
      where,
      values: [id],
      form: "json",
      dryRun,
      expectSingle: true,
    },
    caller,
  );
}

/** Makes the row, as `caller`: under the rules, unless that is the system. */
export async function insertUser(
  records: Records,
  { id, user }: { readonly id: string; readonly user: NewUserRow },
  caller: Caller,
  { dryRun = false, form = "json" }: InsertUserOptions = {},
): Promise<void> {
  const rows = [{ ...user, id }];
  await records.write(
    { type: "insert", table: "users", rows, rowForm: form, missing: "default", values: [], form: "json", dryRun },
    caller,
  );
}
