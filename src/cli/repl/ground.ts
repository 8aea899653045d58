import type { AnySchema, Db, SignatureMap, SystemDb } from "#application";
import type { Client } from "#client";
import type { Actor } from "#contract";

/** Whatever the schema is: what is typed at a prompt is not checked. */
export type AnyClient = Client<{ readonly schema: AnySchema; readonly "~functions"?: SignatureMap }>;

/** What somebody may do. */
export interface Somebody {
  readonly db: Db<AnySchema>;
  /** The client that a page of theirs would have. */
  readonly api: AnyClient;
  /** The functions as they may call them. */
  readonly fn: Readonly<Record<string, (input?: unknown) => Promise<unknown>>>;
}

/** Where the data is, and how one comes to it. */
export interface Ground {
  /** What whoever begins has to know of it. */
  readonly lines: readonly string[];
  /** Past all rules. */
  readonly system: SystemDb<AnySchema>;
  /** Null is whoever has not signed in. */
  somebody(actor: Actor | null): Somebody;
  close(): Promise<void>;
}
