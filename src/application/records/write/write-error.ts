import { AppError } from "#contract";
import { ConstraintError, type Table } from "#database";
import type { AccessView } from "../access-view.ts";

/**
 * A broken constraint in words that the caller may read: columns are named where they know of them, other tables never.
 * Anything else passes through.
 */
export function toWriteError(
  thrown: unknown,
  view: AccessView,
  table: Table,
  operation: "create" | "update" | "delete",
): unknown {
  if (!(thrown instanceof ConstraintError)) return thrown;
  const known = brokenColumns(thrown, table).filter((name) => isKnown(view, table, name));
  const named = known.length === 0 ? undefined : known.map((name) => `'${name}'`).join(", ");
  const options = { cause: thrown, ...(named === undefined ? {} : { details: `The columns are ${named}.` }) };
  switch (thrown.constraint) {
    case "unique":
      return new AppError(
        "uniqueViolation",
        named === undefined
          ? options
          : { ...options, message: `A row with this ${known.join(", ")} exists already.`, ...hintOnDeleted(table, known) },
      );
    case "foreignKey":
      return new AppError((thrown.referenced ?? operation === "delete") ? "stillReferenced" : "foreignKeyViolation", {
        cause: thrown,
        ...hintOnOneself(view, table, thrown, operation),
      });
    case "check":
      return new AppError("checkViolation", options);
    case "notNull":
      return new AppError("notNullViolation", named === undefined ? options : { ...options, message: `${named} is required.` });
    case "datatype":
      return new AppError("invalidValue", options);
  }
}

/** An id is taken for as long as its row is kept. Said of every such table, whatever is there. */
function hintOnDeleted(table: Table, columns: readonly string[]): { readonly hint?: string } {
  if (table.softDelete === undefined || !columns.includes(table.key.name)) return {};
  return { hint: "It may be among the deleted rows: restore it, or give the new one another id." };
}

/** The commonest cause: a token is good, and nobody has made the row in `users` that it stands for. */
function hintOnOneself(
  view: AccessView,
  table: Table,
  { referenced }: ConstraintError,
  operation: string,
): { readonly hint?: string } {
  if (operation !== "create" || referenced) return {};
  const column = [...table.columns.values()].find((each) => each.default?.type === "actor" && isKnown(view, table, each.name));
  return column === undefined ? {} : { hint: `'${column.name}' is you unless it is given: you need a row in 'users' first.` };
}

/** A column's own check carries its name: `<table>_<column>_<what>`. */
function brokenColumns({ table: broken, columns, constraintName }: ConstraintError, table: Table): readonly string[] {
  if (broken !== undefined && broken !== table.name) return [];
  if (columns.length > 0 || constraintName === undefined) return columns;
  return [...table.columns.keys()].filter(
    (name) =>
      /^_(?:form|min|max|length|pattern)$/.test(constraintName.slice(`${table.name}_${name}`.length)) &&
      constraintName.startsWith(`${table.name}_${name}_`),
  );
}

function isKnown(view: AccessView, table: Table, name: string): boolean {
  return name !== table.rowKey && view.readableColumn(table, name) !== undefined;
}
