import type { ProjectFiles } from "./templates.ts";

export interface Project {
  readonly name: string;
  /** What stands for the package under `dependencies`. */
  readonly packageSource: string;
  /** What brings a Node.js, where the machine's own is too old. */
  readonly nodeSource: string | undefined;
}

/** As this repository has them; a test holds them together. */
export const developmentPackages: Readonly<Record<string, string>> = { "@types/node": "^26.6.6", typescript: "^7.0.2" };

/** The version of the package that brings a Node.js for one project alone, by a script that npm runs at its installation. */
export const nodeVersion = "^26.10.0";

/** The files of the template and the package.json that makes a project of them. */
export function projectFiles(template: ProjectFiles, { name, packageSource, nodeSource }: Project): ProjectFiles {
  const manifest = {
    name,
    version: "0.1.0",
    private: true,
    type: "module",
    engines: { node: ">=24.15" },
    scripts: {
      dev: "chassis dev",
      start: "chassis start",
      check: "tsc && chassis check",
      test: "node --test",
      migrate: "chassis migrate",
    },
    dependencies: { chassis: packageSource },
    devDependencies: { ...developmentPackages, ...(nodeSource === undefined ? {} : { node: nodeSource }) },
    ...(nodeSource === nodeVersion ? { allowScripts: { node: true } } : {}),
  };
  return new Map([["package.json", `${JSON.stringify(manifest, null, 2)}\n`], ...template]);
}
