import type { CopyPlan } from "./plan-copy.ts";

/** Tables before those that refer to them, as far as they do not refer in circles. */
export function copyOrder(plans: readonly CopyPlan[]): readonly CopyPlan[] {
  const byName = new Map(plans.map((plan) => [plan.pulled.name, plan]));
  const ordered = new Set<CopyPlan>();
  const visiting = new Set<CopyPlan>();
  const visit = (plan: CopyPlan): void => {
    if (ordered.has(plan) || visiting.has(plan)) return;
    visiting.add(plan);
    for (const { reference } of plan.targets) {
      const target = byName.get(reference?.table ?? "");
      if (target !== undefined) visit(target);
    }
    ordered.add(plan);
  };
  for (const plan of plans) visit(plan);
  return [...ordered];
}
