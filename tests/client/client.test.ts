import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Client, ChassisError, type ClientOptions, createClient } from "chassis/client";
import { openTestBackend, type TestBackend } from "chassis/testing";
import { shelvesBackend, type shelvesSchema } from "./shelves-backend.ts";

type Api = Client<typeof shelvesBackend>;

const [ann, bob] = ["01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002"] as const;

let app: TestBackend<typeof shelvesSchema>;
let asAnn: Api;
let asNobody: Api;
let asEditor: Api;
/** What was sent, newest last. */
let sent: Request[] = [];

const clientOf = (options: ClientOptions = {}): Api =>
  createClient<typeof shelvesBackend>("http://localhost", {
    retries: 0,
    fetch: (request) => {
      sent.push(request.clone());
      return app.fetch(request);
    },
    ...options,
  });

before(async () => {
  app = await openTestBackend(shelvesBackend);
  await app.db.users.createMany([
    { id: ann, name: "Ann" },
    { id: bob, name: "Bob" },
  ]);
  asAnn = clientOf({ token: await app.as({ id: ann }).token() });
  asEditor = clientOf({ token: () => app.as({ id: bob, roles: ["editor"] }).token() });
  asNobody = clientOf();
});
after(() => app.close());

/** The name of the error that it ends in. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail("It was not refused."),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ChassisError, String(error));
  return error.error;
}

describe("rows", () => {
  test("are made, read, changed and deleted", async () => {
    const order = await asAnn.orders.create({ owner: ann, price: 2.5, data: { a: [1] } });
    assert.deepEqual([order.price, order.state, order.data, order.version], ["2.50", "new", { a: [1] }, 1]);
    assert.deepEqual(await asAnn.orders.get(order.id), order);
    const changed = await asAnn.orders.update(order.id, { state: "sent" }, { version: 1 });
    assert.deepEqual([changed.state, changed.version], ["sent", 2]);
    assert.equal(await refusal(asAnn.orders.update(order.id, { state: "new" }, { version: 1 })), "preconditionFailed");
    assert.equal(await refusal(asAnn.orders.delete(order.id, { version: 1 })), "preconditionFailed");
    assert.equal(await asAnn.orders.delete(order.id, { version: 2 }), true);
    assert.equal(await asAnn.orders.delete(order.id), false);
    assert.equal(await refusal(asAnn.orders.delete(order.id, { version: 2 })), "notFound");
    assert.equal(await refusal(asAnn.orders.update(order.id, { state: "new" })), "notFound");
    assert.equal(await asAnn.orders.get(order.id), null);
  });

  test("are made many at once, and their ids come in order", async () => {
    const games = ["z", "a", "m"].map((name) => ({ id: name, like: name, in: 1, order: name, count: 1 }));
    assert.deepEqual(await asAnn.games.createMany(games), ["z", "a", "m"]);
    assert.deepEqual(await asAnn.games.createMany([]), []);
    assert.equal(await asAnn.games.updateMany({ where: { id: { in: ["z", "a"] } }, set: { count: 2 } }), 2);
    assert.equal(await asAnn.games.updateMany({ where: {}, set: { count: 3 } }), 3);
    assert.equal(await asAnn.games.deleteMany({ where: { or: [] } }), 0);
    assert.equal(await asAnn.games.deleteMany({ where: {} }), 3);
  });

  test("whose ids look like a part of an address", async () => {
    for (const id of ["a?b#c%", "a b+é", "id=eq.1", "(x),y", ".a"]) {
      await asAnn.games.create({ id, like: "", in: 1, order: "", count: 1 });
      assert.equal((await asAnn.games.update(id, { count: 2 })).count, 2, id);
      assert.equal((await asAnn.games.get(id))?.count, 2, id);
      assert.equal(await asAnn.games.delete(id), true, id);
    }
    for (const id of [".", "..", "a/b", "a\\b"]) {
      await app.db.games.create({ id, like: "", in: 1, order: "", count: 1 });
      assert.equal((await asAnn.games.get(id))?.in, 1);
      await assert.rejects(asAnn.games.update(id, { count: 2 }), { name: "TypeError", message: /has no address of its own/ });
      assert.equal(await asAnn.games.updateMany({ where: { id }, set: { count: 2 } }), 1);
      assert.equal(await asAnn.games.delete(id), true);
    }
  });

  test("are made or changed", async () => {
    const { id: order } = await asAnn.orders.create({ owner: ann });
    const first = await asAnn.items.upsert({ order, label: "a" }, { onConflict: ["order", "label"] });
    const second = await asAnn.items.upsert({ order, label: "a", pieces: 4 }, { onConflict: ["order", "label"] });
    assert.deepEqual([second.id, second.pieces], [first.id, 4]);
    const passed = await asAnn.items.upsert({ order, label: "a" }, { onConflict: ["order", "label"], resolution: "ignore" });
    assert.equal(passed, null);
    assert.equal(await refusal(asAnn.items.create({ order, label: "a" })), "uniqueViolation");
  });

  test("that may not be read afterwards are not written, unless nothing is asked for back", async () => {
    const before = await asEditor.letters.count();
    assert.equal(await refusal(asAnn.letters.create({ body: "Hello" })), "forbidden");
    assert.equal(await asEditor.letters.count(), before);
    const [id] = await asAnn.letters.createMany([{ body: "Hello" }]);
    assert.deepEqual(await asEditor.letters.list({ where: { id: id ?? "" }, select: ["body"] }), [{ body: "Hello" }]);
  });

  test("of strangers, who can have no key, are written too", async () => {
    sent = [];
    await asNobody.letters.createMany([{ body: "A" }]);
    await asNobody.letters.createMany([{ body: "B" }]);
    assert.deepEqual(
      sent.map((request) => request.headers.has("idempotency-key")),
      [true, false, false],
    );
    assert.equal(await asEditor.letters.count({ where: { body: { in: ["A", "B"] } } }), 2);
  });

  test("that are wrong say what is wrong with which field", async () => {
    const error = await asAnn.letters.create({ body: "" }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof ChassisError);
    assert.deepEqual([error.error, error.code, error.status], ["validationFailed", "validation_failed", 400]);
    assert.equal(error.fields[0]?.field, "body");
    assert.match(error.requestId ?? "", /^[0-9a-f-]{36}$/);
  });

  test("come back, and have a past", async () => {
    const page = await asAnn.pages.create({ title: "One" });
    const then = new Date().toISOString();
    await asAnn.pages.update(page.id, { title: "Two" });
    assert.equal((await asAnn.pages.get(page.id, { asOf: page.created }))?.title, "One");
    assert.ok((await asAnn.pages.list({ asOf: then })).length <= 1);
    assert.deepEqual(
      (await asAnn.pages.versions(page.id)).map(({ version, values }) => [version, values?.title]),
      [
        [2, "Two"],
        [1, "One"],
      ],
    );
    await asAnn.pages.delete(page.id);
    assert.equal(await asAnn.pages.count(), 0);
    assert.equal(await asAnn.pages.count({ deleted: "only" }), 1);
    assert.equal((await asAnn.pages.restore(page.id)).title, "Two");
    assert.equal((await asAnn.pages.restore(page.id, { version: 1 })).title, "One");
    assert.deepEqual(await asAnn.pages.versions(ann), []);
    assert.equal(await refusal(asAnn.pages.restore(ann)), "notFound");
  });

  test("come page by page, every one once", async () => {
    await asAnn.batch([asAnn.games.deleteMany({ where: {} })]);
    const ids = Array.from({ length: 25 }, (_, at) => `page ${String(at).padStart(2, "0")}`);
    await asAnn.games.createMany(ids.map((id) => ({ id, like: "x", in: 1, order: "y", count: 1 })));
    const options = { where: { like: "x" }, orderBy: { id: "desc" }, select: ["id"], pageSize: 10 } as const;
    sent = [];
    const found: string[] = [];
    for await (const { id } of asAnn.games.each(options)) found.push(id);
    assert.deepEqual(found, ids.toReversed());
    assert.equal(sent.length, 3);
    sent = [];
    for await (const { rows } of asAnn.games.pages(options)) {
      assert.equal(rows.length, 10);
      break;
    }
    // What nobody looks at is not asked for.
    assert.equal(sent.length, 1);
  });

  test("that lead nowhere but to themselves are an end with an error", async () => {
    const stuck = clientOf({
      fetch: async () => new Response("[{}]", { headers: { "next-cursor": "same", "content-type": "application/json" } }),
    });
    let found = 0;
    await assert.rejects(async () => {
      for await (const _ of stuck.games.each()) found++;
    }, /leads to itself/);
    assert.equal(found, 1);
  });

  test("of more ids than an address holds", async () => {
    const ids = Array.from({ length: 1000 }, (_, at) => `long ${at} ${"=".repeat(40)}`);
    await asAnn.games.createMany(ids.map((id, at) => ({ id, like: "long", in: at, order: "y", count: 1 })));
    const where = { id: { in: ids } };
    sent = [];
    const { rows, next, total } = await asNobody.games.page({ where, orderBy: { in: "desc" }, limit: 400, count: "exact" });
    assert.deepEqual([rows.length, rows[0]?.in, next !== null, total], [400, 999, true, 1000]);
    assert.equal((await asNobody.games.page({ where, orderBy: { in: "desc" }, limit: 700, after: next })).rows.length, 600);
    assert.equal(await asNobody.games.count({ where }), 1000);
    assert.deepEqual(
      sent.map(({ method, url, headers }) => [method, new URL(url).pathname, headers.get("idempotency-key")]),
      Array.from({ length: 3 }, () => ["POST", "/rest/v1/games/query", null]),
    );
    const [counted, changed] = await asAnn.batch([
      asAnn.games.count({ where }),
      asAnn.games.updateMany({ where, set: { count: 2 } }),
    ]);
    assert.deepEqual([counted, changed], [1000, 1000]);
    sent = [];
    assert.equal(await asAnn.games.updateMany({ where: { ...where, count: 2 }, set: { count: 3 } }), 1000);
    const refused = await asAnn.games.updateMany({ where, set: { count: "x" as never } }).catch((error: unknown) => error);
    assert.ok(refused instanceof ChassisError && refused.error === "validationFailed" && refused.operation === undefined);
    assert.equal(await asAnn.games.deleteMany({ where }), 1000);
    assert.deepEqual(
      sent.map(({ method, url, headers }) => [method, new URL(url).pathname, headers.has("idempotency-key")]),
      Array.from({ length: 3 }, () => ["POST", "/rest/v1", true]),
    );
    assert.equal(
      await refusal(asAnn.games.list({ where: { like: { in: Array.from({ length: 5001 }, () => "x") } } })),
      "limitExceeded",
    );
    assert.equal(await refusal(asAnn.games.list({ where: { like: "x".repeat(300_000) } })), "bodyTooLarge");
    assert.equal(await refusal(asAnn.games.deleteMany({ where: { like: "x".repeat(300_000) } })), "limitExceeded");
  });

  test("of a table that is called as something of the client", async () => {
    await asAnn.table("batch").create({ size: 3 });
    assert.equal(await asAnn.table("batch").count(), 1);
  });
});

describe("a batch", () => {
  test("gives each its own result, and is one transaction", async () => {
    const [order, items, count, echoed, missing] = await asAnn.batch([
      asAnn.orders.create({ owner: ann, note: "batched" }),
      asAnn.orders.list({ where: { note: "batched" }, select: ["note"] }),
      asAnn.orders.count({ where: { note: "batched" } }),
      asAnn.fn.echo({ a: 1 }),
      asAnn.orders.get(-1),
    ]);
    assert.equal(order.note, "batched");
    assert.deepEqual([items, count, echoed, missing], [[{ note: "batched" }], 1, { a: 1 }, null]);
    const page = asAnn.orders.page({ where: { note: "batched" }, limit: 1, count: "exact" });
    const [given] = await asAnn.batch([page]);
    assert.deepEqual([given.total, given.next], [1, null]);
    assert.deepEqual(await page, given);
    assert.deepEqual(await asAnn.batch([]), []);
  });

  test("undoes all of it where one is refused, and says which", async () => {
    const kept = await asAnn.orders.count();
    const calls = [asAnn.orders.create({ owner: ann }), asAnn.letters.create({ body: "" })] as const;
    const error = await asAnn.batch(calls).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof ChassisError);
    assert.deepEqual([error.error, error.operation], ["validationFailed", 1]);
    await assert.rejects(calls[0], { error: "validationFailed" });
    assert.equal(await asAnn.orders.count(), kept);
  });

  test("sends nothing of its own, and takes nothing that was sent", async () => {
    sent = [];
    await asAnn.batch([asAnn.users.count(), asAnn.users.count()]);
    assert.equal(sent.length, 1);
    const early = asAnn.users.count();
    await early;
    await assert.rejects(asAnn.batch([early]), /was sent already/);
    await assert.rejects(asAnn.batch([asAnn.users.count({ timeout: 5 })]), /give signal, timeout/);
    await assert.rejects(asAnn.batch([Promise.resolve(1) as never]), /takes calls of the client/);
    await assert.rejects(asAnn.batch([asAnn.users.get(undefined as never)]), { name: "TypeError" });
  });
});

describe("functions", () => {
  test("take and give what JSON can say, exactly", async () => {
    for (const value of ["4", 4, true, null, [1, "1"], { a: { b: [] } }, ""]) assert.deepEqual(await asAnn.fn.echo(value), value);
    assert.equal(await asAnn.fn.nothing(), undefined);
    assert.deepEqual(await asAnn.fn.today(), { at: "2026-11-26T12:00:00.000Z" });
    assert.equal(await asAnn.fn.add({ a: 1, b: 2 }), 3);
    assert.equal(await refusal(asAnn.fn.add({ a: "1" as never })), "validationFailed");
    assert.equal((await asAnn.fn.rename({ id: bob, name: "Bob" })).name, "Bob");
    assert.equal(await asAnn.fn.mine(), ann);
    assert.equal(await refusal(asNobody.fn.mine()), "unknownFunction");
  });

  test("that only read can be asked for by an address", async () => {
    sent = [];
    assert.equal(await asAnn.fn.add({ a: 1, b: 2 }, { method: "GET" }), 3);
    assert.deepEqual(await asAnn.fn.echo({ text: "a&b", no: undefined }, { method: "GET" }), { text: "a&b" });
    // What an address cannot say, or not well.
    assert.deepEqual(await asAnn.fn.echo({ limit: 1 }, { method: "GET" }), { limit: 1 });
    assert.deepEqual(await asAnn.fn.echo([1], { method: "GET" }), [1]);
    assert.deepEqual(await asAnn.fn.echo({ long: "x".repeat(3000) }, { method: "GET" }), { long: "x".repeat(3000) });
    assert.deepEqual(
      sent.map(({ method }) => method),
      ["GET", "GET", "POST", "POST", "POST"],
    );
    assert.equal(await refusal(asAnn.fn.rename({ id: ann, name: "Ann" }, { method: "GET" })), "functionMethodNotAllowed");
  });
});

describe("the client", () => {
  test("is no promise, and shows no tables that it does not know", async () => {
    assert.equal(await Promise.resolve(asAnn), asAnn);
    assert.equal(JSON.stringify(asAnn), "{}");
    assert.equal(asAnn.users, asAnn.users);
  });

  test("sends a call once, however often it is waited for, and also when nobody waits", async () => {
    sent = [];
    const call = asAnn.users.count();
    assert.equal(call[Symbol.toStringTag], "Promise");
    assert.deepEqual(await Promise.all([call, call, call.finally(() => {})]), [2, 2, 2]);
    assert.equal(sent.length, 1);
    const [id] = [crypto.randomUUID()];
    void asAnn.users.get(id);
    await Promise.resolve();
    assert.equal(sent.length, 2);
  });

  test("rejects with what is wrong in a call, and sends nothing", async () => {
    sent = [];
    await assert.rejects(asAnn.users.list({ where: { name: undefined as never } }), {
      name: "TypeError",
      message: /'name' is undefined/,
    });
    await assert.rejects(asAnn.users.deleteMany({} as never), { name: "TypeError" });
    await assert.rejects(asAnn.users.list({ where: { id: new Date() as never } }), { name: "TypeError" });
    await assert.rejects(asAnn.orders.aggregate({ values: {} }), { name: "TypeError" });
    assert.equal(sent.length, 0);
  });

  test("works below a path, with headers of its own", async () => {
    sent = [];
    const prefixed = createClient<typeof shelvesBackend>("https://example.org/app/", {
      headers: { "x-mine": "1" },
      fetch: (request) => {
        sent.push(request);
        const { pathname, search } = new URL(request.url);
        assert.ok(pathname.startsWith("/app/rest/v1"));
        return app.fetch(new Request(`http://localhost${pathname.slice(4)}${search}`, request));
      },
    });
    assert.equal(await prefixed.users.count({ headers: { "x-more": "2" } }), 2);
    assert.deepEqual([sent[0]?.headers.get("x-mine"), sent[0]?.headers.get("x-more")], ["1", "2"]);
    const [counted] = await prefixed.batch([prefixed.users.count()]).catch(() => [0]);
    assert.equal(counted, 2);
  });

  test("refuses an address that is none", () => {
    for (const wrong of ["", "/app", "example.org", "//example.org", "https://example.org?a=1", "ftp://example.org"])
      assert.throws(() => createClient(wrong), { name: "TypeError", message: /createClient needs/ }, wrong);
    assert.ok(createClient(new URL("https://example.org/")));
  });
});
