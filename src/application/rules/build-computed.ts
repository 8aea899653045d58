import { didYouMean } from "#base";
import { kinds } from "#contract";
import { type Column, expressions } from "#database";
import { type DefinitionProblem, inDoubt } from "../schema/definition-error.ts";
import { fieldNameProblem } from "../schema/names.ts";
import { type RowSource, rowValue } from "./build-row.ts";
import { isHolder } from "./build-value.ts";
import { columnsIn } from "./inspect.ts";
import { messageOf } from "./thrown.ts";
import type { Built } from "./value.ts";

/**
 * The computed columns of each table. Their expressions see stored columns and relations: not one another (a function of the row
 * can be shared instead), and so never in a circle.
 */
export function buildComputed(
  source: RowSource,
  computed: Readonly<Record<string, unknown>>,
  problems: DefinitionProblem[],
): ReadonlyMap<string, ReadonlyMap<string, Column>> {
  const result = new Map<string, ReadonlyMap<string, Column>>();
  for (const [table, callback] of Object.entries(computed)) {
    const place = `computed.${table}`;
    const report = (message: string, at = place): void => void problems.push({ place: at, message });
    if (!source.tables.has(table) && source.doubts?.ofTables()) report(inDoubt);
    else if (!source.tables.has(table)) report(`there is no table '${table}'${didYouMean(table, source.tables.keys())}`);
    else if (typeof callback !== "function")
      report("needs a function such as (row) => ({ rating: row.reviews.avg((r) => r.stars) })");
    else result.set(table, computeTable(source, table, callback as (row: unknown) => unknown, report));
  }
  return result;
}

type Report = (message: string, place?: string) => void;

function computeTable(
  source: RowSource,
  table: string,
  callback: (row: unknown) => unknown,
  report: Report,
): ReadonlyMap<string, Column> {
  const columns = new Map<string, Column>();
  let values: unknown;
  try {
    values = callback(rowValue(source, table, expressions.scope("row")));
  } catch (error) {
    report(messageOf(error));
    return columns;
  }
  if (typeof values !== "object" || values === null) {
    report("must give an object of computed fields by name");
    return columns;
  }
  for (const [name, value] of Object.entries(values)) {
    const place = `computed.${table}.${name}`;
    const problem = fieldNameProblem(name) ?? takenName(source, table, name);
    if (problem !== undefined) report(problem, place);
    if (!isHolder(value)) {
      report("is no expression over the row", place);
      continue;
    }
    const built = value["~built"];
    for (const message of built.problems) report(message, place);
    if (built.problems.length > 0 || problem !== undefined) continue;
    for (const column of columnsIn(built.expression)) {
      if (column.secret) report(`'${column.table}.${column.name}' is secret, and a computed field would show it`, place);
    }
    columns.set(name, computedColumn(table, name, built));
  }
  return columns;
}

function takenName(source: RowSource, tableName: string, name: string): string | undefined {
  const table = source.tables.get(tableName);
  const twin = [...(table?.columns.keys() ?? [])].find((column) => column.toLowerCase() === name.toLowerCase());
  if (twin !== undefined) return `'${tableName}' has a field '${twin}' already`;
  return table?.relationsByName.has(name) === true ? `'${tableName}' has a relation '${name}' already` : undefined;
}

function computedColumn(table: string, name: string, { expression, type }: Built): Column {
  return {
    name,
    table,
    kind: kinds[type.scalar],
    options: type.scale === undefined ? {} : { precision: 18, scale: type.scale },
    type,
    nullable: true,
    default: undefined,
    limits: {},
    reference: undefined,
    immutable: false,
    secret: false,
    searchable: false,
    computed: expression,
  };
}
