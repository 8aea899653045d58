import { createPacer } from "#base";
import { AppError, type Stored } from "#contract";
import { type Column, compileRows, type Expression, expressions, type SelectPlan, type Table, tableOf } from "#database";
import { hintOf } from "../../access/key-scope.ts";
import { type CompiledStatement, finish, run } from "../compiled.ts";
import type { AccessView } from "../access-view.ts";
import { readCondition } from "../relations.ts";
import { createResolver } from "../resolver.ts";
import { compileContext, type Session } from "../session.ts";
import { listText } from "../slots.ts";

const { and, call, column, or, scope } = expressions;

/**
 * A foreign key answers whether a row exists. So that it answers only about rows that the caller may read, a reference
 * to any other row is refused as one to a row that is not there is. A reference to oneself is always good.
 */
export async function refuseUnreadableReferences(
  session: Session,
  table: Table,
  rows: readonly ReadonlyMap<Column, Stored>[],
): Promise<void> {
  for (const each of guardedReferences(session, table)) {
    const given = new Set<Stored>();
    for (const row of rows) {
      const value = row.get(each) ?? null;
      if (value !== null) given.add(value);
    }
    await refuseUnreadableIds(session, each, given);
  }
}

/** The columns of a table whose values have to be looked at before they are written: the foreign key lets too much through. */
export function guardedReferences({ view, services }: Session, table: Table): readonly Column[] {
  return [...table.columns.values()].filter(({ reference }) => {
    if (reference === undefined) return false;
    // A foreign key also takes a deleted row that is kept.
    return !isOpenTo(view, reference) || tableOf(services.model, reference.table).softDelete !== undefined;
  });
}

function isOpenTo(view: AccessView, reference: NonNullable<Column["reference"]>): boolean {
  return !view.restricted || reference.allowUnreadable;
}

/** Ids that are asked about at once: a few milliseconds of work, after which others are served. */
const askedAtOnce = 2000;

/** The same for the values that rows give to one column. */
export async function refuseUnreadableIds(session: Session, each: Column, given: ReadonlySet<Stored>): Promise<void> {
  if (each.reference === undefined || given.size === 0) return;
  const target = tableOf(session.services.model, each.reference.table);
  const isOpen = isOpenTo(session.view, each.reference);
  const ids = [...given];
  const pace = createPacer();
  for (let at = 0; at < ids.length; at += askedAtOnce) {
    const pause = pace();
    if (pause !== undefined) await pause;
    await refuseUnreadable(session, each, { target, isOpen, ids: ids.slice(at, at + askedAtOnce) });
  }
}

/**
 * The same for what new rows get by default: whoever makes them. A foreign key refuses somebody who has no row, and takes one whose row was
 * deleted and is kept.
 */
export async function refuseDeletedActor(session: Session, table: Table): Promise<void> {
  const { id } = session.facts;
  if (id === null) return;
  for (const each of guardedReferences(session, table)) {
    const target = tableOf(session.services.model, each.reference?.table ?? "");
    if (each.default?.type === "actor" && target.softDelete !== undefined)
      await refuseUnreadableIds(session, each, new Set([id]));
  }
}

interface Referred {
  readonly target: Table;
  /** The caller need not be able to read it; it must be there. */
  readonly isOpen: boolean;
  readonly ids: readonly Stored[];
}

async function refuseUnreadable(session: Session, each: Column, { target, isOpen, ids }: Referred): Promise<void> {
  const [only] = ids;
  const isSingle = ids.length === 1;
  const statement = statementFor(session, target, { isOpen, isSingle });
  const { rows } = await run(session, statement, [isSingle ? only : listText(ids)]);
  if (rows.length >= ids.length) return;
  throw new AppError("foreignKeyViolation", {
    message: `The row that '${each.name}' refers to is not there.`,
    ...(target.name === "users" ? { hint: "Whoever is referred to needs a row in 'users' first, oneself too." } : {}),
    ...hintOf(session.view.scope, "tables"),
  });
}

/** The keys among a list, or one key, that are those of rows which the caller may refer to. */
function statementFor(
  session: Session,
  target: Table,
  { isOpen, isSingle }: { readonly isOpen: boolean; readonly isSingle: boolean },
): CompiledStatement {
  const { services, view, variant } = session;
  const { name } = target;
  const cacheKey = `reference ${variant} ${name} ${isOpen} ${isSingle}`;
  const known = services.cache.get<CompiledStatement>(cacheKey);
  if (known !== undefined) return known;
  const resolver = createResolver(view, { form: "json", values: [] }, services.limits);
  const row = resolver.fresh();
  const index = resolver.slots.add(0, (given) => given as Stored);
  const key = column(scope(row), target.key);
  const oneself: Expression = { type: "actor", fact: { type: "id" }, valueType: services.model.actorId };
  const readable = isOpen ? expressions.always : readCondition(resolver, target, scope(row));
  const plan: SelectPlan = {
    table: target,
    scope: row,
    via: undefined,
    outputs: [],
    where: and(
      isSingle
        ? call("eq", key, { type: "slot", index, valueType: target.key.type, list: false })
        : call("in", key, { type: "slot", index, valueType: target.key.type, list: true }),
      name === "users" ? or(readable, call("eq", key, oneself)) : readable,
    ),
    order: [],
    limit: undefined,
    offset: undefined,
    grouped: false,
    stripNulls: false,
  };
  const statement = finish(compileRows(plan, [key], compileContext(session)), resolver.slots, isSingle);
  services.cache.set(cacheKey, statement);
  return statement;
}
