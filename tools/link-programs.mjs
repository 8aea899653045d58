/**
 * Puts two programs into node_modules/.bin, which npm's scripts and npx have first in their path:
 *
 * - `node`, the one of tools/node/. npm does that itself from version 11 on. Older ones let a package for another platform, which
 *   they do not install, claim the name first (bin-links remembers it as taken), and leave none.
 * - `chassis`, the command of this very package, which npm links for everybody but the package itself.
 *
 * Runs on whatever Node.js npm has: plain JavaScript.
 */
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const windows = process.platform === "win32";
const require = createRequire(join(root, "tools", "node", "package.json"));

mkdirSync(bin, { recursive: true });
const node = nodeProgram();
if (node !== undefined) link("node", node, "");
const command = join(root, "src", "cli", "main.ts");
chmodSync(command, 0o755);
link("chassis", command, "node ");

/** The Node.js that was installed for this platform; undefined where there is none for it. */
function nodeProgram() {
  for (const name of Object.keys(require("./package.json").optionalDependencies)) {
    try {
      return join(dirname(require.resolve(`${name}/package.json`)), "bin", windows ? "node.exe" : "node");
    } catch {
      // For another platform.
    }
  }
  return undefined;
}

function link(name, target, runner) {
  const path = join(bin, name);
  const way = relative(bin, target);
  if (windows) {
    writeFileSync(`${path}.cmd`, `@${runner}"%~dp0\\${way.split(sep).join("\\")}" %*\r\n`);
  } else if (!existsSync(path)) {
    // What leads nowhere does not exist, and is in the way.
    rmSync(path, { force: true });
    symlinkSync(way, path);
  }
}
