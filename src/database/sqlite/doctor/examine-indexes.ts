import type { Index, Model, Table } from "../../model/model.ts";
import type { ExaminedDatabase } from "./examined-database.ts";
import { advice, type Finding, ok, problem } from "./finding.ts";

/** Foreign keys without an index, and indexes that another one makes needless. */
export function examineIndexes(database: ExaminedDatabase, model: Model): readonly Finding[] {
  const findings = [...foreignKeysWithoutIndex(database), ...[...model.tables.values()].flatMap(needlessIndexes)];
  return findings.length > 0 ? findings : [ok("indexes", "Every reference has an index, and no index is there twice.")];
}

/** Without one, each delete of a row that is referred to reads the whole table. */
function foreignKeysWithoutIndex(database: ExaminedDatabase): readonly Finding[] {
  const rows = database.all(
    `SELECT t.name, k."from" FROM pragma_table_list AS t, pragma_foreign_key_list(t.name) AS k
      WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE '\\_chassis%' ESCAPE '\\' AND k.seq = 0
        AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c
                         WHERE i.partial = 0 AND c.seqno = 0 AND c.name = k."from")
        AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) AS p WHERE p.pk = 1 AND p.name = k."from")`,
  );
  return rows.map(([table, column]) =>
    problem(
      "indexes",
      `The reference ${String(table)}.${String(column)} has no index: each delete of what it refers to reads all of '${String(table)}'.`,
      "Every reference of a definition has one, so the database is not what the definition made. See the difference above.",
    ),
  );
}

/** An index whose columns begin another one answers nothing that the other does not, and costs every write. */
function needlessIndexes(table: Table): readonly Finding[] {
  const all = [...table.uniques, ...table.indexes];
  return table.indexes.flatMap((index) => {
    const other = all.find(
      (each) =>
        each !== index && begins(each, index) && (each.columns.length > index.columns.length || table.uniques.includes(each)),
    );
    if (other === undefined) return [];
    const set = JSON.stringify([...index.columns]);
    return [
      advice(
        "indexes",
        `The index ${table.name} (${index.columns.join(", ")}) is of no use beside (${other.columns.join(", ")}), which begins with it, and every write pays for it.`,
        index.columns.length === 1
          ? `Take .index() off ${table.name}.${index.columns[0]}.`
          : `Take ${set} out of the indexes of '${table.name}'.`,
      ),
    ];
  });
}

function begins(longer: Index, shorter: Index): boolean {
  return shorter.columns.every((column, at) => longer.columns[at] === column);
}
