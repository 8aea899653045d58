import { suggest } from "#base";
import { expressions, type Model } from "#database";
import type { FunctionDefinition } from "../functions/function.ts";
import type { RuleBook, TableRules } from "./rules.ts";

/** `history` is reading the past, of a table that keeps it. */
export type TableOperation = "read" | "create" | "update" | "delete" | "history";

/** One operation on one table, or one function. */
export type Way =
  | { readonly type: "table"; readonly table: string; readonly operation: TableOperation }
  | { readonly type: "function"; readonly name: string };

interface Ruled {
  readonly model: Model;
  readonly rules: RuleBook;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
}

const operations: readonly TableOperation[] = ["read", "create", "update", "delete", "history"];

/**
 * The operations that no rule speaks of: unreachable for everybody, and an error of `chassis check`. `nobody` is a rule. So is
 * one that is wrong, of which there is none in `rules`: `mistakes` are the places of the mistakes in them.
 */
export function missingRules({ model, rules }: Ruled, mistakes: readonly string[] = []): readonly Way[] {
  const isWrong = wrongRules([...model.tables.keys()], mistakes);
  return [...model.tables.values()].flatMap(({ name: table, history }) =>
    operations
      .filter((operation) => operation !== "history" || history !== undefined)
      .filter((operation) => rules.get(table)?.[operation] === undefined && !isWrong(table, operation))
      .map((operation) => ({ type: "table", table, operation }) as const),
  );
}

/** Tells the operations that have a rule, but a wrong one, by the places of the mistakes: `rules.reviews.update`. */
function wrongRules(
  tables: readonly string[],
  mistakes: readonly string[],
): (table: string, operation: TableOperation) => boolean {
  const keys: ReadonlySet<string> = new Set([...operations, "write", "fields"]);
  const places = mistakes.map((place) => place.split(".")).filter(([part]) => part === "rules");
  return (table, operation) =>
    places.some(([, name, key]) => {
      if (name === undefined) return true;
      // Rules for a table that is not there were meant for the one with nearly that name.
      if (name !== table) return !tables.includes(name) && suggest(name, tables) === table;
      return (
        key === undefined ||
        key === operation ||
        (key === "write" && operation !== "read" && operation !== "history") ||
        !keys.has(key)
      );
    });
}

/** What anybody may do without signing in. Shown when the server starts. */
export function openToEveryone({ rules, functions }: Ruled): readonly Way[] {
  const tables = [...rules].flatMap(([table, own]) =>
    operations.filter((operation) => isOpen(own, operation)).map((operation) => ({ type: "table", table, operation }) as const),
  );
  const open = [...functions].filter(([, { access }]) => expressions.isConstantTruth(access, true));
  return [...tables, ...open.map(([name]) => ({ type: "function", name }) as const)];
}

function isOpen(rules: TableRules, operation: TableOperation): boolean {
  const rule = operation === "update" ? rules.update?.expression : rules[operation];
  return rule !== undefined && expressions.isConstantTruth(rule, true);
}
