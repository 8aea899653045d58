export {
  type BeforeCommitListener,
  type Connection,
  ConstraintError,
  type ConstraintErrorOptions,
  type Database,
  type DatabaseState,
  type ResultRow,
  type SnapshotOptions,
  type StreamingConnection,
  type TransactionalDatabase,
  type TransactionOptions,
} from "./driver.ts";
export type { AuditEntry, AuditHead } from "./audit/audit-entry.ts";
export type { StoredEntry } from "./audit/audit-table.ts";
export { HeadNotes } from "./audit/head-notes.ts";
export { type AuditFilter, listAudit } from "./audit/list-audit.ts";
export { type AuditVerdict, verifyAudit, type VerifyOptions } from "./audit/verify-audit.ts";
export type { Feed, FeedSubscription, SubscribeOptions } from "./feed/feed.ts";
export { defaultFeedLimits, type FeedLimits } from "./feed/limits.ts";
export type { Author, CommitContext, CommitEntry, RowChange, RowNumber } from "./feed/row-change.ts";
export * as expressions from "./expression/expression.ts";
export type { Expression, RowReference } from "./expression/expression.ts";
export { type Clause, clauses, printExpression, printFact } from "./expression/print.ts";
export { type OperatorName, operators } from "./expression/operators.ts";
export {
  type Check,
  type Column,
  columnOf,
  type Default,
  deletedColumn,
  type Index,
  isManaged,
  type Junction,
  type Keeping,
  type Limits,
  managedColumns,
  type Model,
  type Reference,
  type Relation,
  rowKeyColumn,
  type Table,
  type Organisations,
  type Tenancy,
  tableOf,
  tenantTable,
  type ValueType,
} from "./model/model.ts";
export { historyColumns, historyTable, keptColumns, storedColumns } from "./model/history-table.ts";
export { createScopes, type FreshScope, instantiate } from "./expression/instantiate.ts";
export type {
  CountOutput,
  EmbedOutput,
  OrderPlan,
  Output,
  RowBound,
  Seek,
  SelectPlan,
  SpreadOutput,
  ValueOutput,
} from "./query/select-plan.ts";
export { RemoteDatabase } from "./remote/remote-database.ts";
export type { RemotePort } from "./remote/remote-messages.ts";
export { type ServedDatabase, serveDatabase } from "./remote/serve-database.ts";
export { DatabaseRefusedError } from "./sqlite/errors.ts";
export { createTurns, type Turns } from "./sqlite/readers/turns.ts";
export { versionProblem } from "./sqlite/connection.ts";
export type { Durability } from "./sqlite/log/group-sync.ts";
export { type LockHolder, readLock } from "./sqlite/file/lock.ts";
export { schemaObjects } from "./sqlite/definition/create-tables.ts";
export { compareSchemas, differences, inspectDatabase } from "./sqlite/definition/inspect.ts";
export type { SchemaObject } from "./sqlite/definition/schema-object.ts";
export { fileImage } from "./sqlite/file/file-image.ts";
export { prepareDatabase, SchemaDifferenceError } from "./sqlite/prepare-database.ts";
export { openSqlite, type SqliteDatabase, type SqliteOptions } from "./sqlite/sqlite-database.ts";
export { needsDatabase } from "./expression/needs-database.ts";
export {
  compileBoundedCount,
  compileCount,
  compileRows,
  compileSample,
  compileSelect,
  type SelectOptions,
} from "./sql/compile-select.ts";
export { explainStatement, type QueryPlan } from "./sqlite/slow/query-plan.ts";
export { type ActorFacts, actorFacts, factOf, hasRole, nobodyFacts, provenRole, provenThing } from "./expression/actor-facts.ts";
export { type EvaluationContext, evaluate, evaluateTruth, type StoredRow } from "./expression/evaluate.ts";
export { aggregateType } from "./expression/aggregates.ts";
export { castType } from "./expression/cast.ts";
export { createVariants, fold, foldCondition, type Variants } from "./expression/fold.ts";
export type { Operator } from "./expression/operators/operator.ts";
export { callTypes, checkTypes, children, resultTypeOf, typeOf, typeProblem } from "./expression/typing.ts";
export { type ArgumentType, commonType, describeType, isNumeric } from "./expression/value-types.ts";
export { listText, listValues, type Truth } from "./expression/values.ts";
export { searchLimits } from "./expression/search.ts";
export { compareText } from "./expression/text.ts";
export { type Rendering, renderingOf, renderingOfType } from "./sql/render.ts";
export { sqliteDialect } from "./sqlite/dialect/dialect.ts";
export { functionNames, registerFunctions } from "./sqlite/dialect/functions.ts";
export { type BindingSource, resolveBindings } from "./sql/bindings.ts";
export { aliasSource, type CompileContext, compileExpression, createAliases, type RowSource } from "./sql/compile-expression.ts";
export type { Dialect } from "./sql/dialect.ts";
export { presentVersion } from "./sql/table-source.ts";
export { type Binding, constant, identifier, join, type Sql, sql } from "./sql/sql.ts";
export { quoteName } from "./sqlite/dialect/literals.ts";
export { openSource, type SourceDatabase } from "./sqlite/source/source-database.ts";
export type { CheckFact } from "./sqlite/source/read-check.ts";
export type { SourceColumn, SourceForeignKey, SourceIndex, SourceObject, SourceTable } from "./sqlite/source/source-schema.ts";
export { checkDatabaseFile } from "./sqlite/file/check-file.ts";
export { rewriteDatabaseFile } from "./sqlite/file/rewrite-file.ts";
export { examineDatabase, type ExaminationOptions } from "./sqlite/doctor/examine-database.ts";
export { type SuggestedIndex, suggestIndexes, type SuggestionOptions } from "./sqlite/doctor/suggest-indexes.ts";
export { SlowTable } from "./sqlite/slow/slow-table.ts";
export { damageAtStart } from "./sqlite/doctor/examine-files.ts";
export type { Finding } from "./sqlite/doctor/finding.ts";
export { BackupError, DamagedBackupError } from "./backup/backup-error.ts";
export { createKeyRing, type KeyRing } from "./backup/container/backup-key.ts";
export { BackupService, type BackupState } from "./backup/backup-service.ts";
export {
  type BackupConfig,
  type BackupPlaces,
  type BackupSettings,
  readBackupSettings,
  readPassphrase,
} from "./backup/backup-settings.ts";
export type { ContainerHeader } from "./backup/container/container-format.ts";
export { readContainerHeader } from "./backup/container/container-reader.ts";
export type { BackupManifest } from "./backup/container/manifest.ts";
export type { NamedBackup, NamedPiece } from "./backup/names.ts";
export { openStore } from "./backup/store/open-store.ts";
export { planRestore, type RestorePlan } from "./backup/restore/plan-restore.ts";
export { restore, type RestoreOptions, type RestoreSource, settleRestore, type Staged } from "./backup/restore/restore.ts";
export { parseRetention } from "./backup/make/retention.ts";
export type { BackupStore } from "./backup/store/store.ts";
export {
  type Kept,
  listKept,
  pruneStore,
  removeLeftovers,
  takeBackup,
  type TakenBackup,
  workFolder,
} from "./backup/make/take-backup.ts";
export { verifyBackup, type VerifiedBackup } from "./backup/restore/verify-backup.ts";
export { openToRead } from "./sqlite/doctor/examined-database.ts";
export {
  type Answers,
  type Applied,
  applyMigration,
  describeRehearsal,
  describeStep,
  type Hidden,
  type Loss,
  type Migration,
  MigrationError,
  type MigrationFile,
  type MigrationRecord,
  type MigrationStatus,
  migration,
  migrationId,
  migrationStatus,
  type NamedMigration,
  parseMigration,
  type Plan,
  planMigration,
  type Progress,
  purgeHidden,
  type Question,
  readMigrations,
  reconcile,
  rehearseMigration,
  renderMigration,
  rollbackMigration,
} from "./migrations/index.ts";
export { compatibilityAfter } from "./migrations/plan/compatibility-after.ts";
