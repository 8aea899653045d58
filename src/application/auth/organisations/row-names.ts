import type { Actor } from "#contract";
import type { Table } from "#database";
import type { Records } from "../../records/records.ts";

/** What rows are called, by their ids: the text `name` of each, as far as somebody may read it. */
export async function namesOf(
  records: Pick<Records, "read">,
  { table, keys, me }: { readonly table: Table; readonly keys: readonly string[]; readonly me: Actor },
): Promise<ReadonlyMap<string, string>> {
  if (table.columns.get("name")?.kind.name !== "text" || keys.length === 0) return new Map();
  const path = (column: string): { readonly column: string; readonly json: readonly never[] } => ({ column, json: [] });
  const named = new Map<string, string>();
  try {
    for (let at = 0; at < keys.length; at += AT_ONCE) {
      const some = keys.slice(at, at + AT_ONCE);
      const { json } = await records.read(
        {
          table: table.name,
          selection: {
            items: ["id", "name"].map((column) => ({ type: "field", path: path(column) }) as const),
            where: { type: "compare", path: path("id"), operator: "in", value: 0 },
          },
          values: [some],
          form: "json",
        },
        me,
      );
      for (const { id, name } of JSON.parse(json) as readonly { readonly id: string; readonly name: string | null }[])
        if (name !== null) named.set(id, name);
    }
  } catch {
    // Names that they may not read are none, and no reason to show them nothing.
  }
  return named;
}

/** Values of one list in a query. */
const AT_ONCE = 100;
