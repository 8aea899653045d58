import assert from "node:assert/strict";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Backend } from "#application";
import { openSqlite, prepareDatabase } from "#database";
import { backendFolder } from "../support/backend-folder.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

const backend = `
import { defineBackend, defineSchema, everyone, nobody, secret, text } from ${JSON.stringify(library)};
const schema = defineSchema({ doors: { name: text(), code: secret() } });
export default defineBackend(schema, { rules: { doors: () => ({ read: everyone, write: nobody }) } });
`;

test("chassis secret encrypt leaves nothing in the clear of what was stored before secrets were encrypted", async (t) => {
  const folder = await backendFolder(t, backend);
  const data = join(folder.path, ".data");
  await mkdir(data, { mode: 0o700 });
  const file = pathToFileURL(join(folder.path, "backend.ts")).href;
  const { model } = ((await import(file)) as { readonly default: Backend }).default;
  const database = await openSqlite({ path: join(data, "chassis.db") });
  await prepareDatabase(database, model);
  await database.transaction(async (connection) => {
    for (let number = 0; number < 200; number++)
      await connection.run(
        "INSERT INTO doors (id, name, code, created, updated, version) VALUES (?, 'd', ?, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 1)",
        [`01890000-0000-7000-8000-${String(number).padStart(12, "0")}`, `open-sesame-${number}`],
      );
  });
  await database.close();
  const { code, output, errors } = await folder.run("secret", "encrypt", folder.path);
  assert.equal(code, 0, errors);
  assert.match(output, /^200 values encrypted by the current secret\.\n$/);
  const files = await Promise.all((await readdir(data)).map((name) => readFile(join(data, name), "latin1")));
  assert.ok(files.some((file) => file.includes("chassis:secret:1:")));
  assert.ok(!files.some((file) => file.includes("open-sesame")));
});
