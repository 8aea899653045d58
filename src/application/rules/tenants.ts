import { didYouMean } from "#base";
import {
  type Column,
  columnOf,
  createScopes,
  type Expression,
  expressions,
  type FreshScope,
  instantiate,
  type RowReference,
  type Table,
  type Tenancy,
  tableOf,
  tenantTable,
} from "#database";
import { type DefinitionProblem, inDoubt } from "../schema/definition-error.ts";
import type { DraftModel } from "../schema/doubts.ts";
import { actorValue } from "./build-actor.ts";
import { rowSource, rowValue } from "./build-row.ts";
import { conditionOf } from "./build-value.ts";
import { messageOf } from "./thrown.ts";
import { withUnused } from "./unused-conditions.ts";
import type { FieldRules, RuleBook, TableRules, UpdateRule } from "./rules.ts";

const { and, call, column, or, scope } = expressions;

/** Who belongs to a tenant, by the tenants' table: over `row`, the tenant. */
export type Membership = ReadonlyMap<string, Expression>;

/** Who belongs to which tenant, as it was written. Every table of tenants needs its entry. */
export function buildTenants(
  model: DraftModel,
  written: Readonly<Record<string, unknown>>,
  problems: DefinitionProblem[],
): Membership {
  const wanted = new Map<string, string>();
  for (const { name, tenancy } of model.tables.values()) if (tenancy !== undefined) wanted.set(tenantTable(tenancy), name);
  const source = rowSource(model, createScopes("t"));
  const members = new Map<string, Expression>();
  for (const [name, callback] of Object.entries(written)) {
    const place = `tenants.${name}`;
    const report = (message: string): void => void problems.push({ place, message });
    if (!wanted.has(name)) {
      const isDoubtful = problems.some((problem) => problem.place.endsWith(".tenant") || problem.place === "tenant");
      report(isDoubtful ? inDoubt : `no table says that its rows belong to one of '${name}'${didYouMean(name, wanted.keys())}`);
      continue;
    }
    if (typeof callback !== "function") {
      report("needs a function such as ({ row, me }) => row.members.some((member) => member.user.eq(me.id))");
      continue;
    }
    const given = { row: rowValue(source, name, scope("row")), me: actorValue(model, source) };
    try {
      const before = problems.length;
      const { result, complaints } = withUnused(
        () => conditionOf((callback as (scope: unknown) => unknown)(given), "who belongs to a tenant")["~built"],
      );
      for (const message of result.problems) report(message);
      if (problems.length === before) for (const complaint of complaints) report(complaint);
      if (result.problems.length === 0) members.set(name, result.expression);
    } catch (error) {
      report(messageOf(error));
    }
  }
  for (const [name, table] of wanted) {
    if (Object.hasOwn(written, name)) continue;
    if (model.organisations?.table === name) {
      members.set(name, isMember(model, rowValue(source, name, scope("row")), actorValue(model, source)));
      continue;
    }
    // What is wrong with organisations is told where they are.
    if (model.doubts?.ofOrganisations() === true) continue;
    const message = `is missing: the rows of '${table}' belong to one of '${name}', and who does too must be said`;
    problems.push({ place: `tenants.${name}`, message });
  }
  return members;
}

/** Whoever is a member of an organisation belongs to it, unless the back end says otherwise. */
function isMember(model: DraftModel, row: unknown, me: { belongsTo(row: unknown): unknown }): Expression {
  const { result } = withUnused(() => conditionOf(me.belongsTo(row), "who belongs to a tenant")["~built"]);
  if (result.problems.length > 0 && model.doubts === undefined) throw new Error(result.problems.join("; "));
  return result.problems.length > 0 ? expressions.never : result.expression;
}

/**
 * The rules with the border between tenants in them: every rule of a tenant's table also asks whether the caller belongs to the row's
 * tenant, whatever else it says. No change moves a row to another tenant, and no row refers to one of another.
 */
export function withinTenants(model: DraftModel, rules: RuleBook, members: Membership): RuleBook {
  const fresh = createScopes("u");
  return new Map(
    [...rules].map(([name, own]) => {
      const table = model.tables.get(name);
      return [name, table?.tenancy === undefined ? own : bounded(model, own, { table, tenancy: table.tenancy, members, fresh })];
    }),
  );
}

interface Border {
  readonly table: Table;
  readonly tenancy: Tenancy;
  readonly members: Membership;
  readonly fresh: FreshScope;
}

function bounded(model: DraftModel, own: TableRules, { table, tenancy, members, fresh }: Border): TableRules {
  // A tenancy that is wrong has been reported; until then nobody belongs.
  const member = members.get(tenantTable(tenancy)) ?? expressions.never;
  const belongs = (row: string): Expression => instantiate(member, { row: tenantOf(scope(row), tenancy) }, fresh);
  const within = (rule: Expression | undefined): Expression | undefined =>
    rule === undefined ? undefined : and(belongs("row"), rule);
  return {
    ...own,
    read: within(own.read),
    create: within(own.create),
    delete: within(own.delete),
    // One that says `next` is asked once, of both rows.
    update: own.update && {
      ...own.update,
      expression: own.update.mentionsNext
        ? and(belongs("row"), belongs("next"), own.update.expression)
        : and(belongs("row"), own.update.expression),
    },
    fields: boundedFields(model, table, own.fields),
  };
}

function tenantOf(row: RowReference, { path }: Tenancy): RowReference {
  return path.reduce<RowReference>((from, relation) => ({ type: "through", from, relation }), row);
}

/** The tenant's id, without a look at the tenant. */
function tenantId(model: DraftModel, row: RowReference, { path }: Tenancy): Expression {
  const last = path.at(-1);
  if (last === undefined) throw new Error("A tenancy has a path.");
  const from = tenantOf(row, { path: path.slice(0, -1) });
  return column(from, columnOf(tableOf(model, last.table), last.column));
}

/** Fields that refer to what is a tenant's are held to rules beside their own. */
function boundedFields(model: DraftModel, table: Table, own: ReadonlyMap<string, FieldRules>): ReadonlyMap<string, FieldRules> {
  const fields = new Map(own);
  for (const each of table.columns.values()) {
    const rule = table.tenancy === undefined ? undefined : referenceRule(model, each, table);
    if (rule === undefined) continue;
    const { read, create, update } = own.get(each.name) ?? { read: undefined, create: undefined, update: undefined };
    fields.set(each.name, { read, create: and(rule.create, create), update: joinUpdate(rule.update, update) });
  }
  return fields;
}

interface ReferenceRule {
  /** Over `row`. */
  readonly create: Expression;
  /** Over `row` and `next`. */
  readonly update: Expression;
}

function referenceRule(model: DraftModel, each: Column, { tenancy, relations }: Table): ReferenceRule | undefined {
  if (tenancy === undefined || each.reference === undefined) return undefined;
  const [row, next] = [scope("row"), scope("next")];
  if (tenancy.path[0]?.column === each.name) {
    // The row stays with its tenant: the first step may change as long as the tenant is the same.
    const stays = call("eq", tenantId(model, next, tenancy), tenantId(model, row, tenancy));
    return { create: expressions.always, update: stays };
  }
  const target = model.tables.get(each.reference.table)?.tenancy;
  const relation = relations.find(
    ({ column: name, cardinality, junction }) => name === each.name && cardinality === "one" && junction === undefined,
  );
  if (target === undefined || relation === undefined || tenantTable(target) !== tenantTable(tenancy)) return undefined;
  const isOfSame = (of: RowReference): Expression => {
    const same = call("eq", tenantId(model, { type: "through", from: of, relation }, target), tenantId(model, of, tenancy));
    return each.nullable ? or(call("isNull", column(of, each)), same) : same;
  };
  return { create: isOfSame(row), update: isOfSame(next) };
}

/** Both, in the form of a rule that is asked once. */
function joinUpdate(border: Expression, own: UpdateRule | undefined): UpdateRule {
  if (own === undefined) return { expression: border, mentionsNext: true };
  if (own.mentionsNext) return { expression: and(border, own.expression), mentionsNext: true };
  const after = instantiate(own.expression, { row: scope("next") }, createScopes("v"));
  return { expression: and(border, own.expression, after), mentionsNext: true };
}
