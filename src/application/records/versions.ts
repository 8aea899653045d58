import { AppError, type Stored } from "#contract";
import {
  compileSelect,
  constant,
  deletedColumn,
  historyColumns as names,
  historyTable,
  identifier,
  join,
  presentVersion,
  sql,
  type Table,
} from "#database";
import { type CompiledStatement, finish, run } from "./compiled.ts";
import type { ReadQuery, ReadResult, RowVersion, ValueIndex } from "./query.ts";
import { unknownTable } from "./resolver.ts";
import { compileContext, type Session } from "./session.ts";
import { versionPlan } from "./version-rows.ts";
import { constants } from "./write/change.ts";

/** The versions of one row, newest first, as far as the caller may see each. Empty where there are none: not even an error tells more. */
export async function readVersions(session: Session, query: ReadQuery, key: ValueIndex): Promise<ReadResult> {
  const { view, services } = session;
  const table = view.readableTable(query.table);
  if (table === undefined) throw unknownTable(view, query.table);
  const statement = compiled(session, table, query, key);
  const { slots, rows } = await run(session, statement, query.values);
  const shown = new Map(rows.map((row) => [Number(row[1]), String(row[0])]));
  const steps = shown.size === 0 ? [] : await readSteps(session, table, slots[0] ?? null, services.limits.maxRows);
  const texts = describe(steps, shown, services.model.actorId.scalar === "integer")
    .toReversed()
    .slice(0, services.limits.maxRows);
  if (view.restricted) refuseLong(texts, services.limits.maxAnswerLength);
  return { json: `[${texts.join(",")}]`, rows: texts.length };
}

function compiled(session: Session, table: Table, { values, form }: ReadQuery, key: ValueIndex): CompiledStatement {
  const { cache } = session.services;
  const cacheKey = `versions ${session.variant} ${form} ${JSON.stringify([table.name, key])}`;
  let statement = cache.get<CompiledStatement>(cacheKey);
  if (statement === undefined) {
    const { plan, sequence, resolver } = versionPlan(session, { table, key, values, form });
    statement = finish(compileSelect(plan, compileContext(session), { extra: [sequence] }), resolver.slots);
    cache.set(cacheKey, statement);
  }
  return statement;
}

function refuseLong(texts: readonly string[], maxAnswerLength: number): void {
  if (texts.reduce((sum, text) => sum + text.length, 0) <= maxAnswerLength) return;
  throw new AppError("limitExceeded", {
    message: `An answer may have at most ${maxAnswerLength} characters (maxAnswerLength), and the versions of this row have more.`,
    hint: "Read the row at one moment, with asOf.",
  });
}

/** A line of the history, and at the end the row as it is. */
interface Step {
  readonly sequence: number;
  readonly from: string;
  readonly until: string | null;
  /** What ended it; null for the present one. */
  readonly operation: "insert" | "update" | "delete" | null;
  readonly author: string | null;
  readonly system: boolean;
  readonly version: number;
  readonly isDeleted: boolean;
}

/** In the order of time, the newest so many. */
async function readSteps({ connection }: Session, table: Table, id: Stored, limit: number): Promise<readonly Step[]> {
  const deleted = table.softDelete === undefined ? sql`0` : sql`${identifier(deletedColumn)} IS NOT NULL`;
  const facts = [names.sequence, names.from, names.until, names.operation, names.author, names.system, "version"].map(identifier);
  const isRow = sql`${identifier(table.key.name)} = ${constant(id)}`;
  const past = sql`SELECT ${join(facts, ", ")}, ${deleted} FROM ${identifier(historyTable(table.name))} WHERE ${isRow} ORDER BY ${identifier(names.until)} DESC, ${identifier(names.sequence)} DESC LIMIT CAST(${constant(limit + 1)} AS INTEGER)`;
  const steps = (await connection.all(past.text, constants(past))).toReversed().map(toStep);
  const present = sql`SELECT ${identifier("updated")}, ${identifier("version")}, ${deleted} FROM ${identifier(table.name)} WHERE ${isRow}`;
  const row = await connection.get(present.text, constants(present));
  if (row === undefined) return steps;
  const [updated = null, version = null, isDeleted = null] = row;
  const last = steps.at(-1)?.until ?? null;
  // After a delete the row is a new one: since it was made, not since the old one ended.
  const from = last === null || (String(updated) > last && steps.at(-1)?.operation === "delete") ? String(updated) : last;
  return [...steps, toStep([presentVersion, from, null, null, null, 0, version, isDeleted])];
}

function toStep(row: readonly Stored[]): Step {
  const [sequence, from, until, operation, author, system, version, deleted] = row;
  return {
    sequence: Number(sequence),
    from: String(from),
    until: until === null || until === undefined ? null : String(until),
    operation: (operation ?? null) as Step["operation"],
    author: author === null || author === undefined ? null : String(author),
    system: Number(system) === 1,
    version: Number(version),
    isDeleted: Number(deleted) === 1,
  };
}

/** Of each step that is shown the version that it was: who made it so stands in the step before. In the order of time, as JSON. */
function describe(steps: readonly Step[], shown: ReadonlyMap<number, string>, hasNumbers: boolean): readonly string[] {
  const texts: string[] = [];
  const add = (facts: Omit<RowVersion, "values">, values: string): void => {
    const head = JSON.stringify(facts);
    texts.push(`${head.slice(0, -1)},"values":${values}}`);
  };
  const author = (step: Step | undefined): Pick<RowVersion, "author" | "system"> => {
    const id = step?.author ?? null;
    return { author: id !== null && hasNumbers ? Number(id) : id, system: step?.system ?? false };
  };
  for (const [index, step] of steps.entries()) {
    const [before, next] = [steps[index - 1], steps[index + 1]];
    const values = shown.get(step.sequence);
    if (step.operation === "insert" || values === undefined) continue;
    const { version, from, until } = step;
    add({ version, operation: operationOf(before, step), from, until, ...author(before) }, values);
    if (step.operation === "delete" && until !== null)
      add({ version: null, operation: "delete", from: until, until: next?.from ?? null, ...author(step) }, "null");
  }
  return texts;
}

function operationOf(before: Step | undefined, step: Step): RowVersion["operation"] {
  switch (before?.operation) {
    case undefined:
    case null:
      return null;
    case "insert":
      return "create";
    // A row of that id after one that was deleted for good.
    case "delete":
      return "create";
    case "update":
      if (before.isDeleted === step.isDeleted) return "update";
      return step.isDeleted ? "delete" : "restore";
  }
}
