import { canonical, readColumn } from "../../sqlite/definition/table-text.ts";
import { isLooser } from "./looser.ts";
import type { Compatibility } from "./plan.ts";
import {
  checkCondition,
  indexBody,
  indexParts,
  isUnique,
  readForeignKey,
  type SchemaState,
  type TableState,
} from "../schema-state.ts";

export interface Described {
  readonly state: SchemaState;
  readonly kinds: Readonly<Record<string, string>>;
}

/**
 * Whether a version of the application made for `version` works on a database that has `actual` (with what is hidden there): each
 * column that it reads and writes exists with the same meaning, each that it does not know can be left out, and nothing refuses
 * what it may write.
 */
export function compatibilityOf(version: Described, actual: Described): Compatibility {
  const breaks: string[] = [];
  const warnings: string[] = [];
  for (const [name, table] of version.state.tables) {
    const other = actual.state.tables.get(name);
    if (other === undefined) breaks.push(`It uses the table '${name}', which is there no more.`);
    else compareTables({ name, table, other, version, actual, breaks, warnings });
  }
  return { isCompatible: breaks.length === 0, breaks, warnings };
}

interface Pair {
  readonly name: string;
  readonly table: TableState;
  readonly other: TableState;
  readonly version: Described;
  readonly actual: Described;
  readonly breaks: string[];
  readonly warnings: string[];
}

function compareTables(pair: Pair): void {
  compareColumns(pair);
  compareConstraints(pair);
  const { name, table, other, breaks } = pair;
  const known = new Set([...table.indexes.values()].map(indexBody));
  for (const sql of other.indexes.values()) {
    if (isUnique(sql) && !known.has(indexBody(sql)))
      breaks.push(`It may write the same value twice to ${names(name, indexParts(sql).columns)}, which must be unique now.`);
  }
  if (table.search !== undefined && table.search.columns.some((column) => !(other.search?.columns ?? []).includes(column)))
    breaks.push(`It searches ${names(name, table.search.columns)}, which the full-text index does not cover any more.`);
}

function compareColumns({ name, table, other, version, actual, breaks, warnings }: Pair): void {
  for (const [column, text] of table.text.columns) {
    const found = other.text.columns.get(column);
    if (found === undefined) {
      breaks.push(`It uses '${name}.${column}', which is there no more.`);
      continue;
    }
    const [before, now] = [readColumn(text), readColumn(found)];
    const key = `${name}.${column}`;
    const [kindBefore, kindNow] = [version.kinds[key], actual.kinds[key] ?? version.kinds[key]];
    if (before.type !== now.type || kindBefore !== kindNow)
      breaks.push(`It takes '${key}' for ${kindBefore ?? before.type}, and it is ${kindNow ?? now.type} now.`);
    if (now.isRequired && !before.isRequired) breaks.push(`It may leave '${key}' empty, which is required now.`);
    if (!now.isRequired && before.isRequired) warnings.push(`It may find '${key}' empty, which was required before.`);
    if (before.default !== undefined && now.default === undefined && now.isRequired)
      breaks.push(`It may leave out '${key}', which has no default any more.`);
  }
  for (const [column, text] of other.text.columns) {
    if (table.text.columns.has(column)) continue;
    const { isRequired, default: value, rest } = readColumn(text);
    if (isRequired && value === undefined && !/PRIMARY KEY/i.test(rest))
      breaks.push(`It does not know '${name}.${column}', which is required and has no default.`);
  }
}

function compareConstraints({ name, table, other, breaks, warnings }: Pair): void {
  const before = table.text.constraints;
  for (const [constraint, text] of other.text.constraints) {
    const was = before.get(constraint);
    if (was !== undefined && canonical(was) === canonical(text)) continue;
    const same = [...before.values()].some((known) => canonical(known) === canonical(text));
    if (same) continue;
    const key = readForeignKey(text);
    if (key !== undefined) {
      const known = [...before.values()].map(readForeignKey).find((old) => old?.column === key.column);
      if (known?.table === key.table)
        warnings.push(`A row that '${name}.${key.column}' refers to is deleted with another effect (${key.onDelete}).`);
      else if (table.text.columns.has(key.column))
        breaks.push(`'${name}.${key.column}' must refer to a row of '${key.table}' now.`);
      continue;
    }
    if (was !== undefined && isLooser(was, text)) {
      warnings.push(`It may find values in '${name}' that were not allowed before (${checkCondition(was) ?? was}).`);
    } else if ([...table.text.columns.keys()].some((column) => text.includes(`"${column}"`))) {
      breaks.push(`It may write to '${name}' what is not allowed now: ${checkCondition(text) ?? text}.`);
    }
  }
}

function names(table: string, columns: readonly string[]): string {
  return columns.map((column) => `'${table}.${column}'`).join(", ");
}
