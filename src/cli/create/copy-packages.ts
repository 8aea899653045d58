import { randomBytes } from "node:crypto";
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { developmentPackages } from "./project-files.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>> | string;
}

/** What a lock file says of one package: https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
type Locked = Readonly<Record<string, unknown>> & Partial<Manifest>;

/** What npm takes over into it from a package that is linked. */
const LOCKED: ReadonlySet<string> = new Set(["name", "version", "license", "dependencies", "bin", "engines", "os", "cpu"]);

export interface CopyOfPackages {
  /** The copy of the repository, with its packages installed. */
  readonly copy: string;
  readonly project: string;
}

/**
 * Gives a project the packages that a copy of the repository has: the same files, by hard links where the disk can, and the lock file that npm would write. Nothing is downloaded and npm
 * is not asked, which takes seconds to learn that all is there. False, with nothing left behind, where it cannot be done so; npm can then.
 */
export function copyPackages({ copy, project }: CopyOfPackages): boolean {
  // Programs are links there that Windows does not run, and what is there already is for npm to judge.
  if (process.platform === "win32" || ["node_modules", "package-lock.json"].some((name) => existsSync(join(project, name))))
    return false;
  const draft = join(project, `.node_modules-${randomBytes(4).toString("hex")}`);
  try {
    const manifest = readManifest(project);
    const sources = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    // A package.json that was there before may ask for more.
    if (sources.some(([name, source]) => !source.startsWith("file:") && developmentPackages[name] !== source)) return false;
    const locked = lockedPackages(copy, Object.keys(developmentPackages));
    mkdirSync(join(draft, ".bin"), { recursive: true });
    for (const [name, { version, optional }] of locked) {
      const from = join(copy, "node_modules", name);
      if (optional === true && !existsSync(from)) continue;
      const found = readManifest(from);
      if (found.version !== version) return false;
      linkFiles(from, join(draft, name));
      linkPrograms(draft, name, found);
    }
    const linked = new Map<string, Locked>();
    for (const [name, source] of sources) {
      if (!source.startsWith("file:")) continue;
      const target = join(project, source.slice("file:".length));
      const found = readManifest(target);
      symlinkSync(relative(join(project, "node_modules"), target), join(draft, name));
      linkPrograms(draft, name, found, target);
      linked.set(name, { ...entryOf(found), ...(manifest.devDependencies?.[name] === undefined ? {} : { dev: true }) });
    }
    const lock = JSON.stringify(lockFile({ manifest, locked, linked }), null, 2);
    writeFileSync(join(project, "package-lock.json"), `${lock}\n`, { flush: true });
    renameSync(draft, join(project, "node_modules"));
    return true;
  } catch {
    // Whatever is missing, npm brings or says.
    rmSync(join(project, "package-lock.json"), { force: true });
    return false;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The package of the copy that is the Node.js for this platform. */
export function nodeOfCopy(copy: string): string | undefined {
  const { optionalDependencies = {} } = readManifest(join(copy, "tools/node"));
  return Object.keys(optionalDependencies)
    .map((name) => join(copy, "node_modules", name))
    .find((folder) => existsSync(join(folder, "bin/node")));
}

/** These packages and what they need, as the copy's lock file has them. */
function lockedPackages(copy: string, names: readonly string[]): ReadonlyMap<string, Locked> {
  const { packages } = JSON.parse(readFileSync(join(copy, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const found = new Map<string, Locked>();
  const queue = [...names];
  for (const name of queue) {
    const entry = packages[`node_modules/${name}`];
    if (entry === undefined) throw new Error(`${name} is not in the lock file.`);
    if (found.has(name)) continue;
    found.set(name, entry);
    queue.push(...Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }));
  }
  return found;
}

function linkFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFiles(source, target);
    else if (entry.isFile()) linkFile(source, target);
  }
}

/** On another disk, and of files that are another user's, there is none. */
function linkFile(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target, constants.COPYFILE_FICLONE);
  }
}

function linkPrograms(draft: string, name: string, { bin = {} }: Manifest, target = join(draft, name)): void {
  const programs = typeof bin === "string" ? { [name.replace(/^@[^/]*\//, "")]: bin } : bin;
  for (const [program, path] of Object.entries(programs)) {
    chmodSync(join(target, path), 0o755);
    symlinkSync(join("..", name, path), join(draft, ".bin", program));
  }
}

function lockFile({
  manifest,
  locked,
  linked,
}: {
  readonly manifest: Manifest & Locked;
  readonly locked: ReadonlyMap<string, Locked>;
  readonly linked: ReadonlyMap<string, Locked>;
}): object {
  const sources = { ...manifest.dependencies, ...manifest.devDependencies };
  const way = (name: string): string => (sources[name] ?? "").slice("file:".length);
  const { name, version, dependencies, devDependencies, engines } = manifest;
  const packages: [string, object][] = [
    ...[...linked].map(([each, entry]): [string, object] => [way(each), entry]),
    ...[...linked].map(([each, { dev }]): [string, object] => [
      `node_modules/${each}`,
      { resolved: way(each), link: true, ...(dev === undefined ? {} : { dev }) },
    ]),
    ...[...locked].map(([each, entry]): [string, object] => [`node_modules/${each}`, entry]),
  ];
  return {
    name,
    version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name, version, dependencies, devDependencies, engines },
      ...Object.fromEntries(packages.toSorted(([one], [other]) => (one < other ? -1 : 1))),
    },
  };
}

function entryOf(manifest: Manifest & Locked): Locked {
  return Object.fromEntries(Object.entries(manifest).filter(([key]) => LOCKED.has(key)));
}

function readManifest(folder: string): Manifest & Locked {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest & Locked;
}
