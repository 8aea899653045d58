import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openSqlite } from "#database";
import { openPeople, refusedAs } from "./auth-fixtures.ts";
import { rememberUntilCommit } from "./until-commit.ts";

/** A database of which the test says when something in it has become durable. */
function commits(): {
  readonly onDurable: (listener: () => void) => () => void;
  readonly commit: () => void;
  readonly listeners: Set<() => void>;
} {
  const listeners = new Set<() => void>();
  return {
    listeners,
    onDurable: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    commit: () => {
      for (const listener of listeners) listener();
    },
  };
}

describe("what is remembered until a commit", () => {
  test("is given without asking, until one comes", async () => {
    const database = commits();
    const memory = rememberUntilCommit<string>(database);
    let asked = 0;
    const find = async (): Promise<string> => `found ${++asked}`;
    assert.equal(await memory.ask("a", find), "found 1");
    assert.equal(memory.get("a"), "found 1");
    assert.equal(memory.get("b"), undefined);
    database.commit();
    assert.equal(memory.get("a"), undefined);
    assert.equal(await memory.ask("a", find), "found 2");
  });

  test("is not what was read before a commit that came in the meantime", async () => {
    const database = commits();
    const memory = rememberUntilCommit<string>(database);
    const found = Promise.withResolvers<string>();
    const asking = memory.ask("a", () => found.promise);
    database.commit();
    found.resolve("of before");
    assert.equal(await asking, "of before");
    assert.equal(memory.get("a"), undefined);
  });

  test("is never what was not found, no more than so much, and nothing after the end", async () => {
    const database = commits();
    const memory = rememberUntilCommit<string>(database, 2);
    assert.equal(await memory.ask("a", async () => undefined), undefined);
    for (const key of ["a", "b", "c"]) await memory.ask(key, async () => key);
    assert.deepEqual([memory.get("a"), memory.get("b"), memory.get("c")], [undefined, undefined, "c"]);
    memory.close();
    await memory.ask("d", async () => "d");
    assert.deepEqual([memory.get("c"), memory.get("d"), database.listeners.size], [undefined, undefined, 0]);
  });
});

test("whoever was told that a change is kept finds nothing of before remembered", async () => {
  const database = await openSqlite({ path: ":memory:" });
  const memory = rememberUntilCommit<number>(database);
  await database.transaction((connection) => connection.run("CREATE TABLE n (value INTEGER) STRICT", []));
  await database.transaction((connection) => connection.run("INSERT INTO n VALUES (0)", []));
  const read = (): Promise<number | undefined> =>
    memory.ask("n", async () => Number((await database.get("SELECT value FROM n", []))?.[0]));
  const written = { value: 0 };
  const reader = async (): Promise<void> => {
    while (written.value < 300) {
      // What was acknowledged before the question must be in its answer.
      const least = written.value;
      const seen = memory.get("n") ?? (await read()) ?? -1;
      assert.ok(seen >= least, `${seen} after ${least}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const writer = async (): Promise<void> => {
    for (let value = 1; value <= 300; value++) {
      await database.transaction((connection) => connection.run("UPDATE n SET value = ?", [value]), { brief: true });
      written.value = value;
      if (value % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all([writer(), reader(), reader()]);
  memory.close();
  await database.close();
});

test("a session is recalled without waiting while nothing changes, and ends in memory as it does in the database", async () => {
  await using people = await openPeople();
  const { sessions, signIn } = people.auth;
  const { token, me } = await people.join("ada@example.org");
  assert.equal(sessions.recall(token), me);
  const elsewhere = await people.join("eve@example.org");
  assert.equal(sessions.recall(token), undefined, "something was written");
  assert.equal((await sessions.check(token)).id, me.id);
  assert.notEqual(sessions.recall(token), undefined);
  await signIn.signOut(me);
  assert.equal(sessions.recall(token), undefined);
  await assert.rejects(sessions.check(token), refusedAs("expiredToken"));
  assert.notEqual(await sessions.check(elsewhere.token), undefined);
  people.clock.advance(7 * 86_400_000);
  assert.equal(sessions.recall(elsewhere.token), undefined, "idle for too long");
});
