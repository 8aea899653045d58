import type { Model, Table } from "../../model/model.ts";
import { searchTable, searchTokenizer } from "../dialect/full-text.ts";
import { literal, quoteName } from "../dialect/literals.ts";
import type { ExaminedDatabase } from "./examined-database.ts";
import { type Finding, ok, problem } from "./finding.ts";

/** Rows of one table whose words are compared: the comparison makes an index of its own, in temporary space. */
const COMPARED_ROWS = 200_000;

/** Does full-text search find what the rows say? SQLite's own examination does not compare the two. */
export function examineSearch(database: ExaminedDatabase, model: Model): readonly Finding[] {
  const tables = [...model.tables.values()].filter(({ searchColumns }) => searchColumns.length > 0);
  if (tables.length === 0) return [];
  const findings = tables.flatMap((table) => examineIndex(database, table));
  return findings.length > 0 ? findings : [ok("search", "Full-text search knows every row and its words.")];
}

function examineIndex(database: ExaminedDatabase, table: Table): readonly Finding[] {
  const name = searchTable(table.name);
  const [content, key, sizes] = [table.name, table.rowKey, `${name}_docsize`].map(quoteName) as [string, string, string];
  const exists = database.get("SELECT 1 FROM sqlite_schema WHERE name = ?", name);
  if (exists === undefined) return [];
  const wrong = (message: string): Finding =>
    problem(
      "search",
      message,
      `Stop the server and make it anew: sqlite3 chassis.db "INSERT INTO ${name}(${name}) VALUES ('rebuild')".`,
    );
  const [missing, extra, rows] = (
    database.get(
      `SELECT (SELECT count(*) FROM ${content} WHERE ${key} NOT IN (SELECT id FROM ${sizes})),
            (SELECT count(*) FROM ${sizes} WHERE id NOT IN (SELECT ${key} FROM ${content})), (SELECT count(*) FROM ${content})`,
    ) ?? []
  ).map(Number);
  if ((missing ?? 0) > 0 || (extra ?? 0) > 0)
    return [wrong(`The search index of '${table.name}' lacks ${missing} rows, and has ${extra} that are gone.`)];
  if ((rows ?? 0) > COMPARED_ROWS) return [];
  const differing = differingWords(database, table, name);
  return differing === 0
    ? []
    : [wrong(`The search index of '${table.name}' knows other words than its rows have, in ${differing} places.`)];
}

/** How many words stand in one of the two and not in the other, of the index that is there and one made now. */
function differingWords(database: ExaminedDatabase, table: Table, name: string): number {
  const columns = table.searchColumns.map(quoteName).join(", ");
  const key = quoteName(table.rowKey);
  database.execute(
    `CREATE VIRTUAL TABLE temp.made_now USING fts5(${columns}, content='', tokenize=${literal(searchTokenizer)});
     INSERT INTO temp.made_now(rowid, ${columns}) SELECT ${key}, ${columns} FROM ${quoteName(table.name)};
     CREATE VIRTUAL TABLE temp.words_now USING fts5vocab(temp, 'made_now', instance);
     CREATE VIRTUAL TABLE temp.words_there USING fts5vocab(main, ${literal(name)}, instance);`,
  );
  try {
    const word = 'term, doc, col, "offset"';
    const both = ["there", "now"].map((which) => `SELECT ${word} FROM temp.words_${which}`);
    const [count] =
      database.get(
        `SELECT (SELECT count(*) FROM (${both[0]} EXCEPT ${both[1]})) + (SELECT count(*) FROM (${both[1]} EXCEPT ${both[0]}))`,
      ) ?? [];
    return Number(count);
  } finally {
    database.execute("DROP TABLE temp.words_now; DROP TABLE temp.words_there; DROP TABLE temp.made_now;");
  }
}
