import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Reply, type Sent, startProjects } from "../support/live-projects.ts";

const live = await startProjects({ after });
const { ids } = live.data;

/** Refused for what it is, not because something broke on it. */
function refused(reply: Reply, what: string): void {
  assert.ok(reply.status >= 400 && reply.status < 500, `${what}: ${reply.status} ${reply.text}`);
  assert.doesNotMatch(reply.text, /near \\?"|syntax error|SQLITE_|unrecognized token|no such (?:table|column|function)/, what);
}

const encoded = (text: string): string => encodeURIComponent(text).replaceAll("'", "%27");

test("15: an object, an array or a number is no text, and no operator", async () => {
  const before = await live.checksum();
  const wrong: readonly unknown[] = [
    { $ne: null },
    { $gt: "" },
    { $regex: "^a" },
    { eq: "x" },
    [],
    ["x"],
    [["x"]],
    {},
    1,
    0,
    true,
    false,
    { length: 1 },
    { toString: "x" },
  ];
  for (const value of wrong) {
    for (const sent of [
      { method: "POST", body: { title: value, project: ids["open"] } },
      { method: "POST", body: { title: "x", project: value } },
      { method: "POST", body: { title: "x", project: ids["open"], assignee: value } },
      { method: "POST", body: { title: "x", project: ids["open"], due: value } },
      { method: "PATCH", path: `?id=eq.${ids["paint"]}`, body: { title: value } },
      { method: "PATCH", path: `?id=eq.${ids["paint"]}`, body: { id: value } },
    ] satisfies readonly (Sent & { path?: string })[]) {
      const reply = await live.ask(`/tasks${"path" in sent ? sent.path : ""}`, { as: "bob", ...sent });
      refused(reply, `${sent.method} ${JSON.stringify(sent.body)}`);
    }
    const secret = await live.ask(`/users?id=eq.${ids["bob"]}`, { method: "PATCH", as: "bob", body: { password: value } });
    refused(secret, `password ${JSON.stringify(value)}`);
    const call = await live.ask("/rpc/tasks_of", { method: "POST", as: "bob", body: { project: value } });
    refused(call, `rpc ${JSON.stringify(value)}`);
  }
  for (const search of [
    "title[$ne]=eq.x",
    "title[]=eq.x",
    "title[eq]=x",
    "title=$ne.x",
    "title=eq[]=x",
    "title.$ne=eq.x",
    "where=%7B%22title%22:%7B%22$ne%22:null%7D%7D",
    "filter[title]=eq.x",
  ]) {
    refused(await live.ask(`/tasks?${search}`, { as: "bob" }), search);
  }
  assert.equal(await live.checksum(), before);
});

describe("58: what is too deep, too long or too slow is refused, and named", () => {
  const quickly = async (path: string, sent: Sent = {}): Promise<Reply> => {
    const started = performance.now();
    const reply = await live.ask(path, { as: "bob", ...sent });
    assert.ok(performance.now() - started < 2_000, `${path.slice(0, 80)} took ${performance.now() - started} ms`);
    return reply;
  };

  test("58: filters, embeds, order, lists, JSON steps and logic that nest or go on", async () => {
    const deep = (open: string, inner: string, close: string, times: number): string =>
      open.repeat(times) + inner + close.repeat(times);
    for (const [search, word] of [
      [`or=(${deep("and(", "id.eq.1", ")", 500)})`, "logicDepth"],
      [`not.and=(${deep("not.or(", "id.eq.1", ")", 500)})`, "logicDepth"],
      [
        deep("project=some.(tasks.some.(", "id.not.is.null", "))", 1).replace(
          "tasks.some.(",
          "tasks.some.(project.some.(".repeat(100),
        ) + "))".repeat(99),
        "logicDepth",
      ],
      [`select=${deep("project(tasks(", "id", "))", 200)}`, "embedDepth"],
      [`select=${deep("...project(tasks(", "id", "))", 200)}`, "embedDepth"],
      [`select=${Array.from({ length: 100 }, (_, index) => `a${index}:project(id)`).join()}`, "embeds"],
      [`select=${Array.from({ length: 300 }, (_, index) => `a${index}:id`).join()}`, "selectItems"],
      [`order=${Array.from({ length: 300 }, () => "id").join()}`, "orderTerms"],
      [Array.from({ length: 300 }, () => "points=gt.0").join("&"), "filters"],
      [`or=(${Array.from({ length: 300 }, () => "points.gt.0").join()})`, "filters"],
      [`points=in.(${"1,".repeat(5000)}1)`, "listItems"],
      [`select=x:data${"->a".repeat(500)}`, "jsonSteps"],
      [`data${"->a".repeat(500)}=eq.1`, "jsonSteps"],
      [`points=eq(any).{${Array.from({ length: 400 }, (_, index) => index).join()}}`, "conditions"],
      [`title=eq.${"x".repeat(20_000)}`, "urlLength"],
    ] as const) {
      const reply = await quickly(`/tasks?${search}`);
      assert.ok(
        ["limit_exceeded", "url_too_long", "PGRST100"].includes(reply.code ?? ""),
        `${search.slice(0, 60)}: ${reply.status} ${reply.text}`,
      );
      if (reply.code === "limit_exceeded") assert.match(reply.text, new RegExp(word), search.slice(0, 60));
    }
    assert.equal((await quickly(`/tasks?or=(${deep("and(", "id.eq.1", ")", 500)})`)).code, "limit_exceeded");
    assert.equal((await quickly(`/tasks?select=${deep("project(tasks(", "id", "))", 200)}`)).code, "limit_exceeded");
    assert.equal((await quickly(`/tasks?select=${"(".repeat(10_000)}`)).code, "PGRST100");
    assert.equal(
      (
        await quickly(`/tasks?columns=${Array.from({ length: 500 }, (_, index) => `c${index}`).join()}`, {
          method: "POST",
          body: {},
        })
      ).code,
      "limit_exceeded",
    );
  });

  test("58: JSON ten thousand deep, in a body, in a filter and as a function's argument", async () => {
    const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
    const json = { "content-type": "application/json" };
    for (const [path, body] of [
      ["/tasks", deep],
      ["/tasks", `{"title":"x","project":"${ids["open"]}","data":${deep}}`],
      ["/rpc/echo", deep],
      ["/rpc/echo", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`],
    ] as const) {
      const reply = await quickly(path, { method: "POST", headers: json, body });
      assert.equal(reply.code, "limit_exceeded", reply.text);
      assert.match(reply.text, /jsonDepth/);
    }
    const half = `${"[".repeat(3_000)}${"]".repeat(3_000)}`;
    for (const operator of ["cs", "cd", "ov"]) {
      const reply = await quickly(`/tasks?data=${operator}.${encoded(half)}`);
      assert.ok(reply.status >= 400 && reply.status < 500, `${operator} ${reply.status} ${reply.text}`);
    }
    assert.ok((await quickly(`/rpc/tasks_of?project=${encoded(half)}`)).status < 500);
  });

  test("58: bodies over their bounds", async () => {
    const rows = `[${Array.from({ length: 60_000 }, () => "{}").join()}]`;
    const reply = await quickly("/tasks", { method: "POST", headers: { "content-type": "application/json" }, body: rows });
    assert.equal(reply.code, "limit_exceeded");
    assert.match(reply.text, /insertRows/);
    const wide = await quickly("/tasks", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `[{"data":[${"1,".repeat(300_000)}1]}]`,
    });
    assert.equal(wide.code, "limit_exceeded");
    assert.match(wide.text, /jsonValues/);
  });

  test("58: patterns that backtrack elsewhere take linear time here", async () => {
    const victim = "a".repeat(190);
    const made = await live.ask("/tasks?select=id", {
      method: "POST",
      as: "bob",
      headers: { prefer: "return=representation" },
      body: { title: victim, project: ids["open"] },
    });
    assert.equal(made.status, 201, made.text);
    for (const pattern of [
      "^(a+)+$",
      "(a|aa)+$",
      "(a*)*b",
      "^(([a-z])+.)+[A-Z]([a-z])+$",
      "(a?){60}a{60}",
      "(.*)*x",
      "(x+x+)+y",
    ]) {
      for (const operator of ["match", "imatch", "not.match"]) {
        const reply = await quickly(`/tasks?select=id&title=${operator}.${encoded(pattern)}`);
        assert.ok(reply.status < 500, reply.text);
      }
    }
    for (const pattern of ["a*".repeat(80), "*a".repeat(80) + "b", "*".repeat(500), "_".repeat(500), "%25a".repeat(100) + "b"]) {
      for (const operator of ["like", "ilike", "not.like", "not.ilike"]) {
        const reply = await quickly(`/tasks?select=id&title=${operator}.${pattern}`);
        assert.ok(reply.status < 500, reply.text);
      }
    }
    for (const pattern of ["(", "[", "a{1000000}", "(?<=a)b", "(a)\\1", "\\", "(?i", "a{2,1}", "(".repeat(3000)]) {
      const reply = await quickly(`/tasks?select=id&title=match.${encoded(pattern)}`);
      assert.ok(reply.status >= 400 && reply.status < 500, `${pattern.slice(0, 20)} ${reply.status} ${reply.text}`);
    }
  });
});
