import { AppError, type Stored } from "#contract";
import { type Column, compileRows, expressions, type SelectPlan, type Table, tableOf } from "#database";
import { system } from "../../access/caller.ts";
import { finish, run } from "../compiled.ts";
import { readCondition } from "../relations.ts";
import { createResolver } from "../resolver.ts";
import { compileContext, type Session } from "../session.ts";
import { listText } from "../slots.ts";

const { and, call, column, isConstantTruth, scope } = expressions;

/**
 * A foreign key answers whether a row exists. So that it answers only about rows that the caller may read, a reference
 * to any other row is refused as one to a row that is not there is. A reference to oneself is always good.
 */
export async function refuseUnreadableReferences(
  session: Session,
  table: Table,
  rows: readonly ReadonlyMap<Column, Stored>[],
): Promise<void> {
  if (!session.view.restricted) return;
  for (const each of table.columns.values()) {
    if (each.reference === undefined || each.reference.allowUnreadable) continue;
    const given = new Set<Stored>();
    for (const row of rows) {
      const value = row.get(each) ?? null;
      if (value !== null && !isOneself(session, each, value)) given.add(value);
    }
    if (given.size > 0) await refuseUnreadable(session, each, [...given]);
  }
}

function isOneself(session: Session, each: Column, value: Stored): boolean {
  const { caller } = session;
  return caller !== null && caller !== system && each.reference?.table === "users" && String(value) === caller.id;
}

async function refuseUnreadable(session: Session, each: Column, ids: readonly Stored[]): Promise<void> {
  const { services, view } = session;
  const target = tableOf(services.model, each.reference?.table ?? "");
  const rule = view.readRule(target);
  // Whether it exists is then no secret, and the foreign key itself sees to it.
  if (isConstantTruth(rule, true)) return;
  const resolver = createResolver(view, { form: "json", values: [] }, services.limits);
  const name = resolver.fresh();
  const index = resolver.slots.add(0, (given) => given as Stored);
  const key = column(scope(name), target.key);
  const plan: SelectPlan = {
    table: target,
    scope: name,
    via: undefined,
    outputs: [],
    where: and(
      call("in", key, { type: "slot", index, valueType: target.key.type, list: true }),
      readCondition(resolver, target, scope(name)),
    ),
    order: [],
    limit: undefined,
    offset: undefined,
    grouped: false,
    stripNulls: false,
  };
  const statement = finish(compileRows(plan, [key], compileContext(session)), resolver.slots);
  const { rows } = await run(session, statement, [listText(ids)]);
  if (rows.length < ids.length) throw new AppError("foreignKeyViolation");
}
