import { canonical, mentions, readColumn, writeColumn } from "../../sqlite/definition/table-text.ts";
import { indexParts, isUnique, readForeignKey, type TableState } from "../schema-state.ts";

/**
 * A column's definition once nobody writes to it on purpose: optional. Its default stays, for versions that still read it, unless a new row
 * could be refused because of it: where the column is part of something unique or of a check over several columns.
 */
export function hiddenDefinition(table: TableState, column: string): string {
  const text = readColumn(table.text.columns.get(column) ?? "");
  return writeColumn({ ...text, isRequired: false, default: keepsDefault(table, column) ? text.default : undefined });
}

function keepsDefault({ text, indexes }: TableState, column: string): boolean {
  const isUniquePart = [...indexes.values()].some(
    (sql) => isUnique(sql) && (indexParts(sql).columns.includes(column) || mentions(indexParts(sql).where ?? "", column)),
  );
  const others = [...text.columns.keys()].filter((name) => name !== column);
  const isBound = [...text.constraints.values()].some(
    (constraint) =>
      mentions(constraint, column) &&
      (readForeignKey(constraint) !== undefined || others.some((other) => mentions(constraint, other))),
  );
  return !isUniquePart && !isBound;
}

/** The foreign keys over a column, by name. */
export function foreignKeysOf({ text }: TableState, column?: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.constraints].filter(([, constraint]) => {
      if (!/^FOREIGN KEY/i.test(canonical(constraint))) return false;
      return (
        column === undefined ||
        readForeignKey(constraint)?.column === column ||
        mentions(constraint.replace(/REFERENCES[\s\S]*$/i, ""), column)
      );
    }),
  );
}
