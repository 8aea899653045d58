import { type Expression, expressions, type Model, type Table } from "#database";
import { all, holds, isFalse, isTrue, isUnknown } from "./atoms.ts";
import { boundTo, type CallerKind } from "./callers.ts";
import { type Example, findExample } from "./example-world.ts";
import { changedType, overMerged } from "./merged-model.ts";
import { keyOf, normalise } from "./normal-form.ts";
import { satisfy } from "./satisfy.ts";

/**
 * How the new version of a condition stands to the old one. "narrower" and "same" are proved; "wider" and "incomparable" have an example.
 * "not wider" is proved to let nothing more through, and may be the same. "unknown" is all else.
 */
export type RuleChange = "same" | "narrower" | "not wider" | "wider" | "incomparable" | "unknown";

export interface RuleComparison {
  readonly change: RuleChange;
  /** What the new version lets through and the old one did not. */
  readonly gained?: Example | undefined;
  /** What the old version let through and the new one does not. */
  readonly lost?: Example | undefined;
}

export interface ComparedRules {
  /** Both versions in one: see `mergeModels`. */
  readonly model: Model;
  /** The table of `row`; undefined where the condition is about the caller alone. */
  readonly table: Table | undefined;
  readonly old: Expression;
  readonly next: Expression;
}

export function compareRules({ model, table, old, next }: ComparedRules, caller: CallerKind): RuleComparison {
  if (changedType(old, model) !== undefined || changedType(next, model) !== undefined) return { change: "unknown" };
  const [before, after] = [old, next].map((rule) => boundTo(normalise(overMerged(rule, model), model), caller));
  if (before === undefined || after === undefined) return { change: "unknown" };
  if (keyOf(before) === keyOf(after)) return { change: "same" };
  const search = { model, table, caller };
  const gains = isPossible(after, before, model);
  const gained = gains ? findExample({ ...search, holds: after, fails: before }) : undefined;
  const loses = isPossible(before, after, model);
  const lost = loses ? findExample({ ...search, holds: before, fails: after }) : undefined;
  return { change: changeOf({ gains, loses, gained, lost }), gained, lost };
}

interface Evidence {
  /** Not proved to be impossible. */
  readonly gains: boolean;
  readonly loses: boolean;
  readonly gained: Example | undefined;
  readonly lost: Example | undefined;
}

function changeOf({ gains, loses, gained, lost }: Evidence): RuleChange {
  if (gained !== undefined) return lost === undefined ? "wider" : "incomparable";
  if (gains) return "unknown";
  if (lost !== undefined) return "narrower";
  return loses ? "not wider" : "same";
}

/** False where it is proved that whatever lets through the one lets through the other. */
function isPossible(lets: Expression, refuses: Expression, model: Model): boolean {
  if (expressions.isConstantTruth(lets, false) || expressions.isConstantTruth(refuses, true)) return false;
  return satisfy(all(holds(lets, isTrue), holds(refuses, isFalse | isUnknown)), model).result !== "never";
}
