import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { openTestBackend } from "chassis/testing";
import type backend from "../../examples/page/backend.ts";
import { requireBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const root = join(import.meta.dirname, "../..");

test("docs/recipes/client-in-a-page.md: the page that its command builds lists, adds, and says what is wrong", async (t) => {
  const browser = await requireBrowser(t);
  if (browser === undefined) return;
  const text = await readFile(join(root, "docs/recipes/client-in-a-page.md"), "utf8");
  const [, command = ""] = /^npx esbuild (.*--outfile=\S+)$/m.exec(text) ?? [];

  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules/chassis"));
  for (const file of ["backend.ts", "page.ts"]) await copyFile(join(root, "examples/page", file), join(folder, file));
  await promisify(execFile)(join(root, "node_modules/.bin/esbuild"), command.split(" "), { cwd: folder });
  const definition = ((await import(pathToFileURL(join(folder, "backend.ts")).href)) as { default: typeof backend }).default;
  const app = await openTestBackend(definition, { listen: true });
  t.after(() => app.close());

  await app.db.greetings.create({ name: "Ada", body: "Hello <all>" });
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(app.url);
  await page.getByText("Ada: Hello <all>").waitFor();
  await page.getByLabel("Name").fill("Bob");
  await page.getByLabel("Greeting").fill("x".repeat(401));
  await page.getByRole("button").click();
  await page.getByText("body must be at most 400 characters long").waitFor();
  await page.getByLabel("Greeting").fill("And to you");
  await page.getByRole("button").click();
  await page.getByText("Bob: And to you").waitFor();
  assert.deepEqual(await page.getByRole("listitem").allTextContents(), ["Bob: And to you", "Ada: Hello <all>"]);
  assert.equal(await page.getByRole("alert").textContent(), "");
});
