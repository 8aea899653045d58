import { draftPulled } from "./build-schema.ts";
import type { PulledField, PulledSchema, PulledTable } from "./pulled-schema.ts";

/**
 * A schema that has no mistakes: whatever of a database of any hand our own definitions refuse (a default over its own limit, two
 * indexes that would get one name) is left out, with the reason beside it.
 */
export function mendSchema(pulled: PulledSchema): PulledSchema {
  return mend(pulled, ROUNDS);
}

/** What is left out may stand in something else's way. */
const ROUNDS = 4;

function mend(pulled: PulledSchema, rounds: number): PulledSchema {
  const { problems } = draftPulled(pulled);
  if (problems.length === 0 || rounds === 0) return pulled;
  const complaints = new Map(problems.map(({ place, message }) => [place, message]));
  return mend({ ...pulled, tables: pulled.tables.map((table) => mendTable(table, complaints)) }, rounds - 1);
}

function mendTable(table: PulledTable, complaints: ReadonlyMap<string, string>): PulledTable {
  const of = (part: string): string | undefined => complaints.get(`${table.name}.${part}`);
  const sets = (["unique", "indexes"] as const).filter((part) => of(part) !== undefined);
  const checks = table.checks.filter(
    ({ name }) => of(name) === undefined && of("checks") === undefined && of(`checks.${name}`) === undefined,
  );
  return {
    ...table,
    ...Object.fromEntries(sets.map((part) => [part, []])),
    checks,
    comments: [...table.comments, ...sets.map((part) => `its ${part} sets over several fields are not taken over: ${of(part)}`)],
    fields: table.fields.map((field) => {
      const message = of(field.name);
      return message === undefined ? field : bare(field, message);
    }),
  };
}

/** The field without what was wrong: its kind, and whether it may be empty. */
function bare(field: PulledField, message: string): PulledField {
  const [first, ...modifiers] = field.calls;
  const kept = modifiers.filter(({ name }) => name === "optional");
  const words = `more is not taken over: ${message}`;
  return {
    ...field,
    calls: first === undefined ? [] : [first, ...kept],
    comment: field.comment === undefined ? words : `${field.comment}; ${words}`,
  };
}
