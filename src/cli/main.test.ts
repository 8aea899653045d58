import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { test } from "node:test";

for (const [version, refused] of [
  ["20.20.2", true],
  ["24.14.9", true],
  ["24.15.0", false],
  ["26.1.0", false],
] as const) {
  test(`Node.js ${version} is ${refused ? "refused with a word about what to do" : "taken"}`, () => {
    const source = stripTypeScriptTypes(readFileSync(new URL("./main.ts", import.meta.url), "utf8")).replace(/^#!.*/, "");
    const script = `Object.defineProperty(process.versions, "node", { value: "${version}" });\n${source.replace("./program.ts", "data:text/javascript,export const runProgram = () => 7;")}`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    assert.equal(status, refused ? 1 : 7);
    if (refused)
      assert.match(stderr, new RegExp(`^Chassis needs Node\\.js 24\\.15 or later, and this is ${version}\\.\\n.*npm install`));
  });
}
