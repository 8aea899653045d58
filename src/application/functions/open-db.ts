import { type Caller, system } from "../access/caller.ts";
import type { Records } from "../records/records.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { Db, SystemDb } from "./db.ts";

/** The data for one caller; within a transaction where `records` are one's. */
export function openDb<S extends AnySchema>(records: Records, caller: Caller): Db<S> {
  return { ...bound(records, caller), asSystem: () => bound(records, system) } as unknown as Db<S>;
}

export function openSystemDb<S extends AnySchema>(records: Records): SystemDb<S> {
  return bound(records, system) as unknown as SystemDb<S>;
}

function bound(records: Records, caller: Caller): Pick<Db<AnySchema>, "read" | "write"> {
  return { read: (query) => records.read(query, caller), write: (query) => records.write(query, caller) };
}
