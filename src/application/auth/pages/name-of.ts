import type { Actor } from "#contract";
import type { Table } from "#database";
import type { Records } from "../../records/records.ts";

/** What somebody calls themselves: the text `name` of their row, as far as they may read it; null where there is none. */
export async function nameOf(records: Records, users: Table, me: Actor): Promise<string | null> {
  if (users.columns.get("name")?.kind.name !== "text") return null;
  const path = (column: string): { readonly column: string; readonly json: readonly never[] } => ({ column, json: [] });
  try {
    const { json } = await records.read(
      {
        table: users.name,
        selection: {
          items: [{ type: "field", path: path("name") }],
          where: { type: "compare", path: path(users.key.name), operator: "eq", value: 0 },
        },
        values: [me.id],
        form: "text",
      },
      me,
    );
    const [row] = JSON.parse(json) as readonly { readonly name: string | null }[];
    return row?.name ?? null;
  } catch {
    // A name that they may not read is none, and no reason to show them nothing.
    return null;
  }
}
