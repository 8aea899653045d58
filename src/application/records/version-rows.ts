import { kinds } from "#contract";
import {
  type Column,
  columnOf,
  deletedColumn,
  type Expression,
  expressions,
  historyColumns,
  instantiate,
  type SelectPlan,
  type Table,
} from "#database";
import type { Condition, ValueForm, ValueIndex } from "./query.ts";
import { resolveSelection } from "./resolve-selection.ts";
import { createResolver, type Resolver } from "./resolver.ts";
import type { Session } from "./session.ts";
import { forbidden } from "./write/rule-check.ts";

const { and, call, column, or, scope } = expressions;

/** The versions of one row that a caller may see, as a plan, and what tells them apart. */
export interface VersionPlan {
  readonly plan: SelectPlan;
  readonly sequence: Expression;
  readonly resolver: Resolver;
}

export interface VersionSource {
  readonly table: Table;
  /** The row's id among `values`. */
  readonly key: ValueIndex;
  readonly values: readonly unknown[];
  readonly form: ValueForm;
}

/**
 * Each version under the read rule and the history rule, as the row was; one in which it was deleted for whoever could delete it. Where a
 * rule looks at other rows, it sees those of today.
 */
export function versionPlan(session: Session, { table, key, values, form }: VersionSource): VersionPlan {
  const { view, services } = session;
  const past = { tables: new Set<Table>(), refusal: (message: string) => forbidden(session, message) };
  const resolver = createResolver(view, { form, values, past }, services.limits);
  const name = resolver.fresh();
  const row = scope(name);
  const where: Condition = { type: "compare", path: { column: table.key.name, json: [] }, operator: "eq", value: key };
  const place = { table, scope: name, depth: 0, stripNulls: false };
  const resolved = resolveSelection(resolver, { items: [{ type: "all" }], where }, place);
  const sequence = column(row, sequenceColumn(table));
  const shown =
    table.softDelete === undefined
      ? undefined
      : or(
          call("isNull", column(row, columnOf(table, deletedColumn))),
          instantiate(view.writeRule(table, "delete").expression, { row }, resolver.fresh),
        );
  const newestFirst = {
    value: sequence,
    valueType: { scalar: "integer" },
    direction: "desc",
    nulls: "last",
    nullable: false,
  } as const;
  const limit = { type: "fixed", rows: services.limits.maxRows } as const;
  return {
    plan: { ...resolved, rows: "versions", where: and(resolved.where, shown), order: [newestFirst], limit },
    sequence,
    resolver,
  };
}

function sequenceColumn(table: Table): Column {
  return {
    name: historyColumns.sequence,
    table: table.name,
    kind: kinds.integer,
    options: {},
    type: { scalar: "integer" },
    nullable: false,
    default: undefined,
    limits: {},
    reference: undefined,
    immutable: true,
    secret: false,
    searchable: false,
    computed: undefined,
  };
}
