import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Person, startProjects } from "../support/live-projects.ts";
import { assertLikeMissing, type Probe, rowsOf } from "./alike.ts";

const live = await startProjects({ after });
const { ids } = live.data;

/** Columns that nobody but an editor reads (`budget`), that nobody reads (`phone`) and that are written alone (`password`). */
const hidden: readonly (readonly [table: string, column: string])[] = [
  ["users", "phone"],
  ["users", "password"],
  ["projects", "budget"],
];

const count = { prefer: "count=exact" };

/** Every probe, of every hidden column, by nobody and by Bob. */
async function allLikeMissing(probes: readonly (Probe | string)[], columns = hidden): Promise<void> {
  for (const [table, column] of columns) {
    for (const probe of probes) {
      const sent: Probe = typeof probe === "string" ? { path: probe, headers: count } : probe;
      for (const as of [undefined, "bob"] as const) {
        const path = sent.path.replaceAll("TABLE", table);
        await assertLikeMissing(live, { ...sent, path, ...(as === undefined ? {} : { as }) }, column);
      }
    }
  }
}

const names = async (path: string, as?: Person): Promise<unknown[]> =>
  rowsOf(await live.ask(path, as === undefined ? {} : { as })).map((row) => row["name"] ?? row["title"]);

describe("1: a filter on a hidden field gives nothing away", () => {
  test("1: a filter on the prefix of a hidden field is a filter on a column that is not there", () =>
    allLikeMissing(
      [
        "like.*1*",
        "ilike.A*",
        "match.^a",
        "imatch.^a",
        "eq.5",
        "neq.5",
        "gt.0",
        "gte.0",
        "lt.9",
        "lte.9",
        "is.null",
        "is.not_null",
        "not.is.null",
        "in.(1,2)",
        "not.in.(1)",
        "isdistinct.1",
        "fts.a",
        "plfts.a",
        "wfts.a",
        "eq(any).{1,2}",
        "like(all).{a*}",
        "cs.{a}",
        "cd.{a}",
        "ov.{a}",
        "nonsense.1",
        "eq.",
      ].map((filter) => `/TABLE?{}=${filter}`),
    ));

  test("1: nor does it as HEAD, in a range, as one object, as CSV, with nulls stripped or by cursor", () =>
    allLikeMissing([
      { path: "/TABLE?{}=gt.0", method: "HEAD", headers: count },
      { path: "/TABLE?{}=gt.0&select=id", headers: { range: "0-0", ...count } },
      { path: "/TABLE?{}=gt.0", headers: { accept: "application/vnd.pgrst.object+json" } },
      { path: "/TABLE?{}=gt.0", headers: { accept: "text/csv" } },
      { path: "/TABLE?{}=gt.0", headers: { accept: "application/vnd.pgrst.array+json;nulls=stripped" } },
      { path: "/TABLE?{}=gt.0&after=" },
      { path: "/TABLE?{}=gt.0", headers: { prefer: "count=planned" } },
      { path: "/TABLE?{}=gt.0", headers: { prefer: "count=estimated" } },
      { path: "/TABLE?{}=gt.0", headers: { "if-none-match": "*" } },
      { path: "/TABLE?{}->a=eq.1" },
      { path: "/TABLE?{}->>a=eq.1" },
      { path: "/TABLE?%22{}%22=eq.1" },
    ]));

  test("1: nor does a change that is told to touch the rows where it has a value", () =>
    allLikeMissing([
      { path: "/TABLE?{}=gt.0", method: "PATCH", body: { version: 1 }, headers: { prefer: "tx=rollback, count=exact" } },
      { path: "/TABLE?{}=gt.0", method: "DELETE", headers: { prefer: "tx=rollback, count=exact" } },
      { path: "/TABLE?{}=gt.0", method: "PUT", body: { id: 1 } },
      { path: `/TABLE?id=eq.${ids["bob"]}&order={}&limit=1`, method: "DELETE", headers: { prefer: "tx=rollback" } },
    ]));

  test("1: one that each sees of their own matches nobody else's, and counts nobody else's", async () => {
    for (const filter of ["like.a*", "ilike.ANN*", "match.^ann", "eq.ann@example.org", "in.(ann@example.org,eve@example.org)"]) {
      for (const as of [undefined, "bob"] as const) {
        const reply = await live.ask(`/users?select=name&email=${filter}`, { ...(as && { as }), headers: count });
        if (as === undefined) assert.ok(reply.status === 400 || reply.text === "[]", reply.text);
        else {
          assert.deepEqual([reply.text, reply.headers.get("content-range")], ["[]", "*/0"], filter);
        }
      }
      assert.equal((await names(`/users?email=${filter}`, "ann")).length, 1);
    }
    assert.deepEqual(await names("/users?select=name&email=not.like.a*", "bob"), ["Bob"]);
    assert.deepEqual(await names("/users?select=name&email=not.is.null", "bob"), ["Bob"]);
    assert.deepEqual(await names("/users?select=name&email=neq.bob@example.org", "bob"), []);
    assert.deepEqual(await names("/users?select=name&email=gt.a", "bob"), ["Bob"]);
    assert.deepEqual(await names("/users?select=name&email=not.eq(any).{x,y}", "bob"), ["Bob"]);
  });
});

describe("2: an order by a hidden field gives nothing away", () => {
  test("2: it is an order by a column that is not there, directly, by a path, in an embed and through one", () =>
    allLikeMissing([
      "/TABLE?order={}",
      "/TABLE?order={}.desc.nullsfirst,id",
      "/TABLE?order=id,{}",
      "/TABLE?order={}->a",
      "/TABLE?order={}&after=",
      "/TABLE?order={}&limit=1&offset=1",
    ]));

  test("2: also where it stands in another table that is embedded, spread or only ordered by", () =>
    allLikeMissing(
      [
        "/projects?select=title,owner(name)&order=owner({})",
        "/projects?select=title,owner(name)&order=owner({}).desc.nullslast",
        "/projects?select=title,owner!inner(name)&order=owner({})",
        "/projects?select=title,o:owner(name)&order=o({})",
        "/tasks?select=title,assignee(name)&order=assignee({})",
        "/teams?select=name,users(name)&users.order={}",
        "/projects?select=title,...owner(name)&owner.order={}",
      ],
      [
        ["users", "phone"],
        ["users", "password"],
      ],
    ));

  test("2: rows whose field one may not see stand together, in the order of their keys", async () => {
    assert.deepEqual(await names("/users?select=name&order=email", "bob"), ["Bob", "Ann", "Eve", "Editor"]);
    assert.deepEqual(await names("/users?select=name&order=email.desc", "bob"), ["Ann", "Eve", "Editor", "Bob"]);
    assert.deepEqual(await names("/users?select=name&order=email.desc.nullslast", "bob"), ["Bob", "Ann", "Eve", "Editor"]);
    const through = await live.ask("/tasks?select=title,assignee(name)&order=assignee(email).desc,title", { as: "ann" });
    assert.deepEqual(
      rowsOf(through).map((row) => row["title"]),
      ["Clean", "Lock", "Paint"],
    );
  });

  test("2: pages by cursor over it say no more than that, and neither do their cursors", async () => {
    const seen: unknown[] = [];
    for (let cursor = ""; ; ) {
      const page = await live.ask(`/users?select=name&order=email&limit=1&after=${cursor}`, { as: "bob" });
      seen.push(...rowsOf(page).map((row) => row["name"]));
      const next = page.headers.get("next-cursor");
      if (next === null) break;
      assert.doesNotMatch(Buffer.from(next, "base64url").toString("latin1"), /example|ann/i);
      cursor = encodeURIComponent(next);
    }
    assert.deepEqual(seen, ["Bob", "Ann", "Eve", "Editor"]);
  });
});

describe("3: a hidden field inside logic gives nothing away", () => {
  test("3: or, and, not and their nests know no such column", () =>
    allLikeMissing([
      "/TABLE?or=({}.gt.0,id.is.null)",
      "/TABLE?and=({}.gt.0)",
      "/TABLE?not.or=({}.gt.0)",
      "/TABLE?not.and=(id.not.is.null,{}.like.a*)",
      "/TABLE?or=(id.is.null,and(id.not.is.null,not.or({}.is.null)))",
      "/TABLE?or=(id.not.is.null,{}.is.null)",
      "/TABLE?or=({}.not.is.null,id.is.null)",
      "/TABLE?or=({}->>a.eq.1)",
      "/TABLE?or=(%22{}%22.eq.1)",
    ]));

  test("3: nor do they inside embeds and conditions on relations", () =>
    allLikeMissing(
      [
        "/projects?select=title,owner(name)&owner.or=({}.like.a*,name.eq.Ann)",
        "/projects?select=title,owner!inner(name)&owner.not.and=({}.like.a*)",
        "/projects?owner=some.({}.like.a*)",
        "/projects?owner=none.({}.like.a*)",
        "/projects?owner=every.(or(name.eq.x,{}.like.a*))",
        "/teams?projects=some.(owner.some.({}.like.a*))",
        "/teams?or=(projects.some.(owner.some.({}.not.is.null)),name.eq.x)",
      ],
      [
        ["users", "phone"],
        ["users", "password"],
      ],
    ));

  test("3: where it shows in some rows, logic sees it as null in the others", async () => {
    assert.deepEqual(await names("/users?select=name&or=(email.like.ann*,name.eq.Eve)", "bob"), ["Eve"]);
    assert.deepEqual(await names("/users?select=name&not.or=(email.like.ann*,name.eq.Eve)", "bob"), ["Bob"]);
    assert.deepEqual(await names("/users?select=name&not.and=(email.like.ann*)", "bob"), ["Bob"]);
    assert.deepEqual(await names("/users?select=name&or=(email.like.ann*,email.not.like.ann*)", "bob"), ["Bob"]);
    assert.deepEqual(await names("/projects?select=title&owner=some.(email.like.ann*)", "bob"), []);
    assert.deepEqual(await names("/projects?select=title&owner=some.(not.or(email.like.bob*,email.not.like.bob*))", "bob"), []);
    assert.deepEqual(await names("/projects?select=title&notes=like.Call*", "bob"), []);
    assert.deepEqual(await names("/projects?select=title&notes=like.Call*", "ann"), ["Open house"]);
  });
});

describe("6: embeds, aggregates and exports show no hidden field", () => {
  test("6: to select, alias, cast, aggregate or group by one is to name a column that is not there", () =>
    allLikeMissing([
      "/TABLE?select={}",
      "/TABLE?select=id,x:{}",
      "/TABLE?select={}::text",
      "/TABLE?select={}->a",
      "/TABLE?select={}.count()",
      "/TABLE?select={}.max()",
      "/TABLE?select=x:{}.min()::text",
      "/TABLE?select={}.sum()",
      "/TABLE?select={},count()",
      { path: "/TABLE?select={}", headers: { accept: "text/csv" } },
    ]));

  test("6: nor in embeds and spreads, nor in what a change answers", async () => {
    await allLikeMissing(
      [
        "/projects?select=title,owner({})",
        "/projects?select=title,...owner({})",
        "/projects?select=title,...owner(x:{})",
        "/projects?select=title,owner({}.count())",
        "/teams?select=users({}.max())",
      ],
      [
        ["users", "phone"],
        ["users", "password"],
      ],
    );
    const prefer = "return=representation, tx=rollback";
    await allLikeMissing(
      [{ path: `/TABLE?id=eq.${ids["bob"]}&select={}`, method: "PATCH", body: { name: "Rob" }, headers: { prefer } }],
      [
        ["users", "phone"],
        ["users", "password"],
      ],
    );
  });

  test("6: what one may write but not read is not answered by the write", async () => {
    const headers = { prefer: "return=representation, tx=rollback" };
    const body = { phone: "+31 1", password: "new one" };
    for (const accept of ["application/json", "text/csv", "application/vnd.pgrst.object+json"]) {
      const reply = await live.ask(`/users?id=eq.${ids["bob"]}`, {
        method: "PATCH",
        as: "bob",
        headers: { ...headers, accept },
        body,
      });
      assert.equal(reply.status, 200, reply.text);
      assert.doesNotMatch(reply.text, /phone|\+31|password|new one/);
    }
    const sent = await live.ask(`/messages`, { method: "POST", headers, body: { from: "x@example.org", body: "Hello" } });
    assert.deepEqual([sent.status, sent.text], [201, "[]"]);
  });

  test("6: star, CSV and a row's own address leave out what is hidden, and empty what is hidden in some rows", async () => {
    for (const path of [
      "/users",
      "/users?select=*",
      `/users/${ids["ann"]}`,
      "/projects?select=*,owner(*)",
      "/teams?select=users(*)",
    ]) {
      for (const accept of ["application/json", "text/csv"]) {
        const reply = await live.ask(path, { as: "bob", headers: { accept } });
        assert.equal(reply.status, 200, `${path} ${reply.text}`);
        assert.doesNotMatch(reply.text, /phone|password|budget|ann@|eve@|\+31|secret|mayor|wishes/i, path);
      }
    }
  });

  test("6: aggregates see null where the reader would", async () => {
    const one = async (path: string, as: Person): Promise<unknown> => rowsOf(await live.ask(path, { as }));
    assert.deepEqual(await one("/users?select=email.count(),all:count(),low:email.min(),high:email.max()", "bob"), [
      { count: 1, all: 4, low: "bob@example.org", high: "bob@example.org" },
    ]);
    assert.deepEqual(await one("/users?select=email,count()&order=email", "bob"), [
      { email: "bob@example.org", count: 1 },
      { email: null, count: 3 },
    ]);
    assert.deepEqual(await one("/projects?select=notes.count(),notes.max()", "bob"), [{ count: 0, max: null }]);
    // Through an embed, whose own rules hold for its rows.
    assert.deepEqual(await one("/teams?select=name,projects(count(),points:open_points.sum())&order=name", "bob"), [
      { name: "Blue", projects: [{ count: 0, points: null }] },
      { name: "Red", projects: [{ count: 2, points: 15 }] },
    ]);
  });

  test("6: an entity tag is no oracle: it does not move when hidden values do", async () => {
    const paths = [
      "/users?select=*",
      `/users/${ids["ann"]}`,
      "/projects?select=title,owner(*)",
      "/users?select=name&order=email",
    ];
    const tags = async (): Promise<(string | null)[]> =>
      Promise.all(paths.map(async (path) => (await live.ask(path, { as: "bob" })).headers.get("etag")));
    const before = await tags();
    const set = (phone: string, email: string): Promise<number> =>
      live.platform.database.transaction((connection) =>
        connection.run(`UPDATE users SET phone = '${phone}', email = '${email}' WHERE name = 'Ann'`, []),
      );
    await set("+99", "zzz@example.org");
    const during = await tags();
    assert.notEqual((await live.ask("/users?select=email", { as: "ann" })).text.includes("zzz"), false);
    await set("+31 300", "ann@example.org");
    assert.deepEqual(during, before);
    for (const [index, path] of paths.entries()) {
      const reply = await live.ask(path, { as: "bob", headers: { "if-none-match": before[index] ?? "" } });
      assert.equal(reply.status, 304, path);
    }
  });
});

describe("7: full-text search over a hidden field counts nothing", () => {
  for (const operator of ["fts", "plfts", "phfts", "wfts"]) {
    test(`7: ${operator} finds the owner's notes for the owner alone`, async () => {
      const hits = async (path: string, as?: Person): Promise<string | null> => {
        const reply = await live.ask(path, { ...(as && { as }), headers: count });
        assert.ok([200, 206].includes(reply.status), reply.text);
        return reply.headers.get("content-range")?.split("/")[1] ?? null;
      };
      assert.equal(await hits(`/projects?notes=${operator}.mayor`, "ann"), "1");
      assert.equal(await hits(`/projects?notes=${operator}.mayor`, "bob"), "0");
      assert.equal(
        await hits(`/projects?notes=not.${operator}.mayor`, "bob"),
        await hits("/projects?notes=not.plfts.nothing", "bob"),
      );
      assert.equal(await hits(`/projects?or=(notes.${operator}.mayor,title.eq.x)`, "bob"), "0");
      assert.equal(await hits(`/teams?projects=some.(notes.${operator}.mayor)`, "bob"), "0");
      assert.equal(await hits(`/teams?select=name,projects!inner(title)&projects.notes=${operator}.mayor`, "bob"), "0");
      assert.equal(await hits(`/projects?title=${operator}.garden`, "bob"), "0");
      assert.equal(await hits(`/projects?title=${operator}.garden`, "eve"), "1");
    });
  }

  test("7: the tables behind the search are not there", async () => {
    for (const table of ["projects_search", "projects_search_data", "users_search", "projects_fts"]) {
      assert.equal((await live.ask(`/${table}`, { as: "editor" })).code, "PGRST205", table);
    }
  });
});
