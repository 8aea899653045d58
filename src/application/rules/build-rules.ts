import { didYouMean } from "#base";
import { createScopes, type Expression, expressions, isManaged, type Table } from "#database";
import { type DefinitionProblem, inDoubt } from "../schema/definition-error.ts";
import type { DraftModel } from "../schema/doubts.ts";
import { actorValue } from "./build-actor.ts";
import { rowSource, rowValue } from "./build-row.ts";
import { conditionOf } from "./build-value.ts";
import { mentionsScope, secretMessage, secretsLookedInto } from "./inspect.ts";
import { messageOf } from "./thrown.ts";
import { withUnused } from "./unused-conditions.ts";
import type { FieldRules, RuleBook, TableRules, UpdateRule } from "./rules.ts";

type Report = (place: string, message: string) => void;

/** What was written of rules, unchecked. */
export type WrittenRules = Readonly<Record<string, unknown>>;

/** The rules of a back end as `authorise` takes them. Tables without rules have no entry: see `missingRules`. */
export function buildRules(model: DraftModel, written: WrittenRules, problems: DefinitionProblem[]): RuleBook {
  const report: Report = (place, message) => void problems.push({ place, message });
  const source = rowSource(model, createScopes("r"));
  const book = new Map<string, TableRules>();
  for (const [name, callback] of Object.entries(written)) {
    const place = `rules.${name}`;
    const table = model.tables.get(name);
    if (table === undefined) {
      const isDoubtful = model.doubts?.ofTables() === true;
      report(place, isDoubtful ? inDoubt : `there is no table '${name}'${didYouMean(name, model.tables.keys())}`);
      continue;
    }
    if (typeof callback !== "function") {
      report(place, 'needs a function such as ({ row, me }) => ({ read: everyone, write: me.hasRole("editor") })');
      continue;
    }
    const scope = {
      row: rowValue(source, name, expressions.scope("row")),
      next: rowValue(source, name, expressions.scope("next")),
      me: actorValue(model, source),
    };
    try {
      const before = problems.length;
      const { result, complaints } = withUnused(() =>
        readRules(table, (callback as (scope: unknown) => unknown)(scope), { report, doubts: model.doubts }),
      );
      book.set(name, result);
      // Where something else is wrong, that is why it is left out.
      if (problems.length === before) for (const complaint of complaints) report(place, complaint);
    } catch (error) {
      report(place, messageOf(error));
    }
  }
  return book;
}

const operations = ["read", "create", "update", "delete", "write", "history", "fields"];

interface Reading {
  readonly report: Report;
  readonly doubts: DraftModel["doubts"];
}

function readRules(table: Table, written: unknown, reading: Reading): TableRules {
  const { report } = reading;
  const place = `rules.${table.name}`;
  const reader = createReader(place, written, operations, report);
  const given = (key: string): boolean => reader.has(key);
  const write = reader.read("write", true);
  const deleteRule = given("delete") ? reader.read("delete", false) : write;
  if (!given("delete") && write !== undefined && mentionsScope(write, "next")) {
    report(`${place}.write`, "speaks of 'next', and a delete leaves no row behind; give 'delete' a rule of its own");
  }
  if (given("history") && table.history === undefined)
    report(`${place}.history`, `'${table.name}' keeps no old versions: its definition would need 'history'`);
  return {
    read: reader.read("read", false),
    create: given("create") ? reader.read("create", true) : write,
    update: updateRule(given("update") ? reader.read("update", true) : write),
    delete: deleteRule,
    ...(given("history") ? { history: reader.read("history", false) } : {}),
    fields: readFields(table, reader.value("fields"), reading),
  };
}

interface RuleReader {
  has(key: string): boolean;
  value(key: string): unknown;
  /** The rule under that key, checked; undefined where there is none or it is wrong. */
  read(key: string, mayMentionNext: boolean): Expression | undefined;
}

function createReader(place: string, written: unknown, keys: readonly string[], report: Report): RuleReader {
  const isObject = typeof written === "object" && written !== null && !Array.isArray(written);
  if (!isObject) report(place, `must be an object with ${keys.join(", ")}`);
  const values: Readonly<Record<string, unknown>> = isObject ? (written as Readonly<Record<string, unknown>>) : {};
  for (const key of Object.keys(values)) {
    if (!keys.includes(key)) report(`${place}.${key}`, `is none of ${keys.join(", ")}${didYouMean(key, keys)}`);
  }
  return {
    has: (key) => values[key] !== undefined,
    value: (key) => values[key],
    read(key, mayMentionNext) {
      if (values[key] === undefined) {
        // Written out and undefined is a slip (a variable that holds nothing), not a rule left out.
        if (Object.hasOwn(values, key)) report(`${place}.${key}`, "a rule needs a condition, not undefined");
        return undefined;
      }
      const { expression, problems } = conditionOf(values[key], "a rule")["~built"];
      for (const message of problems) report(`${place}.${key}`, message);
      if (problems.length > 0) return undefined;
      for (const column of secretsLookedInto(expression)) report(`${place}.${key}`, secretMessage(column));
      if (!mayMentionNext && mentionsScope(expression, "next")) {
        report(`${place}.${key}`, `speaks of 'next', the row after a change, and there is none in ${key}`);
      }
      return expression;
    },
  };
}

function updateRule(expression: Expression | undefined): UpdateRule | undefined {
  return expression === undefined ? undefined : { expression, mentionsNext: mentionsScope(expression, "next") };
}

const fieldOperations = ["read", "create", "update", "write"];

function readFields(table: Table, written: unknown, { report, doubts }: Reading): ReadonlyMap<string, FieldRules> {
  const fields = new Map<string, FieldRules>();
  if (written === undefined) return fields;
  const place = `rules.${table.name}.fields`;
  if (typeof written !== "object" || written === null) {
    report(place, "must be an object of rules by field");
    return fields;
  }
  for (const [name, rules] of Object.entries(written)) {
    const column = table.columns.get(name);
    if (doubts?.ofField(table.name, name) || (column === undefined && doubts?.ofAbsence(table.name, name))) {
      report(`${place}.${name}`, inDoubt);
      continue;
    }
    if (column === undefined) {
      report(`${place}.${name}`, `there is no field '${name}' in '${table.name}'${didYouMean(name, table.columns.keys())}`);
      continue;
    }
    const reader = createReader(`${place}.${name}`, rules, fieldOperations, report);
    const writes = ["create", "update", "write"].filter((key) => reader.has(key));
    if (writes.length > 0 && (column.computed !== undefined || isManaged(column))) {
      report(
        `${place}.${name}.${writes[0]}`,
        `'${name}' is ${isManaged(column) ? "set by the server" : "computed"}: nobody writes it`,
      );
    }
    if (reader.has("read") && column.secret) report(`${place}.${name}.read`, `'${name}' is secret: nobody reads it`);
    const write = reader.read("write", true);
    fields.set(name, {
      read: reader.read("read", false),
      create: reader.has("create") ? reader.read("create", true) : write,
      update: updateRule(reader.has("update") ? reader.read("update", true) : write),
    });
  }
  return fields;
}
