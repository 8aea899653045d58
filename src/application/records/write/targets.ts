import { AppError, type Stored } from "#contract";
import { compileRows, expressions, instantiate, rowKeyColumn, type SelectPlan, type Table } from "#database";
import { type CompiledStatement, finish, run } from "../compiled.ts";
import type { Condition, DeleteQuery, RestoreQuery, UpdateQuery } from "../query.ts";
import { resolveSelection } from "../resolve-selection.ts";
import { createResolver } from "../resolver.ts";
import { compileContext, type Session } from "../session.ts";
import { targetShapeOf } from "../shape.ts";

const { and, column, scope } = expressions;

export interface Targets {
  /** Row numbers. */
  readonly keys: readonly Stored[];
  readonly ids: readonly (string | number)[];
}

/**
 * The rows that an update or delete is about: those that its filter takes, that the caller may read, and whose rule for the
 * operation holds as they stand. Other rows are not touched and not mentioned.
 */
export async function findTargets(session: Session, table: Table, query: UpdateQuery | DeleteQuery): Promise<Targets> {
  const { cache } = session.services;
  const key = `${query.type} ${session.variant} ${targetShapeOf(query)}`;
  let statement = cache.get<CompiledStatement>(key);
  if (statement === undefined) {
    statement = compileTargets(session, table, query);
    cache.set(key, statement);
  }
  const { rows } = await run(session, statement, query.values);
  if (query.maxAffected !== undefined && rows.length > query.maxAffected) {
    throw new AppError("maxAffectedExceeded", { details: `The query affects ${rows.length} rows` });
  }
  return { keys: rows.map((row) => row[0] ?? null), ids: rows.map((row) => row[1] as string | number) };
}

/** The deleted row of that id, if the caller may read it and could delete it. */
export async function findDeleted(session: Session, table: Table, query: RestoreQuery): Promise<Targets> {
  const { cache, limits } = session.services;
  const key = `restore ${session.variant} ${query.form} ${JSON.stringify([table.name, query.key])}`;
  let statement = cache.get<CompiledStatement>(key);
  if (statement === undefined) {
    const resolver = createResolver(session.view, query, limits);
    const name = resolver.fresh();
    const where: Condition = { type: "compare", path: { column: table.key.name, json: [] }, operator: "eq", value: query.key };
    const place = { table, scope: name, depth: 0, stripNulls: false, deleted: "only" } as const;
    const plan = resolveSelection(resolver, { items: [], where }, place);
    const row = scope(name);
    const values = [column(row, rowKeyColumn(table)), column(row, table.key)];
    statement = finish(compileRows({ ...plan, limit: undefined }, values, compileContext(session)), resolver.slots);
    cache.set(key, statement);
  }
  const { rows } = await run(session, statement, query.values);
  return { keys: rows.map((row) => row[0] ?? null), ids: rows.map((row) => row[1] as string | number) };
}

function compileTargets(session: Session, table: Table, query: UpdateQuery | DeleteQuery): CompiledStatement {
  const { services, view } = session;
  const resolver = createResolver(view, query, services.limits);
  const name = resolver.fresh();
  const row = scope(name);
  const rule = view.writeRule(table, query.type);
  const resolved = resolveSelection(
    resolver,
    {
      items: [],
      ...(query.where === undefined ? {} : { where: query.where }),
      ...(query.order === undefined ? {} : { order: query.order }),
      ...(query.limit === undefined ? {} : { limit: query.limit }),
    },
    { table, scope: name, depth: 0, stripNulls: false },
  );
  const before = rule.mentionsNext ? undefined : instantiate(rule.expression, { row }, resolver.fresh);
  // All that the filter takes, however many: only a limit that was asked for bounds a change.
  const plan: SelectPlan = {
    ...resolved,
    where: and(resolved.where, before),
    ...(query.limit === undefined ? { limit: undefined } : {}),
  };
  return finish(
    compileRows(plan, [column(row, rowKeyColumn(table)), column(row, table.key)], compileContext(session)),
    resolver.slots,
  );
}
