import { accessSync, constants, realpathSync } from "node:fs";
import { join } from "node:path";
import { programFolders } from "#config";
import { runTool } from "./run-tool.ts";

/** The oldest Node.js that a project runs on; main.ts has it too, which may import nothing. */
const oldest = [24, 15] as const;

/**
 * The version of the Node.js that a project finds on this machine: not the one that npm has put before it for this command alone, which comes from a project's packages. Undefined
 * where there is none.
 */
export async function machineNode(folders: readonly string[] = programFolders()): Promise<string | undefined> {
  const name = process.platform === "win32" ? "node.exe" : "node";
  for (const folder of folders) {
    if (/[/\\]node_modules[/\\]/.test(`${folder}/`)) continue;
    const program = join(folder, name);
    try {
      accessSync(program, constants.X_OK);
    } catch {
      continue;
    }
    if (realpathSync(program) === process.execPath) return process.versions.node;
    const { ok, output } = await runTool(program, ["--version"], { folder });
    if (ok) return output.replace(/^v/, "");
  }
  return undefined;
}

export function isNewEnough(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}
