import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createUnsubscribeTokens } from "../mail/unsubscribe-token.ts";
import { createSeal } from "../records/seal.ts";
import { SecretSeal } from "../webhooks/sending/endpoint-secrets.ts";
import { deriveKeys } from "./keys.ts";
import { loadSecrets, rotateSecret } from "./token-secret.ts";

test("what was made by the keys of a former secret is taken, and new things are made by the new one", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "chassis-keys-"));
  t.after(() => rm(directory, { recursive: true }));
  const before = await loadSecrets(directory);
  const made = {
    cursor: createSeal(deriveKeys(before, "cursors")).close("text", "purpose"),
    webhook: new SecretSeal(deriveKeys(before, "webhooks")).seal("text", "ep_1"),
    link: createUnsubscribeTokens(deriveKeys(before, "unsubscribe")).make({ address: "a@b.example", list: "news" }),
  };
  await rotateSecret(directory, 1000);
  await rotateSecret(directory, 3000);
  const after = await loadSecrets(directory);
  assert.deepEqual(
    after.previous.map(({ until }) => until),
    [3000, 1000],
  );
  assert.deepEqual(Buffer.from(after.previous[1]?.secret ?? []), Buffer.from(before.current));

  const cursors = deriveKeys(after, "cursors");
  assert.equal(createSeal(cursors).open(made.cursor, "purpose"), "text");
  assert.equal(createSeal(cursors).open(made.cursor, "another"), undefined);
  assert.equal(createSeal(cursors.slice(0, 1)).open(made.cursor, "purpose"), undefined);
  assert.equal(createSeal(cursors.slice(0, 1)).open(createSeal(cursors).close("new", "purpose"), "purpose"), "new");
  assert.equal(new SecretSeal(deriveKeys(after, "webhooks")).open(made.webhook, "ep_1"), "text");
  assert.throws(() => new SecretSeal(deriveKeys(after, "webhooks")).open(made.webhook, "ep_2"), { name: "SealedSecretError" });
  assert.deepEqual(createUnsubscribeTokens(deriveKeys(after, "unsubscribe")).read(made.link), {
    address: "a@b.example",
    list: "news",
  });
});
