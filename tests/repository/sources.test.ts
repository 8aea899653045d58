import assert from "node:assert/strict";
import { test } from "node:test";
import { sources } from "../docs/sources.ts";

/** Which files have something, beside those that may. */
function filesWith(form: RegExp, ...allowed: readonly string[]): readonly string[] {
  const all = sources();
  for (const path of allowed)
    assert.ok(form.test(all.find((each) => each.path === path)?.text ?? ""), `${path} has no need to be allowed`);
  return all.filter(({ path, text }) => form.test(text) && !allowed.includes(path)).map(({ path }) => path);
}

test("no file makes code out of text, but the prompt, which is for that", () => {
  const prompt = ["src/cli/repl/prompt.ts", "src/cli/repl/read-typescript.ts", "src/cli/repl/repl.ts"];
  const madeOfText = /\beval\(|new Function\b|\bFunction\(|node:vm\b|setTimeout\("|setInterval\("/;
  assert.deepEqual(filesWith(madeOfText, ...prompt), []);
});

test("no file runs a command, but those that run our own program beside a server or npm and git for a new project", () => {
  assert.deepEqual(filesWith(/child_process/, "src/cli/dev/dev-process.ts", "src/cli/create/run-tool.ts"), []);
  assert.deepEqual(filesWith(/(?<![.\w])(?:execFile|execSync|exec|spawn|spawnSync)\(/, "src/cli/create/run-tool.ts"), []);
});

test("no file reads objects in a form that can carry code or types", () => {
  assert.deepEqual(filesWith(/"(?:node:)?v8"|\bdeserialize\(|"(?:[\w-]*yaml|[\w-]*xml[\w-]*)"/), []);
});

test("what is random by Math.random is a time to wait, and no secret", () => {
  const waits = [
    "src/application/jobs/backoff.ts",
    "src/application/webhooks/sending/open-webhooks.ts",
    "src/client/transport.ts",
    "src/database/backup/store/s3-client.ts",
  ];
  assert.deepEqual(filesWith(/Math\.random/, ...waits), []);
});

test("no page keeps anything in the browser but cookies, nor takes messages of other windows", () => {
  const pages = sources().filter(({ path }) => path.startsWith("src/server/") && !/thread|loop-/.test(path));
  assert.ok(pages.length > 100);
  const found = pages.filter(({ text }) =>
    /localStorage|sessionStorage|indexedDB|addEventListener\("message"|onmessage|postMessage/.test(text),
  );
  assert.deepEqual(
    found.map(({ path }) => path),
    [],
  );
});
