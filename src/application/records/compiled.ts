import type { Stored } from "#contract";
import { type Binding, type ResultRow, resolveBindings, type Sql } from "#database";
import type { Session } from "./session.ts";
import type { Slots } from "./slots.ts";

/** A statement that every request of its shape shares, with what each has to bring. */
export interface CompiledStatement {
  readonly sql: string;
  readonly bindings: readonly Binding[];
  readonly slots: Slots;
}

export function finish(statement: Sql, slots: Slots): CompiledStatement {
  return { sql: statement.text, bindings: statement.bindings, slots };
}

/** Runs a compiled statement with the values of one request. */
export async function run(
  session: Session,
  statement: CompiledStatement,
  values: readonly unknown[],
): Promise<{ readonly slots: readonly Stored[]; readonly rows: readonly ResultRow[] }> {
  const slots = statement.slots.read(values);
  const rows = await session.connection.all(statement.sql, parametersOf(session, statement.bindings, slots));
  return { slots, rows };
}

export function parametersOf(session: Session, bindings: readonly Binding[], slots: readonly Stored[]): readonly Stored[] {
  return resolveBindings(bindings, { values: slots, actor: session.facts, now: session.now });
}
