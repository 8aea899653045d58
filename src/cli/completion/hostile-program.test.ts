import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { scripts, shells } from "./scripts.ts";

/** How each shell asks for candidates of `chassis m`, once it was told the script. */
const asks: Readonly<Record<string, string>> = {
  bash: "source ./script; COMP_WORDS=(chassis m); COMP_CWORD=1; _chassis",
  zsh: "compdef() { :; }; _describe() { :; }; source ./script; words=(chassis m); CURRENT=2; _chassis",
  fish: "source ./script; complete -C 'chassis m'",
};

test("73: a program that somebody else left in a folder above is not run when a key is pressed", (t) => {
  if (process.getuid?.() !== 0) return t.skip("Only root gives a folder to somebody else.");
  for (const shell of shells) {
    if (spawnSync(shell, ["-c", "true"]).status !== 0) continue;
    const shared = mkdtempSync(join(tmpdir(), "chassis-completion-"));
    t.after(() => rmSync(shared, { recursive: true, force: true }));
    const mine = join(shared, "mine");
    const bin = join(shared, "node_modules/.bin");
    const trace = join(shared, "was-run");
    mkdirSync(mine);
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "chassis"), `#!/bin/sh\ntouch '${trace}'\n`);
    chmodSync(join(bin, "chassis"), 0o755);
    writeFileSync(join(mine, "script"), scripts[shell]);
    const press = (): boolean => {
      rmSync(trace, { force: true });
      // Without a program of that name in the path: what runs is what lies there.
      spawnSync(shell, ["-c", asks[shell] ?? ""], { cwd: mine, env: { PATH: "/usr/bin:/bin", HOME: mine } });
      return existsSync(trace);
    };
    assert.ok(press(), `${shell}: one's own is run`);
    chownSync(bin, 65_534, 65_534);
    assert.ok(!press(), shell);
  }
});
