import type { KeyScope } from "#contract";
import { type ActorFacts, createVariants, foldCondition, type Model } from "#database";
import { system } from "../access/caller.ts";
import { createScopeNames } from "../access/scope-names.ts";
import type { RuleBook } from "../rules/rules.ts";
import { type AccessView, createAccessView } from "./access-view.ts";
import { narrowView } from "./narrowed-view.ts";
import type { RecordServices } from "./session.ts";

const maxViews = 1000;

/** A view for each kind of caller, made when the first of its kind comes. */
export function createViews(model: Model, rules: RuleBook): RecordServices["viewOf"] {
  const ruleExpressions = [...rules.values()].flatMap((table) => [
    table.read,
    table.create,
    table.update?.expression,
    table.delete,
    table.history,
    ...[...table.fields.values()].flatMap((field) => [field.read, field.create, field.update?.expression]),
  ]);
  const variants = createVariants(ruleExpressions.filter((rule) => rule !== undefined));
  const views = new Map<string, CallerView>();
  const scopes = createScopeNames();
  const known = new WeakMap<ActorFacts, CallerView>();
  const systemView: CallerView = { view: createAccessView(model, rules, "system"), variant: "system" };
  const keep = (variant: string, make: () => AccessView): CallerView => {
    let found = views.get(variant);
    if (found === undefined) {
      found = { variant, view: make() };
      if (views.size >= maxViews) views.clear();
      views.set(variant, found);
    }
    return found;
  };
  const viewOfVariant = (facts: ActorFacts, scope: KeyScope | undefined): CallerView => {
    const variant = variants.variantOf(facts);
    const whole = keep(variant, () => createAccessView(model, rules, (rule) => foldCondition(rule, facts)));
    if (scope === undefined) return whole;
    return keep(`${variant} ${scopes(scope)}`, () => narrowView(whole.view, scope));
  };
  return (caller, scope) => {
    if (caller === system) return systemView;
    let found = known.get(caller);
    if (found === undefined) {
      found = viewOfVariant(caller, scope);
      known.set(caller, found);
    }
    return found;
  };
}

interface CallerView {
  readonly view: AccessView;
  readonly variant: string;
}
