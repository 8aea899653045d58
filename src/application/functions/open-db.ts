import { type Caller, system } from "../access/caller.ts";
import type { Records } from "../records/records.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { Db, SystemDb } from "./db.ts";

/** The data for one caller; within a transaction where `records` are one's. */
export function openDb<S extends AnySchema>(records: Records, caller: Caller): Db<S> {
  return { ...bound<S>(records, caller), asSystem: () => bound<S>(records, system) };
}

export function openSystemDb<S extends AnySchema>(records: Records): SystemDb<S> {
  return bound(records, system);
}

function bound<S extends AnySchema>(records: Records, caller: Caller): SystemDb<S> {
  return { read: (query) => records.read(query, caller), write: (query) => records.write(query, caller) };
}
