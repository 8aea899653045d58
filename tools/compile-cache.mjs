/**
 * Keeps what Node.js makes of the sources (types taken away, compiled) for the processes that come after. Each file of tests is a process of its
 * own and loads much the same: a file that has little to do takes half of the time. For `node --import`; plain JavaScript, which itself needs nothing of it.
 */
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../node_modules/.cache/node", import.meta.url));
enableCompileCache(folder);
// For the servers and commands that tests start.
process.env["NODE_COMPILE_CACHE"] ??= folder;
