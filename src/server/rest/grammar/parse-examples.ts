const all = { type: "all" };
const f = (path: unknown, more: object = {}) => ({ type: "field", path, ...more });
const fs = (...names: string[]) => names.map((name) => f(name));
const embed = (target: string, items: unknown[], more: object = {}, selection: object = {}) => ({
  type: "embed",
  target,
  spread: false,
  join: "left",
  ...more,
  selection: { items, ...selection },
});
const cmp = (path: unknown, operator: string, value: unknown, more: object = {}) => ({
  type: "compare",
  path,
  operator,
  ...more,
  value,
});
const is = (path: unknown, value: string) => ({ type: "is", path, value });
const isNull = (name: string) => ({ type: "embedIsNull", embed: name });
const not = (condition: unknown) => ({ type: "not", condition });
const and = (...conditions: unknown[]) => ({ type: "and", conditions });
const or = (...conditions: unknown[]) => ({ type: "or", conditions });
const asc = (path: unknown, more: object = {}) => ({ path, direction: "asc", ...more });
const desc = (path: unknown, more: object = {}) => ({ path, direction: "desc", ...more });
const json = (column: string, ...steps: [string | number, boolean?][]) => ({
  column,
  json: steps.map(([key, asText = false]) => ({ key, asText })),
});
const sum = { aggregate: { function: "sum" } };

/** Every example of PostgREST's documentation that is about this grammar, by page, and then our own and the client's. */
export const examples: Readonly<Record<string, readonly (readonly [search: string, expected: object])[]>> = {
  "tables and views": [
    ["", { items: [] }],
    ["age=lt.13", { items: [], where: cmp("age", "lt", "13") }],
    ["age=gte.18&student=is.true", { items: [], where: and(cmp("age", "gte", "18"), is("student", "true")) }],
    ["a=in.(1,2,3)", { items: [], where: cmp("a", "in", ["1", "2", "3"]) }],
    ['a=in.("hi,there","yes,you")', { items: [], where: cmp("a", "in", ["hi,there", "yes,you"]) }],
    ["tags=cs.{example, new}", { items: [], where: cmp("tags", "cs", ["example", "new"]) }],
    ["values=cd.{1,2,3}", { items: [], where: cmp("values", "cd", ["1", "2", "3"]) }],
    ["arr=ov.{1,3}", { items: [], where: cmp("arr", "ov", ["1", "3"]) }],
    ["or=(age.lt.18,age.gt.21)", { items: [], where: or(cmp("age", "lt", "18"), cmp("age", "gt", "21")) }],
    ["a=not.eq.2", { items: [], where: not(cmp("a", "eq", "2")) }],
    ["not.and=(a.gte.0,a.lte.100)", { items: [], where: not(and(cmp("a", "gte", "0"), cmp("a", "lte", "100"))) }],
    [
      "grade=gte.90&student=is.true&or=(age.eq.14,not.and(age.gte.11,age.lte.17))",
      {
        items: [],
        where: and(
          cmp("grade", "gte", "90"),
          is("student", "true"),
          or(cmp("age", "eq", "14"), not(and(cmp("age", "gte", "11"), cmp("age", "lte", "17")))),
        ),
      },
    ],
    ["last_name=like(any).{O*,P*}", { items: [], where: cmp("last_name", "like", ["O%", "P%"], { quantifier: "any" }) }],
    ["last_name=like(all).{O*,*n}", { items: [], where: cmp("last_name", "like", ["O%", "%n"], { quantifier: "all" }) }],
    ["my_tsv=plfts.The%20Fat%20Cats", { items: [], where: cmp("my_tsv", "plfts", "The Fat Cats") }],
    ["my_tsv=not.phfts(simple).The%20Fat%20Cats", { items: [], where: not(cmp("my_tsv", "phfts", "The Fat Cats")) }],
    ["my_tsv=not.wfts.amusant", { items: [], where: not(cmp("my_tsv", "wfts", "amusant")) }],
    ["select=first_name,age", { items: fs("first_name", "age") }],
    [
      "select=fullName:full_name,birthDate:birth_date",
      { items: [f("full_name", { alias: "fullName" }), f("birth_date", { alias: "birthDate" })] },
    ],
    [
      "select=id,json_data->>blood_type,json_data->phones",
      { items: [f("id"), f(json("json_data", ["blood_type", true])), f(json("json_data", ["phones"]))] },
    ],
    ["select=id,json_data->phones->0->>number", { items: [f("id"), f(json("json_data", ["phones"], [0], ["number", true]))] }],
    [
      "select=id,json_data->blood_type&json_data->>blood_type=eq.A-",
      { items: [f("id"), f(json("json_data", ["blood_type"]))], where: cmp(json("json_data", ["blood_type", true]), "eq", "A-") },
    ],
    [
      "select=id,json_data->age&json_data->age=gt.20",
      { items: [f("id"), f(json("json_data", ["age"]))], where: cmp(json("json_data", ["age"]), "gt", "20") },
    ],
    [
      "select=id,json_data->age&order=json_data->>age.desc",
      { items: [f("id"), f(json("json_data", ["age"]))], order: [desc(json("json_data", ["age", true]))] },
    ],
    [
      "select=id,location->>lat,location->>long,primary_language:languages->0&location->lat=gte.19",
      {
        items: [
          f("id"),
          f(json("location", ["lat", true])),
          f(json("location", ["long", true])),
          f(json("languages", [0]), { alias: "primary_language" }),
        ],
        where: cmp(json("location", ["lat"]), "gte", "19"),
      },
    ],
    ["select=full_name,salary::text", { items: [f("full_name"), f("salary", { cast: "text" })] }],
    ["order=age.desc,height.asc", { items: [], order: [desc("age"), asc("height")] }],
    ["order=age", { items: [], order: [asc("age")] }],
    ["order=age.nullsfirst", { items: [], order: [asc("age", { nulls: "first" })] }],
    ["order=age.desc.nullslast", { items: [], order: [desc("age", { nulls: "last" })] }],
    ["order=location->>lat", { items: [], order: [asc(json("location", ["lat", true]))] }],
    ["limit=15&offset=30", { items: [], limit: "15", offset: "30" }],
  ],
  "reserved characters": [
    ["Unit%20Price=lt.200", { items: [], where: cmp("Unit Price", "lt", "200") }],
    [
      "name=in.(%22Hebdon,John%22,%22Williams,Mary%22)",
      { items: [], where: cmp("name", "in", ["Hebdon,John", "Williams,Mary"]) },
    ],
    ["%22information.cpe%22=like.*MS*", { items: [], where: cmp("information.cpe", "like", "%MS%") }],
    ["name=in.(%22Quote:%5C%22%22,%22Backslash:%5C%5C%22)", { items: [], where: cmp("name", "in", ['Quote:"', "Backslash:\\"]) }],
    ["%D9%85%D9%88%D8%A7=eq.%D8%B1%D8%AF", { items: [], where: cmp("موا", "eq", "رد") }],
    ['select="a b","c.d"', { items: fs("a b", "c.d") }],
    ['name=eq."quotes are part of a bare value"', { items: [], where: cmp("name", "eq", '"quotes are part of a bare value"') }],
    ['or=(a.eq."x,y)",b.eq.z)', { items: [], where: or(cmp("a", "eq", "x,y)"), cmp("b", "eq", "z")) }],
    ["a=in.()", { items: [], where: cmp("a", "in", []) }],
    ['a=in.("")', { items: [], where: cmp("a", "in", [""]) }],
    ["a=in.(,)", { items: [], where: cmp("a", "in", ["", ""]) }],
    ["a=eq.", { items: [], where: cmp("a", "eq", "") }],
    ["a=eq.1+2", { items: [], where: cmp("a", "eq", "1 2") }],
  ],
  "resource embedding": [
    ["select=title,directors(id,last_name)", { items: [f("title"), embed("directors", fs("id", "last_name"))] }],
    [
      "select=title,director:directors(id,last_name)",
      { items: [f("title"), embed("directors", fs("id", "last_name"), { alias: "director" })] },
    ],
    [
      "select=name,billing_address:addresses!billing(name),shipping_address:addresses!shipping(name)",
      {
        items: [
          f("name"),
          embed("addresses", fs("name"), { alias: "billing_address", hint: "billing" }),
          embed("addresses", fs("name"), { alias: "shipping_address", hint: "shipping" }),
        ],
      },
    ],
    [
      "select=roles(character,films(title,year))",
      { items: [embed("roles", [f("character"), embed("films", fs("title", "year"))])] },
    ],
    [
      "select=*,actors(*)&actors.order=last_name,first_name",
      { items: [all, embed("actors", [all], {}, { order: [asc("last_name"), asc("first_name")] })] },
    ],
    [
      "select=*,roles(*)&roles.character=in.(Chico,Harpo,Groucho)",
      { items: [all, embed("roles", [all], {}, { where: cmp("character", "in", ["Chico", "Harpo", "Groucho"]) })] },
    ],
    [
      "select=*,roles(*)&roles.or=(character.eq.Gummo,character.eq.Zeppo)",
      {
        items: [all, embed("roles", [all], {}, { where: or(cmp("character", "eq", "Gummo"), cmp("character", "eq", "Zeppo")) })],
      },
    ],
    [
      "select=*,actors(*)&actors.limit=10&actors.offset=2",
      { items: [all, embed("actors", [all], {}, { limit: "10", offset: "2" })] },
    ],
    [
      "select=*,90_comps:competitions(name),91_comps:competitions(name)&90_comps.year=eq.1990&91_comps.year=eq.1991",
      {
        items: [
          all,
          embed("competitions", fs("name"), { alias: "90_comps" }, { where: cmp("year", "eq", "1990") }),
          embed("competitions", fs("name"), { alias: "91_comps" }, { where: cmp("year", "eq", "1991") }),
        ],
      },
    ],
    [
      "select=*,roles(*,actors(*))&roles.actors.order=last_name&roles.actors.first_name=like.*Tom*",
      {
        items: [
          all,
          embed("roles", [
            all,
            embed("actors", [all], {}, { where: cmp("first_name", "like", "%Tom%"), order: [asc("last_name")] }),
          ]),
        ],
      },
    ],
    [
      "select=title,actors!inner(first_name,last_name)&actors.first_name=eq.Jehanne",
      {
        items: [
          f("title"),
          embed("actors", fs("first_name", "last_name"), { join: "inner" }, { where: cmp("first_name", "eq", "Jehanne") }),
        ],
      },
    ],
    ["select=title,actors(*)&actors=not.is.null", { items: [f("title"), embed("actors", [all])], where: not(isNull("actors")) }],
    [
      "select=title,nominations()&nominations=is.null",
      { items: [f("title"), embed("nominations", [])], where: isNull("nominations") },
    ],
    [
      "select=title,actors(*),directors(*)&or=(actors.is.null,directors.is.null)",
      {
        items: [f("title"), embed("actors", [all]), embed("directors", [all])],
        where: or(isNull("actors"), isNull("directors")),
      },
    ],
    [
      "select=title,act:actors(),actors(first_name)&act.first_name=eq.John&or=(act.not.is.null,title.eq.x)",
      {
        items: [
          f("title"),
          embed("actors", [], { alias: "act" }, { where: cmp("first_name", "eq", "John") }),
          embed("actors", fs("first_name")),
        ],
        where: or(not(isNull("act")), cmp("title", "eq", "x")),
      },
    ],
    [
      "select=title,directors(last_name)&order=directors(last_name).desc",
      { items: [f("title"), embed("directors", fs("last_name"))], order: [desc("last_name", { embed: "directors" })] },
    ],
    [
      "select=title,...directors(director_first_name:first_name, director_last_name:last_name)&title=like.*Workers*",
      {
        items: [
          f("title"),
          embed(
            "directors",
            [f("first_name", { alias: "director_first_name" }), f("last_name", { alias: "director_last_name" })],
            { spread: true },
          ),
        ],
        where: cmp("title", "like", "%Workers%"),
      },
    ],
    [
      "select=first_name,...films(film_titles:title,...roles(film_characters:character))&films.order=year&films.roles.order=character",
      {
        items: [
          f("first_name"),
          embed(
            "films",
            [
              f("title", { alias: "film_titles" }),
              embed("roles", [f("character", { alias: "film_characters" })], { spread: true }, { order: [asc("character")] }),
            ],
            { spread: true },
            { order: [asc("year")] },
          ),
        ],
      },
    ],
    [
      "select=a!fk!inner(b),c!left!fk(d)",
      { items: [embed("a", fs("b"), { hint: "fk", join: "inner" }), embed("c", fs("d"), { hint: "fk" })] },
    ],
    [
      "select=*,actors(*)&actors.not.or=(a.eq.1,b.eq.2)",
      { items: [all, embed("actors", [all], {}, { where: not(or(cmp("a", "eq", "1"), cmp("b", "eq", "2"))) })] },
    ],
    ["select=*,author(name)&author=eq.7", { items: [all, embed("author", fs("name"))], where: cmp("author", "eq", "7") }],
  ],
  aggregates: [
    ["select=amount.sum()", { items: [f("amount", sum)] }],
    [
      "select=total_amount:amount.sum(),avg_amount:amount.avg()",
      {
        items: [
          f("amount", { alias: "total_amount", ...sum }),
          f("amount", { alias: "avg_amount", aggregate: { function: "avg" } }),
        ],
      },
    ],
    [
      "select=count(),observation_count:observation.count(),order_date",
      {
        items: [
          { type: "count" },
          f("observation", { alias: "observation_count", aggregate: { function: "count" } }),
          f("order_date"),
        ],
      },
    ],
    [
      "select=order_details->tax_amount::numeric.sum()",
      { items: [f(json("order_details", ["tax_amount"]), { cast: "numeric", ...sum })] },
    ],
    ["select=amount.avg()::int", { items: [f("amount", { aggregate: { function: "avg", cast: "int" } })] }],
    ["select=n:count()::text", { items: [{ type: "count", alias: "n", cast: "text" }] }],
    ["select=amount.sum(),customers(name)", { items: [f("amount", sum), embed("customers", fs("name"))] }],
    ["select=name,orders(amount.sum(),order_date)", { items: [f("name"), embed("orders", [f("amount", sum), f("order_date")])] }],
    [
      "select=a.max(),b.min()",
      { items: [f("a", { aggregate: { function: "max" } }), f("b", { aggregate: { function: "min" } })] },
    ],
  ],
  "the JavaScript client": [
    [
      "select=*&order=a.asc,b.desc.nullsfirst&limit=3&offset=2",
      { items: [all], order: [asc("a"), desc("b", { nulls: "first" })], limit: "3", offset: "2" },
    ],
    [
      "a=is.null&b=not.is.null&c=is.not_null&d=is.UNKNOWN",
      { items: [], where: and(is("a", "null"), not(is("b", "null")), not(is("c", "null")), is("d", "unknown")) },
    ],
    [
      "tags=cs.%5B%22a%22%5D&data=cs.%7B%22a%22%3A1%7D",
      { items: [], where: and(cmp("tags", "cs", '["a"]'), cmp("data", "cs", '{"a":1}')) },
    ],
    [
      "a=isdistinct.3&b=match.^x&c=imatch.y$",
      { items: [], where: and(cmp("a", "isdistinct", "3"), cmp("b", "match", "^x"), cmp("c", "imatch", "y$")) },
    ],
    ['a=eq(any).{1,"2,3","4\\"5"}', { items: [], where: cmp("a", "eq", ["1", "2,3", '4"5'], { quantifier: "any" }) }],
    [
      'or=(tags.cs.{a,b},x.eq(any).{1,2},y.in.(1,"2)"))',
      {
        items: [],
        where: or(cmp("tags", "cs", ["a", "b"]), cmp("x", "eq", ["1", "2"], { quantifier: "any" }), cmp("y", "in", ["1", "2)"])),
      },
    ],
  ],
  "our own": [
    [
      "reviews=some.(stars.gte.4)",
      { items: [], where: { type: "relation", relation: "reviews", quantifier: "some", where: cmp("stars", "gte", "4") } },
    ],
    ["reviews=none.()", { items: [], where: { type: "relation", relation: "reviews", quantifier: "none" } }],
    [
      "reviews=not.every.(stars.gte.4,author.some.(name.eq.x))",
      {
        items: [],
        where: not({
          type: "relation",
          relation: "reviews",
          quantifier: "every",
          where: and(cmp("stars", "gte", "4"), {
            type: "relation",
            relation: "author",
            quantifier: "some",
            where: cmp("name", "eq", "x"),
          }),
        }),
      },
    ],
    [
      "or=(reviews.some.(stars.eq.1),name.eq.y)",
      {
        items: [],
        where: or(
          { type: "relation", relation: "reviews", quantifier: "some", where: cmp("stars", "eq", "1") },
          cmp("name", "eq", "y"),
        ),
      },
    ],
    [
      '"limit"=eq.1&"select"=eq.2&"a.order"=eq.3',
      { items: [], where: and(cmp("limit", "eq", "1"), cmp("select", "eq", "2"), cmp("a.order", "eq", "3")) },
    ],
    ["__proto__=eq.1&constructor=is.null", { items: [], where: and(cmp("__proto__", "eq", "1"), is("constructor", "null")) }],
    [
      "or=(and.eq.1,not.eq.2,or.is.null)",
      { items: [], where: or(cmp("and", "eq", "1"), cmp("not", "eq", "2"), is("or", "null")) },
    ],
  ],
};
