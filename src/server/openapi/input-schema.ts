import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Components } from "./components.ts";
import { type JsonSchema, schemaRef } from "./openapi.ts";

/** What a function takes, as its validator says it (Standard JSON Schema); undefined where it says nothing. */
export function inputSchema(input: StandardSchemaV1): JsonSchema | undefined {
  const { jsonSchema } = input["~standard"] as {
    readonly jsonSchema?: { input?(options: { readonly target: string }): unknown };
  };
  try {
    const schema = jsonSchema?.input?.({ target: "draft-2020-12" });
    return typeof schema === "object" && schema !== null && !Array.isArray(schema) ? (schema as JsonSchema) : undefined;
  } catch {
    // A validator says so of what JSON Schema has no word for: a transformation, a date.
    return undefined;
  }
}

/**
 * Adds a schema that stands by itself to a document, under that name. What its references lead to (`#/$defs/a`, or `#`, itself) stands beside it then, for in
 * a document `#` is the whole of it.
 */
export function adoptSchema(components: Components, name: string, schema: JsonSchema): JsonSchema {
  const { $schema: _, $id: __, $defs = {}, ...own } = schema;
  const definitions = Object.entries($defs as Readonly<Record<string, JsonSchema>>);
  // Names that a definition may have and a component may not.
  const names = new Map(
    definitions.map(([each], index) => [each, /^[\w.-]+$/.test(each) ? `${name}.${each}` : `${name}.${index}`]),
  );
  const rename = (reference: string): string => {
    if (reference === "#") return `#/components/schemas/${name}`;
    const [, key = "", rest = ""] = /^#\/\$defs\/([^/]+)(.*)$/.exec(reference) ?? [];
    const target = names.get(decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"));
    return target === undefined ? reference : `#/components/schemas/${target}${rest}`;
  };
  for (const [key, definition] of definitions) components.schema(names.get(key) ?? key, renamed(definition, rename));
  components.schema(name, renamed(own, rename));
  return schemaRef(name);
}

/** Keywords whose value is a map of schemas by names, which may be called as keywords are. */
const maps: ReadonlySet<string> = new Set(["properties", "patternProperties", "dependentSchemas", "$defs"]);
/** Keywords whose value is data. */
const data: ReadonlySet<string> = new Set(["const", "enum", "default", "examples", "example", "required"]);

function renamed(schema: JsonSchema, rename: (reference: string) => string): JsonSchema {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    return typeof value === "object" && value !== null ? renamed(value as JsonSchema, rename) : value;
  };
  const entries = Object.entries(schema).map(([keyword, value]): [string, unknown] => {
    if (keyword === "$ref" && typeof value === "string") return [keyword, rename(value)];
    if (data.has(keyword)) return [keyword, value];
    if (maps.has(keyword) && typeof value === "object" && value !== null)
      return [keyword, Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each)]))];
    return [keyword, walk(value)];
  });
  return Object.fromEntries(entries);
}
