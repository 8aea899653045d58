import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { errorTable } from "#contract";
import { type Person, type Reply, startProjects } from "../support/live-projects.ts";
import { assertLikeMissing, rowsOf } from "./alike.ts";

const live = await startProjects({ after });
const { ids } = live.data;
const count = { prefer: "count=exact" };
const nowhere = "01234567-89ab-7cde-8f01-23456789abcd";

const names = async (path: string, as?: Person): Promise<unknown[]> =>
  rowsOf(await live.ask(path, as === undefined ? {} : { as })).map((row) => row["name"] ?? row["title"]);

const total = ({ headers }: Reply): string | undefined => headers.get("content-range")?.split("/")[1];

describe("4: a relation to a protected table is no way to filter by it", () => {
  test("4: a table that is closed to the caller is not there as a relation", async () => {
    for (const path of [
      "/teams?select=name&{}=some.(amount.gt.0)",
      "/teams?select=name&{}=none.()",
      "/teams?select=name&{}=every.(paid.is.true)",
      "/teams?or=({}.some.(amount.gt.0),name.eq.x)",
      "/projects?team=some.({}.some.(amount.gt.0))",
      "/teams?select=name,{}(amount)",
      "/teams?select=name,{}()",
      "/teams?select=name,{}!inner()",
      "/teams?select=name,{}!team(amount)",
      "/teams?select=name,...{}(amount)",
      "/teams?select=name,{}(count)",
      "/teams?select=name,{}(amount.sum())",
      "/teams?select=name,{}(amount)&{}.amount=gt.0",
      "/teams?select=name,{}(amount)&order={}(amount)",
      "/users?select=name,teams({}(amount))",
    ]) {
      for (const as of [undefined, "bob", "editor"] as const) {
        await assertLikeMissing(live, { path, headers: count, ...(as && { as }) }, "invoices");
      }
    }
  });

  test("4: rows that one may not see decide nothing, whichever relation leads to them", async () => {
    // Dig is a task of a project of the other team.
    assert.deepEqual(await names("/users?select=name&assigned=some.(title.like.D*)", "bob"), []);
    assert.deepEqual(await names("/users?select=name&assigned=some.(points.gt.10)", "bob"), []);
    assert.deepEqual(await names("/users?select=name&assigned=none.()&order=name", "bob"), ["Ann", "Editor", "Eve"]);
    assert.deepEqual(await names("/users?select=name&assigned=every.(points.lt.10)&order=name", "bob"), [
      "Ann",
      "Bob",
      "Editor",
      "Eve",
    ]);
    assert.deepEqual(await names("/users?select=name,tasks!assignee!inner(title)&order=name", "bob"), ["Bob"]);
    assert.deepEqual(await names("/users?select=name,assigned()&assigned=not.is.null", "bob"), ["Bob"]);
    assert.deepEqual(await names("/users?select=name&projects=some.()&order=name", "bob"), ["Ann"]);
    assert.deepEqual(await names("/users?select=name&projects=some.()&order=name", "eve"), ["Ann", "Eve"]);
    assert.deepEqual(await names("/teams?select=name&memberships=some.()", "bob"), ["Red"]);
    assert.deepEqual(await names("/teams?select=name&users=some.(name.eq.Eve)", "bob"), []);
    assert.deepEqual(await names("/teams?select=name&projects=some.(title.like.S*)", "bob"), []);
    const counted = await live.ask("/users?select=name&assigned=some.(points.gt.10)", { as: "bob", headers: count });
    assert.deepEqual([counted.text, total(counted)], ["[]", "0"]);
  });

  test("4: nor an aggregate or an order through them", async () => {
    assert.deepEqual(rowsOf(await live.ask("/users?select=name,assigned(points.sum())&name=eq.Eve", { as: "bob" })), [
      { name: "Eve", assigned: [{ sum: null }] },
    ]);
    const ordered = await live.ask("/tasks?select=title,project(title,notes)&order=project(notes),title", { as: "bob" });
    assert.deepEqual(
      rowsOf(ordered).map((row) => row["title"]),
      ["Clean", "Lock", "Paint"],
    );
    assert.equal((await live.ask("/tasks?select=title,project(title)&order=project(budget)", { as: "bob" })).code, "42703");
  });
});

describe("5: a private parent does not come through its children", () => {
  test("5: a child that one sees leads to no parent that one does not, and its key says no more than it is", async () => {
    for (const path of [
      "/tasks?select=title,project(title,team(name,projects(title)))",
      "/teams?select=name,projects(title,owner(name,projects(title)))",
      "/users?select=name,projects(title,tasks(title))",
      "/users?select=name,assigned(title,project(title))",
      "/memberships?select=since,team(name,projects(title))",
      "/teams?select=name,...projects(title)",
      "/users?select=name,teams(name,projects(title))",
    ]) {
      for (const as of [undefined, "bob", "editor"] as const) {
        for (const accept of ["application/json", "text/csv"]) {
          const { text } = await live.ask(path, { ...(as && { as }), headers: { accept } });
          assert.doesNotMatch(text, /Secret|Dig|Roses/, `${path} ${as}`);
          if (as !== "bob") assert.doesNotMatch(text, /Closed|Lock|Hidden/, `${path} ${as}`);
        }
      }
    }
  });

  test("5: what a change answers has no more of it", async () => {
    const reply = await live.ask(`/tasks?id=eq.${ids["paint"]}&select=title,project(title,budget)`, {
      method: "PATCH",
      as: "bob",
      headers: { prefer: "return=representation, tx=rollback" },
      body: { points: 6 },
    });
    assert.equal(reply.code, "42703", reply.text);
  });
});

describe("8: internal tables are not there", () => {
  test("8: by any way of asking, for anybody", async () => {
    const connectionTables = await live.platform.database.get(
      "SELECT json_group_array(name) FROM sqlite_schema WHERE type = 'table'",
      [],
    );
    const all = JSON.parse(String(connectionTables?.[0])) as string[];
    const internal = [
      ...all.filter(
        (name) =>
          !live.platform.records ||
          !["users", "teams", "memberships", "projects", "tasks", "messages", "invoices"].includes(name),
      ),
      "sqlite_schema",
      "sqlite_master",
      "sqlite_sequence",
      "pragma_table_info",
      "json_each",
      "temp.users",
      "main.users",
      "users_search",
    ];
    assert.ok(
      internal.some((name) => name.startsWith("_")),
      `none of our own in ${all.join()}`,
    );
    for (const name of internal) {
      for (const as of [undefined, "editor"] as const) {
        const who = as && { as };
        const path = `/${encodeURIComponent(name).replaceAll(/%5F/gi, "_")}`;
        assert.equal((await live.ask(path, { ...who })).code, "PGRST205", name);
        assert.equal((await live.ask(`${path}?select=*`, { ...who, headers: { accept: "text/csv" } })).code, "PGRST205", name);
        assert.equal((await live.ask(path, { ...who, method: "HEAD" })).status, 404, name);
        for (const method of ["POST", "PATCH", "DELETE"]) {
          const reply = await live.ask(`${path}${method === "POST" ? "" : "?id=eq.1"}`, {
            ...who,
            method,
            ...(method !== "DELETE" && { body: { a: 1 } }),
          });
          assert.equal(reply.code, "PGRST205", `${method} ${name} ${reply.text}`);
        }
        assert.equal((await live.ask(`/users?select=name,${encodeURIComponent(name)}(*)`, { ...who })).status, 400, name);
        assert.equal((await live.ask(`/rpc${path}`, { ...who })).code, "PGRST202", name);
      }
    }
  });

  test("8: the hidden row number of a table is no column", async () => {
    for (const name of ["_key", "rowid", "_rowid_", "ROWID"]) {
      for (const path of [
        "/users?select={}",
        "/users?{}=eq.1",
        "/users?order={}",
        "/users?{}=gt.0&select=name",
        "/teams?select=users({})",
      ]) {
        await assertLikeMissing(live, { path, as: "editor" }, name);
      }
    }
  });
});

test("9: no shortcut names a row: me, current, a name or a number is no id, and a row's address shows what its table shows", async () => {
  for (const id of [
    "me",
    "current",
    "self",
    "1",
    "0",
    "-1",
    "null",
    "*",
    "Bob",
    "bob@example.org",
    "true",
    "%5B%5D",
    "%F0%9F%98%80",
  ]) {
    const reply = await live.ask(`/users/${id}`, { as: "bob" });
    assert.ok(reply.code === "22P02" || reply.code === "not_found", `${id}: ${reply.status} ${reply.text}`);
  }
  const own = await live.ask(`/users/${ids["bob"]}`, { as: "bob" });
  assert.deepEqual([own.json()], rowsOf(await live.ask(`/users?id=eq.${ids["bob"]}`, { as: "bob" })));
  assert.doesNotMatch(own.text, /phone|password/);
  assert.doesNotMatch((await live.ask(`/users/${ids["bob"]}`, { as: "ann" })).text, /bob@/);
  assert.deepEqual((await live.ask("/rpc/who_am_i", { as: "bob" })).json(), { id: ids["bob"] });
  assert.equal((await live.ask(`/users/${ids["bob"]}?select=phone`, { as: "bob" })).code, "42703");
});

describe("17: errors name nothing that one may not see", () => {
  const secretWords =
    /invoices|phone|password|budget|sqlite|constraint|_key|SELECT |INSERT |UNIQUE|FOREIGN|CHECK|\.ts|node_modules|[a-z]+_search|\/(?:tmp|home|work|src)\//;

  test("17: neither by a suggestion, nor by an ambiguous name, nor by a constraint", async () => {
    for (const [path, code] of [
      ["/invoice", "PGRST205"],
      ["/invoicess", "PGRST205"],
      ["/users?phon=eq.1", "42703"],
      ["/users?select=phones", "42703"],
      ["/users?select=passwrd", "42703"],
      ["/projects?select=budgets", "42703"],
      ["/projects?order=budge", "42703"],
      ["/teams?select=name,invoice(*)", "PGRST200"],
      ["/teams?select=name,projects(budgett)", "42703"],
      ["/teams?invoicse=some.(amount.gt.1)", "PGRST200"],
      ["/users?on_conflict=phon&select=phoney", "42703"],
      ["/tasks?select=users(*)", "PGRST201"],
    ] as const) {
      const reply = await live.ask(path, { as: "bob" });
      assert.equal(reply.code, code, `${path} ${reply.text}`);
      const own = new RegExp(
        path
          .replace(/^\/|\W/g, "|")
          .split("|")
          .filter((word) => word.length > 3)
          .join("|"),
        "g",
      );
      assert.doesNotMatch(reply.text.replaceAll(own, ""), secretWords, path);
    }
  });

  test("17: a write that breaks a constraint says which of the caller's fields, and no more", async () => {
    const writes: readonly (readonly [Person, string, string, unknown, code: string])[] = [
      ["editor", "POST", "/teams", { name: "Red" }, "23505"],
      ["editor", "POST", "/memberships", { team: ids["red"], user: ids["bob"] }, "23505"],
      ["editor", "POST", "/memberships", { team: nowhere, user: ids["bob"] }, "23503"],
      ["editor", "DELETE", `/teams?id=eq.${ids["red"]}`, undefined, "23001"],
      ["bob", "PATCH", `/users?id=eq.${ids["bob"]}`, { email: "ann@example.org" }, "23505"],
      ["bob", "POST", "/tasks", { project: ids["open"], title: "" }, "validation_failed"],
      ["bob", "POST", "/tasks", { project: ids["open"] }, "validation_failed"],
      ["bob", "POST", "/tasks", { project: ids["open"], title: "x", points: 101 }, "validation_failed"],
    ];
    for (const [as, method, path, body, code] of writes) {
      const reply = await live.ask(path, { as, method, ...(body === undefined ? {} : { body }) });
      assert.equal(reply.code, code, `${method} ${path} ${reply.text}`);
      assert.doesNotMatch(reply.text, secretWords, reply.text);
      assert.doesNotMatch(reply.text, /ann@example/);
    }
  });

  test("17: an error has the five fields of the table and its own message where nothing better is safe", () => {
    // Those of signing in speak of the password that was typed.
    for (const { message } of Object.values(errorTable))
      assert.doesNotMatch(message.replaceAll(/\bpasswords?\b/gi, "proof"), secretWords);
  });
});

describe("18: what exists but is hidden answers as what is not there", () => {
  const hiddenId = (): string => String(ids["secret"]);

  test("18: a hidden row's address is a missing row's, for every method", async () => {
    for (const method of ["GET", "HEAD", "PATCH", "DELETE"]) {
      for (const prefer of ["return=minimal", "return=representation", "count=exact", "handling=strict, max-affected=1"]) {
        const ask = (id: string): Promise<Reply> =>
          live.ask(`/projects/${id}`, {
            method,
            as: "bob",
            headers: { prefer },
            ...(method === "PATCH" && { body: { title: "x" } }),
          });
        const [hidden, missing] = [await ask(hiddenId()), await ask(nowhere)];
        assert.deepEqual([hidden.status, hidden.text], [missing.status, missing.text], `${method} ${prefer}`);
        assert.equal(hidden.status, 404);
      }
    }
  });

  test("18: a filter finds neither, and a change of them changes nothing and says so alike", async () => {
    const before = await live.checksum();
    for (const method of ["GET", "HEAD", "PATCH", "DELETE"]) {
      for (const prefer of [
        "count=exact",
        "return=representation",
        "return=headers-only, count=exact",
        "handling=strict, max-affected=0",
      ]) {
        for (const accept of ["application/json", "application/vnd.pgrst.object+json", "text/csv"]) {
          const ask = (id: string): Promise<Reply> =>
            live.ask(`/projects?id=eq.${id}`, {
              method,
              as: "bob",
              headers: { prefer, accept },
              ...(method === "PATCH" && { body: { title: "x" } }),
            });
          const [hidden, missing] = [await ask(hiddenId()), await ask(nowhere)];
          assert.deepEqual(
            [hidden.status, hidden.text, hidden.headers.get("content-range")],
            [missing.status, missing.text, missing.headers.get("content-range")],
            `${method} ${prefer} ${accept}`,
          );
        }
      }
    }
    assert.equal(await live.checksum(), before);
  });

  test("18: nor does a reference to them tell, by its error, which of them there are", async () => {
    // Bob may write tasks of his team's projects; Eve's is not there for him, nor is one that is nowhere.
    const add = (project: string): Promise<Reply> =>
      live.ask("/tasks", { method: "POST", as: "bob", body: { title: "x", project } });
    const [hidden, missing] = [await add(hiddenId()), await add(nowhere)];
    assert.deepEqual([hidden.status, hidden.text], [missing.status, missing.text]);
    assert.ok(hidden.status >= 400);
    const move = (project: string): Promise<Reply> =>
      live.ask(`/tasks?id=eq.${ids["paint"]}`, { method: "PATCH", as: "bob", body: { project } });
    const [moved, lost] = [await move(hiddenId()), await move(nowhere)];
    assert.deepEqual([moved.status, moved.text], [lost.status, lost.text]);
    assert.ok(moved.status >= 400);
  });

  test("18: an insert with the id of a hidden row, and an upsert of it, meet the same rule as one that is free", async () => {
    const before = await live.checksum();
    for (const prefer of [
      "return=minimal",
      "resolution=merge-duplicates",
      "resolution=ignore-duplicates",
      "resolution=merge-duplicates, return=representation",
    ]) {
      const put = (id: string): Promise<Reply> =>
        live.ask("/projects", {
          method: "POST",
          as: "bob",
          headers: { prefer },
          body: { id, team: ids["blue"], owner: ids["bob"], title: "Mine now" },
        });
      const [hidden, missing] = [await put(hiddenId()), await put(nowhere)];
      assert.deepEqual([hidden.status, hidden.text], [missing.status, missing.text], prefer);
      assert.equal(hidden.code, "42501", hidden.text);
    }
    assert.equal(await live.checksum(), before);
  });

  test("18: a function that one may not call is one that is not there, whatever it is asked", async () => {
    for (const method of ["GET", "POST", "HEAD", "OPTIONS", "DELETE"]) {
      const ask = (name: string): Promise<Reply> =>
        live.ask(`/rpc/${name}`, { method, ...(method === "POST" && { body: { project: nowhere, title: "x" } }) });
      const missing = await ask("qqq");
      for (const name of ["who_am_i", "rename_project"]) {
        const hidden = await ask(name);
        assert.deepEqual(
          [hidden.status, hidden.text.replaceAll(name, "qqq"), hidden.headers.get("allow")],
          [missing.status, missing.text, missing.headers.get("allow")],
          `${method} ${name}`,
        );
      }
    }
  });

  test("18: nor do OPTIONS, a profile, a media type or a preference tell a closed table from a missing one", async () => {
    for (const sent of [
      { method: "OPTIONS" },
      { headers: { "accept-profile": "private" } },
      { headers: { accept: "image/png" } },
      { headers: { prefer: "handling=strict, nonsense" } },
      { method: "TRACE2" },
      { method: "PUT", body: {} },
      { method: "DELETE" },
      { method: "PATCH", body: {} },
      { method: "POST", body: "{", headers: { "content-type": "application/json" } },
      { method: "POST", body: { nonsense: 1 } },
      { method: "POST", body: { amount: 1 }, headers: { prefer: "resolution=merge-duplicates" } },
    ]) {
      const [closed, missing] = [
        await live.ask("/invoices", { as: "bob", ...sent }),
        await live.ask("/qqqqqqqq", { as: "bob", ...sent }),
      ];
      assert.deepEqual(
        [closed.status, closed.text.replaceAll("invoices", "qqqqqqqq")],
        [missing.status, missing.text],
        JSON.stringify(sent),
      );
    }
  });
});
