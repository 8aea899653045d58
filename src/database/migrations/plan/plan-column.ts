import type { Default } from "../../model/model.ts";
import { literal, quoteName } from "../../sqlite/dialect/literals.ts";
import { canonical, type ColumnText, mentions, readColumn } from "../../sqlite/definition/table-text.ts";
import { knownConversion, revertConversion } from "./convert.ts";
import { foreignKeysOf } from "../apply/hide.ts";
import type { PairedTable, PlanContext } from "./plan-context.ts";
import { checkCondition } from "../schema-state.ts";
import { renamedRows } from "./values-view.ts";

/** One column of the new definition. Says whether its values become another type. */
export async function planColumn(name: string, pair: PairedTable, context: PlanContext): Promise<boolean> {
  const definition = pair.target.text.columns.get(name) ?? "";
  const found = pair.state.text.columns.get(name);
  if (found === undefined) {
    await planNewColumn(name, definition, pair, context);
    return false;
  }
  const key = `${pair.name}.${name}`;
  const kinds = {
    from: context.kinds.found[`${pair.now}.${pair.columns.kept.get(name) ?? name}`] ?? context.kinds.wanted[key],
    to: context.kinds.wanted[key],
  };
  const [before, after] = [readColumn(found), readColumn(definition)];
  if (await planConversion(name, { found, definition, kinds, pair, context })) return true;
  if (canonical(found) === canonical(definition)) return false;
  const fill = after.isRequired && !before.isRequired ? await requiredFill(name, pair, context) : undefined;
  context.draft.add(
    "columns",
    {
      type: "changeColumn",
      table: pair.name,
      column: name,
      from: found,
      to: definition,
      ...(fill === undefined ? {} : { fill }),
    },
    {
      type: "changeColumn",
      table: pair.name,
      column: name,
      from: definition,
      to: found,
      // What was left empty meanwhile needs a value again.
      ...(before.isRequired && !after.isRequired && before.default !== undefined ? { fill: before.default } : {}),
    },
  );
  return false;
}

async function planNewColumn(name: string, definition: string, pair: PairedTable, context: PlanContext): Promise<void> {
  const { draft, counter, answers } = context;
  const key = `${pair.name}.${name}`;
  const column = readColumn(definition);
  const hide = { type: "hideColumn", table: pair.name, column: name } as const;
  if (pair.columns.shown.includes(name)) {
    pair.planned.expressions.set(name, quoteName(name));
    // It is read under its own name, where it is now.
    (pair.planned.columns as Map<string, string>).set(name, name);
    const fill = column.isRequired ? await requiredFill(name, pair, context) : undefined;
    draft.add(
      "columns",
      { type: "showColumn", table: pair.name, column: name, definition, ...(fill === undefined ? {} : { fill }) },
      hide,
    );
    return;
  }
  const said = answers.fill?.[key];
  pair.planned.expressions.set(name, said ?? column.default ?? "NULL");
  const isNeeded = said === undefined && column.isRequired && column.default === undefined;
  const fill = isNeeded ? await requiredFill(name, pair, context) : said;
  if (fill !== undefined) pair.planned.expressions.set(name, fill);
  if (isNeeded && fill === undefined && (await counter.rows(pair.planned)) === 0) {
    // No row lacks it, and one that comes meanwhile would make the step fail, not be made up.
    draft.add("columns", { type: "addColumn", table: pair.name, column: name, definition }, hide);
    return;
  }
  draft.add(
    "columns",
    { type: "addColumn", table: pair.name, column: name, definition, ...(fill === undefined ? {} : { fill }) },
    hide,
  );
}

/** The value of rows that have none where a column is required; asks where it is not known and there are such rows. */
async function requiredFill(name: string, pair: PairedTable, context: PlanContext): Promise<string | undefined> {
  const { draft, counter, answers, model } = context;
  const key = `${pair.name}.${name}`;
  const said = answers.fill?.[key];
  const known = defaultExpression(model.tables.get(pair.name)?.columns.get(name)?.default);
  const fill = said ?? known;
  if (fill !== undefined) {
    const present = pair.planned.expressions.get(name) ?? (pair.planned.columns.has(name) ? quoteName(name) : "NULL");
    pair.planned.expressions.set(name, present === "NULL" ? `(${fill})` : `ifnull(${present}, ${fill})`);
    return fill;
  }
  if (!pair.planned.expressions.has(name) && !pair.planned.columns.has(name)) pair.planned.expressions.set(name, "NULL");
  const rows = await counter.empty(pair.planned, name);
  if (rows > 0) {
    draft.questions.push({
      type: "fill",
      about: key,
      candidates: [],
      text: `'${key}' is required, and ${rows} ${rows === 1 ? "row has" : "rows have"} no value: which one do they get?`,
    });
  }
  return undefined;
}

/** What a row would have got as the column's default had it been made now. Nothing where that is the person who writes. */
export function defaultExpression(value: Default | undefined): string | undefined {
  switch (value?.type) {
    case "value":
      return literal(value.value);
    case "now":
    case "touch":
      return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
    case "today":
      return "date('now')";
    case "increment":
      return "1";
    case "uuid":
      return "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))";
    default:
      return undefined;
  }
}

interface ConversionOptions {
  readonly found: string;
  readonly definition: string;
  readonly kinds: { readonly from: string | undefined; readonly to: string | undefined };
  readonly pair: PairedTable;
  readonly context: PlanContext;
}

async function planConversion(name: string, { found, definition, kinds, pair, context }: ConversionOptions): Promise<boolean> {
  const { draft, counter, answers, allowed } = context;
  const [before, after] = [readColumn(found), readColumn(definition)];
  const key = `${pair.name}.${name}`;
  const said = answers.convert?.[key];
  const from = kinds.from ?? before.type.toLowerCase();
  const to = kinds.to ?? after.type.toLowerCase();
  const known = knownConversion(name, from, to);
  const fill =
    answers.fill?.[key] ??
    (after.isRequired ? defaultExpression(context.model.tables.get(pair.name)?.columns.get(name)?.default) : undefined);
  const conditions = newConditions(name, pair);
  const fixes = answers.fill?.[key] === undefined ? [] : conditions;
  const stays = said === undefined && known.type === "same" && before.type === after.type;
  if (stays && !(await needsOtherValues(name, { pair, context, before, after, fill, conditions }))) return false;
  let convert = said;
  let revert = revertConversion(name, from, to);
  if (convert === undefined && known.type === "convert") ({ convert, revert } = known);
  else if (stays) convert = revert = quoteName(name);
  if (convert === undefined) {
    const rows = await counter.count(`SELECT count(*) FROM (${renamedRows(pair.planned)}) WHERE ${quoteName(name)} IS NOT NULL`);
    const candidates = known.type === "ask" ? known.candidates : [];
    if (rows > 0) {
      draft.questions.push({
        type: "convert",
        about: key,
        candidates,
        text: `'${key}' is ${from} and becomes ${to}, and ${rows} ${rows === 1 ? "row has" : "rows have"} a value: how does one become the other?`,
      });
    }
    convert = candidates[0] ?? "NULL";
  } else if (said === undefined) {
    const column = quoteName(name);
    const changed = `SELECT ${column} AS old, ${convert} AS ${column} FROM (${renamedRows(pair.planned)})`;
    const rows = await counter.count(`SELECT count(*) FROM (${changed}) WHERE old IS NOT NULL AND (${revert}) IS NOT old`);
    if (rows > 0) {
      const id = `convert ${key}`;
      draft.losses.push({
        id,
        text: `'${key}' becomes ${to}: ${rows} ${rows === 1 ? "value does" : "values do"} not survive that exactly (by ${convert}).`,
        rows,
        isAllowed: allowed.has(id),
        canBeAllowed: true,
        hint: "The old values stay hidden for a time. Another conversion can be given.",
      });
    }
  }
  pair.planned.expressions.set(name, `(${convert})`);
  if (after.isRequired) {
    const rows = await counter.empty(pair.planned, name);
    if (rows > 0 && fill === undefined) {
      draft.questions.push({
        type: "fill",
        about: key,
        candidates: [],
        text: `'${key}' is required, and ${rows} ${rows === 1 ? "row has" : "rows have"} no value once it is ${to}: which one do they get?`,
      });
    } else if (fill !== undefined) convert = `ifnull(${convert}, ${fill})`;
  }
  // Values that the new checks refuse get the one that was said for them. The old ones stay hidden, and come back when it is undone.
  if (fixes.length > 0) {
    const bad = fixes.map((condition) => `NOT (${condition})`).join(" OR ");
    const column = quoteName(name);
    convert =
      convert === column
        ? `CASE WHEN ${bad} THEN ${answers.fill?.[key]} ELSE ${column} END`
        : `(SELECT CASE WHEN ${bad} THEN ${answers.fill?.[key]} ELSE ${column} END FROM (SELECT ${convert} AS ${column}))`;
  }
  pair.planned.expressions.set(name, `(${convert})`);
  draft.add(
    "columns",
    { type: "convertColumn", table: pair.name, column: name, from: found, to: definition, convert, revert },
    { type: "convertColumn", table: pair.name, column: name, from: definition, to: found, convert: revert, revert: convert },
  );
  return true;
}

interface OtherValues {
  readonly pair: PairedTable;
  readonly context: PlanContext;
  readonly before: ColumnText;
  readonly after: ColumnText;
  readonly fill: string | undefined;
  readonly conditions: readonly string[];
}

/**
 * Whether rows get another value here, because they have none or one that a new check refuses. It may break the checks and uniques of
 * before, so it must go again when it is undone: it stands beside the old one, which stays as it is.
 */
async function needsOtherValues(name: string, options: OtherValues): Promise<boolean> {
  const { pair, context, before, after, fill, conditions } = options;
  if (fill === undefined) return false;
  if (after.isRequired && !before.isRequired && (await context.counter.empty(pair.planned, name)) > 0) return true;
  if (context.answers.fill?.[`${pair.name}.${name}`] === undefined) return false;
  for (const condition of conditions) if ((await context.counter.breaking(pair.planned, `CHECK (${condition})`)) > 0) return true;
  return false;
}

/** Checks over this column alone that do not hold yet. */
function newConditions(name: string, { state, target }: PairedTable): readonly string[] {
  const known = new Set([...state.text.constraints.values()].map(canonical));
  const others = [...target.text.columns.keys()].filter((other) => other !== name);
  return [...target.text.constraints.values()].flatMap((constraint) => {
    const condition = checkCondition(constraint);
    const isOwn = condition !== undefined && mentions(condition, name) && !others.some((other) => mentions(condition, other));
    return isOwn && !known.has(canonical(constraint)) ? [condition] : [];
  });
}

export async function planDroppedColumn(name: string, pair: PairedTable, context: PlanContext): Promise<void> {
  const { draft, counter, allowed } = context;
  const rows = await counter.count(`SELECT count(*) FROM ${quoteName(pair.now)} WHERE ${quoteName(name)} IS NOT NULL`);
  if (rows > 0) {
    const id = `drop ${pair.now}.${name}`;
    draft.losses.push({
      id,
      text: `The column '${pair.now}.${name}' is dropped with its values in ${rows} ${rows === 1 ? "row" : "rows"}.`,
      rows,
      isAllowed: allowed.has(id),
      canBeAllowed: true,
      hint: "It stays hidden for a time and can be brought back.",
    });
  }
  const definition = pair.state.text.columns.get(name) ?? "";
  const keys = Object.fromEntries(foreignKeysOf(pair.state, name));
  draft.add(
    "hideColumns",
    { type: "hideColumn", table: pair.name, column: name },
    {
      type: "showColumn",
      table: pair.name,
      column: name,
      definition,
      constraints: keys,
      ...(readColumn(definition).default === undefined ? {} : { fill: readColumn(definition).default }),
    },
  );
}
