import { existsSync, globSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { CommandError } from "../command-line/failure.ts";
import { isCopy, ownVersion, packageRoot } from "../backend/own-package.ts";
import { runTool } from "./run-tool.ts";

/**
 * What a project at this place says under `dependencies`: the version, where this command came from a registry. Where it is of a copy of the repository, or was installed from a
 * folder or a file, the project gets it from there too, for a registry does not have it.
 */
export async function packageSourceFor(project: string, report: (line: string) => void): Promise<string> {
  if (isCopy) {
    await buildWhereOld(report);
    return fileSource(join(packageRoot, "dist"), project);
  }
  const installed = /^(.*)[/\\]node_modules[/\\]chassis$/.exec(packageRoot);
  if (installed === null) return fileSource(packageRoot, project);
  const origin = originOf(installed[1] ?? "");
  return origin === undefined ? `^${ownVersion()}` : fileSource(origin, project);
}

/** The file or folder that npm installed the package from, where that was none of a registry. */
function originOf(home: string): string | undefined {
  const lock = join(home, "node_modules", ".package-lock.json");
  if (!existsSync(lock)) return undefined;
  const { packages = {} } = JSON.parse(readFileSync(lock, "utf8")) as {
    readonly packages?: Readonly<Record<string, { readonly resolved?: string }>>;
  };
  const { resolved } = packages["node_modules/chassis"] ?? {};
  return resolved?.startsWith("file:") === true ? resolve(home, decodeURI(resolved.slice("file:".length))) : undefined;
}

export function fileSource(target: string, project: string): string {
  const way = relative(project, existsSync(target) ? realpathSync(target) : target);
  return `file:${way.split(sep).join("/")}`;
}

/** Makes `dist/` of the copy where it is missing or older than the sources. */
async function buildWhereOld(report: (line: string) => void): Promise<void> {
  const made = statSync(join(packageRoot, "dist/package.json"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = ["package.json", "tools/build.ts", ...globSync("{src,templates}/**/*", { cwd: packageRoot })];
  const isOld = sources.some((name) => !name.endsWith(".test.ts") && statSync(join(packageRoot, name)).mtimeMs > made);
  if (!isOld) return;
  report("Building the package of this copy, as after every change of it (some seconds) ...");
  const { ok, output } = await runTool(process.execPath, [join(packageRoot, "tools/build.ts")], { folder: packageRoot });
  if (!ok) throw new CommandError(`The package of this copy cannot be built:\n${output}`);
}
