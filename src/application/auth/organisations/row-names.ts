import { type Actor, AppError } from "#contract";
import type { Table } from "#database";
import type { Records } from "../../records/records.ts";

/** What rows are called, by their ids: the text `name` of each, as far as somebody may read it. */
export async function namesOf(
  records: Pick<Records, "read">,
  { table, keys, me }: { readonly table: Table; readonly keys: readonly string[]; readonly me: Actor },
): Promise<ReadonlyMap<string, string>> {
  if (table.columns.get("name")?.kind.name !== "text") return new Map();
  const rows = await readRows(records, { table, keys, columns: ["id", "name"], me });
  return new Map(
    rows.flatMap(({ id, name }) => (typeof id === "string" && typeof name === "string" ? [[id, name] as const] : [])),
  );
}

/** Values of one list in a query. */
const AT_ONCE = 100;

export interface RowsWanted {
  readonly table: Table;
  readonly keys: readonly string[];
  readonly columns: readonly string[];
  readonly me: Actor;
}

/** These columns of these rows, under the rules. Nothing where they may read nothing of it: that is no reason to show them no page. */
export async function readRows(
  records: Pick<Records, "read">,
  { table, keys, columns, me }: RowsWanted,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const path = (column: string): { readonly column: string; readonly json: readonly never[] } => ({ column, json: [] });
  const found: Readonly<Record<string, unknown>>[] = [];
  try {
    for (let at = 0; at < keys.length; at += AT_ONCE) {
      const { json } = await records.read(
        {
          table: table.name,
          selection: {
            items: columns.map((column) => ({ type: "field", path: path(column) }) as const),
            where: { type: "compare", path: path("id"), operator: "in", value: 0 },
          },
          values: [keys.slice(at, at + AT_ONCE)],
          form: "json",
        },
        me,
      );
      found.push(...(JSON.parse(json) as readonly Readonly<Record<string, unknown>>[]));
    }
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.status < 500) return [];
    throw thrown;
  }
  return found;
}
