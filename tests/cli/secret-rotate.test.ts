import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { loadSecrets, rotateSecret } from "#application";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function tokenOf({ run, path }: BackendFolder): Promise<string> {
  const { code, output, errors } = await run("token", "create", path, "--user", "u", "--role", "editor");
  assert.equal(code, 0, errors);
  return output.trim();
}

/** What a server that is started now answers to writes with these tokens. */
async function statuses(
  t: TestContext,
  { path }: BackendFolder,
  tokens: readonly string[],
  meanwhile: () => Promise<void> = async () => {},
): Promise<readonly number[]> {
  const server = spawnProgram(t, ["start", path], { PORT: "0" });
  const [, url] = await server.written(/"url":"([^"]+)"/);
  const found: number[] = [];
  for (const token of tokens) {
    const response = await fetch(`${url}/rest/v1/notes`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ slug: `s${Math.random().toString(36).slice(2, 10)}`, body: "x" }),
    });
    found.push(response.status);
    await response.text();
  }
  await meanwhile();
  server.process.kill("SIGTERM");
  await server.ended();
  return found;
}

describe("secret rotate", () => {
  test("signs nobody out: tokens of two generations are good, and new ones are of the new secret", async (t) => {
    const folder = await backendFolder(t);
    const first = await tokenOf(folder);
    assert.deepEqual(
      await statuses(t, folder, [first], async () => {
        const { code, errors } = await folder.run("secret", "rotate", folder.path);
        assert.deepEqual([code, errors.match(/A server runs .*Stop it, rotate, and start it again/) !== null], [1, true]);
      }),
      [201],
    );
    const { code, output } = await folder.run("secret", "rotate", folder.path);
    assert.equal(code, 0);
    assert.match(output, /There is a new secret\. Tokens of the old one are good until 20\d\d-/);
    const second = await tokenOf(folder);
    const data = join(folder.path, ".data");
    for (const name of ["token-secret", "previous-secrets"])
      assert.equal((await stat(join(data, name))).mode & 0o777, 0o600, name);
    const third = await tokenOf(folder);
    // A token of the old secret can be revoked as well.
    await folder.run("token", "revoke", third, folder.path);
    const forged = `${second.split(".").slice(0, 2).join(".")}.${first.split(".")[2] ?? ""}`;
    assert.deepEqual(await statuses(t, folder, [first, second, third, forged]), [201, 201, 401, 401]);

    assert.match((await folder.run("secret", "rotate", folder.path, "--keep", "0s")).output, /not good any more/);
    const fourth = await tokenOf(folder);
    assert.deepEqual(await statuses(t, folder, [first, second, fourth]), [401, 401, 201]);
    assert.match((await folder.run("secret", "rotate", folder.path, "--keep", "soon")).errors, /--keep .*, not 'soon'/);
  });

  test("loses no secret where it is interrupted", async (t) => {
    const directory = await temporaryFolder(t);
    const { current } = await loadSecrets(directory);
    // The old one has been kept, and the new one has not taken its place yet.
    await writeFile(
      join(directory, "previous-secrets"),
      `${Buffer.from(current).toString("base64url")} ${new Date(5000).toISOString()}\n`,
      { mode: 0o600 },
    );
    await rotateSecret(directory, 9000);
    const { current: now, previous } = await loadSecrets(directory);
    assert.notDeepEqual(Buffer.from(now), Buffer.from(current));
    assert.deepEqual(
      previous.map(({ until }) => until),
      [9000],
    );
    await writeFile(join(directory, "previous-secrets"), "nonsense\n");
    await assert.rejects(loadSecrets(directory), /is damaged\. Restore it/);
  });

  test("goes into encrypted backups, and into no others", async (t) => {
    const folder = await backendFolder(t);
    // The first start makes the database.
    await statuses(t, folder, []);
    await folder.run("secret", "rotate", folder.path);
    const kept = await readFile(join(folder.path, ".data", "previous-secrets"), "utf8");
    t.after(() => {
      delete process.env["CHASSIS_BACKUP_TO"];
      delete process.env["CHASSIS_BACKUP_PASSPHRASE"];
    });
    for (const isThere of [true, false]) {
      process.env["CHASSIS_BACKUP_TO"] = join(await temporaryFolder(t), "kept");
      if (isThere) process.env["CHASSIS_BACKUP_PASSPHRASE"] = "correct horse battery staple";
      else delete process.env["CHASSIS_BACKUP_PASSPHRASE"];
      const backup = await folder.run("backup", folder.path);
      assert.equal(backup.code, 0, backup.errors);
      const restored = join(await temporaryFolder(t), "data");
      const restore = await folder.run("restore", "latest", "--yes", "--backend", folder.path, "--to", restored);
      assert.equal(restore.code, 0, restore.errors);
      const found = await readFile(join(restored, "previous-secrets"), "utf8").catch(() => undefined);
      assert.equal(found, isThere ? kept : undefined);
    }
  });
});
