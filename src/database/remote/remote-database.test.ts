import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { MessageChannel } from "node:worker_threads";
import { ConstraintError } from "../driver.ts";
import { openSqlite, type SqliteDatabase } from "../sqlite/sqlite-database.ts";
import { RemoteDatabase } from "./remote-database.ts";
import { type ServedDatabase, serveDatabase } from "./serve-database.ts";

interface World {
  readonly database: SqliteDatabase;
  readonly remote: RemoteDatabase;
  readonly served: ServedDatabase;
  readonly names: () => Promise<readonly unknown[]>;
}

const add = "INSERT INTO things (name) VALUES (?)";

async function open(t: Pick<TestContext, "after">, transactionTimeLimit = 5000): Promise<World> {
  const database = await openSqlite({ path: ":memory:", transactionTimeLimit });
  await database.transaction((connection) =>
    connection.run("CREATE TABLE things (name TEXT NOT NULL UNIQUE, bytes BLOB, number INTEGER) STRICT", []),
  );
  const { port1, port2 } = new MessageChannel();
  const remote = new RemoteDatabase(port1);
  const served = serveDatabase(database, port2);
  t.after(async () => {
    served.close();
    port1.close();
    await database.close();
  });
  return {
    database,
    remote,
    served,
    names: async () => (await database.all("SELECT name FROM things ORDER BY name", [])).map(([name]) => name),
  };
}

test("statements and their results cross, with every kind of value", async (t) => {
  const { remote } = await open(t);
  const bytes = new Uint8Array([0, 255]);
  const changed = await remote.transaction(async (connection) => {
    const count = await connection.run("INSERT INTO things VALUES (?, ?, ?), ('b', NULL, NULL)", ["a", bytes, 2n ** 60n]);
    assert.deepEqual(await connection.get("SELECT count(*) FROM things", []), [2]);
    return count;
  });
  assert.equal(changed, 2);
  assert.deepEqual(await remote.all("SELECT * FROM things ORDER BY name", []), [
    ["a", bytes, 2n ** 60n],
    ["b", null, null],
  ]);
  assert.equal(await remote.get("SELECT 1 WHERE 0", []), undefined);
  assert.deepEqual((await remote.execute("SELECT name FROM things WHERE name = 'b'", [])).columns, ["name"]);
});

test("a transaction is kept or undone as its work ends; errors of the database are told as they are", async (t) => {
  const { remote, names } = await open(t);
  const undone = remote.transaction(async (connection) => {
    await connection.run(add, ["undone"]);
    throw new Error("no");
  });
  await assert.rejects(undone, /^Error: no$/);
  await remote.transaction((connection) => connection.run(add, ["kept"]));
  await assert.rejects(
    remote.transaction((connection) => connection.run(add, ["kept"])),
    (error) => error instanceof ConstraintError && error.constraint === "unique" && error.columns.join() === "name",
  );
  assert.equal(
    await remote.transaction(
      async (connection) => {
        await connection.run(add, ["tried"]);
        return "tried";
      },
      { rollback: true },
    ),
    "tried",
  );
  assert.deepEqual(await names(), ["kept"]);
  await assert.rejects(remote.run(add, ["outside"]), /read-?only/i);
});

test("a snapshot sees one state", async (t) => {
  const { database, remote } = await open(t);
  const seen = await remote.snapshot(async (connection) => {
    const before = await connection.all("SELECT name FROM things", []);
    await database.transaction((other) => other.run(add, ["meanwhile"]));
    return [before, await connection.all("SELECT name FROM things", [])];
  });
  assert.deepEqual(seen, [[], []]);
  assert.equal((await remote.all("SELECT name FROM things", [])).length, 1);
});

test("one that is over its time is rolled back, and its work learns so", async (t) => {
  const { database, remote, names } = await open(t, 30);
  const errors: unknown[] = [];
  const slow = remote.transaction(async (connection) => {
    await connection.run(add, ["slow"]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await connection.run(add, ["late"]).catch((error: unknown) => errors.push(error));
  });
  await assert.rejects(slow, { error: "timeout" });
  assert.match(String(errors), /30 ms|rolled back|timeout|took too long/i);
  assert.deepEqual(await names(), []);
  await database.transaction((connection) => connection.run(add, ["next"]));
});

test("one that its caller gave up, or whose thread is gone, is rolled back at once, and others go on", async (t) => {
  const { database, remote, served, names } = await open(t);
  const abort = new AbortController();
  const begun = Promise.withResolvers<void>();
  const given = remote.transaction(
    async (connection) => {
      await connection.run(add, ["given up"]);
      begun.resolve();
      await once(abort.signal, "abort");
      await connection.run(add, ["late"]);
    },
    { signal: abort.signal },
  );
  await begun.promise;
  abort.abort();
  await assert.rejects(given, /given up/);

  const written = Promise.withResolvers<void>();
  const left = remote.transaction(async (connection) => {
    await connection.run(add, ["left open"]);
    written.resolve();
    await new Promise(() => {});
  });
  left.catch(() => undefined);
  await written.promise;
  served.close();
  await database.transaction((connection) => connection.run(add, ["next"]));
  assert.deepEqual(await names(), ["next"]);
  await assert.rejects(remote.get("SELECT 1", []), /does not serve this one any more/);
});
