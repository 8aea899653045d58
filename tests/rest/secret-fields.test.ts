import assert from "node:assert/strict";
import { readFile, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type Scope, temporaryFolder } from "../support/temporary-folder.ts";
import { after, describe, test } from "node:test";
import { defineBackend, defineSchema, everyone, functionsOf, nobody, secret, table, text } from "chassis";
import { z } from "zod";
import { createSecretFields, deriveKeys, encryptSecretFields, loadSecrets, rotateSecret } from "#application";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { openSqlite } from "#database";
import { createPlatform, databasePath, type Platform, secretFieldKeys } from "#platform";

const schema = defineSchema({
  accounts: table(
    { name: text().unique(), pin: secret().min(4).max(20).optional(), key: secret().pattern(/^k-/).optional() },
    { history: true },
  ),
});
const { query, mutation } = functionsOf(schema);
const name = z.object({ name: z.string() });
const backend = defineBackend(schema, {
  rules: { accounts: ({ row }) => ({ read: row.pin.isNotNull().or(row.pin.isNull()), write: everyone, history: nobody }) },
  functions: {
    pins: query({ access: everyone }, ({ db }) =>
      db.asSystem().sql.selectFrom("accounts").select(["name", "pin", "key as other"]).orderBy("name").execute(),
    ),
    verify: query({ access: everyone, input: z.object({ name: z.string(), pin: z.string() }) }, async ({ db, input }) => {
      const found = await db
        .asSystem()
        .sql.selectFrom("accounts")
        .select("pin")
        .where("name", "=", input.name)
        .executeTakeFirst();
      return found?.pin === input.pin;
    }),
    insert: mutation({ access: everyone, input: z.object({ name: z.string(), pin: z.string() }) }, async ({ db, input }) => {
      await db.asSystem().sql.insertInto("accounts").values(input).execute();
      return null;
    }),
    change: mutation(
      { access: everyone, input: z.object({ name: z.string(), pin: z.string().nullable() }) },
      async ({ db, input }) => {
        await db.asSystem().sql.updateTable("accounts").set({ pin: input.pin }).where("name", "=", input.name).execute();
        return null;
      },
    ),
    empty: query({ access: everyone }, ({ db }) =>
      db.asSystem().sql.selectFrom("accounts").select("name").where("pin", "is", null).execute(),
    ),
    compare: query({ access: everyone, input: z.string() }, ({ db, input }) =>
      db.asSystem().sql.selectFrom("accounts").select("name").where("pin", "=", input).execute(),
    ),
    order: query({ access: everyone }, ({ db }) =>
      db.asSystem().sql.selectFrom("accounts").select("name").orderBy("pin").execute(),
    ),
    lift: mutation({ access: everyone, input: name }, async ({ db, input }) => {
      await db
        .asSystem()
        .sql.updateTable("accounts")
        .set((build) => ({ pin: build.ref("name") as never, key: build.fn("upper", ["name"]) as never }))
        .where("name", "=", input.name)
        .execute();
      return null;
    }),
  },
});

/** What went wrong on the server, for its operator to read. */
const failures: string[] = [];

async function start(directory: string, t: Scope = { after }): Promise<Platform> {
  const config = loadConfig({ environment: {}, overrides: { rateLimits: "off" } });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: directory,
    logger: {
      ...silentLogger,
      error: (fields) => void failures.push(String(((fields as { err?: Error }).err?.cause as Error | undefined)?.message)),
    },
  });
  t.after(() => platform.close());
  return platform;
}

async function ask(
  { fetch }: Platform,
  path: string,
  method = "GET",
  body?: unknown,
): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { "content-type": "application/json", prefer: "return=representation" };
  const request = new Request(`http://localhost/rest/v1${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await fetch(request);
  return { status: response.status, text: await response.text() };
}

const call = async (platform: Platform, function_: string, input: unknown = {}): Promise<unknown> =>
  JSON.parse((await ask(platform, `/rpc/${function_}`, "POST", input)).text);

/** All bytes of the data directory. */
async function bytesOf(directory: string): Promise<string> {
  const files = await readdir(directory, { withFileTypes: true });
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map(({ name: file }) => readFile(join(directory, file), "latin1")),
  );
  return texts.join("\n");
}

const directory = await temporaryFolder({ after });
const platform = await start(directory);

describe("a secret field", () => {
  test("is on no disk in plain text, however it was written, and is read by the back end's own SQL", async () => {
    assert.equal(
      (
        await ask(platform, "/accounts", "POST", [
          { name: "a", pin: "PlainOne1" },
          { name: "b", pin: "PlainTwo2", key: "k-Three" },
        ])
      ).status,
      201,
    );
    assert.equal((await ask(platform, "/accounts?name=eq.a", "PATCH", { pin: "PlainFour4" })).status, 200);
    await call(platform, "insert", { name: "c", pin: "PlainFive5" });
    await call(platform, "change", { name: "c", pin: "PlainSix6" });
    assert.deepEqual(await call(platform, "pins"), [
      { name: "a", pin: "PlainFour4", other: null },
      { name: "b", pin: "PlainTwo2", other: "k-Three" },
      { name: "c", pin: "PlainSix6", other: null },
    ]);
    assert.equal(await call(platform, "verify", { name: "a", pin: "PlainFour4" }), true);
    assert.equal(await call(platform, "verify", { name: "a", pin: "PlainOne1" }), false);
    const bytes = await bytesOf(directory);
    assert.ok(bytes.includes("chassis:secret:1:"));
    assert.doesNotMatch(bytes, /PlainOne1|PlainTwo2|k-Three|PlainFour4|PlainFive5|PlainSix6/);
    assert.equal((await ask(platform, "/accounts?select=*&name=eq.a")).text.includes("pin"), false);
  });

  test("is held to its limits before it is encrypted", async () => {
    for (const [field, value] of [
      ["pin", "abc"],
      ["pin", "x".repeat(21)],
      ["key", "no"],
    ] as const) {
      const { status, text: answer } = await ask(platform, "/accounts", "POST", { name: "bad", [field]: value });
      assert.equal(status, 400, answer);
      assert.match(answer, new RegExp(`"validation_failed".*'${field}'`));
    }
    assert.equal((await ask(platform, "/accounts", "POST", { name: "long", pin: "é".repeat(20) })).status, 201);
  });

  test("may be null, and be asked for that; to compare or order by it is refused in words", async () => {
    await call(platform, "change", { name: "b", pin: null });
    assert.deepEqual(await call(platform, "empty"), [{ name: "b" }]);
    failures.length = 0;
    assert.equal((await ask(platform, "/rpc/compare", "POST", "x")).status, 500);
    assert.equal((await ask(platform, "/rpc/order", "POST")).status, 500);
    assert.equal((await ask(platform, "/rpc/lift", "POST", { name: "a" })).status, 500);
    assert.match(failures[0] ?? "", /'pin' is secret and kept encrypted, .* cannot be compared\. Find the row by another field/);
    assert.match(failures[1] ?? "", /'pin' is secret .* cannot be ordered by/);
    assert.match(failures[2] ?? "", /A secret field takes a value, and no expression/);
  });

  test("is readable after the secret was rotated, is encrypted anew by a command, and leaves no version and no other trace", async (t) => {
    const place = await temporaryFolder(t);
    const first = await start(place, t);
    await ask(first, "/accounts", "POST", { name: "a", pin: "Old-Secret1" });
    await ask(first, "/accounts?name=eq.a", "PATCH", { pin: "Old-Secret2" });
    await first.close();
    const before = await loadSecrets(place);
    await rotateSecret(place, 0);

    const second = await start(place, t);
    assert.equal(await call(second, "verify", { name: "a", pin: "Old-Secret2" }), true);
    await ask(second, "/accounts", "POST", { name: "b", pin: "New-Secret" });
    await second.close();

    const database = await openSqlite({ path: databasePath(place) });
    const rows = async (): Promise<string> =>
      JSON.stringify(
        [
          await database.all("SELECT * FROM accounts ORDER BY name", []),
          await database.all("SELECT * FROM accounts_history", []),
        ],
        (_, value) => (typeof value === "bigint" ? String(value) : value),
      ).replaceAll(/chassis:secret:1:\w+:[\w-]+/g, "closed");
    const was = await rows();
    // One that was stored before secrets were encrypted.
    await database.transaction((connection) => connection.run("UPDATE accounts SET key = 'k-plain' WHERE name = 'b'", []));
    const keys = secretFieldKeys(await loadSecrets(place));
    assert.equal(await encryptSecretFields(database, backend.model, createSecretFields(keys)), 3);
    assert.equal(await encryptSecretFields(database, backend.model, createSecretFields(keys)), 0);
    await database.transaction((connection) => connection.run("UPDATE accounts SET key = NULL WHERE name = 'b'", []));
    assert.equal(await rows(), was);
    await database.close();

    const third = await start(place, t);
    assert.equal(await call(third, "verify", { name: "a", pin: "Old-Secret2" }), true);
    await third.close();
    const onlyCurrent = createSecretFields(deriveKeys({ ...(await loadSecrets(place)), previous: [] }, "secret fields"));
    const again = await openSqlite({ path: databasePath(place) });
    const [[pin] = []] = await again.all("SELECT pin FROM accounts WHERE name = 'a'", []);
    assert.equal(onlyCurrent.open(String(pin)), "Old-Secret2");
    assert.throws(
      () => createSecretFields(deriveKeys(before, "secret fields")).open(String(pin)),
      /restore token-secret and previous-secrets/,
    );
    await again.close();
  });

  test("that lost its secret is told of at the start", async (t) => {
    const place = await temporaryFolder(t);
    const first = await start(place, t);
    await ask(first, "/accounts", "POST", { name: "a", pin: "Old-Secret1" });
    await first.close();
    await rename(join(place, "token-secret"), join(place, "away"));
    const told: unknown[] = [];
    const restart = async (): Promise<void> => {
      const logger = { ...silentLogger, error: (...line: readonly unknown[]) => void told.push(line) };
      const config = loadConfig({ environment: {}, overrides: { rateLimits: "off" } });
      await (await createPlatform({ backend, config, dataDirectory: place, logger })).close();
    };
    await restart();
    const said =
      "Secret fields were kept under another secret, and cannot be read: restore token-secret and previous-secrets with the database.";
    assert.deepEqual(told, [[{ fields: ["accounts.pin"], dataDirectory: place }, said]]);
    told.length = 0;
    await rename(join(place, "away"), join(place, "token-secret"));
    await restart();
    assert.deepEqual(told, []);
  });

  test("that somebody changed on the disk is an error, and no other text", () => {
    const fields = createSecretFields(new Uint8Array(32));
    const closed = fields.close("text");
    assert.notEqual(fields.close("text"), closed);
    assert.equal(fields.open(closed), "text");
    assert.equal(fields.open(fields.close(closed)), closed);
    const place = closed.length - 3;
    const changed = `${closed.slice(0, place)}${closed[place] === "A" ? "B" : "A"}${closed.slice(place + 1)}`;
    assert.throws(() => fields.open(changed));
    assert.throws(() => fields.open("chassis:secret:1:"));
  });
});

test("a definition that looks into a secret is refused", () => {
  const wrong = defineSchema({
    users: table({ name: text(), pin: secret() }, { checks: (row) => ({ long: row.pin.length().gt(3) }) }),
    posts: { body: text() },
  });
  assert.throws(
    () =>
      defineBackend(wrong, {
        rules: {
          users: ({ row }) => ({ read: row.pin.eq("x"), write: row.name.eq(row.pin) }),
          posts: () => ({ read: everyone, write: nobody }),
        },
      }),
    (error: Error) => {
      for (const place of ["users.checks.long", "rules.users.read", "rules.users.write"])
        assert.match(
          error.message,
          new RegExp(
            `${place.replaceAll(".", "\\.")}.*looks into 'users\\.pin', which is secret and kept encrypted: only isNull\\(\\) and isNotNull\\(\\)`,
          ),
          error.message,
        );
      return true;
    },
  );
});
