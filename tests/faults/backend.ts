import { defineBackend, defineSchema, everyone, functionsOf, integer, nobody, ref, type SeedContext, text } from "chassis";
import { z } from "zod";

/**
 * What the faults are done to: every kind of write that can be lost or left half done. Notes are single rows; a tick, an order and a
 * transfer are transactions over several tables, each of which can be told from the rows that it left behind.
 */
export const accountCount = 8;
export const startBalance = 1000;
const counterCount = 4;

export const schema = defineSchema({
  notes: { slug: text().max(60).unique(), body: text().max(100_000).search() },
  /** `value` counts the rows of `ticks`; `version` counts changes: always one more than `value`. */
  counters: { name: text().max(60).unique(), value: integer().default(0) },
  /** Not unique: what is done twice must show. */
  ticks: { number: text().max(60).index(), counter: ref("counters"), value: integer() },
  orders: { number: text().max(60).unique(), count: integer(), total: integer() },
  lines: { order: ref("orders"), position: integer(), amount: integer() },
  /** The sum of all balances is always that of the start. */
  accounts: { name: text().max(60).unique(), balance: integer() },
  transfers: {
    number: text().max(60).unique(),
    source: ref("accounts").inverse("sent"),
    target: ref("accounts").inverse("received"),
    amount: integer(),
  },
  /** As many rows as a fault wants, which nobody writes to meanwhile: what migrations are long over. */
  pages: { number: integer(), words: text().max(200) },
});

const { mutation } = functionsOf(schema);
const number = z.string().min(1).max(60);

/** Of this back end, and of those that do more besides. */
export const parts = {
  rules: {
    notes: () => ({ read: everyone, write: everyone }),
    counters: () => ({ read: everyone, write: nobody }),
    ticks: () => ({ read: everyone, write: nobody }),
    orders: () => ({ read: everyone, write: nobody }),
    lines: () => ({ read: everyone, write: nobody }),
    accounts: () => ({ read: everyone, write: nobody }),
    transfers: () => ({ read: everyone, write: nobody }),
    pages: () => ({ read: everyone, write: nobody }),
  },
  functions: {
    tick: mutation({ access: everyone, input: z.object({ number, counter: z.string() }) }, async ({ db, input }) => {
      const system = db.asSystem();
      const counter = await system.counters.first({ where: { name: input.counter } });
      if (counter === null) throw new Error(`There is no counter ${input.counter}.`);
      const value = counter.value + 1;
      await system.counters.update(counter.id, { value });
      await system.ticks.create({ number: input.number, counter: counter.id, value });
      return { value };
    }),
    place_order: mutation(
      { access: everyone, input: z.object({ number, amounts: z.array(z.number().int()).min(1).max(50) }) },
      async ({ db, input: { number, amounts } }) => {
        const system = db.asSystem();
        const total = amounts.reduce((sum, amount) => sum + amount, 0);
        const order = await system.orders.create({ number, count: amounts.length, total });
        for (const [position, amount] of amounts.entries()) await system.lines.create({ order: order.id, position, amount });
        return { total };
      },
    ),
    transfer: mutation(
      { access: everyone, input: z.object({ number, source: z.string(), target: z.string(), amount: z.number().int() }) },
      async ({ db, input: { number, source, target, amount } }) => {
        const system = db.asSystem();
        const [from, to] = [
          await system.accounts.first({ where: { name: source } }),
          await system.accounts.first({ where: { name: target } }),
        ];
        if (from === null || to === null) throw new Error("There is no such account.");
        await system.accounts.update(from.id, { balance: from.balance - amount });
        await system.accounts.update(to.id, { balance: to.balance + amount });
        await system.transfers.create({ number, source: from.id, target: to.id, amount });
        return { amount };
      },
    ),
    /** Begins a transaction, writes, and never ends. */
    hang: mutation({ access: everyone, input: z.object({ number }) }, async ({ db, input }) => {
      await db.notes.create({ slug: input.number, body: "hangs" });
      await new Promise<never>(() => {});
    }),
    /** Stays in a transaction for a while. */
    linger: mutation(
      { access: everyone, input: z.object({ number, milliseconds: z.number().int().max(60_000) }) },
      async ({ db, input }) => {
        await db.notes.create({ slug: input.number, body: "ledger lingers" });
        await new Promise((resolve) => setTimeout(resolve, input.milliseconds));
        return { lingered: input.milliseconds };
      },
    ),
  },
  seed: fill,
};

export default defineBackend(schema, parts);

async function fill(app: SeedContext): Promise<void> {
  const there = await app.records.read(
    { table: "accounts", selection: { items: [], limit: 0 }, values: [1], form: "json" },
    app.system,
  );
  if (there.rows > 0) return;
  const rows = (count: number, row: (index: number) => Record<string, unknown>) =>
    Array.from({ length: count }, (_, index) => row(index));
  await app.transaction(async (writing) => {
    const insert = (table: string, added: Record<string, unknown>[]) =>
      writing.write(
        { type: "insert", table, rows: added, rowForm: "json", missing: "default", values: [], form: "json" },
        app.system,
      );
    await insert(
      "accounts",
      rows(accountCount, (index) => ({ name: `a${index}`, balance: startBalance })),
    );
    await insert(
      "counters",
      rows(counterCount, (index) => ({ name: `c${index}` })),
    );
  });
}
