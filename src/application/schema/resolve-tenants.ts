import { didYouMean } from "#base";
import { type Relation, type Table, type Tenancy, tenantTable } from "#database";
import { type DefinitionProblem, inDoubt } from "./definition-error.ts";
import type { WrittenTable } from "./read-tables.ts";

export interface WrittenTenants {
  readonly written: readonly WrittenTable[];
  readonly tables: ReadonlyMap<string, Table>;
  /** What the schema says for all of its tables; undefined for nothing. */
  readonly everywhere: unknown;
}

/** How the rows of each table lead to their tenant. Tables whose rows are shared have no entry. */
export function resolveTenants(
  { written, tables, everywhere }: WrittenTenants,
  problems: DefinitionProblem[],
): ReadonlyMap<string, Tenancy> {
  const tenancies = new Map<string, Tenancy>();
  const common = readCommon(everywhere, tables, problems);
  for (const { name, tenant } of written) {
    const table = tables.get(name);
    if (table === undefined) continue;
    const said = tenant ?? (table.columns.get(common ?? "")?.reference === undefined ? undefined : common);
    if (said === undefined || said === false) continue;
    const path = typeof said === "string" ? readPath(table, said, tables) : 'is a reference such as "organisation", or false';
    if (typeof path === "string") problems.push({ place: `${name}.tenant`, message: path });
    else tenancies.set(name, { path });
  }
  for (const { name, tenant } of written) {
    const table = tables.get(name);
    if (table === undefined) continue;
    const report = (message: string): void => void problems.push({ place: `${name}.tenant`, message });
    const tenancy = tenancies.get(name);
    if (tenancy === undefined) {
      if (tenant === undefined) reportForgotten(table, tenancies, report);
    } else {
      reportForeignParent(tenancy, tenancies, report);
      reportKey(table, report);
      for (const message of sharedUniques(table, tenancy, { tables, tenancies })) report(message);
    }
  }
  return tenancies;
}

function readCommon(everywhere: unknown, tables: ReadonlyMap<string, Table>, problems: DefinitionProblem[]): string | undefined {
  if (everywhere === undefined) return undefined;
  if (typeof everywhere === "string" && [...tables.values()].some(({ columns }) => columns.get(everywhere)?.reference))
    return everywhere;
  const said = typeof everywhere === "string" ? everywhere : JSON.stringify(everywhere);
  const references = [...tables.values()].flatMap(({ columns }) => [...columns.values()].filter((column) => column.reference));
  const names = references.map((column) => column.name);
  problems.push({
    place: "tenant",
    message: `is the name of a reference that tables have, and none has '${said}'${didYouMean(said, names)}`,
  });
  return undefined;
}

/** The references that a path names, or what is wrong with it. */
function readPath(table: Table, text: string, tables: ReadonlyMap<string, Table>): readonly Relation[] | string {
  const path: Relation[] = [];
  let at: Table = table;
  for (const name of text.split(".")) {
    const column = at.columns.get(name);
    if (column === undefined) return `there is no field '${name}' in '${at.name}'${didYouMean(name, at.columns.keys())}`;
    if (column.reference === undefined) return `'${at.name}.${name}' is no reference: a tenant is a row`;
    if (column.nullable) return `'${at.name}.${name}' is optional, and a row without it would belong to nobody`;
    const relation = at.relations.find(
      (each) => each.cardinality === "one" && each.column === name && each.junction === undefined,
    );
    const target = tables.get(column.reference.table);
    if (relation === undefined || target === undefined) return inDoubt;
    path.push(relation);
    at = target;
  }
  return path;
}

type Report = (message: string) => void;

/** Whose rows refer to those of tenants mostly belong to one themselves: what is shared says so. */
function reportForgotten(table: Table, tenancies: ReadonlyMap<string, Tenancy>, report: Report): void {
  const tenants = new Set([...tenancies.values()].map(tenantTable));
  if (tenants.has(table.name)) return;
  for (const { name, reference } of table.columns.values()) {
    if (reference === undefined) continue;
    const rest = tenancies.get(reference.table)?.path.map(({ column }) => column);
    if (rest === undefined && !tenants.has(reference.table)) continue;
    const path = [name, ...(rest ?? [])].join(".");
    report(
      `'${name}' refers to what belongs to a tenant: say tenant: ${JSON.stringify(path)}, or tenant: false where all tenants share these rows`,
    );
    return;
  }
}

/** A parent that could be moved to another tenant would take its rows along. */
function reportForeignParent({ path }: Tenancy, tenancies: ReadonlyMap<string, Tenancy>, report: Report): void {
  const [first, ...rest] = path;
  if (first === undefined || rest.length === 0) return;
  const wanted = rest.map(({ column }) => column).join(".");
  const own = tenancies
    .get(first.target)
    ?.path.map(({ column }) => column)
    .join(".");
  if (own !== wanted) report(`leads through '${first.target}', which must say tenant: ${JSON.stringify(wanted)} itself`);
}

function reportKey({ key }: Table, report: Report): void {
  if (key.kind.name === "uuid") return;
  report(
    `needs UUIDs: an id that is ${key.kind.name === "integer" ? "a number" : "chosen by the caller"} tells one tenant of the rows of others; leave out id("${key.kind.name}")`,
  );
}

/** Unique sets by which one tenant could learn what another has: none of their fields is of the tenant. */
function sharedUniques(
  table: Table,
  { path }: Tenancy,
  { tables, tenancies }: { readonly tables: ReadonlyMap<string, Table>; readonly tenancies: ReadonlyMap<string, Tenancy> },
): readonly string[] {
  const [first] = path;
  const isOfTenant = (name: string): boolean => {
    const reference = tables.get(table.name)?.columns.get(name)?.reference;
    return name === first?.column || (reference !== undefined && !reference.allowUnreadable && tenancies.has(reference.table));
  };
  return table.uniques
    .filter(({ columns }) => !columns.some(isOfTenant))
    .map(
      ({ columns }) =>
        `the unique ${columns.map((name) => `'${name}'`).join(", ")} would tell one tenant what another has: make it unique: [[${[first?.column, ...columns].map((name) => JSON.stringify(name)).join(", ")}]]`,
    );
}
