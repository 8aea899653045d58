import { AppError, type FieldProblem, kinds, type Parsed, type Stored } from "#contract";
import { didYouMean } from "#base";
import { type Column, expressions, isManaged, type Table } from "#database";
import type { SecretFields } from "../secrets/secret-fields.ts";
import type { AccessView } from "./access-view.ts";
import { brokenLimit } from "./check-limits.ts";
import type { InputRow, ValueForm } from "./query.ts";

/** A row that was given, in stored form; only the columns that were given. */
export type GivenRow = ReadonlyMap<Column, Stored>;

export interface InputOptions {
  readonly view: AccessView;
  readonly table: Table;
  readonly operation: "create" | "update";
  readonly form: ValueForm;
  /** Only these keys are taken; undefined takes all. */
  readonly columns: readonly string[] | undefined;
  /** Encrypts secret fields; undefined keeps them as they are given. */
  readonly secrets: SecretFields | undefined;
}

/**
 * Reads one row as the caller wrote it. What has the wrong form goes to `problems`, a field each, so that one answer names them
 * all; a key that is no column (or one that this caller may know nothing of) is refused at once.
 */
export function readInput(row: InputRow, options: InputOptions, problems: FieldProblem[], prefix = ""): GivenRow {
  const given = new Map<Column, Stored>();
  const names = options.columns ?? Object.keys(row);
  for (const name of names) {
    const column = writableColumn(options, name);
    if (!Object.hasOwn(row, name)) continue;
    const refused = refusal(options, column);
    const value = row[name];
    if (refused !== undefined) {
      problems.push({ field: prefix + name, message: refused });
    } else if (value === null || value === undefined) {
      if (column.nullable) given.set(column, null);
      else problems.push({ field: prefix + name, message: "is required and cannot be null" });
    } else {
      const stored = readValue(column, value, options);
      if (stored.ok) given.set(column, stored.value);
      else problems.push({ field: prefix + name, message: stored.message });
    }
  }
  return given;
}

/** A value that is not null, in stored form and within the column's limits; or what is wrong with it. */
export function readValue(column: Column, value: unknown, { form, secrets }: Pick<InputOptions, "form" | "secrets">): Parsed {
  const { kind, options } = column;
  const parsed = form === "text" && typeof value === "string" ? kind.fromText(value, options) : kind.fromJson(value, options);
  if (!parsed.ok) return parsed;
  if (parsed.value === null) return { ok: false, message: "cannot be null" };
  const broken = brokenLimit(column, parsed.value);
  if (broken !== undefined) return { ok: false, message: broken };
  return column.secret && secrets !== undefined ? { ok: true, value: secrets.close(String(parsed.value)) } : parsed;
}

/** The column of that name; throws `unknownInsertColumn` where there is none that this caller may know of. */
export function writableColumn({ view, table, operation }: InputOptions, name: string): Column {
  const column = table.columns.get(name);
  if (column !== undefined && isKnown(view, column, operation)) return column;
  const known = [...table.columns.values()].filter((each) => isKnown(view, each, operation)).map((each) => each.name);
  throw new AppError("unknownInsertColumn", {
    message: `There is no column '${name}' in '${table.name}'${didYouMean(name, known) || "."}`,
  });
}

/** Whether the caller may know that the column exists: they may read it in some row, or write it. */
function isKnown(view: AccessView, column: Column, operation: "create" | "update"): boolean {
  const table = view.model.tables.get(column.table);
  if (table !== undefined && view.readableColumn(table, column.name) !== undefined) return true;
  if (column.computed !== undefined) return false;
  const rule = view.fieldWriteRule(column, operation);
  return rule === undefined || !expressions.isConstantTruth(rule.expression, false);
}

/** Why a column must not be given at all; undefined where it may. */
export function refusal({ view, operation, table }: InputOptions, column: Column): string | undefined {
  if (column.computed !== undefined) return "is computed and cannot be written";
  // The system may bring rows from elsewhere with their own history.
  if (isManaged(column) && (view.restricted || operation === "update")) return "is set by the server";
  if (operation === "update" && column === table.key) return "is the key and cannot be changed";
  if (operation === "update" && column.immutable && view.restricted) return "cannot be changed once the row is made";
  return undefined;
}

/** All problems of a body in one error. */
export function refuseProblems(problems: readonly FieldProblem[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, 100);
  throw new AppError("validationFailed", {
    details: shown.map(({ field, message }) => `'${field}' ${message}`).join("; "),
    fields: shown,
    ...(problems.length > shown.length ? { hint: `${problems.length - shown.length} more fields are not valid.` } : {}),
  });
}

/** What defaults are made from. */
export interface DefaultSource {
  readonly uuid: () => string;
  /** A stored timestamp. */
  readonly now: string;
  /** The id of who is asking; null for nobody and for the system. */
  readonly actor: string | null;
}

/** Undefined leaves the column to the database. */
export function defaultOf(column: Column, source: DefaultSource): Stored | undefined {
  switch (column.default?.type) {
    case undefined:
      return null;
    case "value":
      return column.default.value;
    case "uuid":
      return source.uuid();
    case "now":
    case "touch":
      return source.now;
    case "today":
      return source.now.slice(0, 10);
    case "actor": {
      if (source.actor === null) return null;
      const parsed =
        column.type.scalar === "text" ? kinds.text.fromText(source.actor, {}) : column.kind.fromText(source.actor, {});
      return parsed.ok ? parsed.value : null;
    }
    case "increment":
      return 1;
    case "deletion":
    case "account":
      return null;
    case "rowNumber":
      return undefined;
  }
}
