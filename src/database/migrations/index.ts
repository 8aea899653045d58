export { applyMigration, migrationChecksum, rollbackMigration } from "./apply-migration.ts";
export { describeStep, stepSql } from "./describe-step.ts";
export { planMigration } from "./plan-migration.ts";
export { MigrationError } from "./errors.ts";
export type {
  Applied,
  ApplyOptions,
  Hidden,
  MigrationRecord,
  MigrationState,
  MigrationStatus,
  Progress,
} from "./apply-types.ts";
export { type Migration, migration, type NamedMigration } from "./migration.ts";
export type { Answers, Compatibility, Loss, Plan, Question } from "./plan.ts";
export type { Rehearsal, RehearseOptions, TableRehearsal } from "./rehearsal-types.ts";
export type { PlannedStep, Step, StepType } from "./step.ts";

/*
 * Functions to come, with these signatures:
 *   renderMigration(migration: Migration, options: { plan?: Plan }): string     the text of its file
 *   migrationId(name: string, clock: Clock): string         `<yyyymmddhhmmss>_<name>`
 *   readMigrations(folder: string): Promise<readonly MigrationFile[]>           { id, file, checksum, migration }, oldest first, validated
 *   parseMigration(value: unknown, where: string): Migration
 *   migrationStatus(database: Database, options?: { now?: Date; keepHidden?: days }): Promise<MigrationStatus>
 *   rehearseMigration(database: SqliteDatabase | string, migration: NamedMigration, options: RehearseOptions): Promise<Rehearsal>
 *   describeRehearsal(rehearsal: Rehearsal): string
 *   purgeHidden(database: SqliteDatabase, options): Promise<readonly Hidden[]>
 */
