import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import type { Actor, KeyScope } from "#contract";
import { anyRead, anyWrite, type RestCall } from "./request-arbitraries.ts";
import { createWorld, type World, type WorldAnswer } from "./worlds.ts";
import { propertyRuns } from "../support/property-runs.ts";

/**
 * A key that leaves tables out is told nothing of them: two worlds that differ in these tables alone answer every request of the key alike, to
 * the byte (non-interference, as in non-interference.test.ts). Its owner sees nearly all, so that it is the scope that hides.
 */
const runs = propertyRuns(120, 400);

const withKey = (owner: Actor, scope: KeyScope): Actor => ({
  ...owner,
  roles: ["editor"],
  key: { id: "key-1", name: "a test", verified: true, scope },
});

/** Changes what rules do not look at: rules are the app's, and look at all rows. */
async function changeOthers({ database, data: { ids } }: World): Promise<void> {
  await database.transaction(async (connection) => {
    const run = (sql: string): Promise<number> => connection.run(sql, []);
    await run("UPDATE users SET name = 'Other ' || name, email = 'other-' || email, phone = '+1'");
    await run("UPDATE teams SET name = 'Other ' || name, plan = 'free'");
    await run("UPDATE tasks SET title = 'Other ' || title, points = 99, assignee = NULL, data = '{\"tags\":[\"x\"]}'");
    await run("UPDATE invoices SET amount = 1, paid = 1");
    await run(
      `INSERT INTO tasks (id, project, title, points, created, updated, version) SELECT '40000000-0000-7000-8000-000000000001', id, 'One more', 3, created, updated, 1 FROM projects WHERE id = '${ids["open"]}'`,
    );
  });
}

function comparable({ status, headers, body }: WorldAnswer): unknown {
  const { link, "next-cursor": next, ...rest } = headers;
  return { status, headers: rest, body, hasNext: [link !== undefined, next !== undefined] };
}

const words = ({ method, segments, search }: RestCall): string => `${method} /${segments.join("/")}?${search}`;

describe("a key for two tables", async () => {
  const [first, second] = await Promise.all([createWorld(), createWorld()]);
  await changeOthers(second);
  const tables = ["projects", "memberships"];
  const scope: KeyScope = { access: "write", tables, routes: false };
  const key = (world: World): Actor => withKey(world.data.bob, scope);

  const alike = async (call: RestCall): Promise<WorldAnswer> => {
    const [here, there] = [await first.ask(call, key(first)), await second.ask(call, key(second))];
    assert.deepEqual(comparable(there), comparable(here), words(call));
    assert.notEqual(here.status, 500, `${words(call)} ${here.body}`);
    if (!tables.includes(call.segments[2] ?? "")) assert.ok(here.status >= 400, `${words(call)} ${here.status}`);
    return here;
  };

  test("the worlds do differ for its owner", async () => {
    const call: RestCall = {
      method: "GET",
      segments: ["rest", "v1", "projects"],
      search: "select=open_points,tasks(title)",
      headers: {},
      body: undefined,
    };
    const bob = (world: World): Actor => ({ ...world.data.bob, roles: ["editor"] });
    assert.notEqual((await first.ask(call, bob(first))).body, (await second.ask(call, bob(second))).body);
    assert.notEqual((await alike(call)).status, 200);
  });

  test("is told nothing of the others by reads", async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(anyRead, async (call) => {
        if ((await alike(call)).status < 300) answered++;
      }),
      { numRuns: runs },
    );
    assert.ok(answered > runs / 40, `only ${answered} of ${runs} requests were good ones`);
  });

  test("is told nothing of the others by writes, and writes none of them", async () => {
    await fc.assert(
      fc.asyncProperty(anyWrite, async (call) => void (await alike(call))),
      { numRuns: runs },
    );
  });

  after(async () => {
    await Promise.all([first.close(), second.close()]);
  });
});

describe("a key that only reads", async () => {
  const world = await createWorld();
  const owner: Actor = { ...world.data.bob, roles: ["editor"] };
  const key = withKey(owner, { access: "read", routes: true });

  test("reads what its owner reads, and changes nothing", async () => {
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(anyRead, async (call) => {
        const [own, owners] = [await world.ask(call, key), await world.ask(call, owner)];
        if (own.status < 300) assert.deepEqual(comparable(own), comparable(owners), words(call));
        else assert.equal(own.status, owners.status, words(call));
      }),
      { numRuns: runs / 2 },
    );
    await fc.assert(
      fc.asyncProperty(anyWrite, async (call) => {
        const { status } = await world.ask(call, key);
        assert.ok(status >= 400, `${words(call)} ${status}`);
        if ((await world.ask(call, owner)).status < 300) changed++;
      }),
      { numRuns: runs },
    );
    assert.ok(changed > runs / 200, `its owner could change something ${changed} times`);
  });

  after(() => world.close());
});
