import type { Stored } from "#contract";
import { type ActorFacts, type Binding, type BindingSource, type ResultRow, resolveBindings, type Sql } from "#database";
import type { Session } from "./session.ts";
import type { Slots } from "./slots.ts";

/** A statement that every request of its shape shares, with what each has to bring. */
export interface CompiledStatement {
  readonly sql: string;
  readonly bindings: readonly Binding[];
  readonly slots: Slots;
  /** It gives one row at the most. */
  readonly single: boolean;
}

export function finish(statement: Sql, slots: Slots, single = false): CompiledStatement {
  return { sql: statement.text, bindings: statement.bindings, slots, single };
}

/** Runs a compiled statement with the values of one request. */
export async function run(
  session: Session,
  statement: CompiledStatement,
  values: readonly unknown[],
): Promise<{ readonly slots: readonly Stored[]; readonly rows: readonly ResultRow[] }> {
  const slots = statement.slots.read(values);
  const parameters = parametersOf(session, statement.bindings, slots);
  if (!statement.single) return { slots, rows: await session.connection.all(statement.sql, parameters) };
  const row = await session.connection.get(statement.sql, parameters);
  return { slots, rows: row === undefined ? [] : [row] };
}

export function parametersOf(session: Session, bindings: readonly Binding[], slots: readonly Stored[]): readonly Stored[] {
  return resolveBindings(bindings, new RequestSource(session, slots));
}

/** Tells the time only to a statement that asks for it. */
class RequestSource implements BindingSource {
  readonly values: readonly Stored[];
  readonly actor: ActorFacts;
  readonly #session: Session;

  constructor(session: Session, values: readonly Stored[]) {
    this.values = values;
    this.actor = session.facts;
    this.#session = session;
  }

  get now(): string {
    return this.#session.now;
  }

  get asOf(): string | undefined {
    return this.#session.asOf;
  }
}
