import type { FunctionReach } from "#application";
import { errorResponses } from "./errors.ts";
import { adoptSchema, inputSchema } from "./input-schema.ts";
import {
  type JsonSchema,
  type OperationObject,
  type ParameterObject,
  type Paths,
  type ReferenceObject,
  type ResponseObject,
  schemaRef,
} from "./openapi.ts";
import { preferParameter, sharedParameters } from "./shared-parameters.ts";
import type { PathContext } from "./table-paths.ts";

export const functionsTag = "Functions";

/** Names that mean something else in an address: such arguments travel by POST alone. */
const reserved: ReadonlySet<string> = new Set(["limit", "offset", "select", "order", "and", "or", "columns"]);

/** `/rest/v1/rpc/<function>`: queries by GET, HEAD and POST, mutations by POST. */
export function functionPaths({ name: called, type, input }: FunctionReach, name: string, context: PathContext): Paths {
  const { components, operationId } = context;
  const isQuery = type === "query";
  const says = input && inputSchema(input);
  const schema = input && adoptSchema(components, `${name}Input`, says ?? unsaid);
  const prefer = preferParameter(components, "call");
  const common = (verb: string, summary: string): Pick<OperationObject, "operationId" | "tags" | "summary" | "description"> => ({
    operationId: operationId(`${verb}${name}`),
    tags: [functionsTag],
    summary,
    description: `${isQuery ? "It only reads." : "One transaction: all of it happens, or nothing."}${input === undefined ? " It takes no input." : ""}`,
  });
  const answers = (withBody: boolean): OperationObject["responses"] => ({
    ...resultResponses(withBody, isQuery),
    ...errorResponses(components, type),
    default: components.response("Refused", "refused", () => ({
      description: "What the function itself refuses.",
      content: { "application/json": { schema: schemaRef("Error") } },
    })),
  });
  const post: OperationObject = {
    ...common("call", `Call ${called}`),
    parameters: [prefer, ...(isQuery ? [] : sharedParameters(components, "IdempotencyKey"))],
    ...(schema === undefined
      ? {}
      : { requestBody: { required: !acceptsNothing(says), content: { "application/json": { schema } } } }),
    responses: answers(true),
  };
  const path = `/rest/v1/rpc/${called}`;
  if (!isQuery) return { [path]: { post } };
  const parameters = [
    ...argumentParameters(says, `${name}Input`),
    ...sharedParameters(components, "Limit", "Offset", "Range", "IfNoneMatch"),
    prefer,
  ];
  return {
    [path]: {
      get: { ...common("query", `Call ${called}, with its arguments in the address`), parameters, responses: answers(true) },
      head: { ...common("check", `Call ${called} and see the headers alone`), parameters, responses: answers(false) },
      post,
    },
  };
}

const unsaid: JsonSchema = {
  description: "What its validator takes, which it does not say as JSON Schema.",
  type: "object",
  additionalProperties: true,
};

function acceptsNothing(schema: JsonSchema | undefined): boolean {
  return schema?.["type"] === "object" && (schema["required"] as readonly string[] | undefined)?.length === undefined;
}

/** The arguments that can travel in an address: those at the top of an object. */
function argumentParameters(schema: JsonSchema | undefined, component: string): readonly ParameterObject[] {
  if (schema?.["type"] !== "object") return [];
  const properties = Object.entries((schema["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>);
  const required = (schema["required"] ?? []) as readonly string[];
  return properties
    .filter(([name]) => !reserved.has(name) && name !== "")
    .map(([name, own]) =>
      argumentParameter(name, own, required.includes(name), `#/components/schemas/${component}/properties/${pointerTo(name)}`),
    );
}

const plainTypes: ReadonlySet<unknown> = new Set(["string", "number", "integer", "boolean"]);

/** A name as a JSON Pointer in a reference has it (RFC 6901 section 6). */
function pointerTo(name: string): string {
  return encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function argumentParameter(name: string, schema: JsonSchema, required: boolean, reference: string): ParameterObject {
  const said = schema["description"];
  const description = typeof said === "string" ? `${said} ` : "";
  if (plainTypes.has(schema["type"]) && schema["$ref"] === undefined)
    return { name, in: "query", required, description: `${description}An argument.`, schema };
  const isList = schema["type"] === "array";
  return {
    name,
    in: "query",
    required,
    description: `${description}An argument, as ${isList ? 'JSON (`["a","b"]`) or a list (`{a,b}`)' : "JSON"}.`,
    // A text for whatever writes an address, and for who reads on, what that text holds. Makers of clients do badly with a parameter that has a `content`.
    schema: { type: "string", contentMediaType: "application/json", contentSchema: { $ref: reference } },
  };
}

/** What a function gives is its author's alone to say: any JSON. */
function resultResponses(withBody: boolean, isQuery: boolean): Readonly<Record<string, ResponseObject>> {
  const header = (name: string): ReferenceObject => ({ $ref: `#/components/headers/${name}` });
  const content = withBody ? { content: { "application/json": { schema: {} }, "text/csv": { schema: { type: "string" } } } } : {};
  const headers = {
    "Preference-Applied": header("PreferenceApplied"),
    ...(isQuery ? { ETag: header("ETag"), "Content-Range": header("ContentRange") } : {}),
  };
  return {
    "200": { description: "What the function gives: any JSON.", headers, ...content },
    "204": { description: "It gives nothing, or nothing was asked for.", headers },
    ...(isQuery
      ? {
          "206": { description: "A part of the list that it gives.", headers, ...content },
          "304": { description: "It is as `If-None-Match` says: nothing has changed.", headers: { ETag: header("ETag") } },
        }
      : {}),
  };
}
