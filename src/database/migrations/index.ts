export { applyMigration, migrationChecksum, rollbackMigration } from "./apply-migration.ts";
export type {
  Applied,
  ApplyOptions,
  Hidden,
  MigrationRecord,
  MigrationState,
  MigrationStatus,
  Progress,
} from "./apply-types.ts";
export { describeRehearsal } from "./describe-rehearsal.ts";
export { describeStep, stepSql } from "./describe-step.ts";
export { MigrationError } from "./errors.ts";
export { type Migration, migration, type NamedMigration } from "./migration.ts";
export { defaultDaysKept, migrationStatus } from "./migration-status.ts";
export { parseMigration } from "./parse-migration.ts";
export type { Answers, Compatibility, Loss, Plan, Question } from "./plan.ts";
export { planMigration } from "./plan-migration.ts";
export { purgeHidden, type PurgeOptions } from "./purge-hidden.ts";
export { type MigrationFile, migrationId, readMigrations, reconcile, type Reconciled } from "./read-migrations.ts";
export type { Rehearsal, RehearseOptions, TableRehearsal } from "./rehearsal-types.ts";
export { rehearseMigration } from "./rehearse-migration.ts";
export { renderMigration } from "./render-migration.ts";
export type { PlannedStep, Step, StepType } from "./step.ts";
