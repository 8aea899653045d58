import { AppError, type Backend, defineBackend, defineSchema, everyone, id, integer, mutation, query } from "chassis";
import fc from "fast-check";
import { z } from "zod";
import { turns } from "../run/run-plan.ts";
import type { Send } from "./client.ts";

export const accounts: readonly string[] = ["ann", "bob", "cleo", "dan"];
export const opening = 20;

const schema = defineSchema({ accounts: { id: id("text"), balance: integer().min(0) } });
const transfer = z.object({ from: z.string(), to: z.string(), amount: z.number(), pause: z.number(), fails: z.boolean() });

/** Money that is moved by reading and writing, by SQL, and by batches; and looked at while it moves. */
export const bank: Backend<typeof schema> = defineBackend(schema, {
  rules: { accounts: () => ({ read: everyone, write: everyone }) },
  functions: {
    transfer: mutation({ access: everyone, input: transfer }, async ({ db, input: { from, to, amount, pause, fails } }) => {
      const payer = await db.accounts.get(from);
      await turns(pause);
      const payee = await db.accounts.get(to);
      if (payer === null || payee === null) throw new AppError("notFound");
      // What is paid in comes first: where the payer has too little, the constraint has to undo it.
      await db.accounts.update(to, { balance: payee.balance + amount });
      await turns(pause);
      await db.accounts.update(from, { balance: payer.balance - amount });
      if (fails) throw new AppError("forbidden");
      return null;
    }),
    transferBySql: mutation({ access: everyone, input: transfer }, async ({ db, input: { from, to, amount, pause, fails } }) => {
      const { sql } = db.asSystem();
      const add = (account: string, much: number): Promise<unknown> =>
        sql
          .updateTable("accounts")
          .set((row) => ({ balance: row("balance", "+", much) }))
          .where("id", "=", account)
          .execute();
      await add(to, amount);
      await turns(pause);
      try {
        await add(from, -amount);
      } catch (error) {
        throw new AppError("checkViolation", { cause: error });
      }
      if (fails) throw new AppError("forbidden");
      return null;
    }),
    balances: query({ access: everyone, input: z.object({ pause: z.number() }) }, async ({ db, input: { pause } }) => {
      const found: number[] = [];
      for (const account of accounts) {
        found.push((await db.accounts.get(account))?.balance ?? 0);
        await turns(pause);
      }
      return found;
    }),
  },
});

export type Move =
  | {
      readonly do: "transfer" | "transferBySql" | "batch";
      readonly from: string;
      readonly to: string;
      readonly amount: number;
      readonly pause: number;
      readonly fails: boolean;
    }
  | { readonly do: "look" | "query"; readonly pause: number };

const account = fc.constantFrom(...accounts);
const pause = fc.nat({ max: 4 });
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({
        do: fc.constantFrom("transfer" as const, "transferBySql" as const, "batch" as const),
        from: account,
        to: account,
        // Often more than there is.
        amount: fc.integer({ min: 1, max: opening }),
        pause,
        fails: fc.nat({ max: 7 }).map((number) => number === 0),
      })
      .filter(({ from, to }) => from !== to),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("look" as const, "query" as const), pause }) },
);

/** What the clients of the bank do, each one move after the other. */
export function sampleMoves(seed: number): readonly (readonly Move[])[] {
  return fc.sample(fc.array(move, { minLength: 60, maxLength: 60 }), { numRuns: 8, seed });
}

/** Does one move, and gives the balances that it saw; undefined for a transfer. Throws `Refused` for one that was not done. */
export async function doMove(move: Move, send: Send): Promise<readonly number[] | undefined> {
  switch (move.do) {
    case "look": {
      const { json } = await send("/accounts?select=balance");
      return (json as readonly { readonly balance: number }[]).map(({ balance }) => balance);
    }
    case "query":
      return (await send("/rpc/balances", { method: "POST", body: { pause: move.pause } })).json as readonly number[];
    case "transfer":
    case "transferBySql": {
      const { do: name, ...body } = move;
      await send(`/rpc/${name}`, { method: "POST", body });
      return undefined;
    }
    case "batch": {
      await transferByBatch(move, send);
      return undefined;
    }
  }
}

/** Reads both accounts, and writes them where neither has changed since. */
async function transferByBatch(
  { from, to, amount }: Extract<Move, { do: "batch" | "transfer" | "transferBySql" }>,
  send: Send,
): Promise<void> {
  const [payer, payee] = await Promise.all([send(`/accounts/${from}`), send(`/accounts/${to}`)]);
  const change = (account: string, read: typeof payer, by: number): object => ({
    method: "PATCH",
    path: `/rest/v1/accounts/${account}`,
    headers: { "if-match": read.headers.get("etag") ?? "" },
    body: { balance: (read.json as { readonly balance: number }).balance + by },
  });
  await send("", { method: "POST", body: [change(to, payee, amount), change(from, payer, -amount)] });
}
