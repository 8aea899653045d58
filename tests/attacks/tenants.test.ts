import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Actor } from "#contract";
import { system } from "#application";
import fc from "fast-check";
import { tenantsBackend } from "../support/tenants-backend.ts";
import { anyRead, anyWrite, type RestCall } from "./request-arbitraries.ts";
import { createWorld, type World, type WorldAnswer } from "./worlds.ts";
import { propertyRuns } from "../support/property-runs.ts";

const runs = propertyRuns(250, 1000);

const call = (
  method: RestCall["method"],
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): RestCall => {
  const [address = "", search = ""] = path.split("?");
  return {
    method,
    segments: ["rest", "v1", ...address.split("/")],
    search,
    headers: { "content-type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
};
const returned = { prefer: "return=representation" };

describe("a tenant's rows, where every rule says everyone", () => {
  let world: World;
  let id: (name: string) => string;
  let ann: Actor;
  const ask = (request: RestCall, caller: Actor | null = ann): Promise<WorldAnswer> => world.ask(request, caller);
  const titles = ({ status, body }: WorldAnswer): unknown[] => {
    assert.equal(status, 200, body);
    return (JSON.parse(body) as { title: string }[]).map(({ title }) => title);
  };
  const stored = async (table: string, column: string, row: string): Promise<unknown> =>
    (await world.database.get(`SELECT ${column} FROM ${table} WHERE id = ?`, [row]))?.[0];

  before(async () => {
    world = await createWorld(tenantsBackend);
    ({ ann } = world.data);
    id = (name) => world.data.ids[name] ?? "";
  });
  after(() => world.close());

  test("are read by those who belong to it, and by nobody else", async () => {
    assert.deepEqual(titles(await ask(call("GET", "projects?select=title&order=title"))), ["Closed doors", "Open house"]);
    assert.deepEqual(titles(await ask(call("GET", "projects?select=title"), world.data.eve)), ["Secret garden"]);
    assert.deepEqual(titles(await ask(call("GET", "projects?select=title"), world.data.editor)), []);
    assert.deepEqual(titles(await ask(call("GET", "tasks?select=title&order=title"))), ["Clean", "Lock", "Paint"]);
    for (const path of ["projects", "tasks", "invoices", "memberships"])
      assert.equal((await ask(call("GET", path), null)).status, 404, path);
  });

  test("are not counted, embedded, searched, or read by id or of the past", async () => {
    assert.deepEqual(JSON.parse((await ask(call("GET", "projects?select=count()"))).body), [{ count: 2 }]);
    const users = await ask(call("GET", `users?select=name,projects(title)&name=eq.Eve`));
    assert.deepEqual(JSON.parse(users.body), [{ name: "Eve", projects: [] }]);
    assert.deepEqual(titles(await ask(call("GET", "projects?select=title&title=wfts.secret"))), []);
    assert.equal((await ask(call("GET", `projects/${id("secret")}`))).status, 404);
    assert.equal((await ask(call("GET", `projects/${id("secret")}/versions`))).status, 404);
    assert.deepEqual(titles(await ask(call("GET", `users?select=title:name&assigned=some.(title.eq.Dig)`))), []);
  });

  test("are not made for others", async () => {
    for (const caller of [ann, world.data.editor]) {
      const made = await ask(call("POST", "projects", { team: id("blue"), owner: id("ann"), title: "Mine" }), caller);
      assert.equal(made.status, 409, made.body);
      assert.match(made.body, /The row that 'team' refers to is not there/);
    }
    const made = await ask(call("POST", "tasks", { project: id("secret"), title: "Mine" }));
    assert.equal(made.status, 409, made.body);
    assert.equal((await ask(call("POST", "memberships", { team: id("blue"), user: id("ann") }))).status, 409);
    // Where the tenant itself may be referred to, the border speaks.
    assert.equal((await ask(call("POST", "invoices", { team: id("blue"), amount: "1" }))).status, 403);
    assert.equal((await ask(call("POST", "invoices", { team: id("red"), amount: "1" }))).status, 201);
    assert.equal((await ask(call("POST", "projects", { team: id("red"), owner: id("ann"), title: "Ours" }))).status, 201);
  });

  test("ATTACKS 12: are not moved to another tenant, not even by who belongs to both", async () => {
    const both: Actor = world.data.bob;
    await world.database.transaction((connection) =>
      connection.run(
        "INSERT INTO memberships (id, team, user, created, updated, version) SELECT '50000000-0000-7000-8000-000000000001', ?, ?, created, updated, 1 FROM teams LIMIT 1",
        [id("blue"), both.id],
      ),
    );
    const ways = [
      call("PATCH", `projects?id=eq.${id("open")}`, { team: id("blue") }),
      call("PATCH", `projects/${id("open")}`, { team: id("blue"), title: "Moved" }),
      call(
        "POST",
        "projects?on_conflict=id",
        { id: id("open"), owner: id("ann"), title: "Moved", team: id("blue") },
        { prefer: "resolution=merge-duplicates" },
      ),
      call("PATCH", `tasks/${id("paint")}`, { project: id("secret") }),
      call("PATCH", `memberships/${id("bobRed")}`, { team: id("blue") }),
    ];
    for (const way of ways)
      for (const caller of [ann, both]) {
        const { status, body } = await ask(way, caller);
        assert.ok(status === 403 || status === 404 || status === 409, `${way.segments.join("/")} ${status} ${body}`);
      }
    assert.equal(await stored("projects", "team", id("open")), id("red"));
    assert.equal(await stored("projects", "title", id("open")), "Open house");
    assert.equal(await stored("tasks", "project", id("paint")), id("open"));
    assert.equal(await stored("memberships", "team", id("bobRed")), id("red"));
    // Within the tenant all is as the rules say.
    const within = await ask(call("PATCH", `tasks/${id("paint")}`, { project: id("closed") }, returned), both);
    assert.equal(within.status, 200, within.body);
    const named = await ask(call("PATCH", `projects/${id("open")}`, { team: id("red"), budget: "7.00" }), both);
    assert.ok(named.status < 300, named.body);
  });

  test("do not refer to another tenant's, not even by who belongs to both", async () => {
    const both: Actor = world.data.bob;
    const across = await ask(call("POST", "tasks", { project: id("open"), after: id("dig"), title: "Across" }), both);
    assert.equal(across.status, 403, across.body);
    const changed = await ask(call("PATCH", `tasks/${id("clean")}`, { after: id("dig") }), both);
    assert.equal(changed.status, 403, changed.body);
    assert.equal((await ask(call("PATCH", `tasks/${id("clean")}`, { after: id("paint") }), both)).status, 204);
    assert.equal((await ask(call("PATCH", `tasks/${id("clean")}`, { after: null }), both)).status, 204);
    assert.equal((await ask(call("POST", "tasks", { project: id("open"), title: "Alone" }), both)).status, 201);
  });

  test("are not changed, deleted or brought back from outside", async () => {
    for (const way of [
      call("PATCH", `projects?id=eq.${id("secret")}`, { title: "Taken" }, returned),
      call("DELETE", `projects?id=eq.${id("secret")}`, undefined, returned),
    ])
      assert.deepEqual(JSON.parse((await ask(way)).body), []);
    assert.equal((await ask(call("DELETE", `tasks/${id("dig")}`), world.data.eve)).status, 204);
    assert.equal((await ask(call("POST", `tasks/${id("dig")}/restore`))).status, 404);
    assert.equal(await stored("projects", "title", id("secret")), "Secret garden");
  });

  test("are all there for code that acts as the system", async () => {
    const rows = await world.database.get("SELECT count(DISTINCT team) FROM projects", []);
    assert.equal(rows?.[0], 2);
    const path = { column: "title", json: [] };
    const { json } = await world.records.read(
      {
        table: "projects",
        selection: { items: [{ type: "field", path }], order: [{ path, direction: "asc" }] },
        values: [],
        form: "json",
      },
      system,
    );
    assert.match(json, /Open house.*Secret garden/);
  });
});

/** Changes all that belongs to the blue team. */
async function changeOthers({ database, data: { ids } }: World): Promise<void> {
  const blue = ids["blue"] ?? "";
  const others = `project IN (SELECT id FROM projects WHERE team = '${blue}')`;
  const moments = "(SELECT created, updated FROM users LIMIT 1)";
  await database.transaction(async (connection) => {
    const run = (sql: string): Promise<number> => connection.run(sql, []);
    await run(
      `UPDATE tasks SET title = 'Other ' || title, points = 99, data = '{"tags":["x"]}', assignee = '${ids["ann"]}', effort = 7 WHERE ${others}`,
    );
    await run(
      `UPDATE projects SET title = 'Open house', notes = 'Hidden', open = 1, budget = 99900, owner = '${ids["ann"]}' WHERE team = '${blue}'`,
    );
    await run(`UPDATE memberships SET user = '${ids["editor"]}', since = '1999-01-01' WHERE team = '${blue}'`);
    await run(`UPDATE teams SET plan = 'paid' WHERE id = '${blue}'`);
    await run(
      `INSERT INTO invoices (id, team, amount, paid, created, updated, version) SELECT '10000000-0000-7000-8000-00000000000' || value, '${blue}', 5, 1, created, updated, 1 FROM json_each('[1,2,3]'), ${moments}`,
    );
    await run(
      `INSERT INTO projects (id, team, owner, title, open, status, created, updated, version) SELECT '60000000-0000-7000-8000-000000000001', '${blue}', '${ids["ann"]}', 'Closed doors', 1, 'done', created, updated, 1 FROM ${moments}`,
    );
    await run(
      `INSERT INTO tasks (id, project, title, points, assignee, reviewer, created, updated, version) SELECT '40000000-0000-7000-8000-000000000001', '60000000-0000-7000-8000-000000000001', 'Paint', 3, '${ids["ann"]}', '${ids["bob"]}', created, updated, 1 FROM ${moments}`,
    );
  });
}

function comparable({ status, headers, body }: WorldAnswer): unknown {
  const { link, "next-cursor": next, ...rest } = headers;
  return { status, headers: rest, body, hasNext: [link !== undefined, next !== undefined] };
}

/** Non-interference (Goguen and Meseguer, 1982), between tenants: see non-interference.test.ts. */
describe("what another tenant has changes nothing of what is told to", async () => {
  const [first, second] = await Promise.all([createWorld(tenantsBackend), createWorld(tenantsBackend)]);
  await changeOthers(second);
  after(() => Promise.all([first.close(), second.close()]));

  for (const who of ["ann", "bob", "nobody"] as const) {
    const caller = ({ data }: World): Actor | null => (who === "nobody" ? null : data[who]);
    const alike = async (request: RestCall): Promise<WorldAnswer> => {
      const [here, there] = [await first.ask(request, caller(first)), await second.ask(request, caller(second))];
      const place = `${request.method} /${request.segments.join("/")}?${request.search} ${request.body}`;
      assert.deepEqual(comparable(there), comparable(here), place);
      assert.notEqual(here.status, 500, `${place} ${here.body}`);
      return here;
    };

    test(`${who}, who reads`, async () => {
      let answered = 0;
      await fc.assert(
        fc.asyncProperty(anyRead, async (request) => {
          if ((await alike(request)).status < 300) answered += 1;
        }),
        { numRuns: runs },
      );
      assert.ok(answered > runs / 25, `only ${answered} of ${runs} requests were good ones`);
    });

    test(`${who}, who writes`, async () => {
      await fc.assert(
        fc.asyncProperty(anyWrite, async (request) => void (await alike(request))),
        { numRuns: runs / 2 },
      );
    });
  }

  test("the worlds do differ", async () => {
    const sum = call("GET", "projects?select=count(),budget.sum()");
    const [here, there] = [await first.ask(sum, first.data.eve), await second.ask(sum, second.data.editor)];
    assert.notEqual(here.body, there.body);
  });
});
