import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Finding, versionProblem } from "#database";
import { examineNode } from "../check/examine-machine.ts";
import { ownVersion, packageRoot } from "../backend/own-package.ts";

/** What is older than this does not do, and why. The first that fits is told. */
const wanted: readonly {
  readonly name: string;
  readonly below: readonly [number, number];
  readonly level: "problem" | "advice";
  readonly why: string;
}[] = [
  {
    name: "typescript",
    below: [5, 8],
    level: "advice",
    why: "it does not know erasableSyntaxOnly, by which the editor tells what Node.js cannot run, and the types of this package were not tried with it",
  },
  { name: "zod", below: [3, 24], level: "problem", why: "it is no Standard Schema: functions and jobs cannot take its schemas" },
  {
    name: "zod",
    below: [4, 2],
    level: "advice",
    why: "it does not write JSON Schema: what functions take is not in /openapi.json",
  },
];

export interface Versions {
  readonly node: string;
  readonly sqlite: string;
}

/** Of what the back end runs on, and of the packages that it finds: those of the project that `file` is of. */
export function examineVersions(
  file: string,
  { node, sqlite }: Versions = { node: process.versions.node, sqlite: process.versions.sqlite ?? "0" },
): readonly Finding[] {
  const findings: Finding[] = [];
  const bad = examineNode(node);
  if (bad !== undefined)
    findings.push({ check: "versions", level: "problem", message: `${bad.message} ${bad.why}`, action: bad.action });
  const lacking = versionProblem(sqlite);
  if (lacking !== undefined)
    findings.push({
      check: "versions",
      level: "problem",
      message: lacking,
      action: "Install the newest of a line that is supported: https://nodejs.org",
    });
  findings.push(...examineOwn(file), ...examinePackages(file));
  if (findings.length > 0) return findings;
  return [{ check: "versions", level: "ok", message: `Node.js ${node}, SQLite ${sqlite}, Chassis ${ownVersion()}.` }];
}

/** A server that is started in the project runs on the package there: this command should be of it. */
function examineOwn(file: string): readonly Finding[] {
  const found = findPackage(file, "chassis");
  if (found === undefined || realpathSync(found.folder) === realpathSync(packageRoot)) return [];
  const own = ownVersion();
  if (found.version === own) return [];
  return [
    {
      check: "versions",
      level: "advice",
      message: `This command is of Chassis ${own}, and the project has ${found.version}.`,
      action: "Run the project's own, in its folder: npx chassis doctor",
    },
  ];
}

function examinePackages(file: string): readonly Finding[] {
  return ["typescript", "zod"].flatMap((name): readonly Finding[] => {
    const version = findPackage(file, name)?.version;
    if (version === undefined) return [];
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const old = wanted.find(
      ({ name: each, below }) => each === name && (major < below[0] || (major === below[0] && minor < below[1])),
    );
    if (old === undefined) return [];
    return [
      {
        check: "versions",
        level: old.level,
        message: `The project has ${name} ${version}: ${old.why}.`,
        action: `npm install ${name === "typescript" ? "--save-dev " : ""}${name}@latest`,
      },
    ];
  });
}

/** As Node.js finds it from that file: in the nearest `node_modules` that has it. */
function findPackage(file: string, name: string): { readonly folder: string; readonly version: string } | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const place = join(folder, "node_modules", name);
    try {
      const { version } = JSON.parse(readFileSync(join(place, "package.json"), "utf8")) as { readonly version?: unknown };
      if (typeof version === "string") return { folder: place, version };
    } catch {
      // Not here, or not to be read: the next one above.
    }
    if (dirname(folder) === folder) return undefined;
  }
}
