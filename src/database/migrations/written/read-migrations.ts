import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Clock } from "#base";
import { migrationChecksum } from "../apply/apply-migration.ts";
import { MigrationError } from "../errors.ts";
import type { NamedMigration } from "./migration.ts";
import { parseMigration } from "./parse-migration.ts";

/** A migration as its file has it. */
export interface MigrationFile extends NamedMigration {
  /** The whole path. */
  readonly file: string;
  readonly checksum: string;
}

const fileName = /^(\d{14}_[a-z0-9][a-z0-9_-]*)\.(?:ts|js|mjs)$/;

/** `<yyyymmddhhmmss>_<name>`, in UTC, with a name that suits every file system. */
export function migrationId(name: string, clock: Clock): string {
  const stamp = new Date(clock.now()).toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const slug = name
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .slice(0, 60);
  if (slug === "") throw new MigrationError(`A migration needs a name with letters or digits, and '${name}' has none.`);
  return `${stamp}_${slug}`;
}

/**
 * The migrations of a folder, oldest first; none where there is no such folder. Other files than `<yyyymmddhhmmss>_<name>.ts` are
 * left alone, but for those that look as if they were meant to be one.
 *
 * @throws MigrationError for a file that cannot be loaded or says what no migration can, and for two of the same moment.
 */
export async function readMigrations(folder: string): Promise<readonly MigrationFile[]> {
  let names: readonly string[];
  try {
    names = (await readdir(folder)).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
  const files: MigrationFile[] = [];
  for (const name of names) {
    const id = fileName.exec(name)?.[1];
    if (id === undefined) {
      if (/^\d+.*\.(?:ts|js|mjs|sql)$/.test(name) && !name.endsWith(".test.ts"))
        throw new MigrationError(
          `${join(folder, name)} is no name of a migration: it must be <yyyymmddhhmmss>_<name>.ts, with small letters, digits and _. SQL goes into a step { type: "sql" }.`,
        );
      continue;
    }
    const twin = files.find((other) => other.id.slice(0, 14) === id.slice(0, 14));
    if (twin !== undefined)
      throw new MigrationError(`${name} and ${twin.id} are of the same moment, so nobody can tell which runs first. Rename one.`);
    files.push(await readMigration(join(folder, name), id));
  }
  return files;
}

async function readMigration(file: string, id: string): Promise<MigrationFile> {
  let exported: unknown;
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    exported = module.default;
  } catch (error) {
    throw new MigrationError(`${file} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (exported === undefined)
    throw new MigrationError(`${file} exports nothing by default: it must say 'export default migration({ ... })'.`);
  const migration = parseMigration(exported, file);
  return { id, file, checksum: migrationChecksum(migration), migration };
}

/** How the files of a folder stand to what the database remembers. */
export interface Reconciled {
  /** To be applied, in this order. */
  readonly pending: readonly MigrationFile[];
  /** Files that were edited after they were applied, in words. */
  readonly problems: readonly string[];
}

/** Which files are still to be applied, and which no longer say what was applied. */
export function reconcile(
  files: readonly MigrationFile[],
  records: readonly { readonly id: string; readonly state: string; readonly checksum: string }[],
): Reconciled {
  const problems: string[] = [];
  const known = new Map(records.filter(({ state }) => state !== "rolledBack").map((record) => [record.id, record]));
  const applied = files.filter(({ id }) => known.get(id)?.state === "applied");
  for (const file of applied) {
    if (known.get(file.id)?.checksum !== file.checksum)
      problems.push(
        `${file.file} was edited after it was applied. Put it back as it was; what it should do besides belongs into a new migration.`,
      );
  }
  for (const [id, { state }] of known) {
    if (state === "applied" && !files.some((file) => file.id === id))
      problems.push(`The migration '${id}' was applied, and its file is gone. It can be rolled back without it.`);
  }
  const pending = files.filter(({ id }) => known.get(id)?.state !== "applied");
  const last = applied.at(-1);
  for (const file of pending) {
    if (last !== undefined && file.id < last.id)
      problems.push(
        `${file.file} is older than '${last.id}', which was applied: it comes from another branch, say. Make it anew with 'chassis migrate plan'.`,
      );
  }
  return { pending, problems };
}
