import type { FieldProblem, Stored } from "#contract";
import { type Column, constant, identifier, join, type Sql, sql, type Table } from "#database";
import type { WriteRule } from "../access-view.ts";
import { type GivenRow, readInput, refuseProblems } from "../input.ts";
import type { UpdateQuery } from "../query.ts";
import type { Session } from "../session.ts";
import { refuseUnreadableReferences } from "./references.ts";
import { keyChunks } from "./key-chunks.ts";
import { keyList } from "./key-list.ts";
import { allowsChange, type ChangeCheck, forbidden } from "./rule-check.ts";
import type { Targets } from "./targets.ts";

/** Reads the values of an update; every problem in one answer. */
export function readChange(session: Session, table: Table, query: UpdateQuery): GivenRow {
  const problems: FieldProblem[] = [];
  const options = {
    view: session.view,
    table,
    operation: "update",
    form: query.setForm ?? "json",
    columns: undefined,
    secrets: session.services.secrets,
  } as const;
  const set = readInput(query.set, options, problems);
  refuseProblems(problems);
  return set;
}

/**
 * Changes the rows, once it is sure that every rule holds for each of them as it will be; refuses all of them otherwise.
 * `checkBefore` is for rows that were not found by a query which already asked the table's rule.
 */
export async function applyChange(
  session: Session,
  table: Table,
  targets: Targets,
  set: GivenRow,
  checkBefore: boolean,
): Promise<void> {
  if (targets.keys.length === 0) return;
  const { view, services } = session;
  const rule: WriteRule = view.writeRule(table, "update");
  await refuseUnreadableReferences(session, table, [set]);
  await refuseForbidden(session, rule, { table, targets, set, checkBefore });
  for (const column of set.keys()) {
    const own = view.fieldWriteRule(column, "update");
    if (own === undefined) continue;
    const message = `You may not change '${column.name}' here.`;
    await refuseForbidden(session, own, { table, targets, set, checkBefore: true, message });
  }
  const assignments = [...assign(table, set, session.now)].map(([column, value]) => sql`${identifier(column.name)} = ${value}`);
  for await (const keys of keyChunks(targets.keys)) {
    const statement = sql`UPDATE ${identifier(table.name)} SET ${join(assignments, ", ")} WHERE ${identifier(table.rowKey)} IN ${keyList(services.dialect, keys)}`;
    await session.connection.run(statement.text, constants(statement));
  }
}

interface AskedChange extends Omit<ChangeCheck, "keys"> {
  readonly targets: Targets;
  readonly message?: string;
}

async function refuseForbidden(session: Session, rule: WriteRule, { targets, message, ...change }: AskedChange): Promise<void> {
  for await (const keys of keyChunks(targets.keys))
    if (!(await allowsChange(session, rule, { ...change, keys: `[${keys.join(",")}]` }))) throw forbidden(session, message);
}

function assign(table: Table, set: GivenRow, now: string): ReadonlyMap<Column, Sql> {
  const assignments = new Map<Column, Sql>();
  for (const column of table.columns.values()) {
    if (set.has(column)) assignments.set(column, constant(set.get(column) ?? null));
    else if (column.default?.type === "touch") assignments.set(column, constant(now));
    else if (column.default?.type === "increment") assignments.set(column, sql`${identifier(column.name)} + 1`);
  }
  return assignments;
}

/** The parameters of a statement that binds nothing but constants. */
export function constants(statement: Sql): readonly Stored[] {
  return statement.bindings.map((binding) => {
    if (binding.type !== "constant") throw new Error("A write binds constants alone.");
    return binding.value;
  });
}
