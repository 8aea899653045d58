import type { Stored } from "#contract";
import { type ActorFacts, factOf, hasRole } from "../expression/actor-facts.ts";
import type { Binding, Transform } from "./sql.ts";

/** What the parameters of a statement are taken from when it runs. */
export interface BindingSource {
  /** The request's values, by slot. */
  readonly values: readonly Stored[];
  readonly actor: ActorFacts;
  /** The moment of the request, as a stored timestamp. */
  readonly now: string;
  /** The moment that a read of the past is about, as a stored timestamp. */
  readonly asOf?: string | undefined;
}

/**
 * The parameters of a statement, in order. Throws `AppError` for a pattern or a search that is not well formed, so that no
 * statement ever runs with one.
 */
export function resolveBindings(bindings: readonly Binding[], source: BindingSource): Stored[] {
  return bindings.map((binding) => resolveBinding(binding, source));
}

function resolveBinding(binding: Binding, source: BindingSource): Stored {
  switch (binding.type) {
    case "constant":
      return binding.value;
    case "slot":
      return transformed(source.values[binding.index] ?? null, binding.transform);
    case "actor":
      return transformed(factOf(source.actor, binding.fact), binding.transform);
    case "role":
      return hasRole(source.actor, binding.role) ? 1 : 0;
    case "now":
      return source.now;
    case "asOf":
      if (source.asOf === undefined) throw new Error("The statement reads the past, and no moment is given.");
      return source.asOf;
  }
}

function transformed(value: Stored, transform: Transform | undefined): Stored {
  return transform === undefined || value === null ? value : transform(String(value));
}
