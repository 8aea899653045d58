#!/usr/bin/env node
// `npm create chassis my-site` is `chassis create my-site`. Plain JavaScript, for Node.js takes no types away below node_modules.
import { readFileSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(
    `Chassis needs Node.js 24.15 or later, and this is ${process.versions.node}.\n` +
      "Install a newer one from https://nodejs.org, or take one for this command and the project alone:\n" +
      "  npx -p node@26 -p create-chassis create-chassis my-site\n",
  );
  process.exitCode = 1;
} else {
  const manifest = import.meta.resolve("chassis/package.json");
  const { bin } = JSON.parse(readFileSync(new URL(manifest), "utf8"));
  process.argv.splice(2, 0, "create");
  await import(new URL(bin.chassis, manifest).href);
}
