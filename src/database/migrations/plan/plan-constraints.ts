import { canonical } from "../../sqlite/definition/table-text.ts";
import { speaksOf, type PairedTable, type PlanContext } from "./plan-context.ts";
import { checkCondition, readForeignKey } from "../schema-state.ts";

/** Checks and foreign keys: renamed, loosened, tightened. */
export async function planConstraints(pair: PairedTable, converted: ReadonlySet<string>, context: PlanContext): Promise<void> {
  const { draft } = context;
  const table = pair.name;
  // Those of a dropped column stay with it, but its foreign keys, which hiding takes off.
  const found = new Map([...pair.state.text.constraints].filter(([, text]) => !speaksOf(text, pair.columns.dropped)));
  const staying = [...pair.state.text.constraints].filter(([name]) => !found.has(name) && pair.target.text.constraints.has(name));
  for (const [name, text] of staying) found.set(name, text);
  const wanted = pair.target.text.constraints;
  const renamed = renamedConstraints(found, wanted, converted);
  if (renamed.size > 0) {
    for (const [from, to] of renamed) {
      found.set(to, found.get(from) ?? "");
      found.delete(from);
    }
    context.draft.add(
      "renameParts",
      { type: "renameObjects", table, constraints: Object.fromEntries(renamed), indexes: {} },
      {
        type: "renameObjects",
        table,
        constraints: Object.fromEntries([...renamed].map(([from, to]) => [to, from])),
        indexes: {},
      },
    );
  }
  const added: [string, string][] = [];
  for (const [name, constraint] of found) {
    const next = wanted.get(name);
    const drop = { type: "dropConstraint", table, name, constraint } as const;
    const add = { type: "addConstraint", table, name, constraint } as const;
    if (next === undefined) draft.add("loosen", drop, add);
    else if (speaksOf(constraint, converted) || speaksOf(next, converted)) {
      // Speaks of a column that changes places with another: off before, on after.
      draft.add("loosen", drop, add);
      added.push([name, next]);
      draft.add(
        "tighten",
        { type: "addConstraint", table, name, constraint: next },
        { type: "dropConstraint", table, name, constraint: next },
      );
    } else if (canonical(next) !== canonical(constraint)) {
      added.push([name, next]);
      draft.add("tighten", { ...add, constraint: next, replaces: constraint }, { ...add, replaces: next });
    }
  }
  for (const [name, constraint] of wanted) {
    if (found.has(name)) continue;
    added.push([name, constraint]);
    draft.add("tighten", { type: "addConstraint", table, name, constraint }, { type: "dropConstraint", table, name, constraint });
  }
  for (const [name, constraint] of added) await checkRows(name, constraint, pair, context);
}

/** Those that say the same under another name: the names of constraints have the table's and the column's in them. */
function renamedConstraints(
  found: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
  converted: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  const free = [...wanted].filter(([name]) => !found.has(name));
  for (const [name, text] of found) {
    if (wanted.has(name) || speaksOf(text, converted)) continue;
    const index = free.findIndex(([, other]) => canonical(other) === canonical(text));
    const match = free[index];
    if (match === undefined) continue;
    free.splice(index, 1);
    renamed.set(name, match[0]);
  }
  return renamed;
}

async function checkRows(
  name: string,
  constraint: string,
  pair: PairedTable,
  { draft, counter, planned }: PlanContext,
): Promise<void> {
  const key = readForeignKey(constraint);
  const rows =
    key === undefined
      ? await counter.breaking(pair.planned, constraint)
      : await counter.orphans(pair.planned, key, planned.get(key.table));
  if (rows === 0) return;
  const what =
    key === undefined
      ? `break ${checkCondition(constraint) ?? constraint}`
      : `refer to no row of '${key.table}' by '${key.column}'`;
  draft.losses.push({
    id: `break ${name}`,
    text: `${rows} ${rows === 1 ? "row" : "rows"} of '${pair.name}' ${rows === 1 ? what.replace(/^(break|refer)/, "$1s") : what}.`,
    rows,
    isAllowed: false,
    canBeAllowed: false,
    hint:
      key === undefined
        ? "Change these rows first, or say what their value becomes (fill)."
        : "Change these rows first, or make the rows that they refer to.",
  });
}
