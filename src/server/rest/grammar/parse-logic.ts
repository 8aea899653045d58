import type { Condition, Path } from "#application";
import { type FilterPlace, parseOperation } from "./parse-operation.ts";
import { parseSteps } from "./parse-path.ts";
import { overLimit } from "../rest-limits.ts";
import { Scanner } from "./scanner.ts";

/** Over the rows that a relation leads to: `reviews=some.(...)`. */
const quantifiers: ReadonlyMap<string, "some" | "none" | "every"> = new Map([
  ["some", "some"],
  ["none", "none"],
  ["every", "every"],
]);

const OPEN = 40;
const CLOSE = 41;

const OPERATOR = /[a-z_]*/y;

/**
 * What follows a filter's name and its '=' (or '.'): `eq.4`, `not.in.(1,2)`, `is.null`, `like(any).{a*,b*}`,
 * `some.(stars.gte.4)`.
 */
export function parseFilter(scanner: Scanner, path: Path, place: FilterPlace): Condition {
  place.context.spend("filters");
  const negated = scanner.take("not.");
  OPERATOR.lastIndex = scanner.position;
  const word = OPERATOR.exec(scanner.text)?.[0] ?? "";
  scanner.position += word.length;
  const quantifier = quantifiers.get(word);
  const condition =
    quantifier === undefined ? parseOperation(scanner, word, path, place) : parseQuantifier(scanner, quantifier, path, place);
  return negated ? { type: "not", condition } : condition;
}

/** The value of `and=` and `or=`: `(a.eq.1,or(b.gt.2,not.and(c.is.null,d.lt.3)))`. */
export function parseLogic(text: string, parameter: string, operator: "and" | "or", place: FilterPlace): Condition {
  const scanner = new Scanner(text, parameter);
  scanner.skipSpace();
  scanner.expect("(", "'(' and conditions");
  const conditions = parseConditions(scanner, { ...place, depth: place.depth + 1 }, false);
  scanner.finish("the end after ')'");
  return group(operator, conditions);
}

/** Conditions between parentheses, of which the first has been read; up to and with the `)`. */
function parseConditions(scanner: Scanner, place: FilterPlace, mayBeEmpty: boolean): readonly Condition[] {
  const { limits } = place.context;
  if (place.depth > limits.logicDepth) throw overLimit(limits, "logicDepth", "The conditions nest too deep");
  const conditions: Condition[] = [];
  scanner.skipSpace();
  if (mayBeEmpty && scanner.peek() === CLOSE) {
    scanner.position += 1;
    return conditions;
  }
  do {
    conditions.push(parseCondition(scanner, place));
    scanner.skipSpace();
  } while (scanner.take(","));
  scanner.expect(")", "',' or ')'");
  scanner.skipSpace();
  return conditions;
}

const TREE = /not\.(and|or)[ \t]*\(/y;

function parseCondition(scanner: Scanner, place: FilterPlace): Condition {
  scanner.skipSpace();
  TREE.lastIndex = scanner.position;
  const negated = TREE.exec(scanner.text);
  if (negated !== null) {
    scanner.position += negated[0].length;
    return { type: "not", condition: group(negated[1] === "or" ? "or" : "and", parseConditions(scanner, deeper(place), false)) };
  }
  const name = scanner.name("a column, 'and(', 'or(' or 'not.'");
  const { quoted } = scanner;
  if (!scanner.quoted && (name === "and" || name === "or") && scanner.peek() === OPEN) {
    scanner.position += 1;
    return group(name, parseConditions(scanner, deeper(place), false));
  }
  const path = parseSteps(scanner, name, place.context.limits);
  scanner.skipSpace();
  scanner.expect(".", "'.' and an operator");
  return parseFilter(scanner, path, quoted ? atColumn(place, name) : place);
}

const BARE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** In quotes that it would not need, a name is the column's, where an embed has the same: `"author"=is.null`. */
export function atColumn(place: FilterPlace, name: string): FilterPlace {
  return BARE.test(name) ? { ...place, level: undefined } : place;
}

function deeper(place: FilterPlace): FilterPlace {
  return { ...place, depth: place.depth + 1 };
}

function group(operator: "and" | "or", conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  return only !== undefined && conditions.length === 1 ? only : { type: operator, conditions };
}

/** Our own: some, none or every row of a relation. No operator of PostgREST is called so. */
function parseQuantifier(scanner: Scanner, quantifier: "some" | "none" | "every", path: Path, place: FilterPlace): Condition {
  if (path.json.length > 0) scanner.fail(`no '->' before ${quantifier}: it follows a relation`);
  scanner.expect(".(", `'.(' after ${quantifier}`);
  const conditions = parseConditions(scanner, { ...deeper(place), level: undefined }, true);
  if (place.depth === 0) scanner.finish("the end after ')'");
  const [only] = conditions;
  const relation = { type: "relation", relation: path.column, quantifier } as const;
  return only === undefined ? relation : { ...relation, where: conditions.length === 1 ? only : { type: "and", conditions } };
}
