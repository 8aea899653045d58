import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "#contract";
import type { ReadQuery, Selection } from "#application";
import { type AnyRow, type BoardWorld, createBoardWorld } from "./board-world.ts";
import { propertyRuns } from "../support/property-runs.ts";

/**
 * The oracle is what a read of the present gave at the time: after random writes by every way, with a clock that moves by whole
 * milliseconds or not at all, a read of any moment must give the same again, whoever asks.
 */

type Operation =
  | {
      readonly type: "add" | "change" | "remove" | "restore" | "putBack" | "sql";
      readonly table: Table;
      readonly row: number;
      readonly value: number;
    }
  | { readonly type: "purge"; readonly table: Table }
  | { readonly type: "several"; readonly value: number };

type Table = "boards" | "cards" | "plain";

const table = fc.constantFrom<Table>("boards", "cards", "plain");
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constantFrom(
        "add" as const,
        "change" as const,
        "change" as const,
        "remove" as const,
        "restore" as const,
        "putBack" as const,
        "sql" as const,
      ),
      table,
      row: fc.nat(5),
      value: fc.nat(6),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("purge" as const), table: fc.constantFrom("boards" as const, "cards" as const) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("several" as const), value: fc.nat(6) }) },
);
const steps = fc.array(fc.record({ operation, pause: fc.constantFrom(0, 0, 1, 1, 2, 1000) }), { minLength: 5, maxLength: 30 });

const all = { type: "all" } as const;
const cardsInBoards: Selection = {
  items: [
    all,
    {
      type: "embed",
      target: "cards",
      join: "left",
      spread: false,
      selection: { items: [all], order: [{ path: { column: "id", json: [] }, direction: "asc" }] },
    },
  ],
  order: [{ path: { column: "id", json: [] }, direction: "asc" }],
};
const withCards: Selection = {
  ...cardsInBoards,
  where: {
    type: "relation",
    relation: "cards",
    quantifier: "some",
    where: { type: "compare", path: { column: "points", json: [] }, operator: "gte", value: 0 },
  },
};
const byId: Selection = { items: [], order: [{ path: { column: "id", json: [] }, direction: "asc" }] };

interface View {
  readonly table: Table;
  readonly caller: "system" | "ann" | "auditor";
  readonly more: Partial<ReadQuery>;
}

/** What is looked at after each step, and again from the end. Ann's own boards are what she may see of the past. */
const views: readonly View[] = [
  ...(["boards", "cards", "plain"] as const).map(
    (name) => ({ table: name, caller: "system", more: { selection: byId } }) as const,
  ),
  { table: "boards", caller: "system", more: { selection: byId, deleted: "include" } },
  { table: "cards", caller: "system", more: { selection: byId, deleted: "include" } },
  { table: "boards", caller: "system", more: { selection: cardsInBoards } },
  { table: "boards", caller: "auditor", more: { selection: cardsInBoards } },
  { table: "cards", caller: "auditor", more: { selection: byId } },
  { table: "boards", caller: "ann", more: { selection: withCards, values: [3] } },
];

class Player {
  readonly world: BoardWorld;
  readonly ids: Record<Table, string[]> = { boards: [], cards: [], plain: [] };

  constructor(world: BoardWorld) {
    this.world = world;
  }

  async play(operation: Operation): Promise<void> {
    const { world } = this;
    try {
      if (operation.type === "purge") await world.write({ type: "purge", table: operation.table, values: [], form: "json" });
      else if (operation.type === "several") await this.several(operation.value);
      else await this.one(operation);
    } catch (error) {
      // A unique set, a reference, a row that is not there: refused, and nothing has changed.
      if (!(error instanceof AppError)) throw error;
    }
  }

  private async one({ type, table: name, row, value }: Extract<Operation, { row: number }>): Promise<void> {
    const { world } = this;
    const id = this.ids[name][row % Math.max(1, this.ids[name].length)];
    if (type === "add") this.ids[name].push(await world.add(name, this.values(name, value)));
    else if (id === undefined) return;
    else if (type === "change") await world.change(name, id, name === "cards" ? { points: value } : this.changes(name, value));
    else if (type === "remove") await world.remove(name, id);
    else if (type === "restore") await world.restore(name, id);
    else if (type === "putBack") await world.restore(name, id, undefined, value);
    else await world.database.transaction((connection) => connection.run(sqlOf[name], [value, id]));
  }

  /** Two changes of a row and one that is made and taken away, in one transaction. */
  private async several(value: number): Promise<void> {
    const [card] = this.ids.cards;
    if (card === undefined) return;
    const where = { type: "compare", path: { column: "id", json: [] }, operator: "eq", value: 0 } as const;
    await this.world.store.transaction(async (records) => {
      for (const points of [value, value + 1])
        await records.write(
          { type: "update", table: "cards", set: { points }, where, values: [card], form: "json" },
          this.world.ann,
        );
      const { keys = [] } = await records.write(
        {
          type: "insert",
          table: "plain",
          rows: [{ name: `passing ${value}` }],
          rowForm: "json",
          form: "json",
          values: [],
          missing: "default",
        },
        this.world.bob,
      );
      await records.write({ type: "delete", table: "plain", where, values: [keys[0]], form: "json" }, this.world.bob);
    });
  }

  private values(name: Table, value: number): AnyRow {
    if (name === "plain") return { name: `plain ${value}` };
    if (name === "cards")
      return {
        board: this.ids.boards[value % Math.max(1, this.ids.boards.length)] ?? null,
        title: `card ${value}`,
        points: value,
      };
    return { owner: this.world.ann.id, title: `board ${value}`, shared: value % 2 === 0 ? "yes" : "no" };
  }

  private changes(name: Table, value: number): AnyRow {
    return name === "plain" ? { name: `plain ${value}` } : { shared: value % 2 === 0 ? "yes" : "no", secret: `secret ${value}` };
  }

  look({ table: name, caller, more }: View, asOf?: string): Promise<readonly AnyRow[]> {
    const who = caller === "system" ? undefined : this.world[caller];
    return this.world.list(name, who, { ...more, ...(asOf === undefined ? {} : { asOf }) });
  }
}

/** Without a word about the time of the change, as people write it. */
const sqlOf: Readonly<Record<Table, string>> = {
  boards: "UPDATE boards SET secret = 'sql ' || ? WHERE id = ?",
  cards: "UPDATE cards SET points = points + CAST(? AS INTEGER) WHERE id = ?",
  plain: "UPDATE plain SET name = 'sql ' || CAST(? AS TEXT) || id WHERE id = ?",
};

test("a read of any moment gives what a read at that moment gave", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const world = await createBoardWorld();
      try {
        const player = new Player(world);
        const seen = new Map<number, readonly (readonly AnyRow[])[]>();
        const look = async (): Promise<void> => {
          seen.set(world.clock.time, await Promise.all(views.map((view) => player.look(view))));
        };
        await look();
        for (const { operation: next, pause } of list) {
          world.clock.step(pause);
          await player.play(next);
          await look();
        }
        world.clock.step(5000);
        const times = [...seen.keys()];
        for (const [index, time] of times.entries()) {
          const until = (times[index + 1] ?? time + 2) - 1;
          for (const moment of new Set([time, until])) {
            const asOf = new Date(moment).toISOString();
            for (const [place, view] of views.entries())
              assert.deepEqual(await player.look(view, asOf), seen.get(time)?.[place], `${JSON.stringify(view)} at ${asOf}`);
          }
        }
      } finally {
        await world.close();
      }
    }),
    { numRuns: propertyRuns(10, 25) },
  );
});
