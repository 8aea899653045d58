import type { SchemaObject } from "#database";

/** What a version of the back end tells `chassis dev`. */
export type DevMessage =
  | { readonly type: "loaded"; readonly files: readonly string[]; readonly schema: readonly SchemaObject[] }
  | { readonly type: "failed"; readonly files: readonly string[]; readonly message: string }
  | { readonly type: "compared"; readonly differences: readonly string[] }
  | { readonly type: "serving"; readonly url: string };

/** What `chassis dev` asks of it. */
export type DevOrder = { readonly type: "compare"; readonly schema: readonly SchemaObject[] } | { readonly type: "serve" };
