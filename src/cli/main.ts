#!/usr/bin/env node
// Nothing is imported before the version is known: an older Node.js would fail on the first file that it cannot read, with a
// message about that file and no word about what to do.
const required = [24, 15] as const;
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < required[0] || (major === required[0] && minor < required[1])) {
  process.stderr.write(
    `Chassis needs Node.js ${required.join(".")} or later, and this is ${process.versions.node}.\n` +
      "Install a newer one from https://nodejs.org, or add it to your project alone: npm install --save-dev node\n",
  );
  process.exitCode = 1;
} else {
  const [{ enableCompileCache }, { homedir }] = await Promise.all([import("node:module"), import("node:os")]);
  // Halves the time to start. In the user's own folder: what lies in the shared one for temporary files, others may have put there.
  // Other runtimes keep what they compile themselves, or not.
  enableCompileCache?.(`${homedir()}/.cache/chassis`);
  const { runProgram } = await import("./program.ts");
  process.exitCode = await runProgram(process.argv.slice(2));
}
