import type { TableReach } from "#application";
import { type Column, isManaged } from "#database";
import type { Components } from "./components.ts";
import type { JsonSchema, ReferenceObject } from "./openapi.ts";
import { sampleValue } from "./sample-value.ts";
import { jsonForm, valueNotes, valueSchema } from "./value-schema.ts";

type SchemaReference = ReferenceObject & JsonSchema;

/** The three faces of a table's row, as far as the caller may know it; each undefined where they have no use for it. */
export interface RowSchemas {
  readonly row: SchemaReference | undefined;
  readonly create: SchemaReference | undefined;
  readonly update: SchemaReference | undefined;
  /** A row that can be sent as it is, but for what it refers to; undefined where nobody but its author knows one. */
  readonly example: Readonly<Record<string, unknown>> | undefined;
}

/** `isKnown` says of a table whether its name may be told. */
export function rowSchemas(
  reach: TableReach,
  { components, name, isKnown }: { readonly components: Components; readonly name: string; readonly isKnown: IsKnown },
): RowSchemas {
  const { table, shown, creates, updates } = reach;
  const row =
    shown.length === 0
      ? undefined
      : components.schema(`${name}Row`, {
          type: "object",
          description: `A row of \`${table.name}\` with all of its fields, as it is answered where \`select\` does not choose.`,
          properties: properties(
            shown.map(({ column, mask }) => [
              column,
              {
                ...valueSchema(column, mayBeNull(column) || mask !== undefined),
                ...(column.computed !== undefined || isManaged(column) ? { readOnly: true } : {}),
                ...describe(column, isKnown, [
                  ...(column.computed === undefined ? [] : ["Worked out from other fields or rows."]),
                  ...(mask === undefined ? [] : ["Null in rows whose rules hide it."]),
                ]),
              },
            ]),
          ),
          required: shown.map(({ column }) => column.name),
        });
  const create = creates && components.schema(`${name}Create`, newRowSchema(creates, isKnown, `A new row of \`${table.name}\`.`));
  const update =
    updates &&
    components.schema(`${name}Update`, {
      type: "object",
      description: `What is to change of a row of \`${table.name}\`; what is left out stays as it is.`,
      properties: given(updates, isKnown, false),
      additionalProperties: false,
    });
  return { row, create, update, example: creates && exampleRow(creates) };
}

/** A row that is to be made of these columns. */
export function newRowSchema(columns: readonly Column[], isKnown: IsKnown, description: string): JsonSchema {
  return {
    type: "object",
    description,
    properties: given(columns, isKnown, true),
    ...required(columns.filter(isRequired)),
    additionalProperties: false,
  };
}

type IsKnown = (table: string) => boolean;

function given(columns: readonly Column[], isKnown: IsKnown, isNew: boolean): JsonSchema {
  return properties(
    columns.map((column) => [
      column,
      {
        ...valueSchema(column, column.nullable),
        ...(column.secret ? { writeOnly: true } : {}),
        ...(isNew && column.default?.type === "value" ? { default: jsonForm(column, column.default.value) } : {}),
        ...describe(column, isKnown, isNew ? defaultNotes(column) : []),
      },
    ]),
  );
}

function describe(column: Column, isKnown: IsKnown, more: readonly string[]): { readonly description?: string } {
  const notes = [...valueNotes(column), ...referenceNotes(column, isKnown), ...more];
  return notes.length === 0 ? {} : { description: notes.join(" ") };
}

function properties(entries: readonly (readonly [Column, JsonSchema])[]): JsonSchema {
  return Object.fromEntries(entries.map(([column, schema]) => [column.name, schema]));
}

function required(columns: readonly Column[]): { readonly required?: readonly string[] } {
  return columns.length === 0 ? {} : { required: columns.map(({ name }) => name) };
}

/** A number of rows is never null, though of what is computed nobody else says so. */
function mayBeNull({ nullable, computed }: Column): boolean {
  return nullable && !(computed?.type === "aggregate" && computed.function === "count");
}

export function isRequired({ nullable, default: given }: Column): boolean {
  return !nullable && given === undefined;
}

function referenceNotes({ reference }: Column, isKnown: IsKnown): readonly string[] {
  return reference !== undefined && isKnown(reference.table) ? [`The id of a row of \`${reference.table}\`.`] : [];
}

function defaultNotes({ default: given }: Column): readonly string[] {
  switch (given?.type) {
    case "uuid":
      return ["By default a new UUID."];
    case "rowNumber":
      return ["By default the next number."];
    case "now":
      return ["By default the moment of the request."];
    case "today":
      return ["By default the day of the request."];
    case "actor":
      return ["By default the id of who asks."];
    default:
      return [];
  }
}

function exampleRow(columns: readonly Column[]): RowSchemas["example"] {
  const values = columns.filter(isRequired).map((column) => [column.name, sampleValue(column)] as const);
  return values.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(values);
}
