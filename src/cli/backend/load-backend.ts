import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Backend } from "#application";
import { BackendNotFoundError, CommandError, UnloadableBackendError } from "../command-line/command-error.ts";

const FILE_NAMES = ["backend.ts", "backend.js", "backend.mts", "backend.mjs"];

/** The file that defines the back end: given itself, or `backend.ts` in the folder given. */
export function findBackend(path: string): string {
  const absolute = resolve(path);
  if (!existsSync(absolute)) throw new CommandError(`There is no ${absolute}.`);
  if (statSync(absolute).isFile()) {
    if (/\.[cm]?[jt]s$/.test(absolute)) return absolute;
    throw new CommandError(`${absolute} is no back end: give its folder, or a file such as ${FILE_NAMES[0]}.`);
  }
  const found = FILE_NAMES.map((name) => join(absolute, name)).find((file) => existsSync(file));
  if (found === undefined) throw new BackendNotFoundError(absolute);
  return found;
}

/** Where a back end keeps its data when no setting says otherwise. */
export function defaultDataDirectory(file: string): string {
  return join(dirname(file), ".data");
}

/** Runs the file and gives its default export. @throws UnloadableBackendError with all mistakes of the definition, each with its place. */
export async function loadBackend(file: string): Promise<Backend> {
  const module = await importFile(file);
  if (!isBackend(module.default))
    throw new CommandError(`${file} must have a back end as its default export: export default defineBackend(schema, { rules })`);
  return module.default;
}

async function importFile(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const { message, code } = (error ?? {}) as NodeJS.ErrnoException;
    if (code === "ERR_MODULE_NOT_FOUND" && message.startsWith("Cannot find package 'chassis'"))
      throw new CommandError(
        `${file} imports chassis, which is not installed there. Put the folder into the copy of Chassis that this command is of, or make it a project that has the package: docs/learn/first-backend.md says how.`,
      );
    if (error instanceof SyntaxError && message.startsWith("Cannot use import statement outside a module"))
      throw new CommandError(
        `${file} is read as CommonJS, for the package.json nearest to it says so. Say there that it is of modules: npm pkg set type=module`,
      );
    const { locateTrouble } = await import("../trouble/describe-trouble.ts");
    const trouble = await locateTrouble(error, (await import("../trouble/list-files.ts")).listFiles(file));
    throw trouble === undefined ? error : new UnloadableBackendError(trouble, { cause: error });
  }
}

// Not instanceof: the file may import another copy of the package than the one that runs it.
function isBackend(value: unknown): value is Backend {
  return typeof value === "object" && value !== null && "model" in value && "rules" in value && "functions" in value;
}
