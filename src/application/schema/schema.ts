import type { Model } from "#database";
import type { Value } from "../rules/value.ts";
import type { SchemaDraft } from "./resolve.ts";
import type { FieldMap, TableMap } from "./table.ts";

/** What the type checker knows of a schema: what was written. The types in types.ts read it. */
export interface SchemaShape {
  readonly tables: TableMap;
  readonly roles: string;
  readonly claims: FieldMap;
  readonly computed: ComputedMap;
  readonly organisations?: OrganisationNames | undefined;
}

/** The tables of organisations and memberships, and the field with a member's role. */
export interface OrganisationNames {
  readonly table: string;
  readonly members: string;
  readonly role: string;
}

/** The computed fields by table: what they give. */
export type ComputedMap = Readonly<Record<string, Readonly<Record<string, Value>>>>;

/** The tables of a back end, checked and resolved. */
export interface Schema<D extends SchemaShape> {
  /** Throws `DefinitionError` with every mistake of the schema. */
  readonly model: Model;
  /** For `defineBackend` alone: the schema with its mistakes. */
  readonly "~draft": SchemaDraft;
  /** For the type checker alone: never present. */
  readonly "~shape"?: D;
}

/** Any schema: what generic code asks of `S`. */
export type AnySchema = Schema<SchemaShape>;
