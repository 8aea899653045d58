import { didYouMean } from "#base";
import type { HiddenEntry } from "../../sqlite/definition/hidden.ts";
import { MigrationError } from "../errors.ts";
import type { Answers } from "./plan.ts";
import type { SchemaState } from "../schema-state.ts";

interface Known {
  readonly found: SchemaState;
  readonly wanted: SchemaState;
  readonly hidden: readonly HiddenEntry[];
}

/** An answer with a misspelt name would be no answer: it is refused. */
export function checkAnswers(answers: Answers, { wanted }: Known): void {
  const tables = [...wanted.tables.keys()];
  const columns = [...wanted.tables].flatMap(([table, { text }]) =>
    [...text.columns.keys()].map((column) => `${table}.${column}`),
  );
  for (const key of Object.keys(answers.renames ?? {})) refuseUnknown("renames", key, key.includes(".") ? columns : tables);
  for (const key of Object.keys(answers.fill ?? {})) refuseUnknown("fill", key, columns);
  for (const key of Object.keys(answers.convert ?? {})) refuseUnknown("convert", key, columns);
}

function refuseUnknown(where: string, key: string, known: readonly string[]): void {
  if (known.includes(key)) return;
  throw new MigrationError(
    `The answer '${key}' (${where}) names nothing of the new definition. Answers go by new names: 'table' or 'table.column'${didYouMean(key, known) || "."}`,
  );
}
