import type { FieldProblem, Stored } from "#contract";
import type { Column, Table } from "#database";
import { system } from "../../access/caller.ts";
import { completeRow, type DefaultSource, defaultOf, type GivenRow, refuseProblems } from "../input.ts";
import type { Session } from "../session.ts";
import { allowsNewRow, forbidden } from "./rule-check.ts";

/** The whole of a row to be made, once it is sure that the caller may make it: the table's rule, every field's, and nothing missing. */
export async function allowedRow(
  session: Session,
  table: Table,
  given: GivenRow,
  prefix: string,
): Promise<ReadonlyMap<Column, Stored>> {
  const { view } = session;
  const problems: FieldProblem[] = [];
  const row = completeRow(table, given, defaultSource(session), problems, prefix);
  // The rule is asked before anything can collide: who may not create must not learn what exists.
  const allowed = await allowsNewRow(session, view.writeRule(table, "create").expression, row);
  if (!allowed) throw forbidden(session);
  refuseProblems(problems);
  for (const column of given.keys()) {
    const own = view.fieldWriteRule(column, "create");
    if (own !== undefined && !(await allowsNewRow(session, own.expression, row)))
      throw forbidden(session, `You may not set '${column.name}' here.`);
  }
  return row;
}

/** Where the defaults of a row to be made come from. */
function defaultSource({ services, caller, now }: Session): DefaultSource {
  return { uuid: () => services.ids.uuid(), now, actor: caller === null || caller === system ? null : caller.id };
}

/**
 * The values that a row to be made will have in the columns that decide whether it is there already, defaults included: so that
 * `{ school }` finds the review of that school by its `defaultToActor` author. A value that is made anew each time finds nothing.
 */
export function conflictValues(session: Session, columns: readonly Column[], given: GivenRow): readonly Stored[] {
  return columns.map((column) => {
    if (given.has(column)) return given.get(column) ?? null;
    return column.default?.type === "uuid" ? null : (defaultOf(column, defaultSource(session)) ?? null);
  });
}
