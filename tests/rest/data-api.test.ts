import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { startProjects } from "../support/live-projects.ts";
import { otherScenarios } from "./other-scenarios.ts";
import { readScenarios } from "./read-scenarios.ts";
import { writeScenarios } from "./write-scenarios.ts";

const live = await startProjects({ after });
const { ids } = live.data;
const scenarios = [readScenarios, writeScenarios, otherScenarios].flatMap((of) => of(live.data));

/** Rows of the table of the grammar whose tests are not scenarios. */
const ownTests: ReadonlySet<string> = new Set([
  "Added: Pages by cursor",
  // src/server/rest/read/read-by-body.test.ts, tests/client/same-as-db.test.ts
  "Added: Queries that are too long for an address",
  "Added: `ETag` and `If-None-Match`",
  // tests/rest/preconditions.test.ts
  "Added: Changes of a row only as it was last seen",
  "Added: PUT that only creates",
  // tests/rest/idempotency.test.ts
  "Added: Writes that happen once",
  // tests/rest/batch.test.ts
  "Added: Many requests in one transaction",
  // tests/rest/bulk.test.ts
  "Added: A row a line, and bodies of a hundred thousand rows",
  // tests/past/rest.test.ts
  "Added: The rows as they were",
  "Added: Deleted rows",
  "Added: The versions of a row",
  "Added: Bringing a row back",
]);

describe("the data API, by example", async () => {
  const before = await live.checksum();
  for (const { name, covers, path, status, answer, matches, code, answered = {}, ...sent } of scenarios) {
    test(`${covers[0]}: ${name}`, async () => {
      const reply = await live.ask(path, sent);
      assert.equal(reply.status, status, reply.text);
      if (code !== undefined) assert.equal(reply.code, code, reply.text);
      if (answer !== undefined) assert.deepEqual(typeof answer === "string" ? reply.text : reply.json(), answer);
      if (matches !== undefined) assert.match(reply.text, matches);
      for (const [header, value] of Object.entries(answered)) {
        const given = reply.headers.get(header);
        if (value instanceof RegExp) assert.match(given ?? "", value, header);
        else assert.equal(given, value, header);
      }
      assert.equal(await live.checksum(), before);
    });
  }
});

/** The rows of the reference's page as `Area: Feature`; another test holds the page to the code. */
function grammarRows(): readonly string[] {
  const page = readFileSync(new URL("../../docs/reference/rest-grammar.md", import.meta.url), "utf8");
  const areas = page.split(/^## /m).slice(1);
  return areas.flatMap((area) => {
    const [title, ...lines] = area.split("\n");
    const rows = lines.filter((line) => line.startsWith("| ")).slice(1);
    return rows.map((row) => `${title}: ${row.split(" | ")[0]?.slice(2)}`);
  });
}

test("every row of the table of the grammar has a scenario or a test, and none is of a row that is not there", () => {
  const rows = grammarRows();
  assert.ok(rows.length > 60, `${rows.length}`);
  const covered = new Set([...scenarios.flatMap(({ covers }) => covers), ...ownTests]);
  assert.deepEqual(
    rows.filter((row) => !covered.has(row)),
    [],
  );
  assert.deepEqual(
    [...covered].filter((row) => !rows.includes(row)),
    [],
  );
});

test("Added: `ETag` and `If-None-Match`: what one has is not sent again, and a change makes it anew", async () => {
  const path = "/tasks?select=title,points&order=title";
  const first = await live.ask(path, { as: "ann" });
  const tag = first.headers.get("etag") ?? "";
  assert.match(tag, /^W\/"[\w-]+"$/);
  for (const candidate of [tag, `"x", ${tag}`, tag.slice(2), "*"]) {
    const again = await live.ask(path, { as: "ann", headers: { "if-none-match": candidate } });
    assert.deepEqual(
      [again.status, again.text, again.headers.get("etag"), again.headers.get("content-range")],
      [304, "", tag, "0-2/*"],
    );
    assert.equal(again.headers.get("content-type"), null);
  }
  for (const [name, value] of [
    ["if-none-match", 'W/"x"'],
    ["accept", "text/csv"],
    ["prefer", "count=exact"],
  ] as const) {
    const other = await live.ask(path, { as: "ann", headers: { "if-none-match": tag, [name]: value } });
    assert.equal(other.status, 200, name);
  }
  const row = `/tasks/${ids["paint"]}`;
  const before = (await live.ask(row, { as: "ann" })).headers.get("etag") ?? "";
  assert.equal((await live.ask(row, { as: "ann", headers: { "if-none-match": before } })).status, 304);
  await live.ask(row, { method: "PATCH", as: "ann", body: { points: 6 } });
  assert.equal((await live.ask(row, { as: "ann", headers: { "if-none-match": before } })).status, 200);
  assert.equal((await live.ask(path, { as: "ann", headers: { "if-none-match": tag } })).status, 200);
  await live.ask(row, { method: "PATCH", as: "ann", body: { points: 5 } });
  // A change that must not be lost is not passed over.
  const change = { method: "PATCH", as: "ann", headers: { "if-match": before }, body: { points: 6 } } as const;
  assert.equal((await live.ask(row, change)).code, "precondition_failed");
  assert.equal((await live.ask("/tasks?points=eq.5", change)).code, "PGRST127");
});

test("Added: Pages by cursor: each row once, in order, while others are written before and behind", async () => {
  const add = async (title: string, points: number): Promise<void> => {
    const reply = await live.ask("/tasks", { method: "POST", as: "ann", body: { title, points, project: ids["closed"] } });
    assert.equal(reply.status, 201, reply.text);
  };
  for (let points = 20; points < 30; points++) await add(`Task ${points}`, points);
  const seen: string[] = [];
  let search = "select=title&points=gte.20&order=points.desc&limit=3&after=";
  for (let page = 0; ; page++) {
    const reply = await live.ask(`/tasks?${search}`, { as: "ann", headers: { prefer: "count=exact" } });
    assert.equal(reply.status, 200, reply.text);
    assert.match(reply.headers.get("content-range") ?? "", /^\*\/1\d$/);
    seen.push(...(reply.json() as { title: string }[]).map(({ title }) => title));
    const next = reply.headers.get("next-cursor");
    const link = /^<\?(.*)>; rel="next"$/.exec(reply.headers.get("link") ?? "")?.[1];
    if (next === null || link === undefined) {
      assert.deepEqual([next, link], [null, undefined]);
      break;
    }
    assert.equal(decodeURIComponent(link.split("after=")[1] ?? ""), next);
    search = link;
    // One that stands before the page and one behind it.
    if (page === 0) {
      await add("Before", 90);
      await add("Behind", 21);
    }
  }
  const expected = Array.from({ length: 10 }, (_, index) => `Task ${29 - index}`);
  assert.deepEqual(
    seen.filter((title) => title !== "Behind"),
    expected,
  );
  assert.equal(seen.filter((title) => title === "Behind").length, 1);
  assert.ok(seen.indexOf("Behind") > seen.indexOf("Task 22"));
  for (const cursor of ["AAAA", "x", "%00", "A".repeat(500)]) {
    assert.equal((await live.ask(`/tasks?order=points.desc&limit=3&after=${cursor}`, { as: "ann" })).code, "invalid_cursor");
  }
  assert.equal(
    (
      await live.ask("/tasks?points=gte.20&select=title", {
        method: "DELETE",
        as: "ann",
        headers: { prefer: "return=representation, count=exact" },
      })
    ).headers.get("content-range"),
    "*/12",
  );
});

test("what is written stays: put makes a row and makes it anew, a row's address changes and deletes it", async () => {
  const id = "01234567-89ab-7cde-8f01-23456789abcd";
  const body = { title: "Put", project: ids["open"], points: 3 };
  const made = await live.ask(`/tasks/${id}`, { method: "PUT", as: "ann", headers: { prefer: "return=representation" }, body });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual((made.json() as { id: string }).id, id);
  assert.equal((await live.ask(`/tasks/${id}`, { method: "PUT", as: "ann", body: { ...body, points: 4 } })).status, 204);
  assert.deepEqual((await live.ask(`/tasks/${id}?select=points,version`, { as: "ann" })).json(), { points: 4, version: 2 });
  assert.equal((await live.ask(`/tasks/${id}`, { method: "PATCH", as: "ann", body: { points: 5 } })).status, 204);
  assert.equal((await live.ask(`/tasks/${id}`, { method: "DELETE", as: "ann" })).status, 204);
  assert.equal((await live.ask(`/tasks/${id}`, { as: "ann" })).status, 404);
  const exported = await live.ask("/tasks?select=title,project,points,due,data&order=title", {
    as: "ann",
    headers: { accept: "text/csv" },
  });
  const imported = await live.ask("/tasks?select=title,project,points,due,data", {
    method: "POST",
    as: "ann",
    headers: { "content-type": "text/csv", accept: "text/csv", prefer: "return=representation, tx=rollback" },
    body: exported.text,
  });
  assert.equal(imported.text, exported.text);
});
