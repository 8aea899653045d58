import { AppError, type Stored } from "#contract";
import { compileRows, expressions, type Table } from "#database";
import { type CompiledStatement, finish, run } from "../compiled.ts";
import type { Precondition, Selection, ValueForm } from "../query.ts";
import { resolveSelection } from "../resolve-selection.ts";
import { createResolver } from "../resolver.ts";
import { formatRowTag, isSameState, type RowTag, rowTag } from "../row-tag.ts";
import { compileContext, type Session } from "../session.ts";
import { tagColumns } from "../tag-columns.ts";

const { and, call, column, scope } = expressions;

/**
 * Whether the row is in the state that the caller means to change, asked inside the transaction of the change: so that nobody can change it
 * between the question and the write. Asked of the row as the caller may read it: one that they may not is not there (`notFound`), and a
 * version that they may not see equals none.
 */
export async function checkPrecondition(session: Session, table: Table, precondition: Precondition | undefined): Promise<void> {
  if (precondition === undefined) return;
  const { key, form, row } = precondition;
  const { rows } = await run(session, statementFor(session, table, form), [key]);
  const [found] = rows;
  if (row === "absent") {
    if (found === undefined) return;
  } else {
    if (found === undefined) throw new AppError("notFound");
    if (row === "there") return;
  }
  const current = rowTag(found[0], found[1]);
  if (row !== "absent" && current !== undefined && row.some((wanted) => isSameState(current, wanted))) return;
  throw new AppError("preconditionFailed", {
    details: row === "absent" ? "The row is there already." : "It has been changed meanwhile, or was made anew.",
    ...(row === "absent" ? {} : { hint: "Read the row again, make the change to what it is now, and send it with the new tag." }),
    ...(current === undefined ? {} : { headers: { etag: `"${formatRowTag(current)}"` } }),
  });
}

const byKey: Selection = {
  items: [],
  where: { type: "compare", path: { column: "id", json: [] }, operator: "eq", value: 0 },
};

function statementFor(session: Session, table: Table, form: ValueForm): CompiledStatement {
  const { services, view, variant } = session;
  const cacheKey = `precondition ${variant} ${form} ${JSON.stringify(table.name)}`;
  const known = services.cache.get<CompiledStatement>(cacheKey);
  if (known !== undefined) return known;
  const resolver = createResolver(view, { form, values: [""] }, services.limits);
  const name = resolver.fresh();
  const plan = resolveSelection(resolver, byKey, { table, scope: name, depth: 0, stripNulls: false });
  const statement = finish(
    compileRows({ ...plan, limit: undefined }, tagColumns(resolver, table, name), compileContext(session)),
    resolver.slots,
    true,
  );
  services.cache.set(cacheKey, statement);
  return statement;
}

/** The tag of a row that was written, as it is now; undefined where the caller may not read it, or not its version. */
export async function writtenTag(session: Session, table: Table, id: Stored): Promise<RowTag | undefined> {
  const { services, view, variant } = session;
  const cacheKey = `written tag ${variant} ${JSON.stringify(table.name)}`;
  let statement = services.cache.get<CompiledStatement>(cacheKey);
  if (statement === undefined) {
    const resolver = createResolver(view, { form: "json", values: [] }, services.limits);
    const name = resolver.fresh();
    const index = resolver.slots.add(0, (given) => given as Stored);
    const slot = { type: "slot", index, valueType: table.key.type, list: false } as const;
    const plan = resolveSelection(resolver, { items: [] }, { table, scope: name, depth: 0, stripNulls: false });
    const where = and(call("eq", column(scope(name), table.key), slot), plan.where);
    const rows = compileRows({ ...plan, where, limit: undefined }, tagColumns(resolver, table, name), compileContext(session));
    statement = finish(rows, resolver.slots, true);
    services.cache.set(cacheKey, statement);
  }
  const { rows } = await run(session, statement, [id]);
  return rowTag(rows[0]?.[0], rows[0]?.[1]);
}
