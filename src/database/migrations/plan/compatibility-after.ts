import type { Connection } from "../../driver.ts";
import type { Model } from "../../model/model.ts";
import { definitionOf, readDatabaseDefinition } from "../../sqlite/definition/definition.ts";
import { readHidden } from "../../sqlite/definition/hidden.ts";
import { compatibilityOf } from "./compatibility.ts";
import type { Compatibility } from "./plan.ts";
import { afterPlan } from "./plan-outcome.ts";
import { stateOf } from "../schema-state.ts";
import type { Step } from "../step.ts";

/** What the version that the database is made for now would make of it once these steps have led to the definition. Changes nothing. */
export async function compatibilityAfter(connection: Connection, model: Model, steps: readonly Step[]): Promise<Compatibility> {
  const [found, wanted] = [await readDatabaseDefinition(connection), definitionOf(model)];
  const before = { state: stateOf(found.objects), kinds: found.kinds };
  const hidden = await readHidden(connection);
  const after = afterPlan({ wanted: stateOf(wanted.objects), found: before.state, hidden, steps });
  return compatibilityOf(before, { state: after, kinds: wanted.kinds });
}
