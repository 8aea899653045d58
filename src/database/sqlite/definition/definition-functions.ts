import type { DatabaseSync } from "node:sqlite";
import { kinds, type KindName } from "#contract";

/**
 * `chassis_form(kind, text)`: is it a value of that kind, in its stored form? For the kinds whose form SQL cannot tell: the
 * database then holds to the very code that validates a request. A program without the function (the sqlite3 shell, say) can read
 * tables that use it and not write to them.
 */
export function registerDefinitionFunctions(database: DatabaseSync): void {
  // Deterministic, because SQLite refuses other functions in a CHECK.
  database.function("chassis_form", { deterministic: true }, (kind, text) => {
    if (typeof text !== "string") return 0;
    const parsed = kinds[String(kind) as KindName].fromText(text, {});
    return parsed.ok && parsed.value === text ? 1 : 0;
  });
}
