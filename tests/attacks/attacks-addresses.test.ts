import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Reply, startProjects } from "../support/live-projects.ts";

const live = await startProjects({ after });
const {
  tokens,
  data: { ids },
} = live;

const head = (lines: readonly string[]): string => `${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`;

/** Status line and body of what a raw request target is answered. */
async function target(
  path: string,
  { method = "GET", lines = [] as readonly string[] } = {},
): Promise<{ status: number; body: string; all: string }> {
  const all = await live.raw(head([`${method} ${path} HTTP/1.1`, "Host: localhost", ...lines]));
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(all)?.[1] ?? 0);
  return { status, body: all.slice(all.indexOf("\r\n\r\n") + 4), all };
}

describe("39: no spelling of an address skips a guard", () => {
  const bearer = [`Authorization: Bearer ${tokens.bob}`];

  test("39: a closed table, a hidden row and a function that one may not call stay so in every spelling", async () => {
    const spellings = (path: string): string[] => {
      const last = path.slice(path.lastIndexOf("/") + 1);
      const stem = path.slice(0, path.lastIndexOf("/"));
      const percent = (text: string): string => `%${text.charCodeAt(0).toString(16).padStart(2, "0")}${text.slice(1)}`;
      return [
        ...[
          "",
          "/",
          "//",
          "/.",
          "/..",
          ";",
          ";x=1",
          "%00",
          "%20",
          "%2f",
          "%5c",
          "/%2e",
          "/%2e%2e",
          ".json",
          "~",
          "%3b",
          "%0d%0a",
          "%c0%af",
          "%u002f",
          "\\",
          "%23",
          "%3f",
          "/x/..",
        ].map((end) => `${path}${end}`),
        `${stem}/${last.toUpperCase()}`,
        `${stem}/${percent(last)}`,
        `${stem}/${percent(percent(last)).replace("%", "%25")}`,
        `${stem}//${last}`,
        `${stem}/./${last}`,
        `${stem}/x/../${last}`,
        `/x/..${path}`,
        `//localhost${path}`,
        `http://localhost${path}`,
        `https://elsewhere.example${path}`,
        path.slice(1),
        `/REST/v1/${last}`,
        `/rest/V1/${last}`,
        `/rest%2fv1/${last}`,
        `/rest/v1%2f${last}`,
        `/rest/v1/${last}#x`,
        `*`,
      ];
    };
    for (const path of [
      "/rest/v1/invoices",
      `/rest/v1/projects/${ids["secret"]}`,
      "/rest/v1/rpc/rename_project",
      "/rest/v1/messages",
    ]) {
      const names = new Set<number>();
      for (const spelling of spellings(path)) {
        const answer = await target(spelling, { lines: path.endsWith("rename_project") ? [] : bearer });
        assert.ok(answer.status >= 400 && answer.status < 500, `${spelling}: ${answer.all.slice(0, 200)}`);
        assert.doesNotMatch(answer.body, /12345678|Secret|Roses|amount/, spelling);
        const { code } = JSON.parse(answer.body) as { code: string };
        assert.ok(
          ["PGRST205", "PGRST202", "PGRST125", "not_found", "invalid_url", "malformed_request", "22P02"].includes(code),
          `${spelling} ${answer.body}`,
        );
        names.add(answer.status);
      }
      assert.ok(names.has(404) && names.has(400));
    }
  });

  test("39: an open one answers under its one spelling alone", async () => {
    const good = await target("/rest/v1/projects?select=title", { lines: bearer });
    assert.equal(good.status, 200);
    for (const path of [
      "/rest/v1/%70rojects?select=title",
      "/rest/v1/Projects?select=title",
      "/rest/v1/projects/?select=title",
      "//rest/v1/projects?select=title",
      "/rest/v1/projects;?select=title",
      "/rest/v1/projects%20?select=title",
    ]) {
      const answer = await target(path, { lines: bearer });
      assert.ok(answer.status === 400 || answer.status === 404, `${path} ${answer.status}`);
    }
  });

  test("39: a method is the one that was sent: no header and no parameter changes it", async () => {
    const before = await live.checksum();
    for (const name of ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"]) {
      const answer = await live.ask(`/projects?id=eq.${ids["open"]}`, {
        as: "ann",
        method: "GET",
        headers: { [name]: "DELETE" },
      });
      assert.equal(answer.status, 200);
    }
    assert.equal((await live.ask(`/projects?id=eq.${ids["open"]}&_method=eq.DELETE`, { as: "ann" })).code, "42703");
    for (const method of ["delete", "Delete", "DELETE\t", "PURGE", "TRACE", "CONNECT", "M-SEARCH", "GET,DELETE"]) {
      const answer = await target(`/rest/v1/projects?id=eq.${ids["open"]}`, {
        method,
        lines: [`Authorization: Bearer ${tokens.ann}`],
      });
      assert.ok(answer.status === 0 || (answer.status >= 400 && answer.status < 500), `${method} ${answer.all.slice(0, 100)}`);
    }
    assert.equal(await live.checksum(), before);
  });

  test("39: nor does a header stand in for the address or for who is asking", async () => {
    for (const line of [
      "X-Original-URL: /rest/v1/users",
      "X-Rewrite-URL: /rest/v1/users",
      "X-Forwarded-Prefix: /x",
      "X-Forwarded-User: editor",
      "X-User-Id: 1",
      "Forwarded: for=127.0.0.1",
      "X-Middleware-Subrequest: src/middleware",
      "Cookie: token=x; user=editor",
      "Role: editor",
      "X-Hasura-Role: admin",
    ]) {
      const answer = await target("/rest/v1/messages", { lines: [line] });
      assert.equal(answer.status, 404, `${line} ${answer.body}`);
    }
  });
});

describe("45: what is given twice is not checked as one and used as the other", () => {
  const ask = (search: string, sent: Parameters<typeof live.ask>[1] = {}): Promise<Reply> =>
    live.ask(`/projects?${search}`, { as: "bob", ...sent });

  test("45: parameters that are no filters are refused when repeated, on every method", async () => {
    const before = await live.checksum();
    const own = `id=eq.${ids["open"]}`;
    for (const twice of [
      "select=title&select=notes",
      "order=title&order=id",
      "limit=1&limit=2",
      "offset=0&offset=1",
      "after=&after=x",
    ]) {
      assert.equal((await ask(twice)).code, "PGRST100", twice);
      assert.equal((await ask(twice.replace("=", "%3D"))).status, 400, twice);
    }
    for (const twice of ["columns=title&columns=budget", "on_conflict=id&on_conflict=title", "select=id&select=notes"]) {
      assert.equal((await ask(twice, { method: "POST", as: "ann", body: {} })).code, "PGRST100", twice);
    }
    for (const twice of ["limit=1&limit=100", "order=id&order=title", "columns=title&columns=budget"]) {
      assert.equal((await ask(`${own}&${twice}`, { method: "PATCH", as: "ann", body: { title: "x" } })).code, "PGRST100", twice);
    }
    assert.equal((await ask("select=title,tasks(title)&tasks.limit=1&tasks.limit=2")).code, "PGRST100");
    assert.equal((await live.ask("/rpc/tasks_of?limit=1&limit=2", {})).code, "PGRST100");
    // In another spelling it is the same parameter.
    assert.equal((await ask("limit=1&%6cimit=2")).code, "PGRST100");
    assert.equal(await live.checksum(), before);
  });

  test("45: a filter given twice holds twice, whichever comes first", async () => {
    const [a, b] = [`id=eq.${ids["open"]}`, `id=eq.${ids["closed"]}`];
    for (const search of [`${a}&${b}`, `${b}&${a}`]) {
      assert.equal((await ask(search)).text, "[]");
      const changed = await ask(search, { method: "PATCH", as: "ann", headers: { prefer: "count=exact" }, body: { title: "x" } });
      assert.equal(changed.headers.get("content-range"), "*/0");
    }
    assert.equal(
      (await ask(`or=(${a.replace("=", ".")},${b.replace("=", ".")})&${a}&select=title`)).text,
      '[{"title":"Open house"}]',
    );
    // PUT takes its key once.
    assert.equal((await ask(`${a}&${b}`, { method: "PUT", as: "ann", body: { id: ids["open"] } })).code, "PGRST105");
  });

  test("45: a key of a body that stands there twice counts once, and is checked as it counts", async () => {
    const json = { "content-type": "application/json", prefer: "return=representation, tx=rollback" };
    const project = (first: string | undefined, second: string | undefined): string =>
      `{"title":"x","team":"${ids["red"]}","owner":"${first}","owner":"${second}"}`;
    const good = await live.ask("/projects?select=owner", {
      method: "POST",
      as: "bob",
      headers: json,
      body: project(ids["ann"], ids["bob"]),
    });
    assert.deepEqual(good.json(), [{ owner: ids["bob"] }]);
    const bad = await live.ask("/projects?select=owner", {
      method: "POST",
      as: "bob",
      headers: json,
      body: project(ids["bob"], ids["ann"]),
    });
    assert.equal(bad.code, "42501", bad.text);
    const form = await live.ask("/projects", {
      method: "POST",
      as: "bob",
      headers: { ...json, "content-type": "application/x-www-form-urlencoded" },
      body: `title=x&title=y&team=${ids["red"]}&owner=${ids["bob"]}`,
    });
    assert.equal(form.code, "PGRST102", form.text);
    const csv = await live.ask("/projects", {
      method: "POST",
      as: "bob",
      headers: { ...json, "content-type": "text/csv" },
      body: `title,owner,owner,team\nx,${ids["bob"]},${ids["ann"]},${ids["red"]}`,
    });
    assert.equal(csv.code, "PGRST102", csv.text);
  });

  test("45: two tokens, two content types, two lengths or two hosts are nobody's request", async () => {
    const before = await live.checksum();
    const send = async (lines: readonly string[], body = ""): Promise<string> =>
      live.raw(`${head(["POST /rest/v1/messages HTTP/1.1", ...lines])}${body}`);
    const body = '{"from":"x@example.org","body":"x"}';
    const type = "Content-Type: application/json";
    const length = `Content-Length: ${body.length}`;
    for (const [lines, status] of [
      [["Host: localhost", "Host: b", type, length], 400],
      [["Host: localhost", type, length, `Content-Length: ${body.length - 1}`], 400],
      [["Host: localhost", type, length, "Transfer-Encoding: chunked"], 400],
      [["Host: localhost", type, type, length], 415],
      [["Host: localhost", type, "Content-Type: text/csv", length], 415],
      [["Host: localhost", type, length, `Authorization: Bearer ${tokens.bob}`, `Authorization: Bearer ${tokens.ann}`], 401],
      [["Host: localhost", type, length, `Authorization: Bearer ${tokens.bob}, Bearer ${tokens.ann}`], 401],
    ] as const) {
      const answer = await send(lines, body);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), `${lines.join(" | ").slice(0, 150)}: ${answer.slice(0, 300)}`);
    }
    assert.equal(await live.checksum(), before);
  });

  test("45: of a preference given twice the first counts, and is what is said to be applied", async () => {
    const reply = await ask("select=title&limit=1", { headers: { prefer: "count=exact, count=planned" } });
    assert.match(reply.headers.get("preference-applied") ?? "", /^count=exact$/);
    const rolled = await ask(`id=eq.${ids["open"]}`, {
      method: "PATCH",
      as: "ann",
      headers: { prefer: "tx=rollback, tx=commit" },
      body: { title: "Changed" },
    });
    assert.equal(rolled.headers.get("preference-applied"), "tx=rollback");
    assert.match((await ask("select=title")).text, /Open house/);
  });
});
