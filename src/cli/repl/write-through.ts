import type { AnySchema, Db } from "#application";
import type { AnyClient } from "./ground.ts";

type Calls = Readonly<Record<string, (...given: unknown[]) => unknown>>;

export const readCalls = ["list", "first", "get", "page", "count", "aggregate", "versions"] as const;
export const writeCalls = ["create", "createMany", "update", "updateMany", "upsert", "delete", "deleteMany", "restore"] as const;

/** `db` of which each write is the client's call of the same name, and everything else as it was. */
export function writeThrough(db: Db<AnySchema>, api: AnyClient, tables: Iterable<string>): Db<AnySchema> {
  const own = Object.create(db) as object;
  for (const name of tables) {
    const from = (source: object): Calls => (source as Readonly<Record<string, Calls>>)[name] ?? {};
    const bound = (source: object, calls: readonly string[]): [string, (...given: unknown[]) => unknown][] =>
      calls.map((call) => [call, (...given) => from(source)[call]?.(...given)]);
    const value = Object.fromEntries([...bound(db, readCalls), ...bound(api, writeCalls)]);
    Object.defineProperty(own, name, { value, enumerable: true });
  }
  return own as Db<AnySchema>;
}
