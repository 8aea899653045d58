/**
 * Puts the Node.js of this package's dependencies first in the path of npm scripts, as node_modules/.bin/node.
 *
 * npm does that itself from version 11 on. Older ones let a package for another platform, which they do not install, claim
 * the name first (bin-links remembers it as taken), and leave none. Runs on whatever Node.js npm has: plain JavaScript.
 */
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));
const require = createRequire(import.meta.url);
const { optionalDependencies } = require("./package.json");

for (const name of Object.keys(optionalDependencies)) {
  let home;
  try {
    home = dirname(require.resolve(`${name}/package.json`));
  } catch {
    continue;
  }
  mkdirSync(folder, { recursive: true });
  if (process.platform === "win32") {
    const target = relative(folder, join(home, "bin", "node.exe"))
      .split(sep)
      .join("\\");
    writeFileSync(join(folder, "node.cmd"), `@"%~dp0\\${target}" %*\r\n`);
  } else if (!existsSync(join(folder, "node"))) {
    rmSync(join(folder, "node"), { force: true });
    symlinkSync(relative(folder, join(home, "bin", "node")), join(folder, "node"));
  }
  break;
}
