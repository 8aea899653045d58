import type { ProjectsData } from "../support/projects-data.ts";
import { form, get, rollback, type Scenario, titles } from "./scenario.ts";

const mediaTypes = ({ ids }: ProjectsData): readonly Scenario[] => [
  get("JSON", ["Media types: JSON"], "/tasks?select=title&limit=1&order=title", '[{"title":"Clean"}]', {
    headers: { accept: "application/json" },
    answered: { "content-type": "application/json; charset=utf-8" },
  }),
  get(
    "one object",
    ["Media types: One object"],
    "/tasks?select=title&points=eq.5",
    { title: "Paint" },
    {
      headers: { accept: "application/vnd.pgrst.object+json" },
      answered: { "content-type": /^application\/vnd\.pgrst\.object\+json/ },
    },
  ),
  get("one object of two", ["Media types: One object"], "/tasks?select=title&points=gt.2", undefined, {
    headers: { accept: "application/vnd.pgrst.object+json" },
    status: 406,
    code: "PGRST116",
  }),
  get("stripped nulls", ["Media types: Stripped nulls"], "/tasks?select=title,due&order=title&limit=1", '[{"title":"Clean"}]', {
    headers: { accept: "application/vnd.pgrst.array+json;nulls=stripped" },
  }),
  get(
    "CSV",
    ["Media types: CSV"],
    "/tasks?select=title,due,points&order=title&limit=2",
    "title,due,points\nClean,,2\nLock,,8\n",
    { headers: { accept: "text/csv" }, answered: { "content-type": "text/csv; charset=utf-8" } },
  ),
  get("quality values", ["Media types: Quality values"], "/tasks?select=title&limit=1&order=title", titles("Clean"), {
    headers: { accept: "text/csv;q=0.5, application/json" },
  }),
  get("GeoJSON, plans and handlers are not there", ["Media types: GeoJSON"], "/tasks", undefined, {
    headers: { accept: "application/geo+json" },
    status: 406,
    code: "PGRST107",
  }),
  get("plans are not there", ["Media types: Plans"], "/tasks", undefined, {
    headers: { accept: "application/vnd.pgrst.plan+json" },
    status: 406,
    code: "PGRST107",
  }),
  get("media type handlers are not there", ["Media types: Media type handlers"], "/tasks", undefined, {
    headers: { accept: "application/vnd.twkb" },
    status: 406,
    code: "PGRST107",
  }),
  {
    name: "a JSON body",
    covers: ["Bodies: JSON: an object or an array"],
    path: "/tasks?select=title,points",
    method: "POST",
    as: "ann",
    headers: rollback,
    body: { title: "A", project: ids["open"], points: 4 },
    status: 201,
    answer: [{ title: "A", points: 4 }],
  },
  {
    name: "a CSV body",
    covers: ["Bodies: CSV"],
    path: "/tasks?select=title,points,due,effort",
    method: "POST",
    as: "ann",
    headers: { ...rollback, "content-type": "text/csv" },
    body: `title,project,points,due,effort\n"A, b",${ids["open"]},4,,1.5\nB,${ids["open"]},5,2026-01-01T00:00:00Z,`,
    status: 201,
    answer: [
      { title: "A, b", points: 4, due: null, effort: 1.5 },
      { title: "B", points: 5, due: "2026-01-01T00:00:00.000Z", effort: null },
    ],
  },
  {
    name: "a form",
    covers: ["Bodies: Forms"],
    path: "/tasks?select=title,points",
    method: "POST",
    as: "ann",
    headers: { ...rollback, "content-type": form },
    body: `title=A+b&project=${ids["open"]}&points=3`,
    status: 201,
    answer: [{ title: "A b", points: 3 }],
  },
  {
    name: "XML",
    covers: ["Bodies: Other types"],
    path: "/tasks",
    method: "POST",
    as: "ann",
    headers: { "content-type": "application/xml" },
    body: "<a/>",
    status: 415,
    code: "unsupported_media_type",
  },
];

const functions = ({ ids }: ProjectsData): readonly Scenario[] => [
  {
    name: "a function by POST",
    covers: ["Functions: Call by POST"],
    path: "/rpc/tasks_of",
    method: "POST",
    as: "ann",
    body: { project: ids["closed"] },
    status: 200,
    answer: [{ title: "Lock", points: 8, due: null }],
    answered: { "content-range": "0-0/*" },
  },
  get("a function by GET", ["Functions: Call by GET"], `/rpc/tasks_of?project=${ids["closed"]}`, [
    { title: "Lock", points: 8, due: null },
  ]),
  get(
    "limit, offset and count of its list",
    ["Functions: Limit, offset, range and count of a list"],
    `/rpc/tasks_of?project=${ids["open"]}&limit=1&offset=1`,
    [{ title: "Paint", points: 5, due: "2026-12-01T12:00:00.000Z" }],
    { headers: { prefer: "count=exact" }, status: 206, answered: { "content-range": "1-1/2" } },
  ),
  get(
    "no select of it",
    ["Functions: Filter, order, select and embeds of the result"],
    `/rpc/tasks_of?project=${ids["open"]}&select=title`,
    undefined,
    { status: 400, code: "PGRST127" },
  ),
  get("a repeated argument is a list", ["Functions: Overloaded and variadic functions"], "/rpc/echo?v=1&v=2", { v: ["1", "2"] }),
];

const elsewhere = ({ ids }: ProjectsData): readonly Scenario[] => [
  get("HEAD", ["Elsewhere: HEAD and OPTIONS"], "/tasks?select=title", "", {
    method: "HEAD",
    headers: { prefer: "count=exact" },
    answered: { "content-range": "0-2/3", "content-type": "application/json; charset=utf-8", etag: /^W\// },
  }),
  get("OPTIONS of a table", ["Elsewhere: HEAD and OPTIONS"], "/tasks", "", {
    method: "OPTIONS",
    answered: { allow: "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE" },
  }),
  get("OPTIONS of a row", ["Elsewhere: HEAD and OPTIONS"], "/tasks/1", "", {
    method: "OPTIONS",
    answered: { allow: "OPTIONS,GET,HEAD,PUT,PATCH,DELETE" },
  }),
  get("a schema", ["Elsewhere: Schemas"], "/tasks?select=title&points=eq.5", titles("Paint"), {
    headers: { "accept-profile": "public" },
  }),
  get("another schema", ["Elsewhere: Schemas"], "/tasks", undefined, {
    headers: { "accept-profile": "private" },
    status: 406,
    code: "PGRST106",
  }),
  get("the root", ["Elsewhere: OpenAPI at the root"], "/", undefined, { status: 404, code: "PGRST126" }),
  get(
    "an error",
    ["Elsewhere: Error shape and codes"],
    "/tasks?title=fts.x",
    {
      code: "42883",
      message: "The column 'title' has no full-text search.",
      details: null,
      hint: "Its definition would need .search(); like and ilike work on every text.",
    },
    { status: 400, answered: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" } },
  ),
  get("a malformed address", ["Elsewhere: Malformed addresses"], "/tasks?title=eq.%zz", undefined, {
    status: 400,
    code: "invalid_url",
  }),
  get(
    "a row by its id",
    ["Added: One row by its id, as an object"],
    `/tasks/${ids["paint"]}?select=title,points`,
    { title: "Paint", points: 5 },
    { answered: { "content-range": null } },
  ),
  get("a row that is not there", ["Added: One row by its id, as an object"], `/tasks/${ids["dig"]}`, undefined, {
    status: 404,
    code: "not_found",
  }),
  {
    name: "a change of a row by its id",
    covers: ["Added: One row by its id, as an object"],
    path: `/tasks/${ids["paint"]}?select=points`,
    method: "PATCH",
    as: "ann",
    headers: rollback,
    body: { points: 9 },
    status: 200,
    answer: { points: 9 },
  },
  get(
    "some",
    ["Added: Some, none or every row of a relation"],
    "/projects?select=title&tasks=some.(points.gt.5)",
    titles("Closed doors"),
  ),
  get(
    "none",
    ["Added: Some, none or every row of a relation"],
    "/projects?select=title&tasks=none.(points.gt.5)",
    titles("Open house"),
  ),
  get(
    "every",
    ["Added: Some, none or every row of a relation"],
    "/projects?select=title&tasks=every.(points.lt.6,project.some.(open.is.true))",
    titles("Open house"),
  ),
  get(
    "a column, where the embed of its name is filtered",
    ["Added: The column that an embed has the name of"],
    "/tasks?select=title,assignee(name)&assignee.name=eq.Nobody&%22assignee%22=is.null",
    [{ title: "Clean", assignee: null }],
  ),
  get(
    "the same among other conditions",
    ["Added: The column that an embed has the name of"],
    "/tasks?select=title,assignee(name)&assignee.name=eq.Nobody&or=(%22assignee%22.is.null,title.eq.x)",
    [{ title: "Clean", assignee: null }],
  ),
  get("a star that stands for itself", ["Added: A `*` that stands for itself"], "/tasks?select=title&title=like.*\\**", []),
  get(
    "a star behind a backslash that stands for itself",
    ["Added: A `*` that stands for itself"],
    "/tasks?select=title&title=not.like.\\\\*&order=title&limit=1",
    titles("Clean"),
  ),
  {
    name: "the ids of new rows, of somebody who may not read them",
    covers: ["Added: The ids of new rows"],
    path: "/messages",
    method: "POST",
    headers: { prefer: "return=ids, tx=rollback" },
    body: [
      { id: "01234567-89ab-7cde-8f01-0000000000aa", from: "a@example.org", body: "A" },
      { id: "01234567-89ab-7cde-8f01-0000000000a9", from: "b@example.org", body: "B" },
    ],
    status: 201,
    answer: ["01234567-89ab-7cde-8f01-0000000000aa", "01234567-89ab-7cde-8f01-0000000000a9"],
    answered: { "preference-applied": "return=ids, tx=rollback" },
  },
  {
    name: "rows that may not be read are not written",
    covers: ["Added: The written rows, or nothing is written"],
    path: "/messages",
    method: "POST",
    as: "ann",
    headers: { prefer: "handling=strict, return=representation" },
    body: { from: "a@example.org", body: "A" },
    status: 403,
    code: "42501",
  },
  get("a column of a parameter's name", ["Added: The column of a parameter's name"], "/tasks?%22limit%22=eq.1", undefined, {
    status: 400,
    code: "42703",
  }),
];

export function otherScenarios(data: ProjectsData): readonly Scenario[] {
  return [...mediaTypes(data), ...functions(data), ...elsewhere(data)];
}
