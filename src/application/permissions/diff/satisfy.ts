import type { Model } from "#database";
import { type Atom, all, anyTruth, type Formula, holds, isFalse, isTrue, isUnknown, type Truths } from "./atoms.ts";
import { keyOf } from "./normal-form.ts";
import { contradicts, type Decided } from "./theory.ts";

interface Domain {
  readonly atom: Atom;
  readonly truths: Truths;
}

type Domains = ReadonlyMap<string, Domain>;

/** What was decided of each atom where a formula may be true. */
export type Assignment = Domains;

export type Satisfied =
  /** Proved: no rows, callers and moments make the formula true. */
  | { readonly result: "never" }
  /** It may be true like this; whether such rows can be is not known. */
  | { readonly result: "maybe"; readonly assignment: Assignment }
  /** More cases than are looked at. */
  | { readonly result: "too large" };

/** Cases that are looked at before giving up: a second, about. */
const mostCases = 20_000;

/**
 * Whether a formula can be true: by trying the cases of its `or`s, and in each asking what the comparisons and relations in it say of
 * one another (DPLL with a theory of order, equality and null).
 */
export function satisfy(formula: Formula, model: Model): Satisfied {
  try {
    const assignment = solve([formula], new Map(), { model, left: mostCases });
    return assignment === undefined ? { result: "never" } : { result: "maybe", assignment };
  } catch (error) {
    if (error === outOfCases) return { result: "too large" };
    throw error;
  }
}

interface Search {
  readonly model: Model;
  /** Cases that may still be looked at. */
  left: number;
}

const outOfCases = new Error("More cases than are looked at.");

function solve(pending: readonly Formula[], known: Domains, search: Search): Assignment | undefined {
  if (search.left-- <= 0) throw outOfCases;
  const domains = new Map(known);
  let choices: readonly Formula[] = pending;
  let isSettled = false;
  while (!isSettled) {
    isSettled = true;
    const next: Formula[] = [];
    for (const formula of choices) {
      const reduced = reduce(formula, domains);
      if (reduced.type === "is") {
        const truths = (domains.get(reduced.key)?.truths ?? anyTruth) & reduced.truths;
        if (truths === 0) return undefined;
        domains.set(reduced.key, { atom: reduced.atom, truths });
        isSettled = false;
      } else if (reduced.type === "and") {
        if (reduced.parts.length > 0) isSettled = false;
        next.push(...reduced.parts);
      } else if (reduced.parts.length === 0) return undefined;
      else next.push(reduced);
    }
    choices = next;
  }
  const decided = decidedOf(domains);
  if (contradicts(decided, search.model) || contradictsRelations(decided, domains, search)) return undefined;
  const [choice] = choices.toSorted((left, right) => sizeOf(left) - sizeOf(right));
  if (choice !== undefined && choice.type !== "is") {
    const rest = choices.filter((other) => other !== choice);
    for (const part of choice.parts) {
      const found = solve([part, ...rest], domains, search);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  // Every atom that may still have several truths that matter is decided in turn.
  const open = [...domains].find(([, { atom, truths }]) => !isSingle(truths) && atom.type !== "other");
  if (open === undefined) return domains;
  const [key, { atom, truths }] = open;
  for (const truth of [isTrue, isFalse, isUnknown]) {
    if ((truths & truth) === 0) continue;
    const found = solve([], new Map(domains).set(key, { atom, truths: truth }), search);
    if (found !== undefined) return found;
  }
  return undefined;
}

function sizeOf(formula: Formula): number {
  return formula.type === "is" ? 1 : formula.parts.length;
}

function isSingle(truths: Truths): boolean {
  return truths === isTrue || truths === isFalse || truths === isUnknown;
}

/** The formula with what is known of its atoms worked in. */
function reduce(formula: Formula, domains: Domains): Formula {
  if (formula.type === "is") {
    const known = domains.get(formula.key)?.truths ?? anyTruth;
    if ((known & formula.truths) === 0) return { type: "or", parts: [] };
    if ((known & ~formula.truths) === 0) return { type: "and", parts: [] };
    return formula;
  }
  if (formula.type === "and") return all(...formula.parts.map((part) => reduce(part, domains)));
  const parts = formula.parts.map((part) => reduce(part, domains));
  if (parts.some((part) => part.type === "and" && part.parts.length === 0)) return { type: "and", parts: [] };
  const left = parts.filter((part) => !(part.type === "or" && part.parts.length === 0));
  return left.length === 1 && left[0] !== undefined ? left[0] : { type: "or", parts: left };
}

function decidedOf(domains: Domains): readonly Decided[] {
  return [...domains.values()].flatMap(({ atom, truths }) => (isSingle(truths) ? [{ atom, truth: truths }] : []));
}

/**
 * A related row that meets one condition, while none meets others: is there such a row? Rows of a relation are the same for all
 * conditions on it, and what is known outside is known inside.
 */
function contradictsRelations(decided: readonly Decided[], domains: Domains, search: Search): boolean {
  const relations = new Map<
    string,
    { there: Extract<Atom, { type: "exists" }>[]; missing: Extract<Atom, { type: "exists" }>[] }
  >();
  for (const { atom, truth } of decided) {
    if (atom.type !== "exists") continue;
    const key = keyOf({ ...atom.expression, where: undefined });
    const entry = relations.get(key) ?? { there: [], missing: [] };
    entry[truth === isTrue ? "there" : "missing"].push(atom);
    relations.set(key, entry);
  }
  for (const { there, missing } of relations.values()) {
    for (const atom of there) {
      if (missing.length === 0 && atom.expression.where === undefined) continue;
      const inside = all(conditionOf(atom, isTrue), ...missing.map((other) => conditionOf(other, isFalse | isUnknown)));
      // Of other relations outside nothing is asked again: they have been asked already.
      const outside = new Map([...domains].filter(([, domain]) => domain.atom.type !== "exists"));
      if (solve([inside], outside, search) === undefined) return true;
    }
  }
  return false;
}

function conditionOf({ expression: { where } }: Extract<Atom, { type: "exists" }>, truths: Truths): Formula {
  if (where !== undefined) return holds(where, truths);
  return { type: (truths & isTrue) === 0 ? "or" : "and", parts: [] };
}
