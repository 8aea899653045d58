import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "#contract";
import { parseRead } from "./parse-read.ts";
import { Scanner } from "./scanner.ts";
import { propertyRuns } from "../../../../tests/support/property-runs.ts";

// A tree of conditions whose values stand in it, so that it can be made at random and compared.
type Node =
  | { readonly type: "and" | "or"; readonly parts: readonly Node[] }
  | { readonly type: "not"; readonly part: Node }
  | {
      readonly type: "compare";
      readonly path: Path;
      readonly operator: string;
      readonly quantifier: string | undefined;
      readonly value: string | readonly string[];
    }
  | { readonly type: "is"; readonly path: Path; readonly word: string }
  | { readonly type: "relation"; readonly name: string; readonly quantifier: string; readonly parts: readonly Node[] };

interface Path {
  readonly column: string;
  readonly steps: readonly { readonly key: string | number; readonly asText: boolean }[];
}

interface Level {
  readonly fields: readonly {
    readonly path: Path;
    readonly alias: string | undefined;
    readonly cast: string | undefined;
    readonly aggregate: string | undefined;
  }[];
  readonly embeds: readonly {
    readonly target: string;
    readonly alias: string;
    readonly hint: string | undefined;
    readonly join: string;
    readonly level: Level;
  }[];
  readonly where: readonly Node[];
  readonly order: readonly { readonly path: Path; readonly direction: string; readonly nulls: string | undefined }[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
}

const text = fc.string({ unit: "grapheme", maxLength: 8 });
const name = fc.oneof(
  fc.constantFrom(
    "a",
    "b_1",
    "select",
    "limit",
    "and",
    "not",
    "or",
    "count",
    "__proto__",
    "constructor",
    "x.y",
    'q"q',
    "s\\s",
    "é",
    "a b",
  ),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
);
const steps = fc.array(fc.record({ key: fc.oneof(name, fc.integer({ min: -9, max: 99 })), asText: fc.boolean() }), {
  maxLength: 2,
});
const path: fc.Arbitrary<Path> = fc.record({ column: name, steps });
const list = fc.array(text, { minLength: 0, maxLength: 4 });

const leaf: fc.Arbitrary<Node> = fc.oneof(
  fc.record({
    type: fc.constant("compare" as const),
    path,
    operator: fc.constantFrom("eq", "neq", "gt", "lte", "match", "isdistinct", "fts", "wfts"),
    quantifier: fc.constant(undefined),
    value: text,
  }),
  fc.record({
    type: fc.constant("compare" as const),
    path,
    operator: fc.constant("in"),
    quantifier: fc.constant(undefined),
    value: list,
  }),
  fc.record({
    type: fc.constant("compare" as const),
    path,
    operator: fc.constantFrom("eq", "gt", "imatch"),
    quantifier: fc.constantFrom("any", "all"),
    value: list,
  }),
  fc.record({ type: fc.constant("is" as const), path, word: fc.constantFrom("null", "true", "false", "unknown") }),
);

const node = (depth: number): fc.Arbitrary<Node> => {
  if (depth === 0) return leaf;
  const parts = fc.array(node(depth - 1), { minLength: 2, maxLength: 3 });
  const group = fc.record({ type: fc.constantFrom("and" as const, "or" as const), parts });
  const relation = fc.record({
    type: fc.constant("relation" as const),
    name,
    quantifier: fc.constantFrom("some", "none", "every"),
    parts: fc.oneof(fc.constant([]), fc.array(leaf, { minLength: 1, maxLength: 1 }), parts),
  });
  const positive = fc.oneof(leaf, group, relation);
  return fc.oneof(positive, fc.record({ type: fc.constant("not" as const), part: positive }));
};

const level = (depth: number): fc.Arbitrary<Level> =>
  fc.record({
    fields: fc.array(
      fc.record({
        path,
        alias: fc.option(name, { nil: undefined }),
        cast: fc.option(fc.constantFrom("int", "text", "double precision"), { nil: undefined }),
        aggregate: fc.option(fc.constantFrom("sum", "count", "max"), { nil: undefined }),
      }),
      { maxLength: 3 },
    ),
    embeds:
      depth === 0
        ? fc.constant([])
        : fc.uniqueArray(
            fc.record({
              target: name,
              // Never the name of a column, which a null test would then be taken for one of the embed.
              alias: name.map((part) => `~embed ${part}`),
              hint: fc.option(
                name.filter((part) => part !== "inner" && part !== "left"),
                { nil: undefined },
              ),
              join: fc.constantFrom("left", "inner"),
              level: level(depth - 1),
            }),
            { maxLength: 2, selector: (embed) => embed.alias },
          ),
    where: fc.array(node(2), { maxLength: 2 }),
    order: fc.array(
      fc.record({
        path,
        direction: fc.constantFrom("asc", "desc"),
        nulls: fc.option(fc.constantFrom("first", "last"), { nil: undefined }),
      }),
      { maxLength: 2 },
    ),
    limit: fc.option(fc.nat(1000), { nil: undefined }),
    offset: fc.option(fc.nat(1000), { nil: undefined }),
  });

const quote = (word: string) => `"${word.replace(/["\\]/g, "\\$&")}"`;
const printName = (word: string) => (/^[xyz]\w*$/.test(word) ? word : quote(word));
const printPath = ({ column, steps: inside }: Path) =>
  printName(column) +
  inside.map(({ key, asText }) => `${asText ? "->>" : "->"}${typeof key === "number" ? key : quote(key)}`).join("");
const printList = (values: readonly string[]) => values.map(quote).join(",");

function printOperation(item: Node, inLogic: boolean): string {
  switch (item.type) {
    case "not":
      return `not.${printOperation(item.part, inLogic)}`;
    case "is":
      return `is.${item.word}`;
    case "relation":
      return `${item.quantifier}.(${item.parts.map(printLogic).join(",")})`;
    case "compare": {
      const { operator, quantifier, value } = item;
      if (typeof value === "string") return `${operator}.${inLogic ? quote(value) : value}`;
      if (quantifier === undefined) return `${operator}.(${printList(value)})`;
      const literal = `{${printList(value)}}`;
      return `${operator}(${quantifier}).${inLogic ? quote(literal) : literal}`;
    }
    default:
      throw new Error("A group has no operation.");
  }
}

function subject(item: Node): string {
  if (item.type === "not") return subject(item.part);
  if (item.type === "relation") return printName(item.name);
  return "path" in item ? printPath(item.path) : "";
}

function printLogic(item: Node): string {
  if (item.type === "and" || item.type === "or") return `${item.type}(${item.parts.map(printLogic).join(",")})`;
  if (item.type === "not" && "parts" in item.part && item.part.type !== "relation") return `not.${printLogic(item.part)}`;
  return `${subject(item)}.${printOperation(item, true)}`;
}

function printParameter(item: Node): [string, string] {
  const isNegated = item.type === "not";
  const inner = isNegated ? item.part : item;
  if (inner.type === "and" || inner.type === "or")
    return [`${isNegated ? "not." : ""}${inner.type}`, `(${inner.parts.map(printLogic).join(",")})`];
  return [subject(item), printOperation(item, false)];
}

function printSelect({ fields, embeds }: Level): string {
  return [
    ...fields.map(({ path: column, alias, cast, aggregate }) =>
      [
        alias === undefined ? "" : `${printName(alias)}:`,
        printPath(column),
        cast === undefined ? "" : `::${cast}`,
        aggregate === undefined ? "" : `.${aggregate}()`,
      ].join(""),
    ),
    ...embeds.map(
      ({ target, alias, hint, join, level: inner }) =>
        `${printName(alias)}:${printName(target)}${hint === undefined ? "" : `!${printName(hint)}`}${join === "inner" ? "!inner" : ""}(${printSelect(inner)})`,
    ),
  ].join(",");
}

function printParameters(at: Level, prefix: string): readonly [string, string][] {
  return [
    ...at.where.map(printParameter).map(([key, value]): [string, string] => [prefix + key, value]),
    ...(at.order.length === 0
      ? []
      : [
          [
            `${prefix}order`,
            at.order
              .map(
                ({ path: column, direction, nulls }) =>
                  `${printPath(column)}.${direction}${nulls === undefined ? "" : `.nulls${nulls}`}`,
              )
              .join(","),
          ] satisfies [string, string],
        ]),
    ...(at.limit === undefined ? [] : [[`${prefix}limit`, String(at.limit)] satisfies [string, string]]),
    ...(at.offset === undefined ? [] : [[`${prefix}offset`, String(at.offset)] satisfies [string, string]]),
    ...at.embeds.flatMap(({ alias, level: inner }) => printParameters(inner, `${prefix}${printName(alias)}.`)),
  ];
}

function print(root: Level): string {
  return [["select", printSelect(root)], ...printParameters(root, "")]
    .map(([key = "", value = ""]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join("&");
}

// What the tree above must become.
const toPath = ({ column, steps: inside }: Path) => ({ column, json: inside.map(({ key, asText }) => ({ key, asText })) });

function toCondition(item: Node): unknown {
  switch (item.type) {
    case "and":
    case "or":
      return { type: item.type, conditions: item.parts.map(toCondition) };
    case "not":
      return { type: "not", condition: toCondition(item.part) };
    case "is":
      return { type: "is", path: toPath(item.path), value: item.word };
    case "relation": {
      const relation = { type: "relation", relation: item.name, quantifier: item.quantifier };
      return item.parts.length === 0 ? relation : { ...relation, where: toWhere(item.parts) };
    }
    case "compare": {
      const comparison = { type: "compare", path: toPath(item.path), operator: item.operator, value: item.value };
      return item.quantifier === undefined ? comparison : { ...comparison, quantifier: item.quantifier };
    }
  }
}

function toWhere(parts: readonly Node[]): unknown {
  return parts.length === 1 ? toCondition(parts[0] as Node) : { type: "and", conditions: parts.map(toCondition) };
}

function toSelection(at: Level): unknown {
  return {
    items: [
      ...at.fields.map(({ path: column, alias, cast, aggregate }) => ({
        type: "field",
        path: toPath(column),
        ...(alias === undefined ? {} : { alias }),
        ...(cast === undefined ? {} : { cast }),
        ...(aggregate === undefined ? {} : { aggregate: { function: aggregate } }),
      })),
      ...at.embeds.map(({ target, alias, hint, join, level: inner }) => ({
        type: "embed",
        target,
        alias,
        ...(hint === undefined ? {} : { hint }),
        join,
        spread: false,
        selection: toSelection(inner),
      })),
    ],
    ...(at.where.length === 0 ? {} : { where: toWhere(at.where) }),
    ...(at.order.length === 0
      ? {}
      : {
          order: at.order.map(({ path: column, direction, nulls }) => ({
            path: toPath(column),
            direction,
            ...(nulls === undefined ? {} : { nulls }),
          })),
        }),
    ...(at.limit === undefined ? {} : { limit: String(at.limit) }),
    ...(at.offset === undefined ? {} : { offset: String(at.offset) }),
  };
}

function withValues(part: unknown, values: readonly unknown[]): unknown {
  if (Array.isArray(part)) return part.map((item) => withValues(item, values));
  if (part === null || typeof part !== "object") return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      typeof value === "number" && (key === "value" || key === "limit" || key === "offset")
        ? values[value]
        : withValues(value, values),
    ]),
  );
}

test("any query, printed as an address and read again, is the same query", () => {
  fc.assert(
    fc.property(level(2), (root) => {
      const { query } = parseRead("t", print(root));
      assert.deepEqual(withValues(query.selection, query.values), toSelection(root));
    }),
    { numRuns: propertyRuns(300, 1000) },
  );
});

const scraps = fc.constantFrom(
  ...'select order limit offset and or not after a b.c eq. in.( is.null like(any). some.( cs. fts(simple). ... !inner !fk :: : -> ->> * ( ) , . " \\ { } [ ] & = % %25 %22 %zz + 0 -1 count() .sum() __proto__ é \u0000'.split(
    " ",
  ),
);
const soup = fc
  .array(fc.oneof(scraps, fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 40 })
  .map((parts) => parts.join(""));

function readsOrRefuses(search: string): void {
  try {
    parseRead("t", search);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.ok(error.status >= 400 && error.status < 500, error.error);
    assert.ok(`${error.message}${error.details}`.isWellFormed());
  }
}

test("no text at all makes the parser fail in any other way than by an AppError of the 400s", () => {
  fc.assert(fc.property(soup, readsOrRefuses), { numRuns: propertyRuns(1500, 5000) });
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), readsOrRefuses), { numRuns: propertyRuns(600, 2000) });
});

test("a valid address with a piece cut out, doubled or put in is read or refused", () => {
  const mutation = fc.tuple(level(2), fc.nat(), fc.nat(20), scraps);
  fc.assert(
    fc.property(mutation, ([root, place, length, scrap]) => {
      const valid = decodeURIComponent(print(root)).replace(/[^ -~]/g, "x");
      const at = place % (valid.length + 1);
      readsOrRefuses(valid.slice(0, at) + valid.slice(at + length));
      readsOrRefuses(valid.slice(0, at) + scrap + valid.slice(at));
      readsOrRefuses(valid.slice(0, at + length) + valid.slice(at));
    }),
    { numRuns: propertyRuns(300, 1000) },
  );
});

test("time grows with length alone: every step of the scanner moves forward", (t) => {
  let steps = 0;
  t.mock.method(Scanner.prototype, "peek", function (this: Scanner) {
    steps += 1;
    return this.text.charCodeAt(this.position);
  });
  const hostile = ["(", '"', "{", "a.eq.{,", "or(", "not.", "a->", "...", "a!", "a:", 'a.eq."\\', " ", "%20", "1,", "and(or("];
  for (const piece of hostile) {
    for (const start of ["select=", "and=(", "a=in.(", "a=eq(any).{", "order=", "a=some.(", ""]) {
      steps = 0;
      const search = (start + piece.repeat(16_384)).slice(0, 16_384);
      readsOrRefuses(search);
      assert.ok(steps <= 4 * search.length, `${start}${piece}... took ${steps} steps`);
    }
  }
});
