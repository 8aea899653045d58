import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the package lies that this command is of: from sources it is three folders above, of what is built two. */
const fromSources = import.meta.url.endsWith(".ts");
export const packageRoot: string = fileURLToPath(new URL(fromSources ? "../../../" : "../../", import.meta.url)).replace(
  /[/\\]$/,
  "",
);

/** Whether this command runs in a copy of the repository. */
export const isCopy: boolean = fromSources;

export function ownVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { readonly version: string }).version;
}
