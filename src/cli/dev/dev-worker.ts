import { enableCompileCache, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

// The process of one version of a back end: see dev.ts. First what every file that is loaded goes through, then the rest.
const [, , cache] = process.argv;
if (cache !== undefined) enableCompileCache(cache);

const files = new Set<string>();
registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith("file:") && !url.includes("/node_modules/")) files.add(fileURLToPath(url));
    return nextLoad(url, context);
  },
});

process.on("disconnect", () => process.exit(1));
const { workAsVersion } = await import("./dev-version.ts");
workAsVersion(files);
