/**
 * The types of the calls of `db`, for the typed client, which has the same calls over HTTP: the door `#data-types`. Types alone, for the
 * client runs in browsers and takes nothing of the server with it.
 */
export type { Backend, SignatureMap } from "./definition.ts";
export type { AggregateOptions, AggregateResult, AggregateValues } from "./functions/aggregate-types.ts";
export type { FunctionSignature } from "./functions/define-function.ts";
export type { AnyInclude, NoInclude, ResultRow } from "./functions/select-types.ts";
export type {
  FirstOptions,
  GetOptions,
  ListOptions,
  Page,
  PageOptions,
  PastOptions,
  RestoreOptions,
  UpsertOptions,
  VersionOf,
  VersionOptions,
} from "./functions/table-db.ts";
export type { KeyOf, Where } from "./functions/where-types.ts";
export type { AnySchema } from "./schema/schema.ts";
export type { ColumnName, HasHistory, Insert, IsSoftDeleted, Row, TableName, Update } from "./schema/types.ts";
