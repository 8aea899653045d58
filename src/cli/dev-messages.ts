import type { Answers, Applied, NamedMigration, Plan } from "#database";

/** What a version of the back end tells `chassis dev`. */
export type DevMessage =
  | { readonly type: "loaded"; readonly files: readonly string[] }
  | { readonly type: "failed"; readonly files: readonly string[]; readonly message: string }
  /** Undefined where there is no database yet, and it will be made as the definition says. */
  | { readonly type: "planned"; readonly plan: Plan | undefined }
  | { readonly type: "migrated"; readonly applied: Applied }
  | { readonly type: "serving"; readonly url: string };

/** What `chassis dev` asks of it: the new one plans, the one that serves changes its database. */
export type DevOrder =
  | { readonly type: "plan"; readonly answers: Answers }
  | { readonly type: "migrate"; readonly migration: NamedMigration }
  | { readonly type: "serve" };
