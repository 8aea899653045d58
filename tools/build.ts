import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describeAll, describeList, shippedDocuments } from "./docs/llms/describe-llms.ts";

/**
 * Makes dist/, the folder that is published (`npm publish dist`): the compiler's JavaScript and declarations, file for file, and
 * a package.json whose paths lead to them. In the repository the same names lead to src/, so that nothing needs building there.
 * An argument names another folder.
 */
const root = new URL("../", import.meta.url);
const target = process.argv[2];
const dist = target === undefined ? new URL("dist/", root) : new URL(`${pathToFileURL(target).href}/`);

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
// Half a package is none: what fails leaves nothing that could be packed.
process.on("exit", (code) => {
  if (code !== 0) rmSync(dist, { recursive: true, force: true });
});
const compiler = fileURLToPath(new URL("node_modules/typescript/bin/tsc", root));
execFileSync(process.execPath, [compiler, "--project", "tsconfig.build.json", "--outDir", fileURLToPath(dist)], {
  cwd: root,
  stdio: "inherit",
});
cpSync(new URL("src/", root), dist, { recursive: true, filter: (source) => !source.endsWith(".ts") });
// As sources: they become files of other people's projects.
cpSync(new URL("templates/", root), new URL("templates/", dist), { recursive: true });
for (const file of ["README.md", "LICENSE", "CHANGELOG.md"]) cpSync(new URL(file, root), new URL(file, dist));
// What people and programs look up without a network: the documents, and the list and the reference that are made from them.
for (const path of shippedDocuments()) cpSync(new URL(path, root), new URL(path, dist));
writeFileSync(new URL("llms.txt", dist), describeList());
writeFileSync(new URL("llms-full.txt", dist), describeAll());

const source: Record<string, unknown> = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const published = [
  "name",
  "version",
  "description",
  "license",
  "type",
  "engines",
  "exports",
  "bin",
  "imports",
  "dependencies",
  "peerDependencies",
  "peerDependenciesMeta",
];
const manifest = Object.fromEntries(published.map((field) => [field, built(source[field])]));
writeFileSync(new URL("package.json", dist), `${JSON.stringify(manifest, null, 2)}\n`);
// npm does so when it links a package, and knows nothing of one that is built again under projects that have it by a link.
for (const path of Object.values(built(source["bin"]) ?? {})) chmodSync(new URL(path, dist), 0o755);

/** "./src/a.ts" becomes "./a.js", wherever it stands. Declarations lie beside, where the compiler looks for them by itself. */
function built(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/^\.\/src\/(.*)\.ts$/, "./$1.js");
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, built(item)]));
}
