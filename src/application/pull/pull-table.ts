import type { SourceColumn, SourceForeignKey } from "#database";
import { createFieldPuller } from "./pull-field.ts";
import { pullChecks } from "./pull-checks.ts";
import type { PulledReference, SurveyedTable, TableQuestion } from "./table-question.ts";
import { pullIndexes } from "./pull-indexes.ts";
import type { Origin, PulledField, PulledTable } from "./pulled-schema.ts";
import type { SourceKey } from "./source-key.ts";
import { fieldNames } from "./source-names.ts";

const sameName = (left: string, right: string | undefined): boolean => left.toLowerCase() === right?.toLowerCase();

/** One table: its columns become fields, its indexes and checks modifiers and options, and the rest comments. */
export function pullTable(question: TableQuestion): PulledTable {
  const { table, key, name } = question;
  const comments: string[] = [];
  const origins = new Map<string, Origin>();
  if (key.column !== undefined) origins.set("id", { column: key.column, reading: key.reading });
  if (key.why !== undefined) comments.push(key.why);
  if (table.withoutRowid) comments.push("it was WITHOUT ROWID: the rows are now kept in the order of their making");
  const references = readReferences(question, comments);
  const own = table.columns.filter((column) => {
    if (column.generated) comments.push(`"${column.name}" is generated and not taken over: write it as a computed field`);
    // A key that is also a reference stays a field beside the id.
    return !column.generated && (!sameName(column.name, key.column) || references.has(column.name));
  });
  const names = nameFields(own, references);
  const checks = pullChecks(table, names, comments);
  const puller = createFieldPuller({ question, references, checks });
  const fields: PulledField[] = key.kind === "uuid" ? [] : [idField(key)];
  if (key.kind === "uuid" && key.column !== undefined && !sameName(key.column, "id")) comments.push(`id was "${key.column}"`);
  for (const column of own) {
    const pulled = puller.pull(column, names.get(column.name) ?? column.name);
    if (pulled.managed !== undefined && !origins.has(pulled.managed)) {
      origins.set(pulled.managed, { column: column.name, reading: pulled.reading });
      names.delete(column.name);
      comments.push(`"${column.name}" becomes ${pulled.managed}, which every table has`);
      continue;
    }
    origins.set(pulled.field.name, { column: column.name, reading: pulled.reading });
    fields.push(pulled.field);
  }
  if (key.column === undefined && table.primaryKey.length === 1) comments.push(`"${table.primaryKey[0]}" was the key`);
  const indexes = pullIndexes({ table, fields, names, key, comments });
  return { name, source: table, comments, ...indexes, checks: checks.comparisons(indexes.fields), origins };
}

function idField({ kind, column }: SourceKey): PulledField {
  return {
    name: "id",
    calls: [{ name: "id", arguments: [kind] }],
    comment: column === undefined || column === "id" ? undefined : `"${column}"`,
  };
}

function readReferences({ table, tables, hints }: TableQuestion, comments: string[]): ReadonlyMap<string, PulledReference> {
  const references = new Map<string, PulledReference>();
  for (const key of table.foreignKeys) {
    const target = tables.get(key.table.toLowerCase());
    const problem = referenceProblem(key, target);
    const column = table.columns.find(({ name }) => sameName(name, key.columns[0]));
    if (target === undefined || problem !== undefined || column === undefined) comments.push(problem ?? "");
    else references.set(column.name, { target, onDelete: key.onDelete });
  }
  for (const column of table.columns) {
    const hint = hints.column(table.name, column.name)?.references;
    const target = tables.get(hint?.table.toLowerCase() ?? "");
    if (hint !== undefined && target !== undefined && !references.has(column.name))
      references.set(column.name, { target, onDelete: hint.onDelete });
  }
  return references;
}

function referenceProblem(
  { columns, table, targetColumns, onUpdate }: SourceForeignKey,
  target: SurveyedTable | undefined,
): string | undefined {
  const words = `(${columns.join(", ")}) REFERENCES ${table}${targetColumns.length === 0 ? "" : `(${targetColumns.join(", ")})`}`;
  if (target === undefined) return `${words} is not taken over: that table is not there`;
  if (columns.length > 1) return `${words} is not taken over: a reference is one field`;
  const [to = target.key.column] = targetColumns;
  if (target.key.column === undefined || to === undefined || !sameName(to, target.key.column))
    return `${words} is not taken over: a reference leads to the id of a row`;
  // Ids never change here, so nothing has to follow them.
  return onUpdate === "SET NULL" || onUpdate === "SET DEFAULT"
    ? `${words} ON UPDATE ${onUpdate} is not taken over: ids never change`
    : undefined;
}

/** References get their names last: `album_id` becomes `album` where nothing else is called so. */
function nameFields(columns: readonly SourceColumn[], references: ReadonlyMap<string, PulledReference>): Map<string, string> {
  const names = fieldNames();
  const given = new Map<string, string>();
  for (const { name } of columns) if (!references.has(name)) given.set(name, names.take(name));
  for (const { name } of columns) {
    if (!references.has(name)) continue;
    const short = name.replace(/(?<=[a-z0-9])(?:_id|Id|ID)$|(?<=[A-Z0-9])_ID$|(?<=[a-z])_fk$/, "");
    given.set(name, names.take(names.fits(short) ? short : name));
  }
  return given;
}
