import { children, type Expression, type Relation, type RowReference, type Table, type Tenancy, tenantTable } from "#database";
import type { DefinitionProblem } from "./definition-error.ts";

/**
 * Computed fields see all rows. One that looks from a row that tenants share, or that belongs to one, at rows of any other would show one
 * tenant what another has, past all rules.
 */
export function reportLeaks(tables: ReadonlyMap<string, Table>, problems: DefinitionProblem[]): void {
  const isTenants = new Set([...tables.values()].flatMap(({ tenancy }) => (tenancy === undefined ? [] : [tenantTable(tenancy)])));
  for (const table of tables.values()) {
    for (const { name, computed } of table.columns.values()) {
      if (computed === undefined) continue;
      const leak = findLeak(computed, new Map([["row", table.tenancy !== undefined || isTenants.has(table.name)]]), tables);
      if (leak === undefined) continue;
      const message = `looks at rows of '${leak.target}' that may be of other tenants: whoever reads the field would see what is in them`;
      problems.push({ place: `computed.${table.name}.${name}`, message });
    }
  }
}

/** The first relation that leads to a tenant's rows from a row that is not surely of the same tenant. `inside` says which rows in scope are of one. */
function findLeak(
  expression: Expression,
  inside: ReadonlyMap<string, boolean>,
  tables: ReadonlyMap<string, Table>,
): Relation | undefined {
  let leak: Relation | undefined;
  const step = (isInside: boolean, relation: Relation): boolean => {
    const target = tables.get(relation.target);
    if (target?.tenancy === undefined) return isInside && keeps(relation, tables.get(relation.table)?.tenancy);
    if (isInside && staysWithin(relation, tables)) return true;
    leak ??= relation;
    return true;
  };
  const isInside = (row: RowReference): boolean =>
    row.type === "scope" ? (inside.get(row.name) ?? false) : step(isInside(row.from), row.relation);
  let scopes = inside;
  if ("row" in expression) {
    const from = isInside(expression.row);
    if (expression.type === "exists" || expression.type === "aggregate")
      scopes = new Map(inside).set(expression.scope, step(from, expression.relation));
  }
  for (const part of children(expression)) leak ??= findLeak(part, scopes, tables);
  return leak;
}

/** From a tenant's row to the tenant itself; anything else that is no tenant's is shared. */
function keeps(relation: Relation, tenancy: Tenancy | undefined): boolean {
  return tenancy?.path.length === 1 && tenancy.path[0]?.constraint === relation.constraint;
}

/** Both ends are of one tenant: the reference between them is held to that (see `rules/tenants.ts`), or is what says whose the row is. */
function staysWithin(relation: Relation, tables: ReadonlyMap<string, Table>): boolean {
  const { junction } = relation;
  const isForward = junction === undefined && relation.cardinality === "one" && relation.column === relation.foreignColumn;
  const holder = tables.get(junction?.table ?? (isForward ? relation.table : relation.target))?.tenancy;
  const [from, to] = [tables.get(relation.table)?.tenancy, tables.get(relation.target)?.tenancy];
  if (holder === undefined || to === undefined) return false;
  // From the tenant itself only the way back along what makes rows its own.
  if (from === undefined) return holder.path.length === 1 && holder.path[0]?.constraint === relation.constraint;
  return tenantTable(from) === tenantTable(to);
}
