import fc from "fast-check";
import { content } from "./wild-bodies.ts";
import { encoded, text } from "./wild-texts.ts";

/** A request as anybody might send it, well formed as HTTP or not quite. */
export interface WildRequest {
  readonly method: string;
  /** As it goes on the wire. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | undefined;
}

const ids = [
  "00000000-0000-7000-8000-000000000001",
  "00000000-0000-7000-8000-00000000000A",
  "1",
  "-1",
  "0",
  "99999999999999999999",
  "null",
  "me",
  "%F0%9F%98%80",
  "%00",
  "..",
  "a%2Fb",
];
/** Bytes that may stand in a request target, percent signs in any order. */
const rough = fc.string({
  unit: fc.constantFrom(..."abcXYZ019%%%2fFcC3&=.,()!:;'\"*+-_~/?$@[]{}|\\^<>#".split("")),
  maxLength: 24,
});

const name = fc.constantFrom(
  "users",
  "projects",
  "tasks",
  "teams",
  "memberships",
  "messages",
  "invoices",
  "rpc",
  "nothing",
  "_chassis",
  "__proto__",
  "%75sers",
  "users;",
  "users/",
);
const call = fc.constantFrom(
  "rpc/echo",
  "rpc/tasks_of",
  "rpc/who_am_i",
  "rpc/rename_project",
  "rpc/nothing",
  "rpc/__proto__",
  "rpc/",
  "rpc/echo/x",
);
const keyword = fc.constantFrom(
  "select",
  "order",
  "limit",
  "offset",
  "after",
  "columns",
  "on_conflict",
  "and",
  "or",
  "not.and",
  "not.or",
  "id",
  "title",
  "points",
  "due",
  "data",
  "data->>a",
  "since",
  "budget",
  "project",
  "tasks.limit",
  "project.title",
  "created",
  "email",
  "notes",
  "name",
  "x",
);
const operator = fc.constantFrom(
  "",
  "eq.",
  "neq.",
  "gt.",
  "lt.",
  "like.",
  "ilike.",
  "match.",
  "imatch.",
  "in.",
  "is.",
  "isdistinct.",
  "fts.",
  "plfts.",
  "phfts.",
  "wfts.",
  "cs.",
  "cd.",
  "ov.",
  "sl.",
  "not.",
  "not.eq.",
  "eq(any).",
  "like(all).",
  "some.",
  "none.",
  "every.",
  "fts(english).",
  "x.",
  "(",
  "((",
  "and(",
  "{",
  "[",
);
const parameter = fc
  .tuple(keyword, operator, fc.oneof({ weight: 3, arbitrary: encoded }, { weight: 1, arbitrary: rough }))
  .map(([key, word, value]) => `${key}=${word}${value}`);
/** Any text at all where a name goes in quotes. */
const quoted = fc
  .tuple(
    fc.constantFrom(
      "select={}:id",
      "select=id,{}:created",
      "select={}",
      "select=x:data->{}",
      "order=data->>{}",
      "data->>{}=eq.1",
      "{}=eq.1",
      "or=({}.eq.1)",
      "select={}:project(title)",
      "select={}:count()",
      "order=project({})",
      "{}.x=eq.1",
      "columns={}",
      "on_conflict={}",
    ),
    fc.oneof(text, fc.constantFrom("\u0000", "a\u0000b", "'", '"', "\\", "]", "$")),
  )
  .map(([shape, name]) => shape.replace("{}", () => encodeURIComponent(`"${name.toWellFormed().replaceAll(/["\\]/g, "\\$&")}"`)));
const query = fc.oneof(
  { weight: 1, arbitrary: quoted },
  { weight: 3, arbitrary: fc.array(parameter, { maxLength: 3 }).map((parts) => parts.join("&")) },
  { weight: 1, arbitrary: rough },
);

const path = fc.oneof(
  { weight: 8, arbitrary: name.map((table) => `/rest/v1/${table}`) },
  { weight: 3, arbitrary: fc.tuple(name, fc.constantFrom(...ids)).map(([table, id]) => `/rest/v1/${table}/${id}`) },
  { weight: 4, arbitrary: call.map((target) => `/rest/v1/${target}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "/",
      "/rest",
      "/rest/v1",
      "/rest/v1/",
      "/health",
      "/ready",
      "//",
      "*",
      "http://a/rest/v1/users",
      "/REST/V1/users",
      "/auth/v1/tokens",
      "/rest/v2/users",
    ),
  },
  { weight: 2, arbitrary: rough.map((rest) => `/rest/v1/${rest}`) },
);
const target = fc.tuple(path, query).map(([where, search]) => (search === "" ? where : `${where}?${search}`));

const method = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("GET", "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS") },
  { weight: 1, arbitrary: fc.constantFrom("TRACE", "PROPFIND", "QUERY", "get", "PURGE", "SEARCH", "M-SEARCH", "LOCK") },
);

const headerValue = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "",
      "x",
      "*",
      "*/*",
      "application/json",
      "a=b",
      ",",
      ";",
      "=",
      '"',
      '"x',
      "\t",
      "0-1",
      "1-0",
      "-1",
      "é",
      "x".repeat(2000),
      "text/csv;q=",
      "return=",
      "count=exact,count=exact",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: fc.constantFrom(..." !#$%&'*+-.^_`|~abc019=;,/\"()<>@:\\[]?{}".split("")), maxLength: 30 }),
  },
);
const token = fc.constantFrom(
  "Bearer bob",
  "Bearer ann",
  "Bearer editor",
  "Bearer bob",
  "Bearer",
  "Bearer ",
  "bearer bob",
  "Basic YTpi",
  "Bearer a.b.c",
  "Bearer eyJhbGciOiJub25lIn0.e30.",
  "Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
  "Bearer bob, Bearer ann",
  "Bearer bobx",
  "x".repeat(3000),
  "Bearer \u00e9",
);
const header: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  fc.tuple(fc.constant("Authorization"), token),
  fc.tuple(
    fc.constant("Prefer"),
    fc.oneof(
      fc.constantFrom(
        "return=representation",
        "return=representation, tx=rollback",
        "count=exact",
        "handling=strict, max-affected=1",
        "handling=strict, max-affected=99999999999999999999",
        "resolution=merge-duplicates",
        "resolution=ignore-duplicates",
        "missing=default",
        "handling=strict, nonsense=é",
        "tx=commit",
      ),
      headerValue,
    ),
  ),
  fc.tuple(
    fc.constant("Accept"),
    fc.oneof(
      fc.constantFrom(
        "text/csv",
        "application/vnd.pgrst.object+json",
        "application/vnd.pgrst.array+json;nulls=stripped",
        "application/vnd.pgrst.plan+json",
        "image/png",
        "*/*;q=0",
        "text/html",
      ),
      headerValue,
    ),
  ),
  fc.tuple(
    fc.constant("Range"),
    fc.oneof(fc.constantFrom("0-0", "0-", "5-1", "bytes=0-1", "999999999999999-", "0-999999999999999"), headerValue),
  ),
  fc.tuple(
    fc.constantFrom(
      "Range-Unit",
      "Accept-Profile",
      "Content-Profile",
      "If-None-Match",
      "If-Match",
      "Accept-Encoding",
      "Content-Encoding",
      "Origin",
      "Access-Control-Request-Method",
      "Cookie",
      "X-HTTP-Method-Override",
      "X-Request-Id",
      "Expect",
      "Upgrade",
      "TE",
    ),
    headerValue,
  ),
);
const contentType = fc.oneof(
  { weight: 8, arbitrary: fc.constant("application/json") },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "text/csv",
      "application/x-www-form-urlencoded",
      "text/plain",
      "application/octet-stream",
      "application/json; charset=utf-16",
      "application/json;charset=UTF-8",
      "multipart/form-data; boundary=x",
      "application/xml",
      "TEXT/CSV",
      "",
    ),
  },
  { weight: 1, arbitrary: headerValue },
);

export const wildRequest: fc.Arbitrary<WildRequest> = fc
  .record({ method, target, some: fc.array(header, { maxLength: 3 }), contentType, content })
  .map(({ method: verb, target: where, some, contentType: type, content: bytes }) => {
    const hasBody = !["GET", "HEAD", "OPTIONS", "DELETE", "get"].includes(verb);
    return {
      method: verb,
      target: where,
      headers: [...some, ...(hasBody ? ([["Content-Type", type]] as const) : [])],
      body: hasBody ? bytes : undefined,
    };
  });
