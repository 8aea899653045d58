import type { Actor, KeyScope } from "#contract";
import { type Caller, system } from "./caller.ts";

/** The scope of the key that somebody asks with; undefined where they ask without one. */
export function scopeOf(caller: Caller): KeyScope | undefined {
  return caller === null || caller === system ? undefined : caller.key?.scope;
}

export function admitsTable(scope: KeyScope | undefined, table: string): boolean {
  return scope?.tables === undefined || scope.tables.includes(table);
}

/** A key that only reads calls no function that may change something. */
export function admitsFunction(scope: KeyScope | undefined, name: string, type: "query" | "mutation"): boolean {
  if (scope === undefined) return true;
  return (scope.access === "write" || type === "query") && (scope.functions === undefined || scope.functions.includes(name));
}

/** Whether the app's own routes take a request: of a key that only reads, those that change nothing by their method. */
export function admitsRoute(scope: KeyScope | undefined, method: string): boolean {
  if (scope === undefined) return true;
  return scope.routes && (scope.access === "write" || method === "GET" || method === "HEAD");
}

export function admitsWrites(scope: KeyScope | undefined): boolean {
  return scope === undefined || scope.access === "write";
}

/** For whoever is refused something by a key that leaves such things out: it need not be the rules that refuse it. */
export function hintOf(
  scope: KeyScope | undefined,
  what: "tables" | "writes" | "functions" | "routes",
): { readonly hint?: string } {
  if (scope === undefined) return {};
  const leavesOut = {
    tables: scope.tables !== undefined,
    writes: scope.tables !== undefined || scope.access === "read",
    functions: scope.functions !== undefined || scope.access === "read",
    routes: !scope.routes || scope.access === "read",
  }[what];
  return leavesOut ? { hint: "The scope of this key may leave it out: GET /auth/v1/session says what it has." } : {};
}

/** By what answers are kept and told apart that belong to one caller: a key must not be told what was answered to its owner. */
export function callerName({ id, key }: Pick<Actor, "id" | "key">): string {
  return key === undefined ? id : `${id} key ${key.id}`;
}
