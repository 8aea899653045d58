import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Writes the bill of materials of the published package (CycloneDX, JSON): every package that an installation brings, with its version, checksum and licence, as
 * the lock file has them. `npm run sbom` prints it, `npm run sbom -- sbom.json` writes it there. Fails where one of these is missing.
 */
interface LockedPackage {
  readonly dev?: boolean;
  readonly link?: boolean;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface Component {
  readonly name: string;
  readonly version?: string;
  readonly hashes?: readonly unknown[];
  readonly licenses?: readonly unknown[];
}

interface Bill {
  readonly bomFormat: string;
  readonly components: readonly Component[];
}

const root = new URL("../", import.meta.url);
const readJson = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, root), "utf8")) as T;

const {
  workspaces: _workspaces,
  devDependencies: _development,
  scripts: _scripts,
  ...manifest
} = readJson<Record<string, unknown>>("package.json");
const lock = readJson<Lock>("package-lock.json");

const { scalar } = (await import(new URL("src/server/openapi/reference/scalar.ts", root).href)) as {
  readonly scalar: { readonly version: string; readonly packageIntegrity: string };
};

const text = withCopies(makeBill());
const problems = problemsOf(JSON.parse(text) as Bill);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else if (process.argv[2] === undefined) process.stdout.write(text);
else writeFileSync(process.argv[2], text);

/** npm makes it of a folder with the manifest and the lock of what is published alone: without workspaces, which have no version, and what is for developing. */
function makeBill(): string {
  const folder = mkdtempSync(join(tmpdir(), "chassis-sbom-"));
  try {
    // npm calls the whole by the folder's name.
    const place = join(folder, "chassis");
    mkdirSync(place);
    const packages = Object.fromEntries(
      Object.entries(lock.packages).filter(
        ([path, locked]) => path.startsWith("node_modules/") && locked.link !== true && locked.dev !== true && !isOfTools(path),
      ),
    );
    writeFileSync(join(place, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(place, "package-lock.json"), JSON.stringify({ ...lock, packages: { "": manifest, ...packages } }));
    const args = ["sbom", "--omit=dev", "--sbom-format=cyclonedx", "--sbom-type=library", "--package-lock-only"];
    return execFileSync("npm", args, { cwd: place, encoding: "utf8", shell: process.platform === "win32", maxBuffer: 2 ** 26 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What lies among our sources and is somebody else's is no dependency that npm knows of. */
function withCopies(made: string): string {
  const bill = JSON.parse(made) as Bill;
  const { version, packageIntegrity } = scalar;
  const [algorithm = "", checksum = ""] = packageIntegrity.split(/-(.*)/s);
  const purl = `pkg:npm/%40scalar/api-reference@${version}`;
  const copy = {
    "bom-ref": `@scalar/api-reference@${version}`,
    type: "library",
    name: "@scalar/api-reference",
    version,
    purl,
    hashes: [{ alg: algorithm.replace("sha", "SHA-"), content: Buffer.from(checksum, "base64").toString("hex") }],
    licenses: [{ license: { id: "MIT" } }],
  };
  return `${JSON.stringify({ ...bill, components: [...bill.components, copy] }, null, 2)}\n`;
}

/** The Node.js that the repository is developed with. */
function isOfTools(path: string): boolean {
  const { optionalDependencies = {} } = (lock.packages["tools/node"] ?? {}) as {
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  };
  return path.slice("node_modules/".length) in optionalDependencies;
}

function problemsOf({ bomFormat, components }: Bill): readonly string[] {
  const found: string[] = bomFormat === "CycloneDX" ? [] : [`This is no CycloneDX but ${bomFormat}.`];
  for (const name of Object.keys(manifest["dependencies"] as object))
    if (!components.some((component) => component.name === name)) found.push(`${name} is missing.`);
  for (const { name, version, hashes = [], licenses = [] } of components) {
    if (version === undefined || hashes.length === 0) found.push(`${name} has no version or no checksum.`);
    if (licenses.length === 0) found.push(`${name} has no licence.`);
  }
  return found;
}
