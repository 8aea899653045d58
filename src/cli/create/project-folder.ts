import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CommandError, UsageError } from "../command-line/failure.ts";
import { printable } from "../command-line/printable.ts";

/** A folder that a project can be made in. */
export interface ProjectFolder {
  readonly path: string;
  readonly exists: boolean;
  /** What is there already, and stays as it is. */
  readonly holds: readonly string[];
}

/** What a new repository or an editor leaves in a folder that is empty but for that. */
const HARMLESS =
  /^(?:\.git|\.gitattributes|\.gitignore|\.github|\.editorconfig|\.idea|\.vscode|\.DS_Store|Thumbs\.db|(?:readme|license|licence|copying)(?:\.\w+)?)$/i;

/** Looks at the folder and changes nothing. @throws CommandError where no project can be made there. */
export function examineFolder(given: string, force: boolean): ProjectFolder {
  const path = placeOf(given);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      throw new CommandError(`${path} is a link that leads nowhere. Remove it, or choose another folder.`);
    return { path, exists: false, holds: [] };
  }
  if (!found.isDirectory()) throw new CommandError(`${path} is a file. Choose another folder.`);
  const holds = readdirSync(path).sort();
  const others = holds.filter((name) => !HARMLESS.test(name));
  if (others.length > 0 && !force) {
    const shown = others.slice(0, 5).map(printable).join(", ") + (others.length > 5 ? " and more" : "");
    throw new CommandError(
      `${path} is not empty: it has ${shown}. Choose another folder, or give --force to add the files that are not there; those that are stay as they are.`,
    );
  }
  return { path, exists: true, holds };
}

/** With the links on the way followed: what is written into the project leads from where it really lies. */
function placeOf(given: string): string {
  if (given.trim() === "") throw new UsageError("Say which folder: chassis create my-site");
  // Names that a terminal, a shell or npm would take for something else.
  if (printable(given) !== given) throw new CommandError("The folder's name has characters that cannot be seen. Choose another.");
  const path = resolve(given);
  if (/(?:^|[/\\])node_modules(?:[/\\]|$)/.test(path))
    throw new CommandError(
      "A project does not lie in a folder node_modules: Node.js runs no TypeScript there. Choose another folder.",
    );
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found !== undefined && !found.isDirectory() && at !== path)
      throw new CommandError(`${at} is a file. Choose another folder.`);
    if (found !== undefined) return join(realpathSync(at), ...missing);
    missing.unshift(at.slice(dirname(at).length).replace(/^[/\\]/, ""));
  }
}
