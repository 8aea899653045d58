import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExportFormat } from "../command-line/choices.ts";

/** What lies beside the files of an export, so that whoever reads them knows that all of them are there, and whole. */
export interface ExportManifest {
  readonly chassisExport: 1;
  /** When it was made: all files are of one moment. */
  readonly at: string;
  readonly format: ExportFormat;
  readonly tables: readonly { readonly table: string; readonly file: string; readonly rows: number }[];
}

export const manifestName = "export.json";

/** Undefined where there is none, or none that is one. */
export function readManifest(folder: string): ExportManifest | undefined {
  const path = join(folder, manifestName);
  if (!existsSync(path)) return undefined;
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as Partial<ExportManifest> | null;
    const isOurs = value?.chassisExport === 1 && Array.isArray(value.tables) && value.tables.every(isEntry);
    return isOurs ? (value as ExportManifest) : undefined;
  } catch {
    return undefined;
  }
}

/** It may have come from anybody. */
function isEntry(entry: unknown): boolean {
  if (typeof entry !== "object" || entry === null) return false;
  const { table, file, rows } = entry as Record<string, unknown>;
  return typeof table === "string" && typeof file === "string" && Number.isSafeInteger(rows);
}

/** Whether nothing is lost with the folder but an export. */
export function isExport(folder: string): boolean {
  const files = readdirSync(folder);
  if (files.length === 0) return true;
  const manifest = readManifest(folder);
  if (manifest === undefined) return false;
  const own = new Set([manifestName, ...manifest.tables.map(({ file }) => file)]);
  return files.every((file) => own.has(file));
}
