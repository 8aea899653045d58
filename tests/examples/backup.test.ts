import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { backendFolder } from "../support/backend-folder.ts";

const page = readFileSync(join(resolve(import.meta.dirname, "../.."), "docs/learn/backup.md"), "utf8");
const commands = [...page.matchAll(/^npx chassis (.*)$/gm)].map(([, line = ""]) => line);

test("the commands of the page about backups do what it says, in their order", async (t) => {
  const folder = await backendFolder(t);
  // The command line reads its settings from the environment of the process.
  const settings = {
    CHASSIS_BACKUP_TO: join(folder.path, "kept"),
    CHASSIS_BACKUP_PASSPHRASE: "correct horse battery staple",
  };
  Object.assign(process.env, settings);
  t.after(() => {
    for (const name of Object.keys(settings)) delete process.env[name];
  });
  const rows = await folder.write("notes.ndjson", '{"slug":"one","body":"first"}\n');
  assert.equal((await folder.run("import", "notes", rows, folder.path)).code, 0);
  let typed = 0;
  for (const line of commands) {
    const words = line.split(" ").map((word) => (word === "my-board" ? folder.path : word));
    if (words[0] === "start") continue;
    // A restore that asks is for a terminal.
    if (words[0] === "restore" && !words.includes("--yes")) continue;
    if (words.includes("--at")) await new Promise((resolve) => setTimeout(resolve, 1100));
    const { code, errors } = await folder.run(...words);
    assert.equal(code, 0, `${line}\n${errors}`);
    typed += 1;
  }
  assert.ok(typed >= 6, `${typed} commands`);
  const unasked = await folder.run("restore", "--backend", folder.path);
  assert.equal(unasked.code, 1);
  assert.match(unasked.errors, /Say --yes/);
  // The back end where a backup's name belongs: found before a back end is looked for.
  const misplaced = await folder.run("restore", folder.path, "--yes");
  assert.equal(misplaced.code, 1);
  assert.match(misplaced.errors, /is a folder, and no backup\. Where it is the back end: --backend/);
  for (const [wrong, message, expected = 1] of [
    [["restore", "--at", "yesterday"], /--at must be a time with its zone/, 2],
    [["restore", "--at", "2999-01-01T00:00:00Z"], /in the future/, 2],
    [["restore", "--at", "2020-01-01T00:00:00Z"], /The oldest backup in .* is of/],
    [["restore", "nothing"], /There is no backup 'nothing'/],
    [["restore", "latest", "--at", "1s"], /and not both/, 2],
    [["backup", "verify", "nothing"], /There is no backup 'nothing'/],
    [["backup", "create", "--to", "ftp://x"], /to a folder or to s3:/],
  ] as const) {
    const { code, errors } = await folder.run(...wrong, "--backend", folder.path);
    assert.equal(code, expected, wrong.join(" "));
    assert.match(errors, message);
  }
});
