import type { DatabaseSync } from "node:sqlite";
import type { Scalar, Stored } from "#contract";
import { castValue } from "../../expression/cast.ts";
import { canonicalJson, compareJson, containsJson, overlapsJson } from "../../expression/json-values.ts";
import { addSeconds } from "../../expression/operators/time.ts";
import { matchesRegularExpression } from "../../expression/patterns.ts";
import { lowerCase, upperCase } from "../../expression/text.ts";
import { toValue } from "../../expression/values.ts";
import { globPattern } from "./glob.ts";

/** The SQL names of the functions that SQLite does not have and that expressions, checks and indexes need. */
export const functionNames = {
  lower: "chassis_lower",
  upper: "chassis_upper",
  glob: "chassis_glob",
  match: "chassis_match",
  matchIgnoringCase: "chassis_imatch",
  pattern: "chassis_pattern",
  canonicalJson: "chassis_json_canonical",
  compareJson: "chassis_json_compare",
  containsJson: "chassis_json_contains",
  overlapsJson: "chassis_json_overlaps",
  addSeconds: "chassis_add_seconds",
  cast: "chassis_cast",
} as const;

type Functions = { readonly [Name in keyof typeof functionNames]: (...args: never[]) => Stored };

const truth = (value: boolean | null): Stored => (value === null ? null : value ? 1n : 0n);

/** None is ever called with a null: each gives null for one. Integers come and go as bigint. */
const functions: Functions = {
  lower: (text: string) => lowerCase(text),
  upper: (text: string) => upperCase(text),
  glob: (pattern: string) => globPattern(pattern),
  match: (text: string, pattern: string) => truth(matchesRegularExpression(text, pattern, false)),
  matchIgnoringCase: (text: string, pattern: string) => truth(matchesRegularExpression(text, pattern, true)),
  /** A JavaScript regular expression of the schema: (text, source, flags). */
  pattern: (text: string, source: string, flags: string) => truth(schemaPattern(source, flags).test(text)),
  canonicalJson: (json: string) => canonicalJson(json),
  compareJson: (left: string, right: string) => BigInt(compareJson(left, right)),
  containsJson: (left: string, right: string) => truth(containsJson(left, right)),
  overlapsJson: (left: string, right: string) => truth(overlapsJson(left, right)),
  addSeconds: (moment: string, seconds: bigint) => addSeconds(moment, seconds),
  /** (value, the type's scalar, its scale, the other type's scalar). */
  cast: (value: Stored, from: Scalar, scale: bigint, to: Scalar) => {
    const type = { scalar: from, scale: Number(scale) };
    const result = castValue(toValue(value, type), type, { scalar: to });
    // A bigint becomes an integer; a number would become a real.
    return to === "bool" && result !== null ? BigInt(result as number) : result;
  },
};

const patterns = new Map<string, RegExp>();

/** Patterns come from the schema alone, so they are few. */
function schemaPattern(source: string, flags: string): RegExp {
  const key = `${flags}/${source}`;
  let pattern = patterns.get(key);
  if (pattern === undefined) {
    // `g` and `y` would remember where the last text matched.
    pattern = new RegExp(source, flags.replaceAll(/[gy]/g, ""));
    patterns.set(key, pattern);
  }
  return pattern;
}

/** To be called once on every connection, before any statement is prepared. `onCall` may end the statement by throwing. */
export function registerFunctions(database: DatabaseSync, onCall: () => void = () => {}): void {
  for (const [key, name] of Object.entries(functionNames)) {
    const implementation = functions[key as keyof typeof functionNames] as (...args: readonly unknown[]) => Stored;
    database.function(name, { deterministic: true, useBigIntArguments: true, varargs: true }, (...args) => {
      onCall();
      return args.includes(null) ? null : implementation(...args);
    });
  }
}
