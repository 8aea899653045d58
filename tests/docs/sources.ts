import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./named-tests.ts";

export interface Source {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** The files of the package, without their tests, without comments. */
export function sources(): readonly Source[] {
  return globSync("src/**/*.ts", { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => !/\.test\.ts$|fixtures|soft-authenticator|\/testing\//.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8").replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "") }));
}

/** Those that the server runs, and no browser. */
export function serverSources(): readonly Source[] {
  return sources().filter(({ path }) => !path.endsWith("-script.ts"));
}
