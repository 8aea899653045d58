import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Person, type Reply, startProjects } from "../support/live-projects.ts";
import { allRefused, type Refusal } from "./all-refused.ts";
import { rowsOf } from "./alike.ts";

const live = await startProjects({ after });
const { ids } = live.data;
const free = "01234567-89ab-7cde-8f01-23456789abcd";
const returned = { prefer: "return=representation" };

const task = (over: object = {}): object => ({ project: ids["open"], title: "New", ...over });

test("10: an id is chosen only in its own form, never one that is taken or means something elsewhere", async () => {
  const bad = [
    "me",
    "0",
    "-1",
    "null",
    "",
    " ",
    "../x",
    "rpc",
    "users",
    `${free} `,
    free.slice(1),
    `{${free}}`,
    `urn:uuid:${free}`,
    1,
    0,
    true,
    [],
    {},
    1e21,
  ];
  await allRefused(live, [
    ...bad.map((id): Refusal => ({ path: "/tasks", as: "bob", body: task({ id }), codes: ["validation_failed"] })),
    { path: "/tasks", as: "bob", body: task({ id: ids["paint"] }), codes: ["23505"] },
    { path: "/tasks", as: "bob", body: task({ id: ids["paint"]?.toUpperCase() }), codes: ["23505"] },
    { path: "/tasks", as: "bob", body: task({ _key: 1 }), codes: ["PGRST204"] },
    { path: "/tasks", as: "bob", body: task({ rowid: 1 }), codes: ["PGRST204"] },
    { path: `/tasks/${free}`, method: "PUT", as: "bob", body: { ...task(), id: ids["paint"] }, codes: ["PGRST115"] },
    { path: `/tasks?id=eq.${free}`, method: "PUT", as: "bob", body: { ...task(), id: ids["paint"] }, codes: ["PGRST115"] },
    { path: "/tasks/me", method: "PUT", as: "bob", body: task(), codes: ["validation_failed", "22P02"] },
    {
      path: `/users?id=eq.${ids["bob"]}`,
      method: "PATCH",
      as: "bob",
      body: { id: ids["eve"] },
      codes: ["validation_failed", "23505", "42501"],
    },
    { path: `/users?id=eq.${ids["bob"]}`, method: "PATCH", as: "bob", body: { id: free }, codes: ["validation_failed", "42501"] },
  ]);
});

describe("11: what a caller may not set is not stored", () => {
  test("11: by insert, update, upsert, put, form or CSV", async () => {
    const budget = { team: ids["red"], owner: ids["ann"], title: "New", budget: "5" };
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const csv = { "content-type": "text/csv" };
    await allRefused(live, [
      ...["role", "roles", "admin", "verified", "isAdmin", "claims"].flatMap((name): Refusal[] => [
        { path: `/users?id=eq.${ids["bob"]}`, method: "PATCH", as: "bob", body: { [name]: true }, codes: ["PGRST204"] },
        { path: "/tasks", as: "bob", body: task({ [name]: true }), codes: ["PGRST204"] },
      ]),
      ...["created", "updated", "version"].flatMap((name): Refusal[] => [
        {
          path: `/users?id=eq.${ids["bob"]}`,
          method: "PATCH",
          as: "bob",
          body: { [name]: name === "version" ? 9 : "2020-01-01T00:00:00Z" },
          codes: ["validation_failed", "PGRST204", "42501"],
        },
        {
          path: "/tasks",
          as: "bob",
          body: task({ [name]: name === "version" ? 9 : "2020-01-01T00:00:00Z" }),
          codes: ["validation_failed", "PGRST204", "42501"],
        },
      ]),
      { path: "/projects", as: "ann", body: budget, codes: ["42501", "PGRST204"] },
      { path: `/projects?id=eq.${ids["open"]}`, method: "PATCH", as: "ann", body: { budget: "5" }, codes: ["42501", "PGRST204"] },
      {
        path: `/projects?id=eq.${ids["open"]}`,
        method: "PATCH",
        as: "ann",
        headers: form,
        body: "budget=5",
        codes: ["42501", "PGRST204"],
      },
      {
        path: `/projects?id=eq.${ids["open"]}`,
        method: "PATCH",
        as: "ann",
        headers: csv,
        body: "budget\n5",
        codes: ["42501", "PGRST204"],
      },
      {
        path: "/projects",
        as: "ann",
        headers: { prefer: "resolution=merge-duplicates" },
        body: { ...budget, id: ids["open"] },
        codes: ["42501", "PGRST204"],
      },
      { path: `/projects/${ids["open"]}`, method: "PUT", as: "ann", body: budget, codes: ["42501", "PGRST204"] },
      { path: "/projects?columns=title,team,owner,budget", as: "ann", body: budget, codes: ["42501", "PGRST204"] },
      // Computed columns are nobody's to set.
      {
        path: `/projects?id=eq.${ids["open"]}`,
        method: "PATCH",
        as: "ann",
        body: { open_points: 1 },
        codes: ["validation_failed", "PGRST204"],
      },
      { path: "/teams", as: "editor", body: { name: "New", size: 9 }, codes: ["validation_failed", "PGRST204"] },
      // A field whose rule depends on its value.
      { path: "/tasks", as: "bob", body: task({ reviewer: ids["bob"] }), codes: ["42501"] },
      { path: `/tasks?id=eq.${ids["lock"]}`, method: "PATCH", as: "bob", body: { reviewer: ids["bob"] }, codes: ["42501"] },
      { path: `/tasks/${ids["lock"]}`, method: "PUT", as: "bob", body: task({ reviewer: ids["bob"] }), codes: ["42501"] },
      { path: "/tasks", as: "bob", body: [task(), task({ reviewer: ids["bob"] })], codes: ["42501"] },
      // The owner is who is asking.
      { path: "/projects", as: "bob", body: { team: ids["red"], owner: ids["ann"], title: "Hers" }, codes: ["42501"] },
      { path: `/projects?id=eq.${ids["open"]}`, method: "PATCH", as: "ann", body: { owner: ids["bob"] }, codes: ["42501"] },
      { path: `/rpc/rename_project`, body: { project: ids["open"], title: "x" }, codes: ["PGRST202"] },
    ]);
  });

  test("11: columns= takes only what it names, and does not open what is closed", async () => {
    const reply = await live.ask("/tasks?columns=title,project", {
      method: "POST",
      as: "bob",
      headers: { prefer: "return=representation, tx=rollback" },
      body: task({ points: 50, role: "admin" }),
    });
    assert.equal(reply.status, 201, reply.text);
    assert.equal(rowsOf({ ...reply, status: 200 })[0]?.["points"], 1);
  });

  test("11: a function acts as its caller and changes what they may change", async () => {
    const rename = (as: Person, project: string): Promise<Reply> =>
      live.ask("/rpc/rename_project", {
        method: "POST",
        as,
        headers: { prefer: "tx=rollback" },
        body: { project, title: "New" },
      });
    assert.deepEqual((await rename("ann", String(ids["open"]))).json(), { renamed: 1 });
    assert.deepEqual((await rename("bob", String(ids["open"]))).json(), { renamed: 0 });
    assert.deepEqual((await rename("bob", String(ids["secret"]))).json(), { renamed: 0 });
  });
});

test("12: no change moves a row to where its writer may not put it", async () => {
  const merge = { prefer: "resolution=merge-duplicates" };
  const own = { id: ids["open"], team: ids["blue"], owner: ids["ann"], title: "Moved" };
  await allRefused(live, [
    { path: `/projects?id=eq.${ids["open"]}`, method: "PATCH", as: "ann", body: { team: ids["blue"] }, codes: ["42501"] },
    { path: `/projects/${ids["open"]}`, method: "PATCH", as: "ann", body: { team: ids["blue"] }, codes: ["42501"] },
    { path: `/projects/${ids["open"]}`, method: "PUT", as: "ann", body: own, codes: ["42501"] },
    { path: "/projects", as: "ann", headers: merge, body: own, codes: ["42501"] },
    { path: `/projects?owner=eq.${ids["ann"]}`, method: "PATCH", as: "ann", body: { team: ids["blue"] }, codes: ["42501"] },
    // To somebody who is not there, and to oneself in a team that is not one's own.
    { path: `/projects?id=eq.${ids["open"]}`, method: "PATCH", as: "ann", body: { owner: free }, codes: ["42501", "23503"] },
    { path: "/projects", as: "bob", body: { team: ids["blue"], owner: ids["bob"], title: "x" }, codes: ["42501"] },
    // Tasks go where their project goes.
    {
      path: `/tasks?id=eq.${ids["paint"]}`,
      method: "PATCH",
      as: "bob",
      body: { project: ids["secret"] },
      codes: ["42501", "23503"],
    },
    { path: `/tasks?id=eq.${ids["dig"]}`, method: "PATCH", as: "bob", headers: returned, body: { title: "Mine" }, codes: [""] },
    {
      path: "/tasks",
      as: "bob",
      headers: merge,
      body: task({ id: ids["paint"], project: ids["secret"] }),
      codes: ["42501", "23503"],
    },
    { path: "/memberships", as: "bob", body: { team: ids["blue"], user: ids["bob"] }, codes: ["42501"] },
    { path: `/memberships?user=eq.${ids["bob"]}`, method: "PATCH", as: "bob", body: { team: ids["blue"] }, codes: ["42501"] },
  ]);
});

describe("19: an upsert is no update of somebody else's row", () => {
  const forms = [
    "resolution=merge-duplicates",
    "resolution=merge-duplicates, return=representation",
    "resolution=merge-duplicates, missing=default",
  ];

  test("19: by its key", () =>
    allRefused(
      live,
      forms.flatMap((prefer): Refusal[] => [
        {
          path: "/users",
          as: "bob",
          headers: { prefer },
          body: { id: ids["ann"], name: "Robbed", email: "x@example.org" },
          codes: ["42501"],
        },
        {
          path: "/projects",
          as: "bob",
          headers: { prefer },
          body: { id: ids["open"], team: ids["red"], owner: ids["bob"], title: "Mine" },
          codes: ["42501"],
        },
        {
          path: "/projects",
          as: "bob",
          headers: { prefer },
          body: { id: ids["open"], title: "Mine" },
          codes: ["42501", "validation_failed"],
        },
        {
          path: "/projects",
          as: "bob",
          headers: { prefer },
          body: { id: ids["secret"], team: ids["red"], owner: ids["bob"], title: "Mine" },
          codes: ["23505"],
        },
        {
          path: `/projects/${ids["open"]}`,
          method: "PUT",
          as: "bob",
          headers: { prefer },
          body: { team: ids["red"], owner: ids["bob"], title: "Mine" },
          codes: ["42501"],
        },
        {
          path: `/projects/${ids["secret"]}`,
          method: "PUT",
          as: "bob",
          headers: { prefer },
          body: { team: ids["red"], owner: ids["bob"], title: "Mine" },
          codes: ["23505"],
        },
      ]),
    ));

  test("19: by another unique set of columns, hidden ones included", async () => {
    const prefer = "resolution=merge-duplicates";
    await allRefused(live, [
      {
        path: "/users?on_conflict=email",
        as: "bob",
        headers: { prefer },
        body: { name: "Robbed", email: "ann@example.org" },
        codes: ["42501"],
      },
      {
        path: "/users?on_conflict=email",
        as: "editor",
        headers: { prefer },
        body: { name: "Robbed", email: "ann@example.org" },
        codes: ["42501", "23505"],
      },
      { path: "/teams?on_conflict=name", as: "bob", headers: { prefer }, body: { name: "Red", plan: "free" }, codes: ["42501"] },
      {
        path: "/memberships?on_conflict=team,user",
        as: "bob",
        headers: { prefer },
        body: { team: ids["red"], user: ids["bob"], since: "2020-01-01" },
        codes: ["42501"],
      },
      {
        path: "/users?on_conflict=phone",
        as: "editor",
        headers: { prefer },
        body: { name: "x", email: "y@example.org", phone: "+31 300" },
        codes: ["PGRST100"],
      },
      {
        path: "/users?on_conflict=password",
        as: "editor",
        headers: { prefer },
        body: { name: "x", email: "y@example.org" },
        codes: ["PGRST100"],
      },
      {
        path: "/users?on_conflict=_key",
        as: "editor",
        headers: { prefer },
        body: { name: "x", email: "y@example.org" },
        codes: ["PGRST100"],
      },
      {
        path: "/users?on_conflict=name",
        as: "editor",
        headers: { prefer },
        body: { name: "Ann", email: "y@example.org" },
        codes: ["PGRST100"],
      },
    ]);
  });

  test("19: to pass over duplicates says nothing of a row that one may not see", async () => {
    const prefer = "resolution=ignore-duplicates, return=representation, tx=rollback";
    const add = (over: object): Promise<Reply> =>
      live.ask("/projects", {
        method: "POST",
        as: "bob",
        headers: { prefer },
        body: { team: ids["red"], owner: ids["bob"], title: "x", ...over },
      });
    const [hidden, shown] = [await add({ id: ids["secret"] }), await add({ id: ids["open"] })];
    assert.deepEqual([hidden.status, hidden.text], [201, "[]"]);
    assert.deepEqual([shown.status, shown.text], [201, "[]"]);
    // And is no insert for who may not insert, whether it is there or not.
    await allRefused(
      live,
      [ids["secret"], ids["open"], free].map(
        (id): Refusal => ({
          path: "/projects",
          as: "bob",
          headers: { prefer: "resolution=ignore-duplicates" },
          body: { id, team: ids["blue"], owner: ids["bob"], title: "x" },
          codes: ["42501"],
        }),
      ),
    );
  });
});

describe("20: one forbidden row among a hundred, and nothing is written", () => {
  const many = (bad: object, at: number): object[] =>
    Array.from({ length: 100 }, (_, index) => (index === at ? bad : task({ title: `Task ${index}` })));
  const merge = { prefer: "resolution=merge-duplicates" };

  test("20: of an insert, wherever it stands and whatever is wrong with it", () =>
    allRefused(
      live,
      [0, 57, 99].flatMap((at): Refusal[] => [
        { path: "/tasks", as: "bob", body: many(task({ project: ids["secret"] }), at), codes: ["42501", "23503"] },
        { path: "/tasks", as: "bob", body: many(task({ points: 101 }), at), codes: ["validation_failed"] },
        { path: "/tasks", as: "bob", body: many(task({ nonsense: 1 }), at), codes: ["PGRST204"] },
        {
          path: "/tasks",
          as: "bob",
          body: many(task({ id: ids["paint"] }), at),
          headers: { prefer: "missing=default" },
          codes: ["23505", "validation_failed"],
        },
        {
          path: "/tasks",
          as: "bob",
          headers: { ...merge, prefer: "resolution=merge-duplicates, missing=default" },
          body: many(task({ id: ids["dig"] }), at),
          codes: ["42501", "23505", "validation_failed"],
        },
        { path: "/tasks", as: "bob", body: many([] as object, at), codes: ["PGRST102"] },
      ]),
    ));

  test("20: of CSV", async () => {
    const lines = Array.from({ length: 100 }, (_, index) => `Task ${index},${index === 60 ? ids["secret"] : ids["open"]}`);
    await allRefused(live, [
      {
        path: "/tasks",
        as: "bob",
        headers: { "content-type": "text/csv" },
        body: `title,project\n${lines.join("\n")}`,
        codes: ["42501", "23503"],
      },
    ]);
  });

  test("20: of a change by filter, where the row after is forbidden for one alone", async () => {
    // Both projects are Ann's; the members' rule holds for each before, for neither after.
    await allRefused(live, [
      {
        path: `/projects?owner=eq.${ids["ann"]}`,
        method: "PATCH",
        as: "ann",
        body: { team: ids["blue"], title: "Moved" },
        codes: ["42501"],
      },
      {
        path: `/tasks?points=gt.0`,
        method: "PATCH",
        as: "bob",
        body: { title: "x", project: ids["secret"] },
        codes: ["42501", "23503"],
      },
      {
        path: `/tasks?points=gt.0`,
        method: "DELETE",
        as: "bob",
        headers: { prefer: "handling=strict, max-affected=2" },
        codes: ["PGRST124"],
      },
      {
        path: `/tasks?points=gt.0`,
        method: "DELETE",
        as: "bob",
        headers: { accept: "application/vnd.pgrst.object+json" },
        codes: ["PGRST116"],
      },
      { path: "/teams?id=not.is.null", method: "DELETE", as: "editor", codes: ["23001"] },
    ]);
  });
});
