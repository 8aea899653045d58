import type { Stored } from "#contract";
import type { SourceDatabase, SourceObject, SourceTable } from "#database";
import { sourceHints } from "./known-programs.ts";
import { profileColumns, type Profile } from "./profile-column.ts";
import { pullTable } from "./pull-table.ts";
import type { SurveyedTable } from "./table-question.ts";
import type { LeftOut, PulledSchema } from "./pulled-schema.ts";
import { readKey, type SourceKey } from "./source-key.ts";
import { tableNames } from "./source-names.ts";
import { mendSchema } from "./mend-schema.ts";
import { oneLine } from "./print-schema.ts";

export interface PullOptions {
  /** Tables to take over, as they are called there; by default all. */
  readonly only?: readonly string[];
  readonly exclude?: readonly string[];
  /** Rows of each table that guesses are made from: half from its start, half from its end. Default 20,000. */
  readonly sample?: number;
}

const SAMPLE = 20_000;

/** What a database of any hand would be as a schema, as near as can be; what cannot be is told in comments. */
export function pullSchema(source: SourceDatabase, { only, exclude = [], sample = SAMPLE }: PullOptions = {}): PulledSchema {
  const hints = sourceHints(source);
  const leftOut: LeftOut[] = [];
  const tables = source.schema.tables.filter((table) => {
    const reason = reasonToLeave(table, { only, exclude }) ?? (only === undefined ? hints.ownTable(table) : undefined);
    if (reason !== undefined) leftOut.push({ what: `table "${table.name}"`, reason });
    return reason === undefined;
  });
  const names = tableNames();
  const surveyed = new Map<string, SurveyedTable>();
  for (const table of tables) {
    const profiles = profileTable(source, table, sample);
    const key: SourceKey = readKey(table, profiles);
    surveyed.set(table.name.toLowerCase(), { name: names.take(table.name), table, key, profiles });
  }
  const pulled = [...surveyed.values()].map((each) => pullTable({ ...each, tables: surveyed, hints }));
  const others = [...leftOut, ...source.schema.others.map(describeOther)];
  return mendSchema({ tables: pulled, leftOut: others.map(({ what, reason }) => ({ what: oneLine(what), reason })) });
}

function reasonToLeave(
  { name }: SourceTable,
  { only, exclude }: { only: readonly string[] | undefined; exclude: readonly string[] },
): string | undefined {
  const isIn = (list: readonly string[]): boolean => list.some((each) => each.toLowerCase() === name.toLowerCase());
  if (only !== undefined && !isIn(only)) return "not asked for";
  return isIn(exclude) ? "excluded" : undefined;
}

/** The first and the last rows: old ones and new ones are where the forms differ. */
function profileTable(source: SourceDatabase, table: SourceTable, sample: number): ReadonlyMap<string, Profile> {
  const columns = table.columns.filter(({ generated }) => !generated).map(({ name }) => name);
  if (columns.length === 0) return new Map();
  const rows = function* (): Generator<readonly Stored[]> {
    if (table.rows <= sample) return yield* source.rows(table, columns);
    yield* source.rows(table, columns, { limit: Math.ceil(sample / 2) });
    yield* source.rows(table, columns, { limit: Math.floor(sample / 2), backwards: true });
  };
  const profiles = profileColumns(columns.length, rows());
  return new Map(columns.flatMap((name, index) => (profiles[index] === undefined ? [] : [[name, profiles[index]]])));
}

function describeOther({ type, name, table, sql }: SourceObject): LeftOut {
  if (type === "view")
    return { what: `view "${name}"`, reason: "a schema has no views; write it as a query function or a computed field" };
  if (type === "trigger")
    return { what: `trigger "${name}" on "${table}"`, reason: "a schema has no triggers; do its work in a mutation function" };
  const isSearch = /USING\s+"?fts[345]/i.test(sql);
  return {
    what: `virtual table "${name}"`,
    reason: isSearch
      ? "full-text search is a modifier here: add .search() to the fields that it covers"
      : "it keeps no rows of its own",
  };
}
