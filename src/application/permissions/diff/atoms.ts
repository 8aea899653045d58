import { type Expression, operators, typeOf } from "#database";
import { keyOf } from "./normal-form.ts";

/** Sets of truths. */
export type Truths = number;
export const isTrue = 1;
export const isFalse = 2;
export const isUnknown = 4;
export const anyTruth: Truths = isTrue | isFalse | isUnknown;

/**
 * The smallest part of a condition that is looked at as a whole: true, false or unknown. `eq` and `lt` are compared, `null` asks whether
 * a value is there, of `exists` something is known, of `other` nothing.
 */
export type Atom =
  | { readonly type: "eq" | "lt"; readonly left: Expression; readonly right: Expression }
  | { readonly type: "null"; readonly value: Expression }
  | { readonly type: "exists"; readonly expression: Extract<Expression, { type: "exists" }> }
  | { readonly type: "other"; readonly expression: Expression };

/** That atoms have certain truths. */
export type Formula =
  | { readonly type: "is"; readonly key: string; readonly atom: Atom; readonly truths: Truths }
  | { readonly type: "and" | "or"; readonly parts: readonly Formula[] };

const yes: Formula = { type: "and", parts: [] };
const no: Formula = { type: "or", parts: [] };

export function all(...parts: readonly Formula[]): Formula {
  const flat = parts.flatMap((part) => (part.type === "and" ? part.parts : [part]));
  if (flat.some((part) => part.type === "or" && part.parts.length === 0)) return no;
  return flat.length === 1 && flat[0] !== undefined ? flat[0] : { type: "and", parts: flat };
}

function any(...parts: readonly Formula[]): Formula {
  const flat = parts.flatMap((part) => (part.type === "or" ? part.parts : [part]));
  if (flat.some((part) => part.type === "and" && part.parts.length === 0)) return yes;
  return flat.length === 1 && flat[0] !== undefined ? flat[0] : { type: "or", parts: flat };
}

/** That a condition has one of these truths, said of its atoms: SQL's three-valued logic, written out. */
export function holds(expression: Expression, truths: Truths): Formula {
  const wanted = truths & anyTruth;
  if (wanted === 0) return no;
  if (wanted === anyTruth) return yes;
  switch (expression.type) {
    case "constant": {
      const truth = expression.value === null ? isUnknown : Number(expression.value) === 1 ? isTrue : isFalse;
      return (wanted & truth) === 0 ? no : yes;
    }
    case "exists":
      return atom({ type: "exists", expression }, wanted, isTrue | isFalse);
    case "role":
    case "search":
      return atom({ type: "other", expression }, wanted, expression.type === "role" ? isTrue | isFalse : anyTruth);
    case "when": {
      const { condition, then, otherwise } = expression;
      const instead = otherwise === undefined ? ((wanted & isUnknown) === 0 ? no : yes) : holds(otherwise, wanted);
      return any(all(holds(condition, isTrue), holds(then, wanted)), all(holds(condition, isFalse | isUnknown), instead));
    }
    case "call":
      return holdsCall(expression, wanted);
    default:
      return atom({ type: "other", expression }, wanted, mayBeNull(expression) ? anyTruth : isTrue | isFalse);
  }
}

type Call = Extract<Expression, { type: "call" }>;

function holdsCall(expression: Call, wanted: Truths): Formula {
  const { operator, arguments: args } = expression;
  const [left, right] = args;
  if (operator === "and") return junction(args, wanted, isTrue, isFalse);
  if (operator === "or") return junction(args, wanted, isFalse, isTrue);
  if (left === undefined) return atom({ type: "other", expression }, wanted, anyTruth);
  switch (operator) {
    case "not":
      return holds(left, swapped(wanted));
    case "isTrue":
      return holds(left, ((wanted & isTrue) === 0 ? 0 : isTrue) | ((wanted & isFalse) === 0 ? 0 : isFalse | isUnknown));
    case "isFalse":
      return holds(left, ((wanted & isTrue) === 0 ? 0 : isFalse) | ((wanted & isFalse) === 0 ? 0 : isTrue | isUnknown));
    case "isNull":
      return isNull(left, wanted);
    case "eq":
    case "lt":
      return right === undefined ? no : compare(operator, left, right, wanted);
    case "neq":
      return right === undefined ? no : compare("eq", left, right, swapped(wanted));
    case "gte":
      return right === undefined ? no : compare("lt", left, right, swapped(wanted));
    case "gt":
      return right === undefined ? no : compare("lt", right, left, wanted);
    case "lte":
      return right === undefined ? no : compare("lt", right, left, swapped(wanted));
    case "isDistinct":
      return right === undefined ? no : isDistinct(left, right, wanted);
    case "in":
      return junction(
        args.slice(1).map((value): Call => ({ type: "call", operator: "eq", arguments: [left, value] })),
        wanted,
        isFalse,
        isTrue,
      );
    case "coalesce":
      return coalesced(args, wanted);
    default: {
      const other = atom({ type: "other", expression }, wanted, anyTruth);
      // Whatever it says, it says nothing of what is not there.
      return operators[operator].strict && (wanted & isUnknown) === 0
        ? all(other, ...args.map((argument) => isNull(argument, isFalse)))
        : other;
    }
  }
}

/** `and`, where all must be `every` for the whole to be, and one that is `some` makes it so; `or` with these turned round. */
function junction(parts: readonly Expression[], wanted: Truths, every: Truths, some: Truths): Formula {
  const each = (truths: Truths): Formula => all(...parts.map((part) => holds(part, truths)));
  const one = (truths: Truths): Formula => any(...parts.map((part) => holds(part, truths)));
  switch (wanted) {
    case every:
      return each(every);
    case some:
      return one(some);
    case every | isUnknown:
      return each(every | isUnknown);
    case some | isUnknown:
      return one(some | isUnknown);
    case isUnknown:
      return all(each(every | isUnknown), one(some | isUnknown));
    default:
      return any(each(every), one(some));
  }
}

function swapped(truths: Truths): Truths {
  return ((truths & isTrue) === 0 ? 0 : isFalse) | ((truths & isFalse) === 0 ? 0 : isTrue) | (truths & isUnknown);
}

function isNull(value: Expression, wanted: Truths): Formula {
  const isBool = typeOf(value).scalar === "bool" && value.type !== "column" && value.type !== "actor";
  if (isBool) return holds(value, ((wanted & isTrue) === 0 ? 0 : isUnknown) | ((wanted & isFalse) === 0 ? 0 : isTrue | isFalse));
  if (value.type === "constant") return ((value.value === null ? isTrue : isFalse) & wanted) === 0 ? no : yes;
  if (!mayBeNull(value)) return (wanted & isFalse) === 0 ? no : yes;
  return atom({ type: "null", value }, wanted, isTrue | isFalse);
}

function compare(type: "eq" | "lt", left: Expression, right: Expression, wanted: Truths): Formula {
  if ((left.type === "constant" && left.value === null) || (right.type === "constant" && right.value === null))
    return (wanted & isUnknown) === 0 ? no : yes;
  const [first, second] = type === "eq" && keyOf(right) < keyOf(left) ? [right, left] : [left, right];
  const possible = mayBeNull(left) || mayBeNull(right) ? anyTruth : isTrue | isFalse;
  return atom({ type, left: first, right: second }, wanted, possible);
}

function isDistinct(left: Expression, right: Expression, wanted: Truths): Formula {
  const same = any(all(isNull(left, isTrue), isNull(right, isTrue)), compare("eq", left, right, isTrue));
  const differs = any(
    all(isNull(left, isTrue), isNull(right, isFalse)),
    all(isNull(left, isFalse), isNull(right, isTrue)),
    compare("eq", left, right, isFalse),
  );
  return any(...((wanted & isTrue) === 0 ? [] : [differs]), ...((wanted & isFalse) === 0 ? [] : [same]));
}

function coalesced([first, ...others]: readonly Expression[], wanted: Truths): Formula {
  if (first === undefined) return (wanted & isUnknown) === 0 ? no : yes;
  const known = wanted & (isTrue | isFalse);
  return any(...(known === 0 ? [] : [holds(first, known)]), all(holds(first, isUnknown), coalesced(others, wanted)));
}

function atom(atom: Atom, wanted: Truths, possible: Truths): Formula {
  if ((wanted & possible) === possible) return yes;
  if ((wanted & possible) === 0) return no;
  return { type: "is", key: atomKey(atom), atom, truths: wanted & possible };
}

function atomKey(atom: Atom): string {
  switch (atom.type) {
    case "eq":
    case "lt":
      return `${atom.type} ${keyOf(atom.left)} ${keyOf(atom.right)}`;
    case "null":
      return `null ${keyOf(atom.value)}`;
    default:
      return keyOf(atom.expression);
  }
}

/** Columns that either version lets be empty; the larger one is asked. What is reached through a relation may not be there at all. */
export function mayBeNull(expression: Expression): boolean {
  if (expression.type === "constant") return expression.value === null;
  if (expression.type === "column") return expression.row.type !== "scope" || expression.column.nullable;
  if (expression.type === "aggregate") return expression.function !== "count";
  // Nobody in particular has become null before: see `boundTo`. Whoever is signed in has an id.
  if (expression.type === "actor") return expression.fact.type !== "id";
  return !(expression.type === "call" && expression.operator === "now");
}
