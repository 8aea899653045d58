import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Reply, type Sent, startProjects } from "../support/live-projects.ts";
import { rowsOf } from "./alike.ts";

const live = await startProjects({ after });
const { ids } = live.data;

/** Refused for what it is, not because something broke on it. */
function refused(reply: Reply, what: string): void {
  assert.ok(reply.status >= 400 && reply.status < 500, `${what}: ${reply.status} ${reply.text}`);
  assert.doesNotMatch(reply.text, /near \\?"|syntax error|SQLITE_|unrecognized token|no such (?:table|column|function)/, what);
}

const encoded = (text: string): string => encodeURIComponent(text).replaceAll("'", "%27");

const injections = [
  "title'",
  "title''",
  'title"',
  "title`",
  "title;drop table tasks",
  "title) desc, (select password from users",
  "(select password from users limit 1)",
  "case when 1=1 then title else points end",
  "title collate nocase",
  "title,points desc; --",
  "title/**/desc",
  "title\u0000",
  "1",
  "title desc",
  "random()",
  "[title]",
  "tasks.title",
  "title.asc.desc",
  "title|points",
  "$.title",
];

describe("13: no name in a request becomes SQL", () => {
  test("13: a sort key", async () => {
    const before = await live.checksum();
    for (const name of injections) {
      for (const path of [
        `/tasks?order=${encoded(name)}`,
        `/tasks?order=id,${encoded(name)}.desc`,
        `/tasks?select=title,project(title)&project.order=${encoded(name)}`,
        `/tasks?select=title,project(title)&order=project(${encoded(name)})`,
        `/tasks?order=%22${encoded(name)}%22`,
      ]) {
        const reply = await live.ask(path, { as: "bob" });
        if (reply.status === 200) assert.equal(decodeURIComponent(path).includes("title,points"), true, path);
        else refused(reply, path);
      }
    }
    assert.equal(await live.checksum(), before);
  });

  test("13: a JSON path of any text, which is looked up as the key that it is", async () => {
    const keys = [
      "a'b",
      'a\\"b',
      "a]b",
      "a.b",
      "$",
      "$.size",
      "*",
      "a b",
      "'; drop table tasks; --",
      "size'||(select password from users)||'",
      "[0]",
      "-1",
      "😀",
      "%",
    ];
    for (const key of keys) {
      for (const path of [
        `/tasks?select=x:data->%22${encoded(key)}%22`,
        `/tasks?select=x:data->>%22${encoded(key)}%22`,
        `/tasks?select=title&data->>%22${encoded(key)}%22=eq.3`,
        `/tasks?select=title&order=data->>%22${encoded(key)}%22,title`,
      ]) {
        const reply = await live.ask(path, { as: "bob" });
        const rows = rowsOf(reply);
        assert.ok(
          rows.every((row) => row["x"] === undefined || row["x"] === null),
          `${path} ${reply.text}`,
        );
      }
    }
    for (const key of ["%22a%00%22", "a%00", "%00", "%22%5C%00%22"]) {
      for (const path of [
        `select=data->${key}`,
        `select=x:data->>${key}`,
        `data->>${key}=eq.1`,
        `order=data->>${key}`,
        `select=${key}:title`,
        `select=${key}:project(title)`,
        `select=${key}:count()`,
      ]) {
        assert.equal((await live.ask(`/tasks?${path}`, { as: "bob" })).code, "PGRST100", path);
      }
    }
    // The same steps find what is there.
    assert.deepEqual(rowsOf(await live.ask("/tasks?select=w:data->size->w&title=eq.Paint", { as: "bob" })), [{ w: 3 }]);
    assert.deepEqual(rowsOf(await live.ask("/tasks?select=title&data->>%22size%22=like.*3*", { as: "bob" })), [
      { title: "Paint" },
    ]);
  });

  test("13: an alias, a cast, a hint, an aggregate, a key of on_conflict or columns", async () => {
    for (const name of injections) {
      const text = encoded(name);
      for (const path of [
        `/tasks?select=title::${text}`,
        `/tasks?select=project!${text}(title)`,
        `/tasks?select=points.${text}()`,
        `/tasks?select=${text}`,
        `/tasks?${text}=eq.1`,
        `/tasks?or=(${text}.eq.1)`,
        `/${text}`,
      ]) {
        const reply = await live.ask(path, { as: "bob" });
        if (reply.status !== 200) refused(reply, path);
        else assert.doesNotMatch(reply.text, /secret/);
      }
      for (const parameter of ["on_conflict", "columns"]) {
        const reply = await live.ask(`/tasks?${parameter}=${text}`, {
          method: "POST",
          as: "bob",
          headers: { prefer: "resolution=merge-duplicates, tx=rollback" },
          body: { title: "x", project: ids["open"] },
        });
        refused(reply, `${parameter}=${name}`);
      }
      // An alias is any text, and comes back as it went.
      const alias = await live.ask(
        `/tasks?select=%22${encoded(name.replaceAll(/["\\]/g, "\\$&"))}%22:title&limit=1&order=title`,
        { as: "bob" },
      );
      if (name.includes("\0")) refused(alias, name);
      else assert.deepEqual(rowsOf(alias), [{ [name]: "Clean" }]);
    }
  });

  test("13: nor does a value, wherever it stands", async () => {
    const before = await live.checksum();
    const values = [
      "' or 1=1 --",
      "'; drop table tasks; --",
      "') or ('1'='1",
      "%27",
      '"',
      "\\",
      "?1",
      "$1",
      ":a",
      "@a",
      "'||(select password from users)||'",
    ];
    for (const value of values) {
      for (const filter of [
        `title=eq.${encoded(value)}`,
        `title=like.${encoded(value)}`,
        `title=in.(%22${encoded(value.replaceAll(/["\\]/g, "\\$&"))}%22)`,
        `data->>tags=eq.${encoded(value)}`,
        `title=isdistinct.Paint&title=eq.${encoded(value)}`,
      ]) {
        const reply = await live.ask(`/tasks?select=title&${filter}`, { as: "bob" });
        if (reply.status === 400) refused(reply, filter);
        else assert.equal(reply.text, "[]", filter);
      }
      const search = await live.ask(`/projects?select=title&title=wfts.${encoded(value)}`, { as: "bob" });
      if (search.status !== 200) refused(search, value);
      const stored = await live.ask("/tasks?select=title", {
        method: "POST",
        as: "bob",
        headers: { prefer: "return=representation, tx=rollback" },
        body: { title: value, project: ids["open"], data: { [value]: value } },
      });
      assert.deepEqual(stored.json(), [{ title: value }]);
    }
    for (const search of [
      "title:x",
      "notes:mayor",
      '"',
      "a AND",
      "NEAR(a b",
      "a*",
      "^a",
      "{title}: a",
      "-",
      "(",
      "a OR OR b",
      "*",
    ]) {
      for (const operator of ["fts", "plfts", "phfts", "wfts"]) {
        const reply = await live.ask(`/projects?select=title&title=${operator}.${encoded(search)}`, { as: "bob" });
        if (reply.status !== 200) refused(reply, `${operator} ${search}`);
        else assert.doesNotMatch(reply.text, /Secret/);
      }
    }
    assert.equal(await live.checksum(), before);
  });
});

test("14: keys of an object become columns or nothing, never placeholders or SQL", async () => {
  const before = await live.checksum();
  const keys = [
    ...injections,
    "title = 'x' --",
    "title) values ('x'",
    "?",
    "?1",
    ":title",
    "@title",
    "$title",
    "0",
    "",
    " title",
    "Title",
    "TITLE",
    "title ",
    "a,b",
    "a=b",
    "😀",
  ];
  for (const key of keys.filter((name) => name !== "title")) {
    const body = { title: "x", project: ids["open"], [key]: "v" };
    for (const sent of [
      { method: "POST", body },
      { method: "POST", body: [body, body] },
      { method: "POST", body, headers: { prefer: "resolution=merge-duplicates" } },
      { method: "PATCH", path: `?id=eq.${ids["paint"]}`, body: { [key]: "v" } },
      { method: "PUT", path: `/${ids["paint"]}`, body },
    ] satisfies readonly (Sent & { path?: string })[]) {
      const reply = await live.ask(`/tasks${"path" in sent ? sent.path : ""}`, { as: "bob", ...sent });
      refused(reply, `${sent.method} ${JSON.stringify(key)}`);
    }
    const form = await live.ask("/tasks", {
      method: "POST",
      as: "bob",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `title=x&project=${ids["open"]}&${encoded(key)}=v`,
    });
    refused(form, `form ${key}`);
  }
  assert.equal(await live.checksum(), before);
  // In a JSON column a key is data.
  const data = Object.fromEntries(keys.filter((key) => !key.includes("\0")).map((key) => [key, 1]));
  const stored = await live.ask("/tasks?select=data", {
    method: "POST",
    as: "bob",
    headers: { prefer: "return=representation, tx=rollback" },
    body: { title: "x", project: ids["open"], data },
  });
  assert.deepEqual(stored.json(), [{ data }]);
});

describe("16: names that every object has are names like any other", () => {
  const inherited = [
    "__proto__",
    "constructor",
    "toString",
    "prototype",
    "hasOwnProperty",
    "valueOf",
    "__defineGetter__",
    "then",
    "toJSON",
    "length",
  ];

  for (const name of inherited) {
    test(`16: ${name}`, async () => {
      const before = await live.checksum();
      const bob = { as: "bob" } as const;
      const expected: readonly (readonly [string, string, Sent?])[] = [
        [`/${name}`, "PGRST205"],
        [`/tasks?select=${name}`, "42703"],
        [`/tasks?${name}=eq.1`, "42703"],
        [`/tasks?order=${name}`, "42703"],
        [`/tasks?or=(${name}.eq.1)`, "42703"],
        [`/tasks?select=${name}(*)`, "PGRST200"],
        [`/tasks?select=users!${name}(*)`, "PGRST200"],
        [`/tasks?${name}=some.(id.eq.1)`, "PGRST200"],
        [`/tasks?${name}.x=eq.1`, "PGRST108"],
        [`/tasks?select=title,project(title)&order=${name}(title)`, "PGRST108"],
        [`/tasks?title=${name}.1`, "PGRST100"],
        [`/tasks?title=eq(${name}).1`, "PGRST100"],
        [`/tasks?select=points.${name}()`, "PGRST100"],
        [`/rpc/${name}`, "PGRST202"],
        [
          "/tasks",
          "PGRST204",
          {
            method: "POST",
            body: `{"title":"x","project":"${ids["open"]}","${name}":1}`,
            headers: { "content-type": "application/json" },
          },
        ],
        [
          `/tasks?id=eq.${ids["paint"]}`,
          "PGRST204",
          { method: "PATCH", body: `{"${name}":{"title":"x"}}`, headers: { "content-type": "application/json" } },
        ],
        [
          "/tasks",
          "PGRST204",
          {
            method: "POST",
            body: `title=x&project=${ids["open"]}&${name}=1`,
            headers: { "content-type": "application/x-www-form-urlencoded" },
          },
        ],
        [
          "/tasks",
          "PGRST204",
          { method: "POST", body: `title,project,${name}\nx,${ids["open"]},1`, headers: { "content-type": "text/csv" } },
        ],
        ["/tasks", "PGRST122", { headers: { prefer: `handling=strict, ${name}=1` } }],
        ["/tasks", "PGRST107", { headers: { accept: `${name}/${name}` } }],
        ["/tasks", "unsupported_media_type", { method: "POST", body: "x", headers: { "content-type": `${name}/x` } }],
        ["/tasks", "PGRST106", { headers: { "accept-profile": name } }],
      ];
      for (const [path, code, sent = {}] of expected) {
        const reply = await live.ask(path, { ...bob, ...sent });
        assert.equal(reply.code, code, `${sent.method ?? "GET"} ${path}: ${reply.status} ${reply.text}`);
      }
      assert.ok((await live.ask(`/tasks?select=title::${name}`, bob)).status === 400);
      // An alias, a header and a key in JSON data may be called so.
      assert.deepEqual(Object.keys(rowsOf(await live.ask(`/tasks?select=${name}:title&limit=1`, bob))[0] ?? {}), [name]);
      assert.equal((await live.ask("/tasks?limit=1", { ...bob, headers: { [name]: "1" } })).status, 200);
      const data = `{"${name}":{"polluted":true},"a":[{"${name}":1}]}`;
      const stored = await live.ask("/tasks?select=data", {
        ...bob,
        method: "POST",
        headers: { "content-type": "application/json", prefer: "return=representation, tx=rollback" },
        body: `{"title":"x","project":"${ids["open"]}","data":${data}}`,
      });
      assert.equal(stored.text, `[{"data":${data}}]`);
      const echoed = await live.ask("/rpc/echo", {
        ...bob,
        method: "POST",
        headers: { "content-type": "application/json" },
        body: data,
      });
      assert.equal(echoed.text, data);
      const byAddress = await live.ask(`/rpc/echo?${name}=1&title=x`, bob);
      assert.equal(byAddress.text, `{"${name}":"1","title":"x"}`);
      assert.equal(({} as { polluted?: unknown }).polluted, undefined);
      assert.equal(await live.checksum(), before);
    });
  }
});
