import { system } from "../../access/caller.ts";
import { type Backend, defineBackend } from "../../definition.ts";
import { everyone, nobody } from "../../rules/conditions.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { accountEmail, integer, ref, text } from "../../schema/fields.ts";
import type { People } from "../auth-fixtures.ts";
import type { AuthInput } from "../build-auth.ts";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80), email: accountEmail(), mood: text().default("calm") },
    notes: { author: ref("users").onDelete("cascade").defaultToActor(), body: text(), flag: text().default("seen by staff") },
    lines: { note: ref("notes").onDelete("cascade"), body: text() },
    replies: { author: ref("users").onDelete("set null").optional(), body: text() },
    orders: { buyer: ref("users").onDelete("restrict"), total: integer() },
    bills: { payer: ref("users").onDelete("restrict"), total: integer() },
    files: { owner: ref("users").onDelete("cascade"), verdict: text() },
  },
  { roles: ["editor"] },
);

/** People with rows of every kind: those that go with them, those that stay without a name, and those that keep them; of bills and files they see nothing. */
export function ownersBackend(auth: AuthInput<"editor", typeof schema> = {}): Backend {
  return defineBackend(schema, {
    rules: {
      users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
      notes: ({ row, me }) => ({ read: row.author.eq(me.id), write: row.author.eq(me.id), fields: { flag: { read: nobody } } }),
      lines: ({ row, me }) => ({ read: row.note.author.eq(me.id), write: row.note.author.eq(me.id) }),
      replies: () => ({ read: everyone, write: nobody }),
      orders: ({ row, me }) => ({ read: row.buyer.eq(me.id), write: nobody }),
      bills: () => ({ read: nobody, write: nobody }),
      files: () => ({ read: nobody, write: nobody }),
    },
    auth,
  });
}

/** A row, made by the system. */
export async function addRow(
  { records }: People,
  table: string,
  id: string,
  values: Readonly<Record<string, string | number | null>>,
): Promise<void> {
  const rows = [{ ...values, id }];
  await records.write({ type: "insert", table, rows, rowForm: "json", missing: "default", values: [], form: "json" }, system);
}

export function rowId(number: number): string {
  return `01890000-0000-7000-8000-${String(number).padStart(12, "0")}`;
}
