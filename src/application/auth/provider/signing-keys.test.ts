import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, openPeople } from "../auth-fixtures.ts";
import { createSigningKeys, retireSigningKeys } from "./signing-keys.ts";

const secret = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

test("a key is made once, however many ask at once, and is the same for everybody after", async () => {
  await using people = await openPeople();
  const { database, clock } = people;
  const keys = createSigningKeys({ database, keys: secret(1), clock });
  const made = await Promise.all(Array.from({ length: 10 }, () => keys.current("ES256")));
  assert.equal(new Set(made.map(({ id }) => id)).size, 1);
  const later = createSigningKeys({ database, keys: secret(1), clock });
  assert.equal((await later.current("ES256")).id, made[0]?.id);
  assert.notEqual((await later.current("RS256")).id, made[0]?.id);
  assert.equal((await later.published()).length, 2);
});

test("another key is published after 89 days, and signs a day later; the one from before is published for 30 days yet", async () => {
  await using people = await openPeople();
  const { database, clock } = people;
  const keys = createSigningKeys({ database, keys: secret(1), clock });
  const published = async (): Promise<readonly unknown[]> =>
    (await keys.published()).filter(({ alg }) => alg === "ES256").map(({ kid }) => kid);
  const signing = async (): Promise<string> => (await keys.current("ES256")).id;
  const first = await signing();
  clock.advance(89 * DAY - 1);
  assert.deepEqual(await published(), [first]);
  clock.advance(1);
  const [second] = await published();
  assert.deepEqual(new Set(await published()), new Set([first, second]));
  for (let times = 0; times < 3; times++) assert.equal(await signing(), first);
  clock.advance(DAY - 1);
  assert.equal(await signing(), first);
  clock.advance(1);
  assert.equal(await signing(), second);
  assert.deepEqual(new Set(await published()), new Set([first, second]));
  clock.advance(30 * DAY);
  assert.deepEqual(await published(), [second]);
});

test("whoever asks for other keys gets them at once, also where the next one was made already", async () => {
  await using people = await openPeople();
  const { database, clock } = people;
  const keys = createSigningKeys({ database, keys: secret(1), clock });
  const first = (await keys.current("ES256")).id;
  clock.advance(89 * DAY);
  await keys.published();
  await database.transaction((connection) => retireSigningKeys(connection, clock.now()));
  const third = (await keys.current("ES256")).id;
  const known = (await keys.published()).filter(({ alg }) => alg === "ES256").map(({ kid }) => kid);
  assert.equal(known.length, 3);
  assert.ok(known.includes(first) && known.includes(third) && third !== first);
});

test("keys stay when the secret is rotated, and where it is lost another one is made, and the old one still known", async () => {
  await using people = await openPeople();
  const { database, clock } = people;
  const first = (await createSigningKeys({ database, keys: secret(1), clock }).current("ES256")).id;
  const rotated = createSigningKeys({ database, keys: [secret(2), secret(1)], clock });
  assert.equal((await rotated.current("ES256")).id, first);
  const lost = createSigningKeys({ database, keys: secret(3), clock });
  const second = (await lost.current("ES256")).id;
  assert.notEqual(second, first);
  assert.ok((await lost.published()).some(({ kid }) => kid === first));
});

test("the private half is nowhere in the clear, and not published", async () => {
  await using people = await openPeople();
  const { database, clock } = people;
  const keys = createSigningKeys({ database, keys: secret(1), clock });
  const { key } = await keys.current("ES256");
  const { d } = key.export({ format: "jwk" });
  const rows = await database.all("SELECT public, private FROM _chassis_oidc_keys", []);
  assert.ok(d !== undefined && !JSON.stringify(rows).includes(d));
  assert.ok(!rows.some(([, sealed]) => Buffer.from(String(sealed), "base64url").includes(Buffer.from(d, "base64url"))));
  for (const jwk of await keys.published()) assert.equal(jwk.d, undefined);
});
