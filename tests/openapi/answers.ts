import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { OpenApiDocument } from "#server";
import type { Operation } from "./requests.ts";

/** Says what of an answer is not as the document has it; undefined where all is. */
export type CheckAnswer = (
  operation: Operation,
  answer: { readonly status: number; readonly type: string; readonly text: string },
) => string | undefined;

export function createAnswerCheck(document: OpenApiDocument): CheckAnswer {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  // Formats of OpenAPI's own registry, which say how a value is meant and not how it is written.
  for (const name of ["decimal", "password"]) ajv.addFormat(name, true);
  ajv.addSchema({ $id: "https://document.example/", ...document });
  const absolute = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(absolute);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        key === "$ref" && typeof each === "string" ? `https://document.example/${each}` : absolute(each),
      ]),
    );
  };
  const known = new Map<string, ValidateFunction>();
  return ({ id, responses, method }, { status, type, text }) => {
    const response = responses[String(status)] ?? responses["default"];
    if (response === undefined) return `the status ${status} is not documented`;
    if (text === "")
      return status === 204 || status === 304 || status === 201 || method === "HEAD" ? undefined : "there is no body";
    const [mediaType = ""] = type.split(";");
    const content = response.content?.[mediaType];
    if (content === undefined) return `${mediaType} is not documented for ${status}`;
    if (mediaType === "text/csv") return undefined;
    const place = `${id} ${status} ${mediaType}`;
    const validate = known.get(place) ?? ajv.compile(absolute(content.schema ?? {}) as object);
    known.set(place, validate);
    if (validate(JSON.parse(text))) return undefined;
    return `${ajv.errorsText(validate.errors)} in ${text.slice(0, 300)}`;
  };
}
