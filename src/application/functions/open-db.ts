import type { KyselyPlugin } from "kysely";
import type { Model } from "#database";
import { type Caller, system } from "../access/caller.ts";
import type { AnySchema } from "../schema/schema.ts";
import { secretsOfModel } from "../secrets/model-secrets.ts";
import { openSecretColumns } from "../secrets/secret-columns.ts";
import type { DataScope } from "./data-scope.ts";
import type { Db, SystemDb } from "./db.ts";
import { fillManagedColumns, type ManagedSource } from "./managed-columns.ts";
import { openSql } from "./open-sql.ts";
import { TableCalls } from "./table-calls.ts";
import type { WhereTable } from "./where.ts";

/** Makes the `db` of functions and routes. */
export interface DbOpener {
  /** The data for one caller. */
  open(scope: DataScope, caller: Caller): Db<AnySchema>;
  openSystem(scope: DataScope): SystemDb<AnySchema>;
}

/** What `db` is of, for the getters of its tables. */
const opened = Symbol("opened");

interface OpenDb {
  readonly [opened]: { readonly scope: DataScope; readonly caller: Caller };
}

/** The tables are the same for every `db`, and made when they are asked for: a call of a function pays for those that it uses. */
export function createDbOpener(source: ManagedSource): DbOpener {
  // Without Object's own names: `db.constructor` is no table, and `db.then` must not be one.
  const tables: object = Object.create(
    null,
    Object.fromEntries([...whereTables(source.model)].map(([name, table]) => [name, tableGetter(name, table)])),
  );
  const plugins = [fillManagedColumns(source), ...secretPlugins(source)];
  const bind = (scope: DataScope, caller: Caller, more: PropertyDescriptorMap): object =>
    Object.create(tables, {
      [opened]: { value: { scope, caller } },
      read: { value: (query: Parameters<Db<AnySchema>["read"]>[0]) => scope.records.read(query, caller), enumerable: true },
      write: { value: (query: Parameters<Db<AnySchema>["write"]>[0]) => scope.records.write(query, caller), enumerable: true },
      ...more,
    }) as object;
  const openSystem = (scope: DataScope): SystemDb<AnySchema> => {
    let sql: ReturnType<typeof openSql> | undefined;
    return bind(scope, system, {
      sql: { get: () => (sql ??= openSql(scope, plugins)), enumerable: true },
    }) as SystemDb<AnySchema>;
  };
  return {
    open: (scope, caller) =>
      bind(scope, caller, { asSystem: { value: () => openSystem(scope), enumerable: true } }) as Db<AnySchema>,
    openSystem,
  };
}

/** Of a back end without secret fields none, so that it pays nothing. */
function secretPlugins({ model, secretKeys }: ManagedSource): readonly KyselyPlugin[] {
  const secrets = secretsOfModel(model, secretKeys);
  return secrets === undefined ? [] : [openSecretColumns(model, secrets)];
}

function tableGetter(name: string, table: WhereTable): PropertyDescriptor {
  return {
    enumerable: true,
    get(this: OpenDb) {
      const { scope, caller } = this[opened];
      const calls = new TableCalls({ name, table, records: scope.records, caller });
      Object.defineProperty(this, name, { value: calls, enumerable: true });
      return calls;
    },
  };
}

/** The tables as conditions see them. */
function whereTables(model: Model): ReadonlyMap<string, WhereTable> {
  const tables = new Map<string, WhereTable>();
  for (const { name, columns, relationsByName } of model.tables.values())
    tables.set(name, {
      has: (word) => columns.has(word) || relationsByName.has(word),
      target: (relation) => tables.get(relationsByName.get(relation)?.target ?? ""),
    });
  return tables;
}
