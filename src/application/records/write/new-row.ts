import type { FieldProblem, Stored } from "#contract";
import type { Column, Table } from "#database";
import { system } from "../../access/caller.ts";
import { completeRow, type GivenRow, refuseProblems } from "../input.ts";
import type { Session } from "../session.ts";
import { allowsNewRow, forbidden } from "./rule-check.ts";

/** The whole of a row to be made, once it is sure that the caller may make it: the table's rule, every field's, and nothing missing. */
export async function allowedRow(
  session: Session,
  table: Table,
  given: GivenRow,
  prefix: string,
): Promise<ReadonlyMap<Column, Stored>> {
  const { view, services, caller } = session;
  const problems: FieldProblem[] = [];
  const source = {
    uuid: () => services.ids.uuid(),
    now: session.now,
    actor: caller === null || caller === system ? null : caller.id,
  };
  const row = completeRow(table, given, source, problems, prefix);
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
