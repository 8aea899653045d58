import { AppError, type Stored } from "#contract";
import {
  type ActorFacts,
  type Expression,
  evaluateTruth,
  expressions,
  fold,
  foldCondition,
  nobodyFacts,
  printExpression,
} from "#database";
import { type AccessQuestion, asCondition, type Ruled, rulesFor } from "./effective-rule.ts";
import { type CallerCondition, conditionsOf, isBrought } from "./conditions-of.ts";
import { type KnownRow, readValues, residualOf } from "./residual.ts";
import { rewrite, someNode } from "./rewrite.ts";

/** One of the ways in: whoever meets all of its conditions and is among its people. */
export interface WayIn {
  /** On roles and claims, each with the truth that it must have; null for unknown. */
  readonly conditions: readonly { readonly expression: Expression; readonly truth: 1 | 0 | null }[];
  /** Over `row`, who is asking being `me.id` alone. `always` for everybody. */
  readonly people: Expression;
}

export interface WhoAnswer {
  /** Those who are not signed in. */
  readonly anonymous: boolean;
  /** Of those who are signed in; together they are all, as far as `undecided` says nothing else. */
  readonly ways: readonly WayIn[];
  /** What more depends on than the ways tell, which are for those who have none of it: `me.claim("level")`. */
  readonly undecided: readonly string[];
}

export interface WhoOptions {
  /** Asks of those alone who have these roles and claims, and no others. */
  readonly given?: Pick<ActorFacts, "roles" | "claims"> | undefined;
}

/** Ways that are looked at: each role doubles them. */
const maxWays = 512;

/**
 * Who may do something with one row: the rule with the row known and the caller as the unknown. Undefined where there is no such row.
 * Throws `limitExceeded` where more roles and claims bear on it than can be told apart.
 */
export async function whoMay(
  { rules }: Pick<Ruled, "rules">,
  question: AccessQuestion,
  row: KnownRow,
  { given }: WhoOptions = {},
): Promise<WhoAnswer | undefined> {
  const residual = await residualOf(asCondition(rulesFor(rules, question), "unchanged"), row);
  if (residual === undefined) return undefined;
  const anonymous = given === undefined && (await holdsForNobody(residual, row));
  if (given !== undefined) {
    const people = narrowed(residual, given.roles, given.claims);
    const ways = expressions.isConstantTruth(people, false) ? [] : [{ conditions: [], people }];
    return { anonymous, ways, undecided: [] };
  }
  return { anonymous, ...waysThrough(residual) };
}

/** The ways through a condition on who is asking, in which no row is left but those that `me` leads to. */
export function waysThrough(residual: Expression): Omit<WhoAnswer, "anonymous"> {
  const conditions = conditionsOf(residual);
  const ways = simplify(allWays(residual, conditions), conditions);
  const left = rewrite(residual, (part) =>
    conditions.some((each) => isSame(each.expression, part)) ? expressions.always : undefined,
  );
  return { ways, undecided: broughtIn(left) };
}

async function holdsForNobody(residual: Expression, row: KnownRow): Promise<boolean> {
  const nobody = fold(residual, nobodyFacts);
  if (!someNode(nobody, (part) => "row" in part))
    return evaluateTruth(nobody, { rows: {}, actor: nobodyFacts, now: row.now }) === 1;
  let holds: Stored = null;
  await readValues([nobody], row, (_, value) => {
    holds = value;
  });
  return Number(holds) === 1;
}

const present: Stored = "somebody";

/** What is left for those who are signed in with these roles and claims. Their ids stay open. */
function narrowed(residual: Expression, roles: readonly string[], claims: ActorFacts["claims"]): Expression {
  const facts: ActorFacts = { signedIn: true, id: present, roles, claims };
  const known = rewrite(residual, (part) =>
    isBrought(part)
      ? {
          type: "constant",
          value: part.fact.type === "claim" ? (claims[part.fact.name] ?? null) : null,
          valueType: part.valueType,
        }
      : undefined,
  );
  return foldCondition(known, facts);
}

type Truth = 1 | 0 | null;
/** By the place of the condition; a condition that is not there does not matter. */
type Assignment = ReadonlyMap<number, Truth>;

interface OpenWay {
  readonly assignment: Assignment;
  readonly people: Expression;
}

function allWays(residual: Expression, conditions: readonly CallerCondition[]): readonly OpenWay[] {
  let assignments: Assignment[] = [new Map()];
  for (const [index, condition] of conditions.entries()) {
    assignments = assignments.flatMap((assignment) =>
      truthsOf(condition).map((truth) => (truth === undefined ? assignment : new Map(assignment).set(index, truth))),
    );
    if (assignments.length > maxWays) {
      throw new AppError("limitExceeded", {
        message: `More than ${maxWays} combinations of roles and claims bear on this row.`,
        hint: "Say which roles and claims are meant.",
      });
    }
  }
  return assignments.map((assignment) => {
    const known = rewrite(residual, (part) => {
      const index = conditions.findIndex((each) => isSame(each.expression, part));
      const condition = conditions[index];
      return condition === undefined
        ? undefined
        : truthConstant(assignment.has(index) ? (assignment.get(index) ?? null) : baseTruth(condition));
    });
    return { assignment, people: narrowed(known, [], {}) };
  });
}

/** The truths that make a difference; undefined where the condition need not be looked at. */
function truthsOf({ expression, sense }: CallerCondition): readonly (Truth | undefined)[] {
  if (sense === "for") return [undefined, 1];
  if (sense === "against") return [undefined, 0];
  return expression.type === "role" ? [1, 0] : [1, 0, null];
}

/** The truth that lets the fewest in. */
function baseTruth({ sense }: CallerCondition): Truth {
  return sense === "against" ? 1 : 0;
}

function truthConstant(value: Truth): Expression {
  return { type: "constant", value, valueType: { scalar: "bool" } };
}

/** Without ways that let nobody in, or nobody whom another does not; a condition goes that makes no difference. */
function simplify(ways: readonly OpenWay[], conditions: readonly CallerCondition[]): readonly WayIn[] {
  let kept = ways.filter(({ people }) => !expressions.isConstantTruth(people, false));
  for (const [index, condition] of conditions.entries()) {
    const truths = truthsOf(condition);
    if (truths.includes(undefined)) continue;
    kept = kept.flatMap((way) => {
      const others = new Map(way.assignment);
      others.delete(index);
      const twins = kept.filter(
        ({ assignment, people }) =>
          assignment.has(index) &&
          assignment.size === way.assignment.size &&
          covers(others, assignment) &&
          isSame(people, way.people),
      );
      if (twins.length < truths.length) return [way];
      return twins[0] === way ? [{ ...way, assignment: others }] : [];
    });
  }
  const needed = kept.filter(
    (way, place) =>
      !kept.some(
        (other, index) =>
          index !== place &&
          covers(other.assignment, way.assignment) &&
          (expressions.isConstantTruth(other.people, true) || isSame(other.people, way.people)) &&
          (other.assignment.size < way.assignment.size || index < place),
      ),
  );
  return needed.map(({ assignment, people }) => ({
    people,
    conditions: [...assignment].flatMap(([index, truth]) => {
      const expression = conditions[index]?.expression;
      return expression === undefined ? [] : [{ expression, truth }];
    }),
  }));
}

/** Whoever meets `narrow` meets `wide`. */
function covers(wide: Assignment, narrow: Assignment): boolean {
  return [...wide].every(([index, truth]) => narrow.has(index) && narrow.get(index) === truth);
}

function isSame(left: Expression, right: Expression): boolean {
  return left === right || (left.type === right.type && keyOf(left) === keyOf(right));
}

const keys = new WeakMap<Expression, string>();

function keyOf(expression: Expression): string {
  let key = keys.get(expression);
  if (key === undefined) {
    key = `${printExpression(expression)} ${expression.type === "constant" ? expression.valueType.scalar : ""}`;
    keys.set(expression, key);
  }
  return key;
}

/** What of claims and proofs is left in an expression, as rules spell it. */
function broughtIn(expression: Expression): readonly string[] {
  const names = new Set<string>();
  someNode(expression, (part) => {
    if (isBrought(part)) names.add(printExpression(part));
    return false;
  });
  return [...names];
}
