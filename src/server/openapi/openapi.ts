/** What of OpenAPI 3.1 (spec.openapis.org/oas/v3.1.1) is written here: readonly data, as it goes out as JSON. */
export type JsonSchema = { readonly [keyword: string]: unknown };

export interface MediaTypeObject {
  readonly schema?: JsonSchema;
  readonly examples?: Readonly<Record<string, ExampleObject>>;
}

export interface ExampleObject {
  readonly summary?: string;
  readonly value: unknown;
}

export interface ReferenceObject {
  readonly $ref: string;
}

export interface ParameterObject {
  readonly name: string;
  readonly in: "query" | "header" | "path";
  readonly description: string;
  readonly required?: boolean;
  readonly allowEmptyValue?: boolean;
  readonly schema: JsonSchema;
  readonly examples?: Readonly<Record<string, ExampleObject>>;
}

export interface HeaderObject {
  readonly description: string;
  readonly schema: JsonSchema;
}

export type Content = Readonly<Record<string, MediaTypeObject>>;

export interface ResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, ReferenceObject>>;
  readonly content?: Content;
}

export interface RequestBodyObject {
  readonly description?: string;
  readonly required: boolean;
  readonly content: Content;
}

export type Security = readonly Readonly<Record<string, readonly string[]>>[];

export interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly (ParameterObject | ReferenceObject)[];
  readonly requestBody?: RequestBodyObject;
  readonly responses: Readonly<Record<string, ResponseObject | ReferenceObject>>;
  /** Left out: as the whole document says. */
  readonly security?: Security;
}

export type Method = "get" | "head" | "post" | "put" | "patch" | "delete";

/** `parameters` are those of every method. */
export type PathItem = Readonly<Partial<Record<Method, OperationObject>>> & { readonly parameters?: readonly ParameterObject[] };

export type Paths = Readonly<Record<string, PathItem>>;

export interface OpenApiDocument {
  readonly openapi: "3.1.1";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string; readonly description?: string }[];
  readonly security: Security;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Paths;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly parameters: Readonly<Record<string, ParameterObject>>;
    readonly headers: Readonly<Record<string, HeaderObject>>;
    readonly responses: Readonly<Record<string, ResponseObject>>;
    readonly securitySchemes: Readonly<Record<string, JsonSchema>>;
  };
}

export function schemaRef(name: string): ReferenceObject & JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
