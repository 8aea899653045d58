import { type Actor, AppError } from "#contract";
import type { Clock } from "#base";
import type { Connection, Table } from "#database";
import type { Condition } from "../../records/query.ts";
import type { Records } from "../../records/records.ts";
import type { RecordStore } from "../../records/record-store.ts";
import type { Account, AccountTable } from "../account-table.ts";
import type { AuthDefinition } from "../build-auth.ts";
import { endedSession } from "../sessions.ts";
import type { AccountReference } from "./account-references.ts";
import { exportSections } from "./export-sections.ts";

/** The form of the document: a number that goes up where something in it comes to mean another thing. What is added changes nothing. */
const exportFormat = { format: "chassis-account-export", version: 1 } as const;

export interface AccountExportTools {
  readonly definition: AuthDefinition;
  readonly records: Pick<RecordStore, "snapshot">;
  readonly accounts: AccountTable;
  readonly site: () => string;
  readonly clock: Clock;
  /** Milliseconds without a request after which a session ends. */
  readonly idle: number;
}

export interface ExportOptions {
  readonly signal?: AbortSignal | undefined;
  /** Throws where they may not have it: asked within the same snapshot. */
  readonly allow?: (connection: Pick<Connection, "get" | "all">) => Promise<unknown>;
}

/** Rows that are read at once: what is in memory of a document is one such page. */
const PAGE = 500;

/**
 * All that is kept of a person, as one JSON document of one committed state: what sign-in knows, their row in `users`, and every row that refers to
 * it or to what would go with it. Under the rules and field rules that hold for them: a copy shows nobody more than the data API does.
 *
 * `take` gets its pieces while the snapshot is open, so it must not wait for somebody's network, and may be called a second time, from the beginning.
 */
export function exportAccount<T>(
  tools: AccountExportTools,
  me: Actor,
  take: (pieces: AsyncIterable<Uint8Array>) => Promise<T>,
  { signal, allow }: ExportOptions = {},
): Promise<T> {
  return tools.records.snapshot(
    async (records, connection) => {
      await allow?.(connection);
      const account = await tools.accounts.find(connection, me.id);
      if (account === undefined) throw endedSession();
      return take(encoded(pieces(tools, { records, connection, account, me })));
    },
    { name: "account export", repeatable: true, ...(signal === undefined ? {} : { signal }) },
  );
}

interface Scope {
  readonly records: Pick<Records, "read">;
  readonly connection: Connection;
  readonly account: Account;
  readonly me: Actor;
}

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text);
}

async function* pieces({ definition, site, clock, idle }: AccountExportTools, scope: Scope): AsyncGenerator<string> {
  const now = clock.now();
  const { connection, account } = scope;
  yield member("{", "format", exportFormat.format);
  yield member(",", "version", exportFormat.version);
  yield member(",", "site", site());
  yield member(",", "created", new Date(now).toISOString());
  for (const [name, read] of Object.entries(exportSections))
    yield member(",", name, await read({ connection, account, now, idle }));
  yield ',\n"rows": {';
  let separator = "";
  for (const [table, where] of await conditions(definition, scope)) {
    yield `${separator}\n${JSON.stringify(table)}: [`;
    yield* rowsOf(scope, table, where);
    yield "]";
    separator = ",";
  }
  yield "}}\n";
}

function member(before: string, name: string, value: unknown): string {
  return `${before}\n${JSON.stringify(name)}: ${JSON.stringify(value)}`;
}

async function* rowsOf({ records, me }: Scope, table: string, where: Condition): AsyncGenerator<string> {
  let separator = "\n";
  for (let after: string | null | undefined = null; after !== undefined; ) {
    const selection = { items: [], where, limit: 1 };
    const { json, rows, next } = await records.read({ table, selection, values: [me.id, PAGE], form: "json", after }, me);
    if (rows > 0) {
      yield separator + json.slice(json.indexOf("[") + 1, json.lastIndexOf("]"));
      separator = ",\n";
    }
    after = next ?? undefined;
  }
}

/** Which rows of each table are theirs. Tables and columns that they may see nothing of are none. */
async function conditions(
  { users, references }: AuthDefinition,
  { records, me }: Scope,
): Promise<ReadonlyMap<string, Condition>> {
  const found = new Map<string, Condition[]>();
  const add = async (table: Table, where: Condition | undefined): Promise<void> => {
    if (where === undefined || !(await mayAsk(records, me, table, where))) return;
    found.set(table.name, [...(found.get(table.name) ?? []), where]);
  };
  await add(users, equalsMe(users.key.name));
  for (const reference of references) await add(reference.table, conditionOf(reference));
  return new Map([...found].map(([table, all]) => [table, { type: "or", conditions: all }]));
}

function equalsMe(column: string): Condition {
  return { type: "compare", path: { column, json: [] }, operator: "eq", value: 0 };
}

/** Undefined where two relations share a name, so that none of them can be asked by it. */
function conditionOf({ table, column, by }: AccountReference): Condition | undefined {
  if (by === undefined) return equalsMe(column.name);
  const relation = table.relations.find((each) => each.cardinality === "one" && each.foreignColumn === column.name)?.name;
  const where = conditionOf(by);
  if (relation === undefined || where === undefined) return undefined;
  return { type: "relation", relation, quantifier: "some", where };
}

async function mayAsk(records: Pick<Records, "read">, me: Actor, table: Table, where: Condition): Promise<boolean> {
  try {
    const selection = { items: [], where, limit: 1 };
    await records.read({ table: table.name, selection, values: [me.id, 0], form: "json" }, me);
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.status < 500) return false;
    throw thrown;
  }
}
