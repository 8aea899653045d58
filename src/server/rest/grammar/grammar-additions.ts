import type { GrammarArea } from "./grammar-feature.ts";

/** What PostgREST does not have. */
export const grammarAdditions: GrammarArea = {
  title: "Added",
  features: [
    {
      feature: "One row by its id, as an object",
      support: "ours",
      written: "`GET /t/7`",
      note: "PATCH, PUT and DELETE too; 404 where there is no such row.",
    },
    {
      feature: "Pages by cursor",
      support: "ours",
      search: "order=a&limit=20&after=",
      note: "Empty for the first page; `Next-Cursor` and `Link` lead to the next.",
    },
    {
      feature: "Queries that are too long for an address",
      support: "ours",
      written: "`POST /t/query` with the query string as the body",
      note:
        "`Content-Type: application/x-www-form-urlencoded`, up to 256 KiB (`queryBytes`). It is GET in all else, but has no `ETag` and no `Link`. " +
        "A PATCH or DELETE of such length goes as the one operation of a batch.",
    },
    {
      feature: "Some, none or every row of a relation",
      support: "ours",
      search: "reviews=some.(stars.gte.4,author.none.(banned.is.true))&tags=every.(public.is.true)&likes=none.()",
    },
    {
      feature: "The rows as they were",
      support: "ours",
      search: "asOf=2026-11-25T12:00:00Z&a=eq.1",
      note: "Of tables with `history`, to whom their history rule opens the past. Embedded rows are of the same moment.",
    },
    {
      feature: "Deleted rows",
      support: "ours",
      search: "deletedRows=only",
      note:
        "Or `include`: of a table with `softDelete`, the deleted rows that the caller could delete. A column `deleted` is filtered as " +
        "any other: `deleted=gt.2026-01-01T00:00:00Z`.",
    },
    {
      feature: "The versions of a row",
      support: "ours",
      written: "`GET /t/7/versions`",
      note: "Newest first: who made each, when and how, and its values.",
    },
    {
      feature: "Bringing a row back",
      support: "ours",
      written: "`POST /t/7/restore`",
      note: 'A deleted row; with `{"version":3}` as the body, the row as it was then.',
    },
    {
      feature: "The column of a parameter's name",
      support: "ours",
      search: '"after"=eq.1&"limit"=eq.2',
      note: "In quotes a name is never a keyword.",
    },
    {
      feature: "The column that an embed has the name of",
      support: "ours",
      search: 'select=*,author(name)&"author"=is.null',
      note: "In quotes that it does not need, a name is the column's: without them the null test is about the embedded row.",
    },
    {
      feature: "A `*` that stands for itself",
      support: "ours",
      search: "a=like.5\\*",
      note: "After a backslash, in the patterns of `like` and `ilike`.",
    },
    {
      feature: "The ids of new rows",
      support: "ours",
      prefer: "return=ids",
      note: "On POST of a table: a JSON array of them, in the order of the rows. Who may not read the rows gets their ids too.",
    },
    {
      feature: "The written rows, or nothing is written",
      support: "ours",
      prefer: "handling=strict, return=representation",
      note: "403 where the caller may not read them all, as PostgreSQL has it. Without `handling=strict` they are left out.",
    },
    {
      feature: "`ETag` and `If-None-Match`",
      support: "ours",
      written: '`If-None-Match: W/"…"`',
      note: "304 where the answer would be the same.",
    },
    {
      feature: "Changes of a row only as it was last seen",
      support: "ours",
      written: '`If-Match: "3-…"`',
      note:
        'On PATCH, PUT and DELETE of one row: its tag, its version alone (`"3"`), or `*`. 412 and `precondition_failed` where it has been changed. ' +
        "At an address that names no single row it is refused, not passed over.",
    },
    {
      feature: "PUT that only creates",
      support: "ours",
      written: "`If-None-Match: *`",
      note: "412 where the row is there.",
    },
    {
      feature: "Writes that happen once",
      support: "ours",
      written: "`Idempotency-Key: …`",
      note: "On every write and on mutations. The same request again gets the same answer, with `Idempotency-Replayed: true`.",
    },
    {
      feature: "Many requests in one transaction",
      support: "ours",
      written: '`POST /rest/v1` with `[{"method":"PATCH","path":"/rest/v1/t/7","body":{…}},…]`',
      note: "All of them happen or none. The first that fails is told by its number, `operation`: see [the page on writing](../learn/writing.md).",
    },
    {
      feature: "A row a line, and bodies of a hundred thousand rows",
      support: "ours",
      written: "`Content-Type: application/x-ndjson`",
      note: "Read as a stream, as are CSV and arrays over a mebibyte. What is refused is told with its `line`.",
    },
  ],
};
