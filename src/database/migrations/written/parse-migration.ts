import { didYouMean } from "#base";
import { MigrationError } from "../errors.ts";
import type { Migration } from "./migration.ts";
import type { PlannedStep, Step, StepType } from "../step.ts";

type Form = "text" | "name" | "names" | "texts" | "objects" | "optional text" | "optional texts";

/** The fields of every type of step: what a file may say, and how it must look. */
const fields: { readonly [T in StepType]: Readonly<Record<string, Form>> } = {
  createTable: { table: "name", objects: "objects" },
  renameTable: { from: "name", to: "name" },
  hideTable: { table: "name" },
  showTable: { table: "name", constraints: "optional texts" },
  addColumn: { table: "name", column: "name", definition: "text", fill: "optional text" },
  renameColumn: { table: "name", from: "name", to: "name" },
  changeColumn: { table: "name", column: "name", from: "text", to: "text", fill: "optional text" },
  convertColumn: { table: "name", column: "name", from: "text", to: "text", convert: "text", revert: "text" },
  hideColumn: { table: "name", column: "name" },
  showColumn: { table: "name", column: "name", definition: "text", fill: "optional text", constraints: "optional texts" },
  addConstraint: { table: "name", name: "name", constraint: "text", replaces: "optional text" },
  dropConstraint: { table: "name", name: "name", constraint: "text" },
  createIndex: { table: "name", name: "name", sql: "text" },
  dropIndex: { table: "name", name: "name", sql: "text" },
  createSearch: { table: "name", rowKey: "name", columns: "names", objects: "objects" },
  dropSearch: { table: "name", rowKey: "name", columns: "names", objects: "objects" },
  changeSearch: { table: "name", from: "objects", to: "objects" },
  renameObjects: { table: "name", constraints: "texts", indexes: "texts" },
  createTrigger: { table: "name", name: "name", sql: "text" },
  dropTrigger: { table: "name", name: "name", sql: "text" },
  updateRows: { table: "name", set: "texts", where: "optional text" },
  sql: { sql: "text", down: "optional text" },
  rebuildTable: { table: "name", objects: "objects", copy: "texts", oldObjects: "objects", revert: "texts" },
};

/**
 * Reads what a migration's file exports. `where` is the file's name, for messages.
 *
 * @throws MigrationError that names the place and what is wrong there.
 */
export function parseMigration(value: unknown, where: string): Migration {
  const root = asObject(value, where, "the migration");
  checkKeys(root, ["name", "from", "to", "steps", "kinds"], where);
  const steps = root["steps"];
  if (!Array.isArray(steps)) throw new MigrationError(`${where}: 'steps' must be a list.`);
  return {
    name: asText(root["name"], `${where}: 'name'`),
    from: asFingerprint(root["from"], `${where}: 'from'`),
    to: asFingerprint(root["to"], `${where}: 'to'`),
    steps: steps.map((step, index) => parsePlannedStep(step, `${where}, step ${index + 1}`)),
    kinds: asTexts(root["kinds"] ?? {}, `${where}: 'kinds'`),
  };
}

function parsePlannedStep(value: unknown, where: string): PlannedStep {
  const { undo = [], ...rest } = asObject(value, where, "a step");
  if (!Array.isArray(undo)) throw new MigrationError(`${where}: 'undo' must be a list of steps.`);
  const step = parseStep(rest, where);
  if (step.type === "sql" && undo.length > 0)
    throw new MigrationError(`${where}: a step of SQL is undone by its 'down', not by 'undo'.`);
  return { ...step, undo: undo.map((item, index) => parseStep(asObject(item, where, "a step"), `${where}, undo ${index + 1}`)) };
}

function parseStep(step: Readonly<Record<string, unknown>>, where: string): Step {
  const type = step["type"];
  const known = typeof type === "string" && Object.hasOwn(fields, type) ? fields[type as StepType] : undefined;
  if (known === undefined) {
    const hint = typeof type === "string" ? didYouMean(type, Object.keys(fields)) : "";
    throw new MigrationError(
      `${where}: there is no type of step '${String(type)}'${hint || `. There are: ${Object.keys(fields).join(", ")}.`}`,
    );
  }
  checkKeys(step, ["type", ...Object.keys(known)], where);
  const parsed: Record<string, unknown> = { type };
  for (const [key, form] of Object.entries(known)) {
    if (step[key] === undefined && form.startsWith("optional")) continue;
    parsed[key] = readers[form](step[key], `${where} (${String(type)}): '${key}'`);
  }
  // Every field of its type has been read.
  return parsed as unknown as Step;
}

const readers: { readonly [F in Form]: (value: unknown, where: string) => unknown } = {
  text: asText,
  name: asText,
  "optional text": (value, where) => {
    if (typeof value !== "string") throw new MigrationError(`${where} must be a text.`);
    return value;
  },
  texts: asTexts,
  "optional texts": asTexts,
  names: (value, where) => {
    if (!Array.isArray(value)) throw new MigrationError(`${where} must be a list of names.`);
    return value.map((item, index) => asText(item, `${where}, item ${index + 1}`));
  },
  objects: (value, where) => {
    if (!Array.isArray(value) || value.length === 0)
      throw new MigrationError(`${where} must be a list of objects: { type, name, table, sql }.`);
    return value.map((item, index) => {
      const object = asObject(item, `${where}, item ${index + 1}`, "an object of the database");
      checkKeys(object, ["type", "name", "table", "sql"], `${where}, item ${index + 1}`);
      for (const key of ["type", "name", "table", "sql"]) asText(object[key], `${where}, item ${index + 1}: '${key}'`);
      if (!["table", "index", "trigger", "view"].includes(String(object["type"])))
        throw new MigrationError(`${where}, item ${index + 1}: 'type' must be table, index, trigger or view.`);
      return object;
    });
  },
};

function asText(value: unknown, where: string): string {
  if (typeof value !== "string" || value.trim() === "") throw new MigrationError(`${where} must be a text that is not empty.`);
  return value;
}

function asFingerprint(value: unknown, where: string): string {
  const text = asText(value, where);
  if (!/^[0-9a-f]{16}$/.test(text))
    throw new MigrationError(`${where} must be the fingerprint of a schema: sixteen hexadecimal digits.`);
  return text;
}

function asTexts(value: unknown, where: string): Readonly<Record<string, string>> {
  const object = asObject(value, where, "an object of texts");
  for (const [key, item] of Object.entries(object)) asText(item, `${where}, '${key}'`);
  return object as Readonly<Record<string, string>>;
}

function asObject(value: unknown, where: string, what: string): Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new MigrationError(`${where}: here must be ${what}.`);
  return value as Readonly<Record<string, unknown>>;
}

function checkKeys(object: Readonly<Record<string, unknown>>, known: readonly string[], where: string): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new MigrationError(
      `${where}: there is no field '${unknown}'${didYouMean(unknown, known) || `. There are: ${known.join(", ")}.`}`,
    );
}
