import { grammarAdditions } from "./grammar-additions.ts";
import type { GrammarArea } from "./grammar-feature.ts";

export const grammarTable: readonly GrammarArea[] = [
  {
    title: "Filters",
    features: [
      { feature: "Equal, not equal", support: "yes", search: "a=eq.1&b=neq.2" },
      { feature: "Order", support: "yes", search: "a=gt.1&a=gte.1&a=lt.9&a=lte.9" },
      { feature: "Patterns, with `*` for `%`", support: "yes", search: "a=like.O*&b=ilike.*n" },
      {
        feature: "Regular expressions",
        support: "differs",
        search: "a=match.^x&b=imatch.y$",
        note: "RE2's syntax, whose time is linear in the text: no back-references, no look-around.",
      },
      {
        feature: "Lists",
        support: "differs",
        search: 'a=in.(1,2,"x,y")',
        note: 'Text after the `)` is refused. `in.()` is the empty list, `in.("")` the list of one empty text.',
      },
      { feature: "Null and truth", support: "yes", search: "a=is.null&b=is.not_null&c=is.true&d=is.false&e=is.unknown" },
      { feature: "Distinct", support: "yes", search: "a=isdistinct.1" },
      {
        feature: "Full-text search",
        support: "differs",
        search: "a=fts.fat&b=plfts.fat cat&c=phfts.fat cat&d=wfts.-cat&e=fts(simple).fat",
        note: "On columns that the schema marks as searchable. Words are matched as they stand: `simple` is the only language.",
      },
      {
        feature: "Full-text search in a language",
        support: "no",
        search: "a=fts(english).fat",
        error: "notSupported",
        note: "There is no stemming.",
      },
      {
        feature: "Contains, contained, overlaps",
        support: "differs",
        search: 'a=cs.{x,y}&b=cs.["x"]&c=cs.{"k":1}&d=cd.{1,2}&e=ov.{1,3}',
        note:
          "On JSON columns; there are no array types. `{x,y}` is taken for a JSON array of texts, so numbers are written as " +
          "JSON: `cs.[1,2]`.",
      },
      {
        feature: "Operators of range types",
        support: "no",
        search: "a=sl.(1,10)&b=sr.(1,10)&c=nxr.(1,10)&d=nxl.(1,10)&e=adj.(1,10)",
        error: "notSupported",
        note: "Only PostgreSQL has range types.",
      },
      { feature: "Negation", support: "yes", search: "a=not.eq.2&b=not.in.(1,2)" },
      {
        feature: "Any and all",
        support: "differs",
        search: 'a=eq(any).{1,2}&b=like(all).{O*,"*n"}&c=imatch(any).{x}',
        note: "A bare NULL in the list is refused.",
      },
      { feature: "Logic", support: "yes", search: "or=(a.eq.1,and(b.gt.2,not.or(c.is.null,d.lt.3)))&not.and=(e.gte.0,f.lte.9)" },
      { feature: "Reserved characters in double quotes", support: "yes", search: '"a.b"=eq.1&or=(c.eq."x,y)",d.eq.z)' },
      { feature: "JSON paths", support: "yes", search: "data->k->0->>x=eq.1&data->n=gt.2" },
      { feature: "Filters repeated", support: "yes", search: "a=gt.1&a=lt.5" },
      {
        feature: "A filter on the name of an embed",
        support: "differs",
        search: "select=*,author(name)&author=eq.7",
        note:
          "PostgREST takes only null tests there. Here a reference and the embed through it often share a name, so any other " +
          "operator is about the column.",
      },
      { feature: "Computed fields", support: "yes", written: "`?full_name=eq.x`", note: "The computed columns of the schema." },
    ],
  },
  {
    title: "Select",
    features: [
      {
        feature: "Columns, star, alias",
        support: "yes",
        search: "select=*,a,b:c",
      },
      {
        feature: "Casts",
        support: "differs",
        search: "select=d::text",
        note:
          "To one of the types that the schema has. A value that cannot be cast is null, where PostgREST refuses the whole " +
          "request with 22P02: one bad row must not fail a list.",
      },
      { feature: "JSON paths", support: "yes", search: "select=data->k->>x,first:data->list->0" },
      {
        feature: "Nothing selected",
        support: "differs",
        search: "select=",
        note: "The same as `*`; PostgREST answers empty objects.",
      },
      {
        feature: "Aggregates",
        support: "yes",
        search: "select=count(),n:a.count(),b.sum(),c.avg()::int,d->x::numeric.max(),e.min(),f",
      },
      {
        feature: "`count` without parentheses",
        support: "yes",
        search: "select=a,b(count)",
        note: "Where the table has no column of that name.",
      },
      { feature: "Embeds, nested, with an alias", support: "yes", search: "select=a,author:users(name,team(*))" },
      {
        feature: "Which relation: by constraint, column or junction",
        support: "yes",
        search: "select=users!editor(name),x:users!reviews_author_fkey(name)",
      },
      { feature: "Join", support: "yes", search: "select=a!inner(b),c!left(d),e!hint!inner(f)" },
      { feature: "Empty embeds", support: "yes", search: "select=a,b()&b=not.is.null" },
      { feature: "Spread", support: "yes", search: "select=a,...b(c,d:e),...f!hint(g)" },
      {
        feature: "Two embeds of one name",
        support: "no",
        search: "select=a(b),a(c)",
        error: "invalidQuery",
        note: "PostgREST answers an object with a key twice. Give one an alias.",
      },
    ],
  },
  {
    title: "Embedded rows",
    features: [
      { feature: "Filter", support: "yes", search: "select=*,a(*,b(*))&a.x=eq.1&a.b.y=like.z*" },
      { feature: "Logic", support: "yes", search: "select=*,a(*)&a.or=(x.eq.1,y.eq.2)&a.not.and=(x.eq.1,y.eq.2)" },
      { feature: "Order, limit, offset", support: "yes", search: "select=*,a(*)&a.order=x.desc&a.limit=3&a.offset=2" },
      { feature: "Null tests of an embed", support: "yes", search: "select=*,a(*),b()&or=(a.is.null,b.not.is.null)" },
      {
        feature: "A parameter of an embed that select lacks",
        support: "yes",
        search: "a.x=eq.1",
        error: "notEmbedded",
        note: "Refused, as there.",
      },
    ],
  },
  {
    title: "Order and pages",
    features: [
      { feature: "Order", support: "yes", search: "order=a.desc.nullslast,b.asc.nullsfirst,data->>x" },
      { feature: "Order by a to-one's column", support: "yes", search: "select=*,a(b)&order=a(b).desc" },
      {
        feature: "Order by an aggregate",
        support: "no",
        written: "`?select=a,count()&order=count`",
        note: "Refused, as there. Sort the answer, or write a function with SQL.",
      },
      {
        feature: "Limit and offset",
        support: "differs",
        search: "limit=10&offset=20",
        note: "What is no whole number is refused; PostgREST passes over it. So is a negative offset.",
      },
      { feature: "`Range` and `Content-Range`", support: "yes", written: "`Range: 0-19`" },
      { feature: "Counts", support: "yes", prefer: "count=exact", note: "`planned` and `estimated` too; 206 and 416 as there." },
      {
        feature: "A parameter given twice",
        support: "differs",
        search: "order=a&order=b",
        error: "invalidQuery",
        note: "Refused but for filters; PostgREST takes one of them.",
      },
    ],
  },
  {
    title: "Media types",
    features: [
      { feature: "JSON", support: "yes", accept: "application/json" },
      {
        feature: "One object",
        support: "yes",
        accept: "application/vnd.pgrst.object+json",
        note: "A change that is not of exactly one row is rolled back.",
      },
      { feature: "Stripped nulls", support: "yes", accept: "application/vnd.pgrst.array+json;nulls=stripped" },
      {
        feature: "CSV",
        support: "differs",
        accept: "text/csv",
        note: "Objects are JSON. Data is exact: a text that a spreadsheet would take for a formula is not changed.",
      },
      { feature: "Quality values", support: "yes", accept: "text/csv;q=0.5, application/json" },
      {
        feature: "GeoJSON",
        support: "no",
        accept: "application/geo+json",
        error: "notAcceptable",
        note: "There are no geometries.",
      },
      {
        feature: "Plans",
        support: "no",
        accept: "application/vnd.pgrst.plan+json",
        error: "notAcceptable",
        note: "`chassis explain` shows rules and SQL to whoever runs the server.",
      },
      {
        feature: "Media type handlers",
        support: "no",
        accept: "application/vnd.twkb",
        error: "notAcceptable",
        note: "An app's own routes answer in any form.",
      },
    ],
  },
  {
    title: "Bodies",
    features: [
      {
        feature: "JSON: an object or an array",
        support: "differs",
        written: "`Content-Type: application/json`",
        note: "Objects of an array may differ in their keys; `missing` says what then. Of a key given twice the last counts.",
      },
      {
        feature: "CSV",
        support: "differs",
        written: "`Content-Type: text/csv`",
        note:
          'An empty cell is null and `""` the empty text, so that what is exported can be imported; a bare `NULL` is null ' +
          "too.",
      },
      {
        feature: "Forms",
        support: "yes",
        written: "`Content-Type: application/x-www-form-urlencoded`",
        note: "Of a page of another site only where `CHASSIS_CORS_ORIGINS` names it.",
      },
      { feature: "Other types", support: "differs", written: "`Content-Type: application/xml`", note: "415, not 400." },
    ],
  },
  {
    title: "Changes",
    features: [
      { feature: "Insert one or many", support: "yes", written: "`POST`" },
      {
        feature: "Columns to take",
        support: "differs",
        search: "columns=a,b",
        note: "On PATCH a named column that the body lacks is left alone, not set to null.",
      },
      { feature: "Upsert", support: "yes", prefer: "resolution=merge-duplicates", note: "`ignore-duplicates` too." },
      { feature: "Upsert by another unique key", support: "yes", search: "on_conflict=a,b" },
      { feature: "Missing values", support: "yes", prefer: "missing=default" },
      { feature: "Update", support: "yes", written: "`PATCH ?id=eq.1`" },
      { feature: "Delete", support: "yes", written: "`DELETE ?id=eq.1`" },
      { feature: "Single upsert", support: "yes", written: "`PUT ?id=eq.1`" },
      {
        feature: "A change without a filter",
        support: "differs",
        prefer: "handling=strict, max-affected=100",
        note: "Refused unless this preference says how many rows may change. PostgREST needs an extension for that.",
      },
      {
        feature: "A change with limit",
        support: "differs",
        search: "a=eq.1&order=b&limit=5",
        note: "Bounds the change itself; PostgREST bounds only what is answered of it.",
      },
      {
        feature: "What is answered",
        support: "yes",
        prefer: "return=representation",
        note: "`minimal` (the default) and `headers-only` too.",
      },
      { feature: "Bound on the rows changed", support: "yes", prefer: "handling=strict, max-affected=10" },
      {
        feature: "Roll back",
        support: "differs",
        prefer: "tx=rollback",
        note: "Always there; PostgREST must be set to allow it.",
      },
      { feature: "Strict handling", support: "yes", prefer: "handling=strict, foo", error: "invalidPreference" },
      {
        feature: "Time zone",
        support: "no",
        prefer: "handling=strict, timezone=Europe/Paris",
        error: "invalidPreference",
        note: "Times are UTC. Passed over where handling is lenient.",
      },
    ],
  },
  {
    title: "Functions",
    features: [
      {
        feature: "Call by POST",
        support: "yes",
        written: "`POST /rpc/f`",
        note: "JSON, a form, CSV, a text or bytes are the input.",
      },
      {
        feature: "Call by GET",
        support: "differs",
        written: "`GET /rpc/f?a=1&list={1,2}`",
        note:
          "For queries. Arguments are texts first; one that the function's validation refuses is read as a list or as JSON " +
          "and tried again.",
      },
      {
        feature: "Limit, offset, range and count of a list",
        support: "yes",
        written: "`GET /rpc/f?limit=5`",
        note: "As there, so an argument of the name limit or offset travels by POST alone.",
      },
      {
        feature: "Filter, order, select and embeds of the result",
        support: "no",
        written: "`POST /rpc/f?select=a`",
        note: "`notSupported`: the function shapes its result itself.",
      },
      {
        feature: "Overloaded and variadic functions",
        support: "differs",
        written: "`GET /rpc/f?v=1&v=2`",
        note: "One function a name; a repeated argument is a list.",
      },
    ],
  },
  {
    title: "Elsewhere",
    features: [
      {
        feature: "HEAD and OPTIONS",
        support: "differs",
        written: "`OPTIONS /t`",
        note: "OPTIONS does not tell which tables there are, nor what may be done with one.",
      },
      { feature: "Schemas", support: "differs", written: "`Accept-Profile: public`", note: "There is one, `public`." },
      {
        feature: "OpenAPI at the root",
        support: "no",
        written: "`GET /rest/v1/`",
        note: "404 and `PGRST126`, as PostgREST answers where OpenAPI is off. It is at `/openapi.json`.",
      },
      {
        feature: "Error shape and codes",
        support: "yes",
        written: '`{"code":"PGRST116",…}`',
        note: "Codes of our own where PostgREST has none.",
      },
      {
        feature: "Malformed addresses",
        support: "differs",
        search: "a=eq.%zz",
        error: "invalidUrl",
        note: "Refused, never guessed at; so is a parameter without `=`.",
      },
    ],
  },
  grammarAdditions,
];
