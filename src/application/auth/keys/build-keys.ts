import { didYouMean } from "#base";
import { type DefinitionProblem, namedThings } from "../../schema/definition-error.ts";

export interface KeysInput {
  /** Days that a key is good for where its owner says nothing. Default 90. */
  readonly days?: number;
  /** The most that they may say. Default 366; at most 3660. */
  readonly maxDays?: number;
  /** How many somebody may have at once. Default 20; at most 1000. */
  readonly most?: number;
  /**
   * Whether a key wears roles that need a second factor (`secondFactor.requiredFor`), as far as it was made by a session that had shown one. Default
   * false: who finds such a key has the role without the factor.
   */
  readonly factorRoles?: boolean;
}

/** Keys that people make, checked. */
export interface KeysDefinition {
  readonly days: number;
  readonly maxDays: number;
  readonly most: number;
  readonly factorRoles: boolean;
}

const defaults: KeysDefinition = { days: 90, maxDays: 366, most: 20, factorRoles: false };
const names = Object.keys(defaults);

/** Undefined where nobody makes any: the default. */
export function buildKeys(written: unknown, problems: DefinitionProblem[]): KeysDefinition | undefined {
  if (written === undefined || written === false) return undefined;
  const report = (name: string, message: string): void => void problems.push({ place: `auth.keys${name}`, message });
  const given = written === true ? {} : namedThings(written, "auth.keys", problems);
  for (const name of Object.keys(given))
    if (!names.includes(name)) report(`.${name}`, `is nothing that keys have${didYouMean(name, names)}`);
  const whole = (name: "days" | "maxDays" | "most", most: number): number => {
    const value = given[name] ?? defaults[name];
    if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
    report(`.${name}`, `is a whole number from 1 to ${most}`);
    return defaults[name];
  };
  const { factorRoles = false } = given;
  if (typeof factorRoles !== "boolean") report(".factorRoles", "is true or false");
  const maxDays = whole("maxDays", 3660);
  const days = given["days"] === undefined ? Math.min(defaults.days, maxDays) : whole("days", 3660);
  if (days > maxDays) report(".days", `is at most maxDays, which is ${maxDays}`);
  return { days, maxDays, most: whole("most", 1000), factorRoles: factorRoles === true };
}
