import type { FieldProblem, Stored } from "#contract";
import type { Column, Table } from "#database";
import { system } from "../../access/caller.ts";
import { type DefaultSource, defaultOf, type GivenRow, refuseProblems } from "../input.ts";
import type { Session } from "../session.ts";
import { completeValues, type InsertPlan, planInsert, type StoredKey, storeValues, valuesOf } from "./insert-plan.ts";
import { NewRowCheck, type RowValues } from "./new-row-rule.ts";
import { forbidden } from "./rule-check.ts";

/** Makes the rows of one write: what they share is found out once. */
export class NewRows {
  readonly plan: InsertPlan;
  readonly #session: Session;
  readonly #wantsNumbers: boolean;
  readonly #source: DefaultSource;
  readonly #rule: NewRowCheck;
  readonly #fieldRules: readonly (NewRowCheck | undefined)[];

  constructor(session: Session, table: Table, { wantsNumbers = true }: { readonly wantsNumbers?: boolean } = {}) {
    this.plan = planInsert(session, table);
    this.#session = session;
    this.#wantsNumbers = wantsNumbers;
    this.#source = defaultSource(session);
    this.#rule = new NewRowCheck(session, this.plan.rule);
    this.#fieldRules = this.plan.fieldRules.map((rule) => (rule === undefined ? undefined : new NewRowCheck(session, rule)));
  }

  /** The whole of a row to be made, once it is sure that the caller may make it: the table's rule, every field's, and nothing missing. */
  async allowed(given: RowValues, prefix: string): Promise<RowValues> {
    const problems: FieldProblem[] = [];
    const values = completeValues(this.plan, given, this.#source, problems, prefix);
    // The rule is asked before anything can collide: who may not create must not learn what exists.
    const allowed = this.#rule.allows(values);
    if (allowed !== true && !(await allowed)) throw forbidden(this.#session);
    if (problems.length > 0) refuseProblems(problems);
    for (let place = 0; place < given.length; place++) {
      const own = given[place] === undefined ? undefined : this.#fieldRules[place];
      if (own === undefined) continue;
      const verdict = own.allows(values);
      if (verdict !== true && !(await verdict))
        throw forbidden(this.#session, `You may not set '${this.plan.columns[place]?.name ?? ""}' here.`);
    }
    return values;
  }

  /** Stores a row that is allowed. Its hidden number comes with it where it is wanted. */
  store(values: RowValues): Promise<StoredKey> {
    return storeValues(this.#session, this.plan, values, this.#wantsNumbers);
  }
}

/** One row by itself: made where the caller may make it. */
export async function makeRow(session: Session, table: Table, given: GivenRow): Promise<StoredKey> {
  const rows = new NewRows(session, table);
  return rows.store(await rows.allowed(valuesOf(rows.plan, given), ""));
}

/** Throws what making the row would throw of its rules and its fields, and makes none. */
export async function refuseForbiddenRow(session: Session, table: Table, given: GivenRow, prefix: string): Promise<void> {
  const rows = new NewRows(session, table);
  await rows.allowed(valuesOf(rows.plan, given), prefix);
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
