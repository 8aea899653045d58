import { didYouMean } from "#base";
import { type Model, type Organisations, type Table, tableOf } from "#database";
import type { Translated } from "../../mail/brand.ts";
import { type DefinitionProblem, namedThings } from "../../schema/definition-error.ts";
import { buildPageFields, type PageFieldInput, readPageText } from "../pages/build-auth-pages.ts";
import type { PageField } from "../pages/page-fields.ts";

export interface OrganisationsOptions {
  /**
   * Who looks after an organisation: invites others, removes members and changes their roles, as far as these are not above their own. Default: the
   * highest role, and `admin` where there is one. The highest role always does.
   */
  readonly managers?: readonly string[];
  /**
   * What the fields of organisations are called where somebody makes one: `{ name: { en: "Its name" } }`. Those that every organisation needs are asked for in
   * any case; others are where they stand here.
   */
  readonly fields?: Readonly<Record<string, PageFieldInput>>;
  /** What the roles are called on the pages: `{ owner: { en: "Owner", nl: "Eigenaar" } }`. `owner`, `admin` and `member` have words of ours. */
  readonly roles?: Readonly<Record<string, Translated>>;
}

/** Organisations of a back end with sign-in, checked. */
export interface OrganisationsDefinition extends Pick<Organisations, "organisation" | "user" | "role" | "roles"> {
  readonly table: Table;
  readonly members: Table;
  readonly managers: readonly string[];
  readonly fields: readonly PageField[];
  readonly roleNames: Readonly<Record<string, Translated>>;
}

const names: readonly string[] = ["managers", "fields", "roles"];
const place = "auth.organisations";

/** Undefined where the schema has none, or sign-in is to leave them alone. */
export function buildOrganisations(
  written: unknown,
  model: Model,
  problems: DefinitionProblem[],
): OrganisationsDefinition | undefined {
  const { organisations } = model;
  if (organisations === undefined) {
    if (written !== undefined && written !== false)
      problems.push({ place, message: "which tables they are is for the schema to say: give defineSchema organisations: true" });
    return undefined;
  }
  if (written === false) return undefined;
  const report = (part: string, message: string): void => void problems.push({ place: `${place}${part}`, message });
  const given = written === undefined || written === true ? {} : namedThings(written, place, problems);
  for (const name of Object.keys(given))
    if (!names.includes(name)) report(`.${name}`, `is nothing that organisations have${didYouMean(name, names)}`);
  const { roles, organisation, user, role } = organisations;
  const table = tableOf(model, organisations.table);
  const called = namedThings(given["roles"] ?? {}, `${place}.roles`, problems);
  for (const name of Object.keys(called))
    if (!roles.includes(name)) report(`.roles.${name}`, `is no role of theirs${didYouMean(name, roles)}`);
  const roleNames = Object.entries(called).flatMap(([name, text]) => {
    const read = readPageText(text, `.roles.${name}`, report);
    return read === undefined ? [] : [[name, read] as const];
  });
  return {
    table,
    members: tableOf(model, organisations.members),
    organisation,
    user,
    role,
    roles,
    managers: readManagers(given["managers"], roles, report),
    fields: buildPageFields(table, "organisation", {
      inputs: namedThings(given["fields"] ?? {}, `${place}.fields`, problems),
      report,
    }),
    roleNames: Object.fromEntries(roleNames),
  };
}

function readManagers(
  written: unknown,
  roles: readonly string[],
  report: (part: string, message: string) => void,
): readonly string[] {
  const [highest = ""] = roles;
  if (written === undefined) return [...new Set([highest, ...roles.filter((role) => role === "admin")])];
  if (!Array.isArray(written)) {
    report(".managers", `is a list of roles: ["${highest}"]`);
    return [highest];
  }
  const wanted = written.map(String);
  for (const role of wanted)
    if (!roles.includes(role)) report(".managers", `there is no role '${role}'${didYouMean(role, roles)}`);
  return [...new Set([highest, ...wanted])];
}
