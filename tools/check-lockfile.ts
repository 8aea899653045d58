import { readFileSync } from "node:fs";

/**
 * What the lock file must be: every package with a checksum and without an address (so that whoever installs uses the registry
 * that their npm is set up with), and no package with an install script that package.json does not decide on.
 */
interface LockedPackage {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8"));
const problems = [...problemsIn(""), ...problemsIn("docs/site/")];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function problemsIn(folder: string): readonly string[] {
  const lock = read(`${folder}package-lock.json`) as { readonly packages: Readonly<Record<string, LockedPackage>> };
  const manifest = read(`${folder}package.json`) as { readonly allowScripts?: Readonly<Record<string, boolean>> };
  const problems: string[] = [];
  for (const [path, locked] of Object.entries(lock.packages)) {
    if (!path.includes("node_modules/") || locked.link === true) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (locked.integrity === undefined) problems.push(`${path} has no checksum.`);
    if (locked.resolved !== undefined) problems.push(`${path} is tied to an address: ${locked.resolved}`);
    if (locked.hasInstallScript === true && manifest.allowScripts?.[name] === undefined) {
      problems.push(`${path} has an install script: read it, then allow or deny it under allowScripts in ${folder}package.json.`);
    }
  }
  return problems;
}
