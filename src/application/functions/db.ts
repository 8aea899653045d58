import type { AnySchema } from "../schema/schema.ts";

/** The data as the caller may see and change it. */
export interface Db<S extends AnySchema> {
  /** The same without rules: for what the caller may not do by themselves, once your own code has decided that it is right. */
  asSystem(): SystemDb<S>;
}

/** The data without rules. */
export interface SystemDb<S extends AnySchema> {
  readonly "~schema"?: S;
}
