import type { HeaderObject, JsonSchema, ParameterObject, ReferenceObject, ResponseObject } from "./openapi.ts";

/** What operations share, each kept once and referred to by its name, while a document is written. */
export class Components {
  readonly schemas: Map<string, JsonSchema> = new Map();
  readonly parameters: Map<string, ParameterObject> = new Map();
  readonly headers: Map<string, HeaderObject> = new Map();
  readonly responses: Map<string, ResponseObject> = new Map();
  readonly #known = new Map<string, string>();

  schema(name: string, schema: JsonSchema): ReferenceObject & JsonSchema {
    this.schemas.set(name, schema);
    return { $ref: `#/components/schemas/${name}` };
  }

  parameter(name: string, parameter: ParameterObject): ReferenceObject {
    this.parameters.set(name, parameter);
    return { $ref: `#/components/parameters/${name}` };
  }

  header(name: string, header: HeaderObject): ReferenceObject {
    this.headers.set(name, header);
    return { $ref: `#/components/headers/${name}` };
  }

  /** Equal ones are one: `key` says what is in it. Of others with that name the later ones get a number. */
  response(name: string, key: string, make: () => ResponseObject): ReferenceObject {
    let own = this.#known.get(key);
    if (own === undefined) {
      own = name;
      for (let number = 2; this.responses.has(own); number++) own = `${name}${number}`;
      this.#known.set(key, own);
      this.responses.set(own, make());
    }
    return { $ref: `#/components/responses/${own}` };
  }
}
