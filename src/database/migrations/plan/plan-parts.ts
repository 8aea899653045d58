import { canonical } from "../../sqlite/definition/table-text.ts";
import { speaksOf, type PairedTable, type PlanContext } from "./plan-context.ts";
import { indexBody, indexParts, isUnique, rowKeyOf } from "../schema-state.ts";

/** What stands beside a table: indexes, full-text search, triggers. */
export async function planParts(pair: PairedTable, converted: ReadonlySet<string>, context: PlanContext): Promise<void> {
  await planIndexes(pair, converted, context);
  planSearch(pair, converted, context);
  planTriggers(pair, converted, context);
}

async function planIndexes(pair: PairedTable, converted: ReadonlySet<string>, context: PlanContext): Promise<void> {
  const { draft, counter } = context;
  const { name: table, target, columns } = pair;
  const wanted = target.indexes;
  // Those over a dropped column stay with it, so that undoing is immediate.
  const found = new Map([...pair.state.indexes].filter(([name, sql]) => wanted.has(name) || !speaksOf(sql, columns.dropped)));
  const renamed = new Map<string, string>();
  for (const [name, sql] of found) {
    const match = [...wanted].find(
      ([other, text]) => !found.has(other) && !renamed.has(other) && indexBody(text) === indexBody(sql),
    );
    if (wanted.has(name) || match === undefined || speaksOf(indexBody(sql), converted)) continue;
    renamed.set(match[0], name);
  }
  if (renamed.size > 0) {
    draft.add(
      "renameParts",
      {
        type: "renameObjects",
        table,
        constraints: {},
        indexes: Object.fromEntries([...renamed].map(([to, from]) => [from, to])),
      },
      { type: "renameObjects", table, constraints: {}, indexes: Object.fromEntries(renamed) },
    );
    for (const [to, from] of renamed) {
      found.set(to, wanted.get(to) ?? "");
      found.delete(from);
    }
  }
  for (const [name, sql] of found) {
    const next = wanted.get(name);
    const isGood = next !== undefined && canonical(next) === canonical(sql) && !speaksOf(indexBody(sql), converted);
    if (!isGood) draft.add("loosen", { type: "dropIndex", table, name, sql }, { type: "createIndex", table, name, sql });
  }
  for (const [name, sql] of wanted) {
    const there = found.get(name);
    if (there !== undefined && canonical(there) === canonical(sql) && !speaksOf(indexBody(sql), converted)) continue;
    draft.add("index", { type: "createIndex", table, name, sql }, { type: "dropIndex", table, name, sql });
    if (!isUnique(sql)) continue;
    const { columns: over, where } = indexParts(sql);
    const rows = await counter.duplicates(pair.planned, over, where);
    if (rows === 0) continue;
    draft.losses.push({
      id: `break ${name}`,
      text: `${over.map((column) => `'${table}.${column}'`).join(" with ")} must be unique, and ${rows} rows share their value with another.`,
      rows,
      isAllowed: false,
      canBeAllowed: false,
      hint: "Change these rows first.",
    });
  }
}

function planSearch(
  { name: table, state, target, before, planned, columns }: PairedTable,
  converted: ReadonlySet<string>,
  { draft }: PlanContext,
): void {
  const [found, wanted] = [state.search, target.search];
  const same =
    found !== undefined &&
    wanted !== undefined &&
    found.columns.join() === wanted.columns.join() &&
    ![...found.columns, ...columns.dropped].some((column) => converted.has(column)) &&
    rowKeyOf(state.text) === rowKeyOf(target.text) &&
    tokenizerOf(found.objects[0]?.sql) === tokenizerOf(wanted.objects[0]?.sql);
  if (found !== undefined && wanted !== undefined && same) {
    const texts = (search: typeof found): string => search.objects.map(({ name, sql }) => `${name} ${canonical(sql)}`).join(";");
    // Before the renames: its objects stand in the database as they were.
    const original = before.search ?? found;
    if (texts(original) !== texts(wanted)) {
      draft.add("renameParts", { type: "changeSearch", table, from: original.objects, to: wanted.objects });
      // Undone once all names are back: after the rename that came first.
      draft.addUndo(
        (step) => (step.type === "renameTable" && step.to === table) || (step.type === "renameColumn" && step.table === table),
        { type: "changeSearch", table: planned.table ?? table, from: wanted.objects, to: original.objects },
      );
    }
    return;
  }
  // Dropped before anything is renamed, and so made again, when it is undone, once the names are back.
  if (before.search !== undefined) {
    const old = {
      table: planned.table ?? table,
      rowKey: rowKeyOf(before.text),
      columns: before.search.columns,
      objects: before.search.objects,
    };
    draft.add("dropSearch", { type: "dropSearch", ...old }, { type: "createSearch", ...old });
  }
  if (wanted !== undefined) {
    const next = { table, rowKey: rowKeyOf(target.text), columns: wanted.columns, objects: wanted.objects };
    draft.add("search", { type: "createSearch", ...next }, { type: "dropSearch", ...next });
  }
}

function tokenizerOf(sql: string | undefined): string {
  return /tokenize = '[^']*'/.exec(sql ?? "")?.[0] ?? "";
}

function planTriggers(pair: PairedTable, converted: ReadonlySet<string>, { draft }: PlanContext): void {
  const { name: table, now, before, target, columns } = pair;
  const wanted = target.triggers;
  // A rename changes their texts in the database; a column that changes places takes them with it.
  const moved = [...columns.kept].filter(([to, from]) => to !== from).map(([, from]) => from);
  const isTouched = (sql: string): boolean => now !== table || speaksOf(sql, [...moved, ...converted]);
  for (const [name, sql] of before.triggers) {
    const next = wanted.get(name);
    if (next === undefined || canonical(next) !== canonical(sql) || isTouched(sql)) {
      const trigger = { table: now, name, sql };
      draft.add("dropTrigger", { type: "dropTrigger", ...trigger }, { type: "createTrigger", ...trigger });
    }
  }
  for (const [name, sql] of wanted) {
    const there = before.triggers.get(name);
    if (there !== undefined && canonical(there) === canonical(sql) && !isTouched(there)) continue;
    const trigger = { table, name, sql };
    draft.add("trigger", { type: "createTrigger", ...trigger }, { type: "dropTrigger", ...trigger });
  }
}
