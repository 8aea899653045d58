import { didYouMean } from "#base";
import { type DefinitionProblem, namedThings } from "../../schema/definition-error.ts";

export interface ImpersonationInput {
  /** Minutes after which it ends, whatever happens. Default 60, which is the most. */
  readonly minutes?: number;
  /** Whether another administrator may be looked in on. Default false. */
  readonly admins?: boolean;
  /** Whether the person gets a mail. Default true; their account's page tells them in any case. */
  readonly mail?: boolean;
}

/** Administrators who act as somebody, checked. */
export interface ImpersonationDefinition {
  readonly minutes: number;
  readonly admins: boolean;
  readonly mail: boolean;
}

const defaults: ImpersonationDefinition = { minutes: 60, admins: false, mail: true };

/** Undefined where nobody may: the default. */
export function buildImpersonation(written: unknown, problems: DefinitionProblem[]): ImpersonationDefinition | undefined {
  if (written === undefined || written === false) return undefined;
  const place = "auth.impersonation";
  const report = (name: string, message: string): void => void problems.push({ place: `${place}${name}`, message });
  const given = written === true ? {} : namedThings(written, place, problems);
  const names = Object.keys(defaults);
  for (const name of Object.keys(given))
    if (!names.includes(name)) report(`.${name}`, `is nothing that impersonation has${didYouMean(name, names)}`);
  const { minutes = defaults.minutes, admins = defaults.admins, mail = defaults.mail } = given;
  const isGood = typeof minutes === "number" && Number.isInteger(minutes) && minutes >= 1 && minutes <= 60;
  if (!isGood) report(".minutes", "is a whole number from 1 to 60");
  if (typeof admins !== "boolean") report(".admins", "is true or false");
  if (typeof mail !== "boolean") report(".mail", "is true or false");
  return { minutes: isGood ? minutes : defaults.minutes, admins: admins === true, mail: mail !== false };
}
