import { defineBackend, defineSchema, everyone, id, integer, nobody, ref, text } from "chassis";
import type { Model, SqliteDatabase } from "#database";

const orders = { item: ref("items"), note: text().max(100) };
const open = () => ({ read: everyone, write: nobody });

/** A large table, and a small one that is written meanwhile and refers to it. */
export const itemsBefore: Model = defineBackend(
  defineSchema({ items: { id: id("integer"), name: text().max(4000), amount: text().max(20) }, orders }),
  { rules: { items: open, orders: open } },
).model;

/** The large one as it is to become: an index, a tighter check, another kind of value, and a required column more. */
export const itemsAfter: Model = defineBackend(
  defineSchema({
    items: { id: id("integer"), name: text().max(3900).index(), amount: integer().min(0), code: text().max(20) },
    orders,
  }),
  { rules: { items: open, orders: open } },
).model;

export interface Items {
  readonly rows: number;
  /** Characters of each row, which do not repeat: what is all alike is no work to compress. */
  readonly textLength: number;
}

/** So that no transaction grows beyond measure. */
const BATCH = 20_000;

export async function fillItems(database: SqliteDatabase, { rows, textLength }: Items): Promise<void> {
  const stamp = "'2026-01-01T00:00:00.000Z'";
  for (let first = 1; first <= rows; first += BATCH) {
    const last = Math.min(rows, first + BATCH - 1);
    await database.transaction(
      (connection) =>
        connection.run(
          `WITH RECURSIVE numbered(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM numbered WHERE n < ${last})
          INSERT INTO items (id, name, amount, created, updated, version)
          SELECT n, lower(hex(randomblob(${Math.floor(textLength / 2)}))), CAST(n AS TEXT), ${stamp}, ${stamp}, 1 FROM numbered`,
          [],
        ),
      { timeLimit: 600_000, unrecorded: true },
    );
  }
}
