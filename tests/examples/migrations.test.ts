import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { spawnProgram } from "../support/child-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/learn/migrations.md"), "utf8");
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({ language, text }));

/** A process for each command: a definition that has changed is read anew. */
async function type(t: TestContext, folder: string, line: string): Promise<string> {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
  assert.deepEqual(words.slice(0, 2), ["npx", "chassis"]);
  const places: Readonly<Record<string, string>> = { "my-board": folder, "notices.csv": join(folder, "notices.csv") };
  const program = spawnProgram(
    t,
    words.slice(2).map((word) => places[word] ?? word),
  );
  assert.equal(await program.ended(), 0, `${line}\n${program.text()}`);
  return program.text().replaceAll(`migrate plan ${folder}`, "migrate plan my-board");
}

test("docs/learn/migrations.md can be followed to the letter", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules/chassis"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  let output = "";
  const ran: string[] = [];
  for (const { language, text } of blocks) {
    if (language === "ts") await writeFile(join(folder, "backend.ts"), text);
    else if (language === "csv") await writeFile(join(folder, "notices.csv"), text);
    else if (language === "sh") {
      output = await type(t, folder, text.trim());
      ran.push(text.trim());
    } else {
      // Each line of what is shown stands in the output, in that order.
      let from = 0;
      for (const line of text.trimEnd().split("\n")) {
        const at = output.indexOf(line, from);
        assert.notEqual(at, -1, `${line}\n\nis not (or not there) in\n\n${output}`);
        from = at + line.length;
      }
    }
  }
  assert.equal(ran.length, 8);
  const database = new DatabaseSync(join(folder, ".data/chassis.db"), { readOnly: true, returnArrays: true });
  assert.deepEqual(database.prepare("SELECT title, body, days FROM notices ORDER BY title").all(), [
    ["Cat found", "Grey and hungry", 14],
    ["Ladder to lend", "3 m, heavy", 14],
  ]);
  database.close();
});
