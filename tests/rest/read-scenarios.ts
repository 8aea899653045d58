import type { ProjectsData } from "../support/projects-data.ts";
import { filter, get, type Scenario, titles } from "./scenario.ts";

const filters: readonly Scenario[] = [
  filter("points=eq.5&title=neq.x", ["Paint"], "Equal, not equal"),
  filter("points=gt.2&points=lte.8", ["Lock", "Paint"], "Order"),
  filter("points=gte.5&points=lt.8", ["Paint"], "Order"),
  filter("title=like.*a*&title=ilike.p*", ["Paint"], "Patterns, with `*` for `%`"),
  filter("title=match.^[CL]&title=imatch.N$", ["Clean"], "Regular expressions"),
  filter('title=in.(Paint,"Lock",x)', ["Lock", "Paint"], "Lists"),
  filter("assignee=is.null", ["Clean"], "Null and truth"),
  filter("project=some.(open.is.true)&due=is.not_null", ["Paint"], "Null and truth"),
  filter("due=isdistinct.2026-12-01T12:00:00Z", ["Clean", "Lock"], "Distinct"),
  filter("project=some.(title.fts.house)", ["Clean", "Paint"], "Full-text search"),
  filter('project=some.(title.wfts."open -doors")', ["Clean", "Paint"], "Full-text search"),
  filter("data->tags=cs.{red}", ["Paint"], "Contains, contained, overlaps"),
  filter("data->tags=cd.[%22floor%22,%22x%22]", ["Clean"], "Contains, contained, overlaps"),
  filter("data->tags=ov.{red,floor}", ["Clean", "Paint"], "Contains, contained, overlaps"),
  filter("points=not.eq.5&title=not.in.(Lock)", ["Clean"], "Negation"),
  filter("points=eq(any).{2,8}&title=like(all).{*c*,L*}", ["Lock"], "Any and all"),
  filter("or=(points.eq.2,and(points.gt.5,not.or(title.eq.x,title.is.null)))", ["Clean", "Lock"], "Logic"),
  filter('or=(title.eq."x,y",title.eq."Paint")&"points"=eq.5', ["Paint"], "Reserved characters in double quotes"),
  filter("data->size->>w=eq.3", ["Paint"], "JSON paths"),
  filter("points=gt.1&points=lt.6&points=neq.5", ["Clean"], "Filters repeated"),
  filter("project=some.(open_points.gt.7)", ["Lock"], "Computed fields"),
  {
    name: "a filter on a name that is a reference and an embed",
    covers: ["Filters: A filter on the name of an embed"],
    path: "/tasks?select=title,assignee(name)&assignee=is.null",
    as: "ann",
    status: 200,
    answer: [{ title: "Clean", assignee: null }],
  },
  {
    name: "a language is refused",
    covers: ["Filters: Full-text search in a language"],
    path: "/projects?title=fts(english).house",
    status: 400,
    code: "PGRST127",
  },
  {
    name: "range types are refused",
    covers: ["Filters: Operators of range types"],
    path: "/tasks?points=sl.(1,10)",
    status: 400,
    code: "PGRST127",
  },
];

const selects = ({ ids }: ProjectsData): readonly Scenario[] => [
  get(
    "columns, alias and cast",
    ["Select: Columns, star, alias", "Select: Casts"],
    "/tasks?select=name:title,points::text&title=eq.Paint",
    [{ name: "Paint", points: "5" }],
  ),
  get("star", ["Select: Columns, star, alias"], "/teams?select=*,x:name&name=eq.Red", undefined, {
    matches:
      /^\[\{"id":"[^"]+","name":"Red","plan":"paid","created":"[^"]+","updated":"[^"]+","version":1,"size":2,"x":"Red"\}\]$/,
  }),
  get("JSON paths", ["Select: JSON paths"], "/tasks?select=data->size->w,first:data->tags->>0&title=eq.Paint", [
    { w: 3, first: "wall" },
  ]),
  get(
    "aggregates with their groups",
    ["Select: Aggregates"],
    "/tasks?select=project,count(),sum:points.sum(),most:points.max(),least:points.min(),mean:points.avg()::int,n:assignee.count()&order=project",
    [
      { project: ids["open"], count: 2, sum: 7, most: 5, least: 2, mean: 4, n: 1 },
      { project: ids["closed"], count: 1, sum: 8, most: 8, least: 8, mean: 8, n: 1 },
    ],
  ),
  get("count without parentheses", ["Select: `count` without parentheses"], "/projects?select=title,tasks(count)&order=title", [
    { title: "Closed doors", tasks: [{ count: 1 }] },
    { title: "Open house", tasks: [{ count: 2 }] },
  ]),
  get(
    "embeds, nested and with an alias",
    ["Select: Embeds, nested, with an alias"],
    "/tasks?select=title,where:project(title,team(name))&title=eq.Lock",
    [{ title: "Lock", where: { title: "Closed doors", team: { name: "Red" } } }],
  ),
  get(
    "many to many, through a junction",
    ["Select: Embeds, nested, with an alias"],
    "/teams?select=name,users(name)&users.order=name&name=eq.Red",
    [{ name: "Red", users: [{ name: "Ann" }] }],
  ),
  get(
    "hints by column",
    ["Select: Which relation: by constraint, column or junction"],
    "/tasks?select=a:users!assignee(name),r:users!reviewer(name)&title=eq.Paint",
    [{ a: { name: "Bob" }, r: { name: "Ann" } }],
  ),
  get(
    "an inner join leaves out, a left one does not",
    ["Select: Join"],
    "/tasks?select=title,reviewer!inner(name),assignee!left(name)",
    [{ title: "Paint", reviewer: { name: "Ann" }, assignee: { name: "Bob" } }],
  ),
  get(
    "an empty embed only filters",
    ["Select: Empty embeds"],
    "/tasks?select=title,reviewer()&reviewer=not.is.null",
    titles("Paint"),
  ),
  get("a spread", ["Select: Spread"], "/tasks?select=title,...project(where:title)&title=eq.Lock", [
    { title: "Lock", where: "Closed doors" },
  ]),
  get("nothing selected is everything", ["Select: Nothing selected"], "/memberships?select=&since=not.is.null", undefined, {
    matches: /^\[\{"id":.*"since":"2024-02-29".*"version":1\}\]$/,
  }),
  get("two embeds of one name", ["Select: Two embeds of one name"], "/tasks?select=project(title),project(id)", undefined, {
    status: 400,
    code: "PGRST100",
  }),
  get("filter of an embed", ["Embedded rows: Filter"], "/projects?select=title,tasks(title)&tasks.points=gt.2&order=title", [
    { title: "Closed doors", tasks: titles("Lock") },
    { title: "Open house", tasks: titles("Paint") },
  ]),
  get(
    "logic of an embed",
    ["Embedded rows: Logic"],
    "/projects?select=title,tasks(title)&tasks.or=(points.eq.2,title.eq.x)&tasks.not.and=(points.eq.9)&title=eq.Open%20house",
    [{ title: "Open house", tasks: titles("Clean") }],
  ),
  get(
    "order, limit and offset of an embed",
    ["Embedded rows: Order, limit, offset"],
    "/projects?select=title,tasks(title)&tasks.order=points.desc&tasks.limit=1&tasks.offset=1&title=like.Open*",
    [{ title: "Open house", tasks: titles("Clean") }],
  ),
  get(
    "null tests of an embed",
    ["Embedded rows: Null tests of an embed"],
    "/projects?select=title,tasks(title)&tasks.points=gt.5&or=(tasks.is.null,title.eq.x)",
    [{ title: "Open house", tasks: [] }],
  ),
  get(
    "a parameter of an embed that is not there",
    ["Embedded rows: A parameter of an embed that select lacks"],
    "/projects?tasks.points=gt.5",
    undefined,
    { status: 400, code: "PGRST108" },
  ),
];

const pages: readonly Scenario[] = [
  get(
    "order with nulls",
    ["Order and pages: Order"],
    "/tasks?select=title&order=due.desc.nullslast,title.asc",
    titles("Paint", "Clean", "Lock"),
  ),
  get(
    "nulls come last ascending and first descending",
    ["Order and pages: Order"],
    "/tasks?select=title&order=due.desc,title",
    titles("Clean", "Lock", "Paint"),
  ),
  get(
    "order by a to-one's column",
    ["Order and pages: Order by a to-one's column"],
    "/tasks?select=title,project(title)&order=project(title).desc,title.desc&limit=2",
    [
      { title: "Paint", project: { title: "Open house" } },
      { title: "Clean", project: { title: "Open house" } },
    ],
  ),
  get(
    "order by an aggregate",
    ["Order and pages: Order by an aggregate"],
    "/tasks?select=project,n:count()&order=n.desc",
    undefined,
    {
      status: 400,
      code: "42803",
      matches: /cannot be ordered by the figure 'n'/,
    },
  ),
  get(
    "limit and offset",
    ["Order and pages: Limit and offset"],
    "/tasks?select=title&order=title&limit=1&offset=1",
    titles("Lock"),
    { answered: { "content-range": "1-1/*" } },
  ),
  get("a range", ["Order and pages: `Range` and `Content-Range`"], "/tasks?select=title&order=title", titles("Lock", "Paint"), {
    headers: { range: "1-5" },
    answered: { "content-range": "1-2/*" },
  }),
  get(
    "an exact count of more than is answered is 206",
    ["Order and pages: Counts"],
    "/tasks?select=title&order=title&limit=1",
    titles("Clean"),
    {
      headers: { prefer: "count=exact" },
      status: 206,
      answered: { "content-range": "0-0/3", "preference-applied": "count=exact" },
    },
  ),
  get(
    "an exact count of all is 200",
    ["Order and pages: Counts"],
    "/tasks?select=title&order=title",
    titles("Clean", "Lock", "Paint"),
    { headers: { prefer: "count=exact" }, answered: { "content-range": "0-2/3" } },
  ),
  get("a page behind the end is 416", ["Order and pages: Counts"], "/tasks?offset=9", undefined, {
    headers: { prefer: "count=exact" },
    status: 416,
    code: "PGRST103",
    answered: { "content-range": "*/3" },
  }),
  get("estimated and planned counts", ["Order and pages: Counts"], "/tasks?select=title&limit=0", [], {
    headers: { prefer: "count=estimated" },
    status: 206,
    answered: { "content-range": "*/3" },
  }),
  get("a parameter given twice", ["Order and pages: A parameter given twice"], "/tasks?order=title&order=id", undefined, {
    status: 400,
    code: "PGRST100",
  }),
];

export function readScenarios(data: ProjectsData): readonly Scenario[] {
  return [...filters, ...selects(data), ...pages];
}
