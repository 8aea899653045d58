import type { Model, Table } from "../../model/model.ts";
import { columnChecks } from "../definition/column-checks.ts";
import { compileCheck } from "../definition/compile-check.ts";
import { quoteName } from "../dialect/literals.ts";
import type { ExaminedDatabase } from "./examined-database.ts";
import { type Finding, ok, problem } from "./finding.ts";

const SHOWN = 5;

/** Values that no request could have written: put there by a program that turned the checks off. */
export function examineValues(database: ExaminedDatabase, model: Model): readonly Finding[] {
  const findings = [...model.tables.values()].flatMap((table) => examineTable(database, model, table));
  return findings.length > 0 ? findings : [ok("values", "Every value is what the definition takes.")];
}

interface NamedCheck {
  readonly name: string;
  readonly condition: string;
}

function examineTable(database: ExaminedDatabase, model: Model, table: Table): readonly Finding[] {
  const columns = [...table.columns.values()].filter((column) => column.computed === undefined);
  const checks: readonly NamedCheck[] = [
    ...columns.flatMap((column) =>
      columnChecks(column).map(({ rule, condition }) => ({ name: `${table.name}.${column.name} (${rule})`, condition })),
    ),
    ...columns
      .filter((column) => !column.nullable && column.name !== table.rowKey)
      .map((column) => ({ name: `${table.name}.${column.name} (required)`, condition: `${quoteName(column.name)} IS NOT NULL` })),
    ...table.checks.map((check) => ({ name: `${table.name} (${check.name})`, condition: compileCheck(check.expression, model) })),
  ];
  // A constraint of the database's own making and the definition may have changed: what the table lacks is told elsewhere.
  const there = new Set(database.all("SELECT name FROM pragma_table_info(?)", table.name).map(([name]) => String(name)));
  if (columns.some((column) => !there.has(column.name))) return [];
  const sums = checks.map(({ condition }) => `sum((${condition}) IS FALSE)`).join(", ");
  const counts = checks.length === 0 ? [] : (database.get(`SELECT ${sums} FROM ${quoteName(table.name)}`) ?? []);
  return checks.flatMap((check, index) => {
    const count = Number(counts[index] ?? 0);
    return count === 0 ? [] : [describe(database, table, { ...check, count })];
  });
}

function describe(
  database: ExaminedDatabase,
  table: Table,
  { name, condition, count }: NamedCheck & { readonly count: number },
): Finding {
  const rows = database.all(
    `SELECT ${quoteName(table.key.name)} FROM ${quoteName(table.name)} WHERE (${condition}) IS FALSE LIMIT ${SHOWN}`,
  );
  const ids = rows.map(([id]) => String(id)).join(", ");
  return problem(
    "values",
    `${count} ${count === 1 ? "row breaks" : "rows break"} ${name}: ${ids}${count > SHOWN ? ", ..." : ""}.`,
    "Something else than Chassis wrote to the file with checks turned off. Give these rows a good value, or delete them.",
  );
}
