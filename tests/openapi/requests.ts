import type { JsonSchema, OpenApiDocument } from "#server";

/** An operation of a document, with all that it refers to in place. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body | undefined;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>> }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Body {
  readonly isForm: boolean;
  readonly schema: JsonSchema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

const form = "application/x-www-form-urlencoded";

type Tree = Readonly<Record<string, unknown>>;

/** Follows a reference within the document. */
function resolve<T>(document: OpenApiDocument, value: unknown): T {
  const reference = (value as { readonly $ref?: unknown }).$ref;
  if (typeof reference !== "string") return value as T;
  const found = reference
    .slice(2)
    .split("/")
    .reduce<unknown>(
      (tree, key) => (tree as Tree)[decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~")],
      document,
    );
  return resolve<T>(document, found);
}

export function operationsOf(document: OpenApiDocument): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) => {
    const { parameters: common = [], ...methods } = item;
    return Object.entries(methods).map(([method, operation]): Operation => {
      const { "application/json": json, [form]: fields } = operation.requestBody?.content ?? {};
      const body = json ?? fields;
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        parameters: [...common, ...(operation.parameters ?? [])].map((each) => resolve<Parameter>(document, each)),
        body: body?.schema === undefined ? undefined : ({ ...body, isForm: body === fields } as Body),
        responses: Object.fromEntries(
          Object.entries(operation.responses).map(([status, each]) => [status, resolve(document, each)]),
        ),
      };
    });
  });
}

export interface Asked {
  readonly target: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Requests that the document says are good: one with what is required alone, and one for each example of each parameter. */
export function requestsOf(
  document: OpenApiDocument,
  operation: Operation,
  ids: Readonly<Record<string, string>>,
): readonly Asked[] {
  const { parameters, method, path, body } = operation;
  const least = parameters.filter(({ required }) => required === true).map((each) => [each, valueOf(document, each)] as const);
  const bodies = body === undefined ? [undefined] : bodiesOf(document, body);
  const more = parameters
    .filter(({ in: place }) => place !== "path")
    .flatMap((each) =>
      Object.values(each.examples ?? {})
        // Conditions are the same for every method: all of them are asked for once.
        .slice(0, method === "GET" ? undefined : 1)
        .map(({ value }) => [each, String(value)] as const),
    );
  const write = (given: readonly (readonly [Parameter, string])[], text: string | undefined): Asked => {
    const of = (place: string): readonly (readonly [string, string])[] =>
      given.filter(([each]) => each.in === place).map(([{ name }, value]) => [name, value]);
    const filled = of("path").reduce(
      (address, [name, value]) => address.replace(`{${name}}`, encodeURIComponent(ids[path.split("/")[3] ?? ""] ?? value)),
      path,
    );
    const search = new URLSearchParams(of("query").map(([name, value]) => [name, value])).toString();
    const headers = Object.fromEntries(of("header"));
    return {
      target: search === "" ? filled : `${filled}?${search}`,
      method,
      headers: text === undefined ? headers : { "content-type": body?.isForm === true ? form : "application/json", ...headers },
      body: text,
    };
  };
  return [
    ...bodies.map((text) => write(least, text)),
    ...more.map((one) => write([...least.filter(([each]) => each !== one[0]), one], bodies[0])),
  ];
}

function valueOf(document: OpenApiDocument, { schema, examples = {} }: Parameter): string {
  const [example] = Object.values(examples);
  const value = example?.value ?? instanceOf(document, schema);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function bodiesOf(document: OpenApiDocument, { schema, examples = {}, isForm }: Body): readonly string[] {
  const given = Object.values(examples).map(({ value }) => value);
  return [...given, instanceOf(document, schema)].map((value) =>
    isForm ? new URLSearchParams(value as Record<string, string>).toString() : JSON.stringify(value),
  );
}

const formats: Readonly<Record<string, string>> = {
  uuid: "01980a5e-7c00-7000-8000-0000000000ff",
  email: "ann@example.org",
  uri: "https://example.org/",
  date: "2026-11-25",
  "date-time": "2026-11-25T18:00:00.000Z",
  decimal: "1",
};

/** Something that fits a schema: the least that does. */
function instanceOf(document: OpenApiDocument, given: JsonSchema): unknown {
  const schema = resolve<JsonSchema>(document, given);
  if ("const" in schema) return schema["const"];
  if ("default" in schema) return schema["default"];
  for (const keyword of ["oneOf", "anyOf"]) {
    const [first] = (schema[keyword] ?? []) as readonly JsonSchema[];
    if (first !== undefined) return instanceOf(document, first);
  }
  // A text that holds JSON.
  if ("contentSchema" in schema) return JSON.stringify(instanceOf(document, schema["contentSchema"] as JsonSchema));
  const [member] = (schema["enum"] ?? []) as readonly unknown[];
  if (member !== undefined) return member;
  const type = Array.isArray(schema["type"]) ? (schema["type"] as readonly string[])[0] : schema["type"];
  switch (type) {
    case "string": {
      if (typeof schema["format"] === "string" && schema["format"] in formats) return formats[schema["format"]];
      if (schema["pattern"] === "^eq\\.") return `eq.${formats["uuid"]}`;
      const least = Number(schema["minLength"] ?? 1);
      return "xy".repeat(least).slice(0, Math.max(1, least));
    }
    case "integer":
    case "number":
      return Math.max(1, Number(schema["minimum"] ?? 1));
    case "boolean":
      return true;
    case "array":
      return Array.from({ length: Number(schema["minItems"] ?? 0) }, () => instanceOf(document, schema["items"] as JsonSchema));
    default: {
      const required = (schema["required"] ?? []) as readonly string[];
      const properties = (schema["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;
      return Object.fromEntries(required.map((name) => [name, instanceOf(document, properties[name] ?? {})]));
    }
  }
}
