import { didYouMean } from "#base";
import type { Column, Organisations, Table } from "#database";
import { type DefinitionProblem, namedThings } from "./definition-error.ts";

type Report = (message: string, part?: string) => void;

const names: readonly string[] = ["table", "members", "role"];

/** Where organisations and memberships are. Undefined where nothing is said of them, or where it cannot stand. */
export function resolveOrganisations(
  written: unknown,
  tables: ReadonlyMap<string, Table>,
  problems: DefinitionProblem[],
): Organisations | undefined {
  if (written === undefined) return undefined;
  const before = problems.length;
  const report: Report = (message, part) =>
    void problems.push({ place: part === undefined ? "organisations" : `organisations.${part}`, message });
  const given = written === true ? {} : namedThings(written, "organisations", problems);
  for (const [name, value] of Object.entries(given))
    if (!names.includes(name)) report(`is nothing that organisations have${didYouMean(name, names)}`, name);
    else if (typeof value !== "string") report("is a name", name);
  if (problems.length > before) return undefined;
  const { role = "role", ...tableNames } = given as Partial<Readonly<Record<string, string>>>;
  const find = (part: "table" | "members", usual: string): Table | undefined => {
    const name = tableNames[part] ?? usual;
    const table = tables.get(name);
    const say = `say organisations: { ${part}: "..." } where it has another name`;
    if (table === undefined) report(`there is no table '${name}'${didYouMean(name, tables.keys()) || `; ${say}`}`, part);
    return table;
  };
  const [table, members] = [find("table", "organisations"), find("members", "members")];
  if (table === undefined || members === undefined) return undefined;
  if (table.key.kind.name !== "uuid") report(`'${table.name}' needs UUIDs: leave out its id`, "table");
  const organisation = referenceTo(members, table.name, report);
  const user = referenceTo(members, "users", report);
  const roles = readRoles(members, role, report);
  if (organisation === undefined || user === undefined || roles === undefined) return undefined;
  checkMembers(members, { organisation, user, role }, report);
  return problems.length > before ? undefined : { table: table.name, members: members.name, organisation, user, role, roles };
}

/** The one reference of a membership that leads there. */
function referenceTo(members: Table, target: string, report: Report): string | undefined {
  const found = [...members.columns.values()].filter(({ reference }) => reference?.table === target);
  const [column] = found;
  if (column === undefined || found.length > 1) {
    report(
      `'${members.name}' must have one reference to '${target}', and has ${found.length === 0 ? "none" : "several"}`,
      "members",
    );
    return undefined;
  }
  const place = `'${members.name}.${column.name}'`;
  if (column.nullable) report(`${place} is optional, and a membership without it would be nobody's`, "members");
  if (column.reference?.onDelete !== "cascade")
    report(
      `${place} must say .onDelete("cascade"): memberships go with the ${target === "users" ? "user" : "organisation"}, which could not be deleted otherwise`,
      "members",
    );
  return column.name;
}

function readRoles(members: Table, name: string, report: Report): readonly string[] | undefined {
  const column = members.columns.get(name);
  const values = column?.kind.name === "enum" ? column.options.values : undefined;
  if (column === undefined || values === undefined) {
    const what = column === undefined ? "there is none" : "it is none";
    report(
      `'${members.name}.${name}' must be an enum of roles, the highest first, such as enums("owner", "member"), and ${what}`,
      "role",
    );
    return undefined;
  }
  if (column.nullable) report(`'${members.name}.${name}' is optional, and a member without a role would be nothing`, "role");
  return values;
}

/** What sign-in relies on: that somebody belongs once, and that it can write a membership by itself. */
function checkMembers(
  members: Table,
  { organisation, user, role }: Pick<Organisations, "organisation" | "user" | "role">,
  report: Report,
): void {
  const isPair = ({ columns }: { readonly columns: readonly string[] }): boolean =>
    columns.length === 2 && columns.includes(organisation) && columns.includes(user);
  if (!members.uniques.some(isPair))
    report(
      `'${members.name}' must say that nobody belongs twice: table({ ... }, { unique: [["${organisation}", "${user}"]] })`,
      "members",
    );
  if (members.softDelete !== undefined)
    report(`'${members.name}' keeps deleted rows, and whoever has left would still stand there: leave out softDelete`, "members");
  const own = new Set([organisation, user, role]);
  for (const column of members.columns.values())
    if (!own.has(column.name) && isAsked(column, members))
      report(`'${members.name}.${column.name}' would have to be given: make it optional, or give it a default`, "members");
}

function isAsked(column: Column, members: Table): boolean {
  return column !== members.key && !column.nullable && column.default === undefined && column.computed === undefined;
}
