import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { backendFolder } from "../support/backend-folder.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

const vault = `
import { defineBackend, defineSchema, nobody, secret, text } from ${JSON.stringify(library)};

const schema = defineSchema({ shops: { name: text(), key: secret(), pin: secret().optional() } });
export default defineBackend(schema, { rules: { shops: () => ({ read: nobody, write: nobody }) } });
`;

test("doctor says which secret fields the secret beside the database cannot read, and makes none", async (t) => {
  const { path, run, write } = await backendFolder(t, vault);
  const [kept, away] = [join(path, ".data/token-secret"), join(path, "away")];
  const file = await write("shops.ndjson", '{"name":"Corner","key":"sk_live"}\n');
  const examine = async (): Promise<string> => (await run("doctor", path, "--quick")).output;
  assert.equal((await run("import", "shops", file, path)).code, 0);
  assert.match(await examine(), /secrets +Secret fields can be read\./);

  await rename(kept, away);
  assert.match(await examine(), /secrets +shops\.key cannot be read: there is no token-secret in /);
  assert.equal(existsSync(kept), false);

  assert.equal((await run("import", "shops", file, path)).code, 0);
  assert.match(
    await examine(),
    /shops\.key cannot be read: token-secret is not the secret that encrypted it\.\n.*put token-secret/,
  );
  await rename(away, kept);
  assert.match(await examine(), /shops\.key cannot be read/, "what was written meanwhile is the other one's");
});
