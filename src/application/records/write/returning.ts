import { AppError, type Stored } from "#contract";
import { compileSelect, expressions, rowKeyColumn, type SelectPlan, type Table } from "#database";
import { type CompiledStatement, finish, run } from "../compiled.ts";
import type { MutationQuery, Selection } from "../query.ts";
import { resolveSelection } from "../resolve-selection.ts";
import { createResolver } from "../resolver.ts";
import { type RowTag, rowTag } from "../row-tag.ts";
import { compileContext, type Session } from "../session.ts";
import { selectionShape } from "../shape.ts";
import { listText } from "../slots.ts";
import { tagColumns } from "../tag-columns.ts";
import { forbidden } from "./rule-check.ts";
import type { Targets } from "./targets.ts";

const { and, call, column, scope } = expressions;

/** The written rows as the caller may read them, and the tag of one that was written alone. */
export interface ShownRows {
  readonly json: string;
  readonly tag: RowTag | undefined;
}

/** Of what a write returns: in the order in which it was written where the selection asks for no other. */
export async function selectWritten(
  session: Session,
  table: Table,
  query: MutationQuery,
  { keys, ids }: Targets,
): Promise<ShownRows> {
  const { returning } = query;
  if (returning === undefined) throw new Error("Nothing was asked to be returned.");
  const isSingle = keys.length === 1;
  const values = [...query.values, isSingle ? ids[0] : listText(keys)];
  const { statement, ordered } = compiled(session, table, returning, query, isSingle);
  const { rows } = await run(session, statement, values);
  if (query.expectReturned === true && rows.length < keys.length) throw forbidden(session);
  if (ordered || isSingle) {
    const json = `[${rows.map((row) => row[0]).join(",")}]`;
    return { json, tag: isSingle ? rowTag(rows[0]?.[2], rows[0]?.[3]) : undefined };
  }
  const position = new Map(keys.map((key, index) => [String(key), index]));
  const place = (row: readonly Stored[]): number => position.get(String(row[1])) ?? 0;
  const sorted = rows.toSorted((left, right) => place(left) - place(right));
  return { json: `[${sorted.map((row) => row[0]).join(",")}]`, tag: undefined };
}

function compiled(
  session: Session,
  table: Table,
  selection: Selection,
  { form, values, stripNulls = false }: Pick<MutationQuery, "form" | "values" | "stripNulls">,
  isSingle: boolean,
): { readonly statement: CompiledStatement; readonly ordered: boolean } {
  const { cache, limits } = session.services;
  const key = `returning ${session.variant} ${selectionShape(table.name, selection, form, values)} ${stripNulls} ${isSingle}`;
  const known = cache.get<{ statement: CompiledStatement; ordered: boolean }>(key);
  if (known !== undefined) return known;
  // What was written is returned whole: the bound on an answer's rows was applied to the input.
  const resolver = createResolver(
    session.view,
    { form, values },
    { ...limits, maxRows: Math.max(limits.maxRows, limits.maxInsertRows) },
  );
  const name = resolver.fresh();
  const index = resolver.slots.add(values.length, (given) => given as Stored);
  const rowNumber = column(scope(name), rowKeyColumn(table));
  const integer = { scalar: "integer" } as const;
  // One row, which is what most writes are about, is known by its id, and needs no list to be taken apart.
  const written = isSingle
    ? call("eq", column(scope(name), table.key), { type: "slot", index, valueType: table.key.type, list: false })
    : call("in", rowNumber, { type: "slot", index, valueType: integer, list: true });
  // Where the caller may read nothing of the table, nothing is returned: the rule is `never` then.
  const resolved = resolveSelection(resolver, selection, { table, scope: name, depth: 0, stripNulls });
  if (resolved.grouped) throw new AppError("notSupported", { message: "Written rows cannot be aggregated." });
  const plan: SelectPlan = { ...resolved, where: and(written, resolved.where) };
  const extra = isSingle ? [rowNumber, ...tagColumns(resolver, table, name)] : [rowNumber];
  const entry = {
    statement: finish(compileSelect(plan, compileContext(session), { extra }), resolver.slots, isSingle),
    ordered: plan.order.length > 0,
  };
  cache.set(key, entry);
  return entry;
}
