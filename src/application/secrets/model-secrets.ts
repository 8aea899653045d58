import type { Model } from "#database";
import type { Keys } from "../access/keys.ts";
import { secretsOf } from "./secret-columns.ts";
import { createSecretFields, type SecretFields } from "./secret-fields.ts";

export function hasSecretFields(model: Model): boolean {
  return [...model.tables.values()].some((table) => secretsOf(table).length > 0);
}

/**
 * What closes and opens the secret fields of a model; undefined for one that has none, which pays nothing.
 *
 * @throws TypeError where there are some and no keys: nothing is ever kept in the clear because somebody forgot them.
 */
export function secretsOfModel(model: Model, keys: Keys | undefined): SecretFields | undefined {
  if (!hasSecretFields(model)) return undefined;
  if (keys === undefined) throw new TypeError("The model has secret fields, which are encrypted: give their keys (secretKeys).");
  return createSecretFields(keys);
}
