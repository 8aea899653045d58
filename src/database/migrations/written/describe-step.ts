import { quoteName } from "../../sqlite/dialect/literals.ts";
import { readColumn } from "../../sqlite/definition/table-text.ts";
import type { Step } from "../step.ts";

/** A step in a few words: `add column reviews.body`. */
export function describeStep(step: Step): string {
  switch (step.type) {
    case "createTable":
      return `create table ${step.table}`;
    case "renameTable":
      return `rename table ${step.from} to ${step.to}`;
    case "hideTable":
      return `hide table ${step.table}`;
    case "showTable":
      return `bring back table ${step.table}`;
    case "addColumn":
      return `add column ${step.table}.${step.column}`;
    case "renameColumn":
      return `rename column ${step.table}.${step.from} to ${step.to}`;
    case "changeColumn":
      return `change column ${step.table}.${step.column}: ${changeWords(step.from, step.to)}`;
    case "convertColumn":
      return `convert column ${step.table}.${step.column}`;
    case "hideColumn":
      return `hide column ${step.table}.${step.column}`;
    case "showColumn":
      return `bring back column ${step.table}.${step.column}`;
    case "addConstraint":
      return `${step.replaces === undefined ? "add" : "change"} constraint ${step.name} of ${step.table}`;
    case "dropConstraint":
      return `drop constraint ${step.name} of ${step.table}`;
    case "createIndex":
      return `create index ${step.name} of ${step.table}`;
    case "dropIndex":
      return `drop index ${step.name} of ${step.table}`;
    case "createSearch":
      return `make the full-text index of ${step.table} (${step.columns.join(", ")})`;
    case "dropSearch":
      return `drop the full-text index of ${step.table}`;
    case "changeSearch":
      return `let the full-text index of ${step.table} follow`;
    case "renameObjects":
      return `let the names of constraints and indexes of ${step.table} follow`;
    case "createTrigger":
      return `create trigger ${step.name} of ${step.table}`;
    case "dropTrigger":
      return `drop trigger ${step.name} of ${step.table}`;
    case "updateRows":
      return `update ${Object.keys(step.set).join(", ")} of ${step.table}`;
    case "sql":
      return `run SQL: ${(step.sql.trim().split("\n")[0] ?? "").slice(0, 80)}`;
    case "rebuildTable":
      return `rebuild table ${step.table}`;
  }
}

function changeWords(from: string, to: string): string {
  const [before, after] = [readColumn(from), readColumn(to)];
  const words: string[] = [];
  if (before.isRequired !== after.isRequired) words.push(after.isRequired ? "required" : "optional");
  if (before.default !== after.default) words.push(after.default === undefined ? "no default" : `default ${after.default}`);
  return words.join(", ") || to;
}

/** What a step amounts to, as a person would write it in SQL. How it is done without making others wait is another matter. */
export function stepSql(step: Step): readonly string[] {
  const table = "table" in step ? quoteName(step.table) : "";
  const alter = `ALTER TABLE ${table}`;
  switch (step.type) {
    case "createTable":
      return step.objects.map(({ sql }) => sql);
    case "renameTable":
      return [`ALTER TABLE ${quoteName(step.from)} RENAME TO ${quoteName(step.to)}`];
    case "addColumn":
      return [
        `${alter} ADD COLUMN ${quoteName(step.column)} ${step.definition}`,
        ...(step.fill === undefined ? [] : [`UPDATE ${table} SET ${quoteName(step.column)} = ${step.fill}`]),
      ];
    case "renameColumn":
      return [`${alter} RENAME COLUMN ${quoteName(step.from)} TO ${quoteName(step.to)}`];
    case "changeColumn": {
      const [before, after] = [readColumn(step.from), readColumn(step.to)];
      const column = `${alter} ALTER COLUMN ${quoteName(step.column)}`;
      return [
        ...(step.fill === undefined
          ? []
          : [`UPDATE ${table} SET ${quoteName(step.column)} = ${step.fill} WHERE ${quoteName(step.column)} IS NULL`]),
        ...(before.isRequired === after.isRequired ? [] : [`${column} ${after.isRequired ? "SET" : "DROP"} NOT NULL`]),
        ...(before.default === after.default
          ? []
          : [`${column} ${after.default === undefined ? "DROP DEFAULT" : `SET DEFAULT ${after.default}`}`]),
      ];
    }
    case "convertColumn":
      return [`${alter} ALTER COLUMN ${quoteName(step.column)} TYPE ${step.to} USING (${step.convert})`];
    case "addConstraint":
      return [
        ...(step.replaces === undefined ? [] : [`${alter} DROP CONSTRAINT ${quoteName(step.name)}`]),
        `${alter} ADD CONSTRAINT ${quoteName(step.name)} ${step.constraint}`,
      ];
    case "dropConstraint":
      return [`${alter} DROP CONSTRAINT ${quoteName(step.name)}`];
    case "createIndex":
    case "createTrigger":
      return [step.sql];
    case "dropIndex":
      return [`DROP INDEX ${quoteName(step.name)}`];
    case "dropTrigger":
      return [`DROP TRIGGER ${quoteName(step.name)}`];
    case "createSearch":
      return step.objects.map(({ sql }) => sql);
    case "dropSearch":
      return step.objects.slice(0, 1).map(({ name }) => `DROP TABLE ${quoteName(name)}`);
    case "updateRows": {
      const set = Object.entries(step.set).map(([column, value]) => `${quoteName(column)} = ${value}`);
      return [`UPDATE ${table} SET ${set.join(", ")}${step.where === undefined ? "" : ` WHERE ${step.where}`}`];
    }
    case "sql":
      return [step.sql];
    case "rebuildTable":
      return step.objects.map(({ sql }) => sql);
    case "hideTable":
    case "showTable":
    case "hideColumn":
    case "showColumn":
    case "changeSearch":
    case "renameObjects":
      return [];
  }
}
