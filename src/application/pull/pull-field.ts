import { type Stored, kinds } from "#contract";
import type { SourceColumn } from "#database";
import { now, today } from "../rules/moments.ts";
import { convertValue, type Reading } from "./convert-value.ts";
import { guessKind, type Guess, type Hint } from "./guess-kind.ts";
import type { PulledChecks } from "./pull-checks.ts";
import type { PulledReference, TableQuestion } from "./table-question.ts";
import type { Argument, Call, PulledField } from "./pulled-schema.ts";

interface Surroundings {
  readonly question: TableQuestion;
  readonly references: ReadonlyMap<string, PulledReference>;
  readonly checks: PulledChecks;
}

export interface Pulled {
  readonly field: PulledField;
  readonly reading: Reading;
  /** It is the column of every table of that name, and needs no field. */
  readonly managed: "created" | "updated" | undefined;
}

export function createFieldPuller({ question, references, checks }: Surroundings): {
  pull(column: SourceColumn, name: string): Pulled;
} {
  return {
    pull(column, name) {
      const profile = question.profiles.get(column.name);
      const reference = references.get(column.name);
      if (profile === undefined) throw new Error(`"${column.name}" was not looked at.`);
      const isEmptyRequired = column.required || checks.isRequired(column.name);
      if (reference !== undefined)
        return pullReference(column, name, {
          reference,
          emptyIsNull: profile.empties > 0 || column.default === "''",
          isRequired: isEmptyRequired && profile.nulls + profile.empties === 0,
        });
      const hint = hintOf(question, column, checks);
      const guess = guessKind({ column, profile, hint });
      const emptyIsNull = guess.reading.emptyIsNull === true;
      const isRequired = isEmptyRequired && profile.nulls === 0 && !emptyIsNull;
      const managed = guess.kind === "timestamp" && profile.nulls + profile.empties === 0 ? managedName(column.name) : undefined;
      const value = readDefault(column, guess);
      const calls = [
        baseCall(guess),
        ...limitCalls(guess, checks, column.name),
        ...(isRequired ? [] : [{ name: "optional", arguments: [] }]),
        ...(value.call === undefined ? [] : [value.call]),
      ];
      const comment = describe(column, name, [guess.why, value.comment, ...checks.comments(column.name, guess)]);
      return { field: { name, calls, comment }, reading: guess.reading, managed };
    },
  };
}

function hintOf({ table, hints }: TableQuestion, column: SourceColumn, checks: PulledChecks): Hint | undefined {
  const known = hints.column(table.name, column.name);
  const checked = checks.hint(column.name);
  if (checked !== undefined) return checked;
  if (known?.kind === undefined) return undefined;
  return {
    kind: known.kind,
    options: known.values === undefined ? {} : { values: known.values },
    ...(known.why === undefined ? {} : { why: known.why }),
  };
}

interface ReferenceFacts {
  readonly reference: PulledReference;
  readonly emptyIsNull: boolean;
  readonly isRequired: boolean;
}

function pullReference(column: SourceColumn, name: string, { reference, emptyIsNull, isRequired }: ReferenceFacts): Pulled {
  const { target, onDelete } = reference;
  const required = isRequired && !emptyIsNull;
  const action = { CASCADE: "cascade", "SET NULL": "set null" }[onDelete];
  const isKept = action !== undefined && !(action === "set null" && required);
  const calls: Call[] = [{ name: "ref", arguments: [target.name] }];
  if (!required) calls.push({ name: "optional", arguments: [] });
  if (isKept) calls.push({ name: "onDelete", arguments: [action] });
  const notes = [
    emptyIsNull ? "an empty text becomes null" : undefined,
    onDelete === "SET DEFAULT" || (action !== undefined && !isKept) ? `ON DELETE ${onDelete} is not taken over` : undefined,
    column.default === undefined || /^(?:NULL|''|"")$/i.test(column.default)
      ? undefined
      : `DEFAULT ${column.default} is not taken over: a reference has none`,
  ];
  return {
    field: { name, calls, comment: describe(column, name, notes) },
    reading: emptyIsNull ? { emptyIsNull } : {},
    managed: undefined,
  };
}

/** The name there, where it is another, and what else is to be said. */
function describe(column: SourceColumn, name: string, notes: readonly (string | undefined)[]): string | undefined {
  const parts = [column.name === name ? undefined : `"${column.name}"`, ...notes].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join("; ");
}

function baseCall({ kind, options }: Guess): Call {
  if (kind === "enum") return { name: "enums", arguments: [...(options.values ?? [])] };
  if (kind === "decimal") return { name: "decimal", arguments: [options.precision ?? 18, options.scale ?? 2] };
  return { name: kind, arguments: [] };
}

function limitCalls(guess: Guess, checks: PulledChecks, column: string): readonly Call[] {
  const { min, max, length } = checks.limits(column, guess);
  const maxLength = max ?? guess.maxLength;
  if (length !== undefined) return [{ name: "length", arguments: [length] }];
  return [
    ...(min === undefined ? [] : [{ name: "min", arguments: [min] }]),
    ...(maxLength === undefined ? [] : [{ name: "max", arguments: [maxLength] }]),
  ];
}

interface ReadDefault {
  readonly call?: Call;
  readonly comment?: string;
}

const NOW = /^(?:CURRENT_TIMESTAMP|(?:datetime|strftime|unixepoch|julianday|date)\s*\(.*'?now'?.*\)|unixepoch\s*\(\s*\))$/i;

function readDefault(column: SourceColumn, { kind, options, reading }: Guess): ReadDefault {
  const written = column.default?.replace(/^\((.*)\)$/s, "$1").trim();
  if (written === undefined || /^NULL$/i.test(written)) return {};
  const as = (value: Argument): ReadDefault => ({ call: { name: "default", arguments: [value] } });
  if (kind === "timestamp" && NOW.test(written)) return as(now);
  if (kind === "date" && (NOW.test(written) || /^CURRENT_DATE$/i.test(written))) return as(today);
  const raw = literalOf(written);
  if (raw !== undefined && kind !== "secret") {
    const converted = convertValue(raw, { kind: kinds[kind], options }, reading);
    if (converted.ok) return converted.value === null ? {} : as(kinds[kind].toJson(converted.value, options));
  }
  return raw === "" ? {} : { comment: `DEFAULT ${column.default} is not taken over` };
}

function literalOf(text: string): Stored | undefined {
  if (/^'(?:[^']|'')*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  // SQLite takes a quoted name for a text where no column is called so.
  if (/^"[^"]*"$/.test(text)) return text.slice(1, -1);
  if (/^true$/i.test(text)) return 1;
  if (/^false$/i.test(text)) return 0;
  return /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? Number(text) : undefined;
}

/** The column of every table that a column of that name is. */
function managedName(name: string): "created" | "updated" | undefined {
  if (/^(?:created|inserted|date_?created)(?:_?(?:at|on|date))?$/i.test(name)) return "created";
  return /^(?:updated|modified|last_?(?:updated|modified)|date_?(?:updated|modified))(?:_?(?:at|on|date))?$/i.test(name)
    ? "updated"
    : undefined;
}
