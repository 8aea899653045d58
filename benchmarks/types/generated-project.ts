import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const root: string = resolve(import.meta.dirname, "../..");

/** What `chassis create` writes for a project, and what the checker needs to take the package's own types into account. */
const compilerOptions = {
  target: "es2024",
  module: "nodenext",
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  skipLibCheck: true,
  noEmit: true,
  allowImportingTsExtensions: true,
};

/** A folder that has the package as its users have it: built, with its declarations. */
export class GeneratedProject implements Disposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static make(): GeneratedProject {
    mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
    // Inside the repository, so that the package's own dependencies are found.
    const folder = mkdtempSync(join(root, "node_modules/.cache/types-"));
    execFileSync(process.execPath, [join(root, "tools/build.ts"), join(folder, "package")], { stdio: "inherit" });
    mkdirSync(join(folder, "node_modules"));
    // Else the name would lead to the repository's own sources.
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "generated", type: "module" }));
    symlinkSync("../package", join(folder, "node_modules/chassis"));
    return new GeneratedProject(folder);
  }

  /** Makes the project of these files alone. */
  write(files: Readonly<Record<string, string>>): void {
    writeFileSync(join(this.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: Object.keys(files) }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
