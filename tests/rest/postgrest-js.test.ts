import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { PostgrestClient } from "@supabase/postgrest-js";
import { type Person, startProjects } from "../support/live-projects.ts";

/** The unmodified npm client against the server with its data: what people write with it, and the rows that they get. */
const live = await startProjects({ after });
const { ids } = live.data;

const clientOf = (person?: Person): PostgrestClient =>
  new PostgrestClient(
    `${live.url}/rest/v1`,
    person === undefined ? {} : { headers: { Authorization: `Bearer ${live.tokens[person]}` } },
  );
const [ann, bob, editor, nobody] = [clientOf("ann"), clientOf("bob"), clientOf("editor"), clientOf()];

interface Reply {
  readonly status: number;
  readonly data: unknown;
  readonly count?: number | null;
  readonly error: { readonly code?: string; readonly message?: string } | null;
}

interface Case {
  readonly run: () => PromiseLike<Reply>;
  readonly data?: unknown;
  readonly count?: number;
  readonly status?: number;
  /** The code that it must be refused with. */
  readonly refused?: string;
}

/** Titles of tasks, which Ann sees three of: Clean (2 points), Lock (8) and Paint (5). */
const tasks = () => ann.from("tasks").select("title").order("title");
const titles = (...names: readonly string[]) => names.map((title) => ({ title }));

/** One case at least for every method of the client's builders; what has several is called twice under longer names. */
const cases: Readonly<Record<string, Case>> = {
  from: { run: () => nobody.from("projects").select("title"), data: titles("Open house") },
  schema: { run: () => nobody.schema("public").from("projects").select("title"), data: titles("Open house") },
  "schema, another": { run: () => nobody.schema("private").from("projects").select("title"), refused: "PGRST106" },
  getOpenApiSpec: { run: () => ann.getOpenApiSpec(), refused: "PGRST126" },
  rpc: {
    run: () => ann.rpc("tasks_of", { project: ids["open"] }),
    data: [
      { title: "Clean", points: 2, due: null },
      { title: "Paint", points: 5, due: "2026-12-01T12:00:00.000Z" },
    ],
  },
  "rpc by GET": {
    run: () => ann.rpc("tasks_of", { project: ids["closed"] }, { get: true, count: "exact" }),
    data: [{ title: "Lock", points: 8, due: null }],
    count: 1,
  },
  "rpc by HEAD": {
    run: () => ann.rpc("tasks_of", { project: ids["open"] }, { head: true, count: "exact" }),
    data: null,
    count: 2,
  },
  "rpc as its caller": { run: () => bob.rpc("tasks_of", { project: ids["secret"] }), data: [] },
  "rpc with limit": {
    run: () => ann.rpc("tasks_of", { project: ids["open"] }).limit(1),
    data: [{ title: "Clean", points: 2, due: null }],
  },
  "rpc with range": {
    run: () => ann.rpc("tasks_of", { project: ids["open"] }).range(1, 1),
    data: [{ title: "Paint", points: 5, due: "2026-12-01T12:00:00.000Z" }],
  },
  "rpc as one object": { run: () => ann.rpc("who_am_i").single(), data: { id: ids["ann"] } },
  "rpc, a mutation": {
    run: () => ann.rpc("rename_project", { project: ids["open"], title: "Opened house" }).rollback(),
    data: { renamed: 1 },
  },
  "rpc, a mutation by GET": {
    run: () => ann.rpc("rename_project", { project: "x", title: "y" }, { get: true }),
    refused: "PGRST101",
  },
  "rpc, filtered": { run: () => ann.rpc("tasks_of", { project: ids["open"] }).eq("points", 2), refused: "PGRST127" },
  "rpc, ordered": { run: () => ann.rpc("tasks_of", { project: ids["open"] }).order("points"), refused: "PGRST127" },
  "rpc, selected": { run: () => ann.rpc("tasks_of", { project: ids["open"] }).select("title"), refused: "PGRST127" },
  "rpc, unknown": { run: () => ann.rpc("nothing"), refused: "PGRST202" },

  select: {
    run: () => ann.from("projects").select("title,team(name),points:open_points", { count: "exact" }).order("title"),
    data: [
      { title: "Closed doors", team: { name: "Red" }, points: 8 },
      { title: "Open house", team: { name: "Red" }, points: 7 },
    ],
    count: 2,
  },
  "select, head": { run: () => ann.from("projects").select("*", { head: true, count: "exact" }), data: null, count: 2 },
  "select, planned count": {
    run: () => ann.from("projects").select("title", { count: "estimated" }).limit(1).order("title"),
    data: titles("Closed doors"),
    count: 2,
    status: 206,
  },
  "select, hints and spread": {
    run: () =>
      ann
        .from("tasks")
        .select("title,who:users!assignee(name),reviewer(name),...project(project_title:title)")
        .order("title")
        .limit(2),
    data: [
      { title: "Clean", who: null, reviewer: null, project_title: "Open house" },
      { title: "Lock", who: { name: "Bob" }, reviewer: null, project_title: "Closed doors" },
    ],
  },
  "select, ambiguous": { run: () => ann.from("tasks").select("users(name)"), refused: "PGRST201" },
  "select, aggregates": {
    run: () => ann.from("tasks").select("project,points.sum(),count()").eq("project", ids["open"]),
    data: [{ project: ids["open"], sum: 7, count: 2 }],
  },
  "select, JSON": {
    run: () => ann.from("tasks").select("w:data->size->w,first:data->tags->>0").eq("title", "Paint"),
    data: [{ w: 3, first: "wall" }],
  },
  insert: {
    run: () => bob.from("tasks").insert({ title: "New", project: ids["open"] }).select("title,points").rollback(),
    data: [{ title: "New", points: 1 }],
    status: 201,
  },
  "insert, many": {
    run: () =>
      bob
        .from("tasks")
        .insert(
          [
            { title: "A", project: ids["open"] },
            { title: "B", project: ids["open"], points: 3 },
          ],
          { defaultToNull: false, count: "exact" },
        )
        .select("title,points")
        .rollback(),
    data: [
      { title: "A", points: 1 },
      { title: "B", points: 3 },
    ],
    count: 2,
    status: 201,
  },
  "insert, forbidden": { run: () => bob.from("tasks").insert({ title: "New", project: ids["secret"] }), refused: "23503" },
  "insert, minimal": {
    run: () => nobody.from("messages").insert({ from: "x@example.org", body: "Hello" }).rollback(),
    data: null,
    status: 201,
  },
  upsert: {
    run: () => editor.from("teams").upsert({ name: "Red", plan: "free" }, { onConflict: "name" }).select("name,plan").rollback(),
    data: [{ name: "Red", plan: "free" }],
    status: 200,
  },
  "upsert, ignored": {
    run: () =>
      editor
        .from("teams")
        .upsert(
          [
            { name: "Red", plan: "free" },
            { name: "Green", plan: "free" },
          ],
          { onConflict: "name", ignoreDuplicates: true },
        )
        .select("name,plan")
        .rollback(),
    data: [{ name: "Green", plan: "free" }],
    status: 201,
  },
  update: {
    run: () => bob.from("tasks").update({ points: 6 }, { count: "exact" }).eq("title", "Paint").select("title,points").rollback(),
    data: [{ title: "Paint", points: 6 }],
    count: 1,
  },
  "update, nobody's": {
    run: () => bob.from("tasks").update({ points: 6 }, { count: "exact" }).eq("title", "Dig"),
    data: null,
    count: 0,
    status: 204,
  },
  "update, no filter": { run: () => bob.from("tasks").update({ points: 6 }), refused: "21000" },
  delete: {
    run: () => bob.from("tasks").delete({ count: "exact" }).gt("points", 4).select("title").order("title").rollback(),
    data: titles("Lock", "Paint"),
    count: 2,
  },
  "delete, no filter": { run: () => bob.from("tasks").delete(), refused: "21000" },

  eq: { run: () => tasks().eq("points", 5), data: titles("Paint") },
  neq: { run: () => tasks().neq("points", 5), data: titles("Clean", "Lock") },
  gt: { run: () => tasks().gt("points", 5), data: titles("Lock") },
  gte: { run: () => tasks().gte("points", 5), data: titles("Lock", "Paint") },
  lt: { run: () => tasks().lt("points", 5), data: titles("Clean") },
  lte: { run: () => tasks().lte("due", "2026-12-01T12:00:00Z"), data: titles("Paint") },
  like: { run: () => tasks().like("title", "%a%n%"), data: titles("Clean", "Paint") },
  likeAllOf: { run: () => tasks().likeAllOf("title", ["P%", "%t"]), data: titles("Paint") },
  likeAnyOf: { run: () => tasks().likeAnyOf("title", ["P%", "%k"]), data: titles("Lock", "Paint") },
  ilike: { run: () => tasks().ilike("title", "c%"), data: titles("Clean") },
  ilikeAllOf: { run: () => tasks().ilikeAllOf("title", ["p%", "%T"]), data: titles("Paint") },
  ilikeAnyOf: { run: () => tasks().ilikeAnyOf("title", ["p%", "%K"]), data: titles("Lock", "Paint") },
  regexMatch: { run: () => tasks().regexMatch("title", "^(C|L)"), data: titles("Clean", "Lock") },
  regexIMatch: { run: () => tasks().regexIMatch("title", "^(c|l)"), data: titles("Clean", "Lock") },
  is: { run: () => tasks().is("assignee", null), data: titles("Clean") },
  "is, a truth": { run: () => ann.from("projects").select("title").is("open", true), data: titles("Open house") },
  isDistinct: { run: () => tasks().isDistinct("assignee", ids["bob"]), data: titles("Clean") },
  in: { run: () => tasks().in("title", ["Paint", "Lock", 'x,"y"']), data: titles("Lock", "Paint") },
  notIn: { run: () => tasks().notIn("title", ["Paint", "x(1)"]), data: titles("Clean", "Lock") },
  contains: { run: () => tasks().contains("data->tags", ["wall"]), data: titles("Paint") },
  "contains, an object": { run: () => tasks().contains("data", { size: { w: 3 } }), data: titles("Paint") },
  containedBy: { run: () => tasks().containedBy("data->tags", ["floor", "wall"]), data: titles("Clean") },
  overlaps: { run: () => tasks().overlaps("data->tags", ["floor", "red"]), data: titles("Clean", "Paint") },
  rangeGt: { run: () => tasks().rangeGt("points", "[1,2)"), refused: "PGRST127" },
  rangeGte: { run: () => tasks().rangeGte("points", "[1,2)"), refused: "PGRST127" },
  rangeLt: { run: () => tasks().rangeLt("points", "[1,2)"), refused: "PGRST127" },
  rangeLte: { run: () => tasks().rangeLte("points", "[1,2)"), refused: "PGRST127" },
  rangeAdjacent: { run: () => tasks().rangeAdjacent("points", "[1,2)"), refused: "PGRST127" },
  textSearch: { run: () => ann.from("projects").select("title").textSearch("title", "house & open"), data: titles("Open house") },
  "textSearch, websearch": {
    run: () => ann.from("projects").select("title").textSearch("title", "doors -open", { type: "websearch", config: "simple" }),
    data: titles("Closed doors"),
  },
  "textSearch, plain and phrase": {
    run: () =>
      ann
        .from("projects")
        .select("title")
        .textSearch("title", "house open", { type: "plain" })
        .textSearch("title", "open house", { type: "phrase" }),
    data: titles("Open house"),
  },
  "textSearch, a language": {
    run: () => ann.from("projects").select("title").textSearch("title", "houses", { config: "english" }),
    refused: "PGRST127",
  },
  match: { run: () => tasks().match({ points: 5, title: "Paint" }), data: titles("Paint") },
  not: { run: () => tasks().not("assignee", "is", null).not("points", "in", "(8)"), data: titles("Paint") },
  or: { run: () => tasks().or("points.eq.8,and(points.lt.3,title.like.C*)"), data: titles("Clean", "Lock") },
  "or, of an embed": {
    run: () =>
      ann
        .from("projects")
        .select("title,tasks(title)")
        .or("points.eq.8,title.eq.Paint", { referencedTable: "tasks" })
        .order("title"),
    data: [
      { title: "Closed doors", tasks: titles("Lock") },
      { title: "Open house", tasks: titles("Paint") },
    ],
  },
  filter: { run: () => tasks().filter("data->>n", "eq", "7"), data: titles("Clean") },
  "filter, of an embed": {
    run: () => ann.from("projects").select("title,tasks!inner(title)").filter("tasks.points", "gt", 5),
    data: [{ title: "Closed doors", tasks: titles("Lock") }],
  },
  "filter, an embed that is no column": {
    run: () => ann.from("projects").select("title,tasks(title)").eq("tasks", "x"),
    refused: "PGRST120",
  },

  order: {
    run: () => ann.from("tasks").select("title").order("points", { ascending: false }),
    data: titles("Lock", "Paint", "Clean"),
  },
  "order, nulls": {
    run: () => ann.from("tasks").select("title").order("due", { nullsFirst: true }).order("title", { ascending: false }),
    data: titles("Lock", "Clean", "Paint"),
  },
  "order, of and by an embed": {
    run: () =>
      ann
        .from("projects")
        .select("title,tasks(title),owner(name)")
        .order("points", { referencedTable: "tasks", ascending: false })
        .order("owner(name)")
        .order("title"),
    data: [
      { title: "Closed doors", tasks: titles("Lock"), owner: { name: "Ann" } },
      { title: "Open house", tasks: titles("Paint", "Clean"), owner: { name: "Ann" } },
    ],
  },
  limit: { run: () => tasks().limit(2), data: titles("Clean", "Lock") },
  "limit, of an embed": {
    run: () =>
      ann
        .from("projects")
        .select("title,tasks(title)")
        .order("points", { referencedTable: "tasks" })
        .limit(1, { referencedTable: "tasks" })
        .eq("title", "Open house"),
    data: [{ title: "Open house", tasks: titles("Clean") }],
  },
  range: { run: () => tasks().range(1, 2), data: titles("Lock", "Paint") },
  "range, behind the end": { run: () => ann.from("tasks").select("title", { count: "exact" }).range(7, 9), refused: "PGRST103" },
  single: { run: () => tasks().eq("points", 5).single(), data: { title: "Paint" } },
  "single, of two": { run: () => tasks().gt("points", 2).single(), refused: "PGRST116" },
  "single, of a change that is not of one": {
    run: () => bob.from("tasks").update({ points: 1 }).gt("points", 0).select().single(),
    refused: "PGRST116",
  },
  maybeSingle: { run: () => tasks().eq("points", 77).maybeSingle(), data: null },
  "maybeSingle, of one": { run: () => tasks().eq("points", 8).maybeSingle(), data: { title: "Lock" } },
  "maybeSingle, of two": { run: () => tasks().gt("points", 2).maybeSingle(), refused: "PGRST116" },
  csv: {
    run: () => ann.from("tasks").select("title,points,due").order("title").csv(),
    data: "title,points,due\nClean,2,\nLock,8,\nPaint,5,2026-12-01T12:00:00.000Z\n",
  },
  geojson: { run: () => tasks().geojson(), refused: "PGRST107" },
  explain: { run: () => tasks().explain({ format: "json" }), refused: "PGRST107" },
  abortSignal: { run: () => tasks().eq("points", 5).abortSignal(new AbortController().signal), data: titles("Paint") },
  rollback: { run: () => bob.from("tasks").delete().eq("title", "Paint").select("title").rollback(), data: titles("Paint") },
  maxAffected: {
    run: () => bob.from("tasks").delete().gt("points", 0).maxAffected(2) as unknown as PromiseLike<Reply>,
    refused: "PGRST124",
  },
  "maxAffected, within": {
    run: () =>
      bob
        .from("tasks")
        .update({ effort: 1 })
        .gt("points", 0)
        .select("title")
        .order("title")
        .rollback()
        .maxAffected(3) as unknown as PromiseLike<Reply>,
    data: titles("Clean", "Lock", "Paint"),
  },
  stripNulls: {
    run: () => ann.from("tasks").select("title,due,reviewer(name)").order("title").stripNulls(),
    data: [{ title: "Clean" }, { title: "Lock" }, { title: "Paint", due: "2026-12-01T12:00:00.000Z", reviewer: { name: "Ann" } }],
  },
  returns: { run: () => tasks().eq("points", 5).returns<{ title: string }[]>(), data: titles("Paint") },
  overrideTypes: { run: () => tasks().eq("points", 5).overrideTypes<{ title: string }[]>(), data: titles("Paint") },
  setHeader: {
    run: () => nobody.from("users").select("email").eq("name", "Ann").setHeader("Authorization", `Bearer ${live.tokens.ann}`),
    data: [{ email: "ann@example.org" }],
  },
  retry: { run: () => tasks().eq("points", 5).retry(false), data: titles("Paint") },
  throwOnError: { run: () => tasks().eq("points", 5).throwOnError(), data: titles("Paint") },
};

/** Those that send nothing of their own. */
const inner: ReadonlySet<string> = new Set(["constructor", "then", "processResponse", "cloneRequestState", "decorateFetch"]);

describe("the JavaScript client of PostgREST", async () => {
  const before = await live.checksum();
  for (const [name, { run, data, count, status, refused }] of Object.entries(cases)) {
    test(name, async () => {
      const reply = await run();
      if (refused !== undefined) {
        assert.equal(reply.error?.code, refused, JSON.stringify(reply));
        assert.ok((reply.error?.message ?? "").length > 0);
      } else {
        assert.equal(reply.error, null, JSON.stringify(reply.error));
        assert.deepEqual(reply.data, data);
        if (count !== undefined) assert.equal(reply.count, count);
        if (status !== undefined) assert.equal(reply.status, status);
      }
      assert.equal(await live.checksum(), before);
    });
  }

  test("no method of it is left out", () => {
    const methods = new Set<string>();
    for (const start of [ann, ann.from("tasks"), ann.from("tasks").select()]) {
      for (
        let prototype = Object.getPrototypeOf(start);
        prototype !== Object.prototype;
        prototype = Object.getPrototypeOf(prototype)
      ) {
        for (const name of Object.getOwnPropertyNames(prototype)) methods.add(name);
      }
    }
    assert.ok(methods.size > 40);
    assert.deepEqual(
      [...methods].filter((name) => !inner.has(name) && !Object.hasOwn(cases, name)),
      [],
    );
  });

  test("an aborted request fails on the caller's side, and throwOnError throws what the server said", async () => {
    const aborted = await tasks().abortSignal(AbortSignal.abort());
    assert.match(aborted.error?.message ?? "", /abort/i);
    await assert.rejects(async () => tasks().eq("nothing", 1).throwOnError(), { code: "42703" });
  });

  test("what is not rolled back stays", async () => {
    const made = await bob.from("tasks").insert({ title: "Stay", project: ids["open"] }).select("id,title").single();
    assert.equal(made.status, 201);
    const { id } = made.data as { id: string };
    assert.deepEqual((await bob.from("tasks").update({ points: 9 }).eq("id", id).select("points")).data, [{ points: 9 }]);
    assert.deepEqual((await tasks().eq("points", 9)).data, titles("Stay"));
    assert.equal((await bob.from("tasks").delete().eq("id", id)).status, 204);
    assert.deepEqual((await tasks().eq("points", 9)).data, []);
  });
});
