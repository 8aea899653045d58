import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, test } from "node:test";
import { z } from "zod";
import { type Actor, AppError, type KeyScope } from "#contract";
import { everyone, signedIn } from "../rules/conditions.ts";
import { failure, openFunctionWorld } from "./function-fixtures.ts";

const task = (title: string, project: string) => ({ project, title });

describe("who may call", () => {
  test("a function that the caller may not call is not there", async (t) => {
    const { call, data } = await openFunctionWorld(t);
    const define: Parameters<typeof call>[0] = ({ query }) => query({ access: signedIn }, ({ me }) => me?.id);
    await assert.rejects(call(define), failure("unknownFunction"));
    assert.equal(await call(define, { caller: data.ann }), data.ann.id);
  });

  test("db acts as the caller, and without rules only by asSystem()", async (t) => {
    const { call, data } = await openFunctionWorld(t);
    const count: Parameters<typeof call>[0] = ({ query }) =>
      query({ access: everyone }, async ({ db }) => [await db.projects.count(), await db.asSystem().projects.count()]);
    assert.deepEqual(await call(count), [1, 3]);
    assert.deepEqual(await call(count, { caller: data.ann }), [2, 3]);
  });
});

describe("input and output", () => {
  test("input is what its schema makes of it, and its mistakes name their fields", async (t) => {
    const { call } = await openFunctionWorld(t);
    const input = z.object({ size: z.coerce.number(), tags: z.array(z.object({ name: z.string() })) });
    const define: Parameters<typeof call>[0] = ({ query }) =>
      query({ input, access: everyone }, ({ input: { size } }) => size + 1);
    assert.equal(await call(define, { input: { size: "4", tags: [] } }), 5);
    await assert.rejects(call(define, { input: { size: 1, tags: [{ name: "a" }, { name: 2 }] } }), (thrown) => {
      assert.ok(thrown instanceof AppError);
      assert.equal(thrown.error, "validationFailed");
      assert.deepEqual(
        thrown.fields?.map(({ field }) => field),
        ["tags.1.name"],
      );
      return true;
    });
  });

  test("a function without input takes none", async (t) => {
    const { call } = await openFunctionWorld(t);
    const define: Parameters<typeof call>[0] = ({ query }) => query({ access: everyone }, ({ input }) => input === undefined);
    for (const input of [undefined, null, {}]) assert.equal(await call(define, { input }), true);
    for (const input of [{ a: 1 }, [1], "a", 0]) await assert.rejects(call(define, { input }), failure("validationFailed"));
  });

  test("the result is what JSON can say, else nothing is written", async (t) => {
    const { call, data, dbOf } = await openFunctionWorld(t);
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const bad: readonly (readonly [result: unknown, words: RegExp])[] = [
      [new Map(), /the result is a Map/],
      [{ at: [Number.NaN] }, /the result\.at\.0 is NaN/],
      [{ count: 1n }, /the result\.count is a bigint/],
      [circle, /the result\.self is inside itself/],
      [() => 1, /the result is a function/],
    ];
    for (const [result, words] of bad) {
      const define: Parameters<typeof call>[0] = ({ mutation }) =>
        mutation({ access: everyone }, async ({ db }) => {
          await db.tasks.create(task("Kept", data.ids["open"] ?? ""));
          return result;
        });
      await assert.rejects(call(define, { caller: data.ann }), failure("internal", words));
    }
    assert.equal(await dbOf(data.ann).tasks.count({ where: { title: "Kept" } }), 0);
    const shared = { a: 1 };
    const good = { list: [null, true, "x", 1.5], at: new Date(0), left: undefined, shared: [shared, shared] };
    assert.equal(await call(({ query }) => query({ access: everyone }, () => good)), good);
  });
});

describe("a mutation", () => {
  test("is one transaction: what it throws undoes all of it", async (t) => {
    const { call, data, dbOf } = await openFunctionWorld(t);
    const run = (fail: boolean): Promise<unknown> =>
      call(
        ({ mutation }) =>
          mutation({ access: everyone }, async ({ db }) => {
            await db.tasks.create(task("Both", data.ids["open"] ?? ""));
            await db.asSystem().teams.create({ name: "Both" });
            await db.asSystem().sql.updateTable("tasks").set({ points: 50 }).where("title", "=", "Both").execute();
            if (fail) throw new AppError("forbidden", { message: "Not today." });
          }),
        { caller: data.ann },
      );
    await assert.rejects(run(true), failure("forbidden", /Not today/));
    const all = dbOf(null).asSystem();
    assert.deepEqual(
      [await all.tasks.count({ where: { title: "Both" } }), await all.teams.count({ where: { name: "Both" } })],
      [0, 0],
    );
    await run(false);
    assert.equal((await all.tasks.first({ where: { title: "Both" } }))?.points, 50);
  });

  test("goes on after an error that it catches, with nothing of what failed", async (t) => {
    const { call, data, dbOf } = await openFunctionWorld(t);
    await call(
      ({ mutation }) =>
        mutation({ access: everyone }, async ({ db }) => {
          const project = data.ids["open"] ?? "";
          const bad = { project, title: "Half", points: 101 };
          // All at once: neither the failing rows nor SQL between them may take anything along.
          const [failed, kept, counted] = await Promise.allSettled([
            db.tasks.createMany([task("Half", project), bad]),
            db.tasks.create(task("Whole", project)),
            db.asSystem().sql.updateTable("teams").set({ plan: "paid" }).execute(),
            db.asSystem().teams.create({ name: "Red" }),
          ]);
          assert.deepEqual([failed.status, kept.status, counted.status], ["rejected", "fulfilled", "fulfilled"]);
        }),
      { caller: data.ann },
    );
    const all = dbOf(null).asSystem();
    const titles = (await all.tasks.list({ where: { title: { in: ["Half", "Whole"] } } })).map(({ title }) => title);
    assert.deepEqual(titles, ["Whole"]);
    assert.equal(await all.teams.count({ where: { plan: "paid" } }), 2);
  });

  test("waits for another to end", async (t) => {
    const { call, data, dbOf } = await openFunctionWorld(t);
    const id = data.ids["paint"] ?? "";
    const increment: Parameters<typeof call>[0] = ({ mutation }) =>
      mutation({ access: everyone }, async ({ db }) => {
        const points = (await db.tasks.get(id))?.points ?? 0;
        await sleep(5);
        await db.tasks.update(id, { points: points + 1 });
      });
    await Promise.all(Array.from({ length: 4 }, () => call(increment, { caller: data.ann })));
    assert.equal((await dbOf(data.ann).tasks.get(id))?.points, 9);
  });

  test("can be tried without being kept", async (t) => {
    const { call, data, dbOf } = await openFunctionWorld(t);
    const define: Parameters<typeof call>[0] = ({ mutation }) =>
      mutation({ access: everyone }, ({ db }) => db.tasks.deleteMany({ where: {} }));
    assert.equal(await call(define, { caller: data.ann, dryRun: true }), 3);
    assert.equal(await dbOf(data.ann).tasks.count(), 3);
  });
});

describe("a query", () => {
  test("cannot write, by no way", async (t) => {
    const { call, data, dbOf } = await openFunctionWorld(t);
    const caller = data.ann;
    const refused = failure("internal", /A query function may only read/);
    await assert.rejects(
      call(({ query }) => query({ access: everyone }, ({ db }) => db.tasks.deleteMany({ where: {} })), { caller }),
      refused,
    );
    await assert.rejects(
      call(({ query }) => query({ access: everyone }, ({ db }) => db.asSystem().teams.create({ name: "X" })), { caller }),
      refused,
    );
    await assert.rejects(
      call(
        ({ query }) =>
          query({ access: everyone }, async ({ db }) => void (await db.asSystem().sql.deleteFrom("tasks").execute())),
        { caller },
      ),
      failure("internal", /SQL may only read here/),
    );
    assert.equal(await dbOf(null).asSystem().tasks.count(), 4);
  });
});

describe("errors, time and what is left over", () => {
  test("what is thrown on purpose reaches the caller; all else is internal, with the function's name for the log", async (t) => {
    const { call } = await openFunctionWorld(t);
    const throwing = (thrown: unknown): Promise<unknown> =>
      call(({ query }) =>
        query({ access: everyone }, () => {
          throw thrown;
        }),
      );
    const purpose = new AppError("notFound", { message: "No such pathway." });
    await assert.rejects(throwing(purpose), purpose);
    for (const thrown of [new Error("secret detail"), "secret detail", undefined]) {
      await assert.rejects(throwing(thrown), (error) => {
        assert.ok(error instanceof AppError);
        assert.doesNotMatch(JSON.stringify(error.toBody()), /secret|tested/);
        assert.ok(error.cause instanceof Error);
        assert.equal(error.cause.message, "The function 'tested' failed.");
        assert.equal(error.cause.cause, thrown);
        return error.error === "internal";
      });
    }
  });

  for (const type of ["query", "mutation"] as const) {
    test(`a ${type} that takes too long is stopped, and its signal says so`, async (t) => {
      const { call, dbOf } = await openFunctionWorld(t);
      let heard: unknown;
      const define: Parameters<typeof call>[0] = (builders) =>
        builders[type]({ access: everyone }, async ({ db, signal }) => {
          if (type === "mutation") await db.asSystem().teams.create({ name: "Late" });
          signal.addEventListener("abort", () => (heard = signal.reason));
          await new Promise(() => {});
        });
      await assert.rejects(call(define, { timeLimit: 30 }), failure("timeout"));
      assert.ok(heard instanceof AppError && heard.error === "timeout");
      assert.equal(
        await dbOf(null)
          .asSystem()
          .teams.count({ where: { name: "Late" } }),
        0,
      );
    });

    test(`a ${type} ends when its caller goes away`, async (t) => {
      const { call } = await openFunctionWorld(t);
      const gone = new AbortController();
      const reason = new Error("gone");
      const define: Parameters<typeof call>[0] = (builders) => builders[type]({ access: everyone }, () => new Promise(() => {}));
      const running = call(define, { signal: gone.signal });
      setTimeout(() => gone.abort(reason), 10);
      await assert.rejects(running, reason);
    });
  }

  test("a mutation that does not await its work is undone", async (t) => {
    const { call, data, dbOf } = await openFunctionWorld(t);
    const running = call(
      ({ mutation }) =>
        mutation({ access: everyone }, async ({ db }) => {
          await db.tasks.create(task("Awaited", data.ids["open"] ?? ""));
          void db.tasks.create(task("Forgotten", data.ids["open"] ?? ""));
        }),
      { caller: data.ann },
    );
    await assert.rejects(running, failure("internal", /await all of it/));
    assert.equal(await dbOf(data.ann).tasks.count({ where: { title: { in: ["Awaited", "Forgotten"] } } }), 0);
  });

  test("a query that does not await its work is logged", async (t) => {
    const { call, logged } = await openFunctionWorld(t);
    const define: Parameters<typeof call>[0] = ({ query }) => query({ access: everyone }, ({ db }) => void db.tasks.list());
    assert.equal(await call(define), undefined);
    assert.deepEqual(logged, [{ function: "tested" }]);
  });

  test("work after the end is refused", async (t) => {
    const { call, data, dbOf } = await openFunctionWorld(t);
    const late = Promise.withResolvers<unknown>();
    await call(
      ({ mutation }) =>
        mutation({ access: everyone }, ({ db }) => {
          setTimeout(() => late.resolve(db.tasks.deleteMany({ where: {} })), 20);
        }),
      { caller: data.ann },
    );
    await assert.rejects(late.promise, /The function is over/);
    assert.equal(await dbOf(data.ann).tasks.count(), 3);
  });
});

describe("who asks with a key", () => {
  const withKey = (owner: Actor, scope: KeyScope): Actor => ({
    ...owner,
    key: { id: "key-1", name: "a test", verified: true, scope },
  });
  const rename: Parameters<Awaited<ReturnType<typeof openFunctionWorld>>["call"]>[0] = ({ mutation }) =>
    mutation({ access: signedIn }, async ({ db }) => (await db.tasks.list()).length);

  test("finds the functions of its scope, and one that changes something only where it may write", async (t) => {
    const { call, data } = await openFunctionWorld(t);
    const as = (scope: Partial<KeyScope>): Promise<unknown> =>
      call(rename, { caller: withKey(data.ann, { access: "write", routes: true, ...scope }) });
    assert.equal(await as({}), 3);
    assert.equal(await as({ functions: ["other", "tested"] }), 3);
    const hidden = failure("unknownFunction");
    await assert.rejects(as({ functions: [] }), hidden);
    await assert.rejects(as({ access: "read" }), hidden);
    await assert.rejects(as({ access: "read", functions: ["tested"] }), hidden);
  });

  test("has in db the tables of its scope, and all of them where the function's author says asSystem()", async (t) => {
    const { call, data } = await openFunctionWorld(t);
    const count: Parameters<typeof call>[0] = ({ query }) =>
      query({ access: everyone }, async ({ db }) => [
        await db.projects.count(),
        await db.tasks.count().catch((error: AppError) => error.error),
        await db.asSystem().tasks.count(),
      ]);
    const caller = withKey(data.ann, { access: "write", tables: ["projects"], routes: false });
    assert.deepEqual(await call(count, { caller }), [2, "unknownTable", 4]);
  });

  test("writes by no function that only has to read, and by db of none", async (t) => {
    const { call, data } = await openFunctionWorld(t);
    const project = data.ids["open"] ?? "";
    const define: Parameters<typeof call>[0] = ({ mutation }) =>
      mutation({ access: signedIn }, ({ db }) => db.tasks.create(task("By key", project)));
    await call(define, { caller: withKey(data.ann, { access: "write", routes: true }) });
    const others: KeyScope = { access: "write", tables: ["projects", "users"], routes: true };
    await assert.rejects(call(define, { caller: withKey(data.ann, others) }), failure("unknownTable"));
  });
});
