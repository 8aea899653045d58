import { explainAccess, type Backend, type TableOperation, type Verdict } from "#application";
import {
  type ActorFacts,
  evaluateTruth,
  type Expression,
  expressions,
  nobodyFacts,
  printExpression,
  type Table,
} from "#database";
import { clip } from "../command-line/printable.ts";

/** How far a rule lets somebody: always, by what the row is, or not. */
export type Reach = "yes" | "by the row" | "no";

/** Whom a rule lets in, as far as that is known without a row. */
export interface Callers {
  readonly everyone: Reach;
  /** Who is signed in and has no role. */
  readonly signedIn: Reach;
  /** Roles that reach further than being signed in does. */
  readonly roles: Readonly<Record<string, Reach>>;
  /** The rule itself, where claims or the session decide. */
  readonly rule: string | null;
}

/** What is asked of one caller, or of kinds of callers. */
export type Judge = (facts: ActorFacts) => Promise<Reach>;

const SHOWN = 70;
const order: readonly Reach[] = ["no", "by the row", "yes"];

/** Judges operations that must all be allowed, as an upsert asks for two. */
export function judgeTable({ rules }: Pick<Backend, "rules">, table: Table, operations: readonly TableOperation[]): Judge {
  return async (actor) => {
    const reaches: Reach[] = [];
    for (const operation of operations)
      reaches.push(reachOf((await explainAccess({ rules }, { table, operation }, { actor }))?.verdict ?? "false"));
    return reaches.reduce((least, each) => (order.indexOf(each) < order.indexOf(least) ? each : least), "yes");
  };
}

export function judgeFunction(access: Expression, now: string): Judge {
  return async (actor) => reachOf(evaluateTruth(access, { rows: {}, actor, now }) === 1 ? "true" : "false");
}

function reachOf(verdict: Verdict): Reach {
  if (verdict === "depends on the row") return "by the row";
  return verdict === "true" ? "yes" : "no";
}

/** Somebody of whom nothing else is known. Whatever compares them with a row depends on the row. */
export function somebody(model: Backend["model"], roles: readonly string[]): ActorFacts {
  const claims = Object.fromEntries([...model.claims.keys()].map((name) => [name, null]));
  return { signedIn: true, id: "00000000-0000-7000-8000-000000000000", roles, claims };
}

/** Whom a rule lets in; `texts` are its conditions as they are written, undefined where there is none. */
export async function callersOf(
  model: Backend["model"],
  judge: Judge,
  conditions: readonly (Expression | undefined)[],
): Promise<Callers> {
  const everyone = await judge(nobodyFacts);
  const signedIn = await judge(somebody(model, []));
  const further = async (role: string): Promise<readonly [string, Reach]> => [role, await judge(somebody(model, [role]))];
  const roles = (await Promise.all(model.roles.map(further))).filter(
    ([, reach]) => order.indexOf(reach) > Math.max(order.indexOf(signedIn), order.indexOf(everyone)),
  );
  const isClosed = conditions.some((each) => each === undefined || expressions.isConstantTruth(each, false));
  const isKnown = everyone !== "no" || signedIn !== "no" || roles.length > 0 || isClosed;
  const text = conditions.flatMap((each) => (each === undefined ? [] : printExpression(each))).join(" and ");
  return { everyone, signedIn, roles: Object.fromEntries(roles), rule: isKnown ? null : text };
}

/** "everyone", "signed in, by the row; editor", "nobody". */
export function describeCallers({ everyone, signedIn, roles, rule }: Callers): string {
  if (everyone === "yes") return "everyone";
  const kinds: string[] = [];
  if (everyone === "by the row") kinds.push("everyone, by the row");
  if (signedIn === "yes") kinds.push("signed in");
  else if (signedIn === "by the row" && everyone === "no") kinds.push("signed in, by the row");
  for (const [role, reach] of Object.entries(roles)) kinds.push(reach === "yes" ? role : `${role}, by the row`);
  if (rule !== null) kinds.push(`whoever fits ${clip(rule, SHOWN)}`);
  return kinds.length === 0 ? "nobody" : kinds.join("; ");
}
