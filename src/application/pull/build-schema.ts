import type { Model } from "#database";
import { conditionMethod } from "./condition-method.ts";
import * as builders from "../schema/fields.ts";
import { refuseDefinition } from "../schema/definition-error.ts";
import { resolveSchema, type SchemaDraft } from "../schema/resolve.ts";
import { table as tableOf } from "../schema/table.ts";
import type { PulledField, PulledSchema, PulledTable } from "./pulled-schema.ts";

/** The schema that the printed one would be. */
export function buildPulledModel(pulled: PulledSchema): Model {
  const draft = draftPulled(pulled);
  refuseDefinition(draft.problems);
  return draft.model;
}

export function draftPulled(pulled: PulledSchema): SchemaDraft {
  const tables = Object.fromEntries(pulled.tables.map((table) => [table.name, buildTable(table)]));
  return resolveSchema({ tables, roles: [], claims: {}, computed: {} });
}

function buildTable({ fields, unique, indexes, checks }: PulledTable): unknown {
  const built = Object.fromEntries(fields.map((field) => [field.name, buildField(field)]));
  if (unique.length + indexes.length + checks.length === 0) return built;
  const options = {
    unique,
    indexes,
    ...(checks.length === 0
      ? {}
      : {
          checks: (row: never) => Object.fromEntries(checks.map((check) => [check.name, conditionMethod(row, check)])),
        }),
  };
  return (tableOf as (fields: unknown, options: unknown) => unknown)(built, options);
}

type Method = (...values: readonly unknown[]) => unknown;

/** Calls by name what the printed schema calls: what is shown and what is built cannot differ. */
function buildField({ calls }: PulledField): unknown {
  const [first, ...modifiers] = calls;
  let field = (builders as unknown as Readonly<Record<string, Method>>)[first?.name ?? ""]?.(...(first?.arguments ?? []));
  for (const { name, arguments: values } of modifiers) field = (field as Record<string, Method>)[name]?.(...values);
  return field;
}
