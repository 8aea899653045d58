import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** More than any back end has: what is beyond has no places. */
const MOST_FILES = 2000;

/**
 * The back end's file and those that it imports by their paths, whatever they import too. They are read, not run: for one that cannot be run. What only a running
 * program knows, an import whose path is put together say, is not among them.
 */
export function listFiles(entry: string): readonly string[] {
  const files = new Set([entry]);
  for (const file of files) {
    const folder = dirname(file);
    for (const [, , path = ""] of textOf(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g)) {
      const imported = join(folder, path);
      if (files.size < MOST_FILES && statSync(imported, { throwIfNoEntry: false })?.isFile() === true) files.add(imported);
    }
  }
  return [...files];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
