import { quoteName } from "../../sqlite/dialect/literals.ts";
import type { SchemaObject } from "../../sqlite/definition/schema-object.ts";
import { readColumn, writeTable } from "../../sqlite/definition/table-text.ts";
import { defaultExpression, planDroppedColumn } from "./plan-column.ts";
import { knownConversion, revertConversion } from "./convert.ts";
import type { PairedTable, PlanContext } from "./plan-context.ts";
import { isUnique, indexParts, readForeignKey, rowKeyOf, type TableState } from "../schema-state.ts";
import { renamedRows } from "./values-view.ts";

/** A table that becomes another kind of table: all of it is copied. */
export async function planRebuild(pair: PairedTable, context: PlanContext): Promise<void> {
  const { draft, counter, answers, kinds } = context;
  const { name: table, state, target, planned, columns, before } = pair;
  refuseOtherKey(pair, context);
  const copy: Record<string, string> = {};
  for (const [name, definition] of target.text.columns) {
    const key = `${table}.${name}`;
    const column = readColumn(definition);
    const there = state.text.columns.get(name);
    let value: string | undefined;
    if (there !== undefined) {
      const from = kinds.found[`${pair.now}.${columns.kept.get(name) ?? name}`] ?? readColumn(there).type.toLowerCase();
      const known = knownConversion(name, from, kinds.wanted[key] ?? from);
      value = answers.convert?.[key] ?? (known.type === "convert" ? known.convert : quoteName(name));
    } else if (name === rowKeyOf(target.text)) value = quoteName(rowKeyOf(state.text));
    const fill =
      answers.fill?.[key] ?? column.default ?? defaultExpression(context.model.tables.get(table)?.columns.get(name)?.default);
    if (fill !== undefined && column.isRequired) value = value === undefined ? fill : `ifnull(${value}, ${fill})`;
    copy[name] = value ?? answers.fill?.[key] ?? column.default ?? "NULL";
    if (there === undefined || copy[name] !== quoteName(name)) planned.expressions.set(name, copy[name] ?? "NULL");
    if (!column.isRequired || planned.table === undefined) continue;
    const rows = await counter.count(
      `SELECT count(*) FROM (SELECT ${copy[name]} AS v FROM (SELECT rowid, * FROM (${withRowid(pair)}))) WHERE v IS NULL`,
    );
    if (rows > 0) {
      draft.questions.push({
        type: "fill",
        about: key,
        candidates: [],
        text: `'${key}' is required, and ${rows} ${rows === 1 ? "row has" : "rows have"} no value: which one do they get?`,
      });
    }
  }
  const revert = Object.fromEntries(
    [...state.text.columns.keys()].map((name) => {
      if (!target.text.columns.has(name)) return [name, readColumn(state.text.columns.get(name) ?? "").default ?? "NULL"];
      const from = kinds.found[`${pair.now}.${columns.kept.get(name) ?? name}`];
      const to = kinds.wanted[`${table}.${name}`];
      return [name, from === undefined || to === undefined || from === to ? quoteName(name) : revertConversion(name, from, to)];
    }),
  );
  for (const name of columns.dropped) await planDroppedLoss(name, pair, context);
  const [objects, oldObjects] = [objectsOf(table, target), objectsOf(table, state)];
  // What stands beside the table is taken off before, and made again after.
  if (before.search !== undefined) {
    const old = {
      table: pair.now,
      rowKey: rowKeyOf(before.text),
      columns: before.search.columns,
      objects: before.search.objects,
    };
    draft.add("dropSearch", { type: "dropSearch", ...old }, { type: "createSearch", ...old });
  }
  for (const [name, sql] of before.triggers) {
    const trigger = { table: pair.now, name, sql };
    draft.add("dropTrigger", { type: "dropTrigger", ...trigger }, { type: "createTrigger", ...trigger });
  }
  draft.add(
    "columns",
    { type: "rebuildTable", table, objects, copy, oldObjects, revert },
    { type: "rebuildTable", table, objects: oldObjects, copy: revert, oldObjects: objects, revert: copy },
  );
  if (target.search !== undefined) {
    const next = { table, rowKey: rowKeyOf(target.text), columns: target.search.columns, objects: target.search.objects };
    draft.add("search", { type: "createSearch", ...next }, { type: "dropSearch", ...next });
  }
  for (const [name, sql] of target.triggers) {
    const trigger = { table, name, sql };
    draft.add("trigger", { type: "createTrigger", ...trigger }, { type: "dropTrigger", ...trigger });
  }
  await countRefusals(pair, context);
}

function withRowid({ planned, state }: PairedTable): string {
  const key = rowKeyOf(state.text);
  return key === "rowid" ? renamedRows(planned).replace(/^SELECT /, "SELECT rowid, ") : renamedRows(planned);
}

async function planDroppedLoss(name: string, pair: PairedTable, context: PlanContext): Promise<void> {
  if (readColumn(pair.state.text.columns.get(name) ?? "").rest.includes("PRIMARY KEY")) return;
  const draft = context.draft;
  const steps = draft.steps.length;
  await planDroppedColumn(name, pair, context);
  // Only its loss counts here: the old table is what is hidden.
  if (draft.steps.length > steps) draft.removeLast();
}

function refuseOtherKey({ name, state, target }: PairedTable, { draft }: PlanContext): void {
  const type = (text: TableState): string | undefined => {
    const id = text.text.columns.get("id");
    return id === undefined ? undefined : readColumn(id).type;
  };
  const [from, to] = [type(state), type(target)];
  if (from === undefined || to === undefined || from === to) return;
  draft.losses.push({
    id: `key ${name}`,
    text: `The key of '${name}' is ${from} and would become ${to}: every row, and every reference to it, would get another id.`,
    rows: 0,
    isAllowed: false,
    canBeAllowed: false,
    hint: "Make a new table with the new key, move the rows with a step of SQL, then drop the old one.",
  });
}

async function countRefusals(pair: PairedTable, { draft, counter, planned }: PlanContext): Promise<void> {
  const { name: table, target } = pair;
  const refuse = (id: string, text: string, rows: number): void => {
    if (rows > 0)
      draft.losses.push({
        id: `break ${id}`,
        text: `${rows} rows of '${table}' ${text}.`,
        rows,
        isAllowed: false,
        canBeAllowed: false,
        hint: "Change these rows first, or say how their values become others (convert, fill).",
      });
  };
  for (const [name, constraint] of target.text.constraints) {
    const key = readForeignKey(constraint);
    const rows =
      key === undefined
        ? await counter.breaking(pair.planned, constraint)
        : await counter.orphans(pair.planned, key, planned.get(key.table));
    refuse(name, key === undefined ? `break ${constraint}` : `refer to no row of '${key.table}' by '${key.column}'`, rows);
  }
  for (const [name, sql] of target.indexes) {
    const { columns, where } = indexParts(sql);
    if (isUnique(sql))
      refuse(name, `share with another row what must be unique`, await counter.duplicates(pair.planned, columns, where));
  }
}

function objectsOf(table: string, { text, indexes }: TableState): readonly SchemaObject[] {
  return [
    { type: "table", name: table, table, sql: writeTable({ ...text, name: table }) },
    ...[...indexes].map(([name, sql]): SchemaObject => ({ type: "index", name, table, sql })),
  ];
}
