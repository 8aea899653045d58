import type { Answers, Applied, NamedMigration, Plan } from "#database";
import type { AddressOptions } from "../start/start.ts";

/** What a version of the back end tells `chassis dev`. */
export type DevMessage =
  /** Everything of the package is there, and no back end yet: the files that this took. */
  | { readonly type: "ready"; readonly files: readonly string[] }
  | { readonly type: "loaded"; readonly files: readonly string[]; readonly database: string }
  | { readonly type: "failed"; readonly files: readonly string[]; readonly message: string }
  /** Undefined where there is no database yet, and it will be made as the definition says. */
  | { readonly type: "planned"; readonly plan: Plan | undefined }
  | { readonly type: "migrated"; readonly applied: Applied }
  /** `firstAdmin`: the secret of the link that makes the first administrator, where there is none yet. */
  | { readonly type: "serving"; readonly url: string; readonly firstAdmin: string | undefined };

/** What `chassis dev` asks of it: the new one plans, the one that serves changes its database. */
export type DevOrder =
  | { readonly type: "load"; readonly file: string; readonly options: AddressOptions; readonly json: boolean }
  | { readonly type: "plan"; readonly answers: Answers }
  | { readonly type: "migrate"; readonly migration: NamedMigration }
  /**
   * Connections come by messages, from where `origin` says. `brief` stands for where everything is, once that is known; `firstAdmin` is the secret of
   * the link that was shown, and stays good.
   */
  | {
      readonly type: "serve";
      readonly origin: string;
      readonly brief?: string | undefined;
      readonly firstAdmin?: string | undefined;
    }
  | { readonly type: "connection" };
