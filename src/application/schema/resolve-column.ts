import { didYouMean } from "#base";
import { type Kind, type KindName, kinds, type Scalar, type Stored } from "#contract";
import type { Column, Default, Limits, Reference, ValueType } from "#database";
import { brokenLimit } from "../records/check-limits.ts";
import type { FieldState, LimitRequest } from "./field.ts";
import { shapedJson } from "./shaped-json.ts";

/** Says what is wrong with the field at hand. */
export type Report = (message: string) => void;

/** What a column is resolved beside: the other tables, as they were written. */
export interface ColumnPlace {
  readonly table: string;
  readonly name: string;
  /** The kind of each table's `id`, by table. */
  readonly keyKinds: ReadonlyMap<string, KindName>;
  readonly report: Report;
}

/** One field as a column; what is wrong with it is reported, and the rest still resolved. */
export function resolveColumn(state: FieldState, place: ColumnPlace): Column {
  const { kind, type } = kindOf(state, place);
  const limits = resolveLimits(state, kind, place.report);
  const column: Column = {
    name: place.name,
    table: place.table,
    kind,
    options: state.options,
    type,
    nullable: state.nullable,
    default: undefined,
    limits,
    reference: resolveReference(state, place),
    immutable: state.immutable || place.name === "id",
    secret: state.kind === "secret",
    searchable: state.searchable,
    computed: undefined,
  };
  checkKind(state, place.report);
  return { ...column, default: resolveDefault(state, column, place) };
}

function kindOf(state: FieldState, { keyKinds }: ColumnPlace): { readonly kind: Kind; readonly type: ValueType } {
  const name = state.kind === "ref" ? (keyKinds.get(state.reference?.target ?? "") ?? "uuid") : state.kind;
  const kind = state.validator === undefined ? kinds[name] : shapedJson(state.validator);
  return {
    kind,
    type: kind.scalar === "decimal" ? { scalar: "decimal", scale: state.options.scale ?? 2 } : { scalar: kind.scalar },
  };
}

function checkKind(state: FieldState, report: Report): void {
  const { kind, options, searchable, reference, unique, indexed } = state;
  if (kind === "decimal") checkDecimal(options.precision, options.scale, report);
  if (kind === "enum") checkMembers(options.values ?? [], report);
  if (searchable && !["text", "email", "url"].includes(kind)) report(`search() works on text, not on ${kind}`);
  if (kind !== "ref" && reference !== undefined)
    report(`onDelete(), inverse() and allowUnreadable() belong to a ref(), not to ${kind}`);
  if ((unique || indexed) && (kind === "json" || kind === "secret"))
    report(`${unique ? "unique" : "index"}() does not work on ${kind}`);
}

function checkDecimal(precision: unknown, scale: unknown, report: Report): void {
  if (!isWhole(precision) || precision < 1 || precision > 18) report("decimal(precision, scale) takes a precision from 1 to 18");
  else if (!isWhole(scale) || scale < 0 || scale > precision)
    report(`decimal(precision, scale) takes a scale from 0 to the precision, ${precision}`);
}

function checkMembers(values: readonly unknown[], report: Report): void {
  if (values.length === 0) report("enums() needs at least one member");
  for (const value of values) {
    if (typeof value !== "string" || !kinds.text.fromJson(value, {}).ok) report("enums() takes texts");
  }
  const twice = values.filter((value, index) => values.indexOf(value) !== index);
  if (twice.length > 0) report(`enums() has the member '${String(twice[0])}' twice`);
}

const isWhole = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value);

const bounded: ReadonlySet<Scalar> = new Set(["integer", "decimal", "real", "timestamp", "date"]);

function resolveLimits({ limits, kind: written, options }: FieldState, kind: Kind, report: Report): Limits {
  const hasLengths = ["text", "email", "url", "secret", "bytes"].includes(written);
  const read = (value: unknown, which: "min" | "max"): Exclude<Stored, null> | undefined => {
    if (value === undefined) return undefined;
    if (written === "ref" || !bounded.has(kind.scalar)) {
      report(`${which}() does not work on ${written}`);
      return undefined;
    }
    const parsed = kind.fromJson(value, options);
    if (!parsed.ok) report(`${which}(${show(value)}): the value ${parsed.message}`);
    return parsed.ok && parsed.value !== null ? parsed.value : undefined;
  };
  const [min, max] = [read(limits.min, "min"), read(limits.max, "max")];
  if (min !== undefined && max !== undefined && min > max) report(`min(${show(limits.min)}) is over max(${show(limits.max)})`);
  checkLengths(limits, written, hasLengths, report);
  const { minLength, maxLength } = limits;
  const pattern = resolvePattern(limits.pattern, written, report);
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(minLength === undefined || !hasLengths ? {} : { minLength }),
    ...(maxLength === undefined || !hasLengths ? {} : { maxLength }),
    ...(pattern === undefined ? {} : { pattern }),
  };
}

const show = (value: unknown): string => (typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? String(value)));

function checkLengths({ minLength, maxLength }: LimitRequest, kind: string, hasLengths: boolean, report: Report): void {
  if (minLength === undefined && maxLength === undefined) return;
  if (!hasLengths) return report(`length() does not work on ${kind}`);
  for (const length of new Set([minLength, maxLength])) {
    if (length !== undefined && (!isWhole(length) || length < 0))
      report(`a length must be a whole number from 0 on, not ${show(length)}`);
  }
  if (minLength !== undefined && maxLength !== undefined && minLength > maxLength)
    report(`min(${minLength}) is over max(${maxLength})`);
}

function resolvePattern(pattern: unknown, kind: string, report: Report): Limits["pattern"] {
  if (pattern === undefined) return undefined;
  if (!["text", "email", "url", "secret"].includes(kind)) report(`pattern() works on text, not on ${kind}`);
  else if (!(pattern instanceof RegExp)) report("pattern() takes a regular expression such as /^[a-z]+$/");
  // A global or sticky expression remembers where it stopped.
  else if (/[gy]/.test(pattern.flags)) report(`pattern() takes no flags g and y: ${String(pattern)}`);
  else return { source: pattern.source, flags: pattern.flags };
  return undefined;
}

function resolveReference(state: FieldState, { table, name, keyKinds, report }: ColumnPlace): Reference | undefined {
  if (state.kind !== "ref") return undefined;
  const { target = "", onDelete = "restrict", allowUnreadable = false } = state.reference ?? {};
  if (!keyKinds.has(target)) report(`there is no table '${target}'${didYouMean(target, keyKinds.keys())}`);
  if (!["restrict", "cascade", "set null"].includes(onDelete)) {
    report(`onDelete() takes "restrict", "cascade" or "set null", not ${show(onDelete)}`);
  }
  if (onDelete === "set null" && !state.nullable)
    report(`onDelete("set null") needs optional(): a required reference cannot be null`);
  if (onDelete === "set null" && state.immutable) report(`onDelete("set null") changes the field, and immutable() forbids it`);
  return { table: target, onDelete, constraint: `${table}_${name}_fkey`, allowUnreadable };
}

function resolveDefault(state: FieldState, column: Column, { table, name, report }: ColumnPlace): Default | undefined {
  if (name === "id") return keyDefault(state.kind);
  const wanted = state.default;
  switch (wanted?.type) {
    case undefined:
      return undefined;
    case "now":
    case "today": {
      const scalar = wanted.type === "now" ? "timestamp" : "date";
      if (column.type.scalar !== scalar) report(`default(${wanted.type}) belongs to a ${scalar}(), not to ${state.kind}`);
      return { type: wanted.type };
    }
    case "actor":
      if (state.reference?.target !== "users") report('defaultToActor() belongs to a ref("users")');
      return { type: "actor" };
    case "account":
      if (table !== "users") report("accountEmail() belongs to the table 'users'");
      return { type: "account" };
    case "value":
      return valueDefault(wanted.value, column, report);
  }
}

function keyDefault(kind: FieldState["kind"]): Default | undefined {
  if (kind === "integer") return { type: "rowNumber" };
  return kind === "uuid" ? { type: "uuid" } : undefined;
}

function valueDefault(value: unknown, column: Column, report: Report): Default | undefined {
  if (value === null || value === undefined) {
    report(`default(${value}) says nothing; use optional() for a field that may be null`);
    return undefined;
  }
  const parsed = column.kind.fromJson(value, column.options);
  if (!parsed.ok || parsed.value === null) {
    report(`default(${show(value)}): the value ${parsed.ok ? "must not be null" : parsed.message}`);
    return undefined;
  }
  const broken = brokenLimit(column, parsed.value);
  if (broken !== undefined) report(`default(${show(value)}) breaks the field's own limit: it ${broken}`);
  return { type: "value", value: parsed.value };
}
