import { type ErrorName, errorTable } from "#contract";
import type { Components } from "./components.ts";
import { type ExampleObject, type ReferenceObject, schemaRef } from "./openapi.ts";

/** What any request may be answered, whatever it asks for. */
const anywhere: readonly ErrorName[] = [
  "malformedRequest",
  "invalidUrl",
  "crossSite",
  "requestTooSlow",
  "urlTooLong",
  "misdirected",
  "tooManyRequests",
  "headersTooLarge",
  "internal",
  "databaseDamaged",
  "timeout",
  "overloaded",
  "unavailable",
];

const proof: readonly ErrorName[] = ["invalidToken", "expiredToken"];
const body: readonly ErrorName[] = ["invalidBody", "bodyTooLarge", "unsupportedMediaType"];
const stored: readonly ErrorName[] = ["storageFull", "storageFailed", "outcomeUnknown"];

const dataApi: readonly ErrorName[] = [
  ...proof,
  "invalidQuery",
  "invalidHeader",
  "invalidPreference",
  "unknownSchema",
  "notAcceptable",
  "singleRowExpected",
  "limitExceeded",
  "notSupported",
];

const selecting: readonly ErrorName[] = [
  ...dataApi,
  "unknownTable",
  "unknownColumn",
  "unknownRelation",
  "ambiguousRelation",
  "notEmbedded",
  "orderNotToOne",
  "embedFilterNotNull",
  "operatorMismatch",
  "invalidGrouping",
  "invalidValue",
  "numberOutOfRange",
];

const reading: readonly ErrorName[] = [...selecting, "invalidCursor", "invalidRange", "signInRequired", "forbidden"];

const writing: readonly ErrorName[] = [
  ...selecting,
  ...body,
  ...stored,
  "signInRequired",
  "forbidden",
  "unknownInsertColumn",
  "validationFailed",
  "notNullViolation",
  "checkViolation",
  "uniqueViolation",
  "foreignKeyViolation",
  "stillReferenced",
  "lastOwner",
  "preconditionFailed",
  "idempotencyKeyReused",
];

const changing: readonly ErrorName[] = [...writing, "unfilteredMutation", "maxAffectedExceeded"];

const calling: readonly ErrorName[] = [...dataApi, "unknownFunction", "validationFailed", "maxAffectedExceeded", "invalidRange"];

export type OperationKind =
  | "health"
  | "readTable"
  | "queryTable"
  | "readRow"
  | "readVersions"
  | "insert"
  | "change"
  | "upsert"
  | "changeRow"
  | "upsertRow"
  | "restore"
  | "query"
  | "mutation"
  | "batch";

/** Which errors each kind of operation can answer, beside those of every request. */
const byOperation: { readonly [K in OperationKind]: readonly ErrorName[] } = {
  health: ["storageFailed"],
  readTable: reading,
  queryTable: [...reading, ...body],
  readRow: [...reading, "notFound", "preconditionFailed"],
  readVersions: [...reading, "notFound"],
  insert: writing,
  change: changing,
  upsert: [...writing, "invalidPut", "putWithLimit", "putKeyMismatch"],
  changeRow: [...changing, "notFound"],
  upsertRow: [...writing, "putKeyMismatch"],
  restore: [...writing, "notFound"],
  query: [...calling, ...body],
  mutation: [...new Set<ErrorName>([...calling, ...writing, "notFound"])],
  batch: [
    ...new Set<ErrorName>([
      ...changing,
      ...reading,
      ...calling,
      "notFound",
      "invalidPath",
      "methodNotAllowed",
      "functionMethodNotAllowed",
      "invalidPut",
      "putWithLimit",
      "putKeyMismatch",
    ]),
  ],
};

const statusNames: Readonly<Record<number, string>> = {
  300: "MultipleChoices",
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  406: "NotAcceptable",
  408: "RequestTimeout",
  409: "Conflict",
  410: "Gone",
  412: "PreconditionFailed",
  413: "ContentTooLarge",
  414: "UriTooLong",
  415: "UnsupportedMediaType",
  416: "RangeNotSatisfiable",
  421: "MisdirectedRequest",
  422: "UnprocessableContent",
  429: "TooManyRequests",
  431: "HeadersTooLarge",
  500: "InternalServerError",
  502: "BadGateway",
  503: "ServiceUnavailable",
  507: "InsufficientStorage",
};

/** A response for each status with which an operation of this kind can fail. */
export function errorResponses(components: Components, kind: OperationKind): Readonly<Record<string, ReferenceObject>> {
  return responsesOf(components, byOperation[kind]);
}

/** The same for these errors, beside those of every request. */
export function responsesOf(components: Components, names: readonly ErrorName[]): Readonly<Record<string, ReferenceObject>> {
  const byStatus = Map.groupBy(new Set([...anywhere, ...names]), (name) => errorTable[name].status);
  const sorted = [...byStatus].toSorted(([one], [other]) => one - other);
  return Object.fromEntries(
    sorted.map(([status, errors]) => [String(status), errorResponse(components, status, errors.toSorted())]),
  );
}

function errorResponse(components: Components, status: number, names: readonly ErrorName[]): ReferenceObject {
  return components.response(statusNames[status] ?? `Status${status}`, `${status} ${names.join()}`, () => {
    const rows = names.map((name) => errorTable[name]);
    return {
      description: rows.map(({ code, message }) => `- \`${code}\`: ${message}`).join("\n"),
      headers: {
        "X-Request-Id": { $ref: "#/components/headers/RequestId" },
        ...(status === 429 || status === 503 || status === 507
          ? { "Retry-After": { $ref: "#/components/headers/RetryAfter" } }
          : {}),
      },
      content: {
        "application/json": {
          schema: schemaRef("Error"),
          examples: Object.fromEntries(
            rows.map(({ code, message }): [string, ExampleObject] => [
              code,
              { summary: message, value: { code, message, details: null, hint: null } },
            ]),
          ),
        },
      },
    };
  });
}

/** The schemas of what every error is. */
export function addErrorSchemas(components: Components): void {
  const rows = Object.values(errorTable);
  components.schema("ErrorCode", {
    description: `What programs go by; it never changes its meaning, and others may come.\n\n${rows.map(({ code, status, message }) => `- \`${code}\` (${status}): ${message}`).join("\n")}`,
    anyOf: [{ type: "string", enum: [...new Set(rows.map(({ code }) => code))] }, { type: "string" }],
  });
  components.schema("FieldProblem", {
    type: "object",
    description: "One thing that is wrong with one field.",
    properties: {
      field: { type: "string", description: "Its path, as it was sent: `0.stars` in a list." },
      message: { type: "string" },
    },
    required: ["field", "message"],
  });
  const count = (description: string): object => ({ type: "integer", description });
  components.schema("Error", {
    type: "object",
    description: "The body of every answer that is an error.",
    properties: {
      code: { type: "string", description: "What programs go by: one of `ErrorCode`, and others may come.", examples: ["23505"] },
      message: { type: "string", description: "For people." },
      details: { type: ["string", "null"], description: "What exactly was wrong." },
      hint: { type: ["string", "null"], description: "What can be done about it." },
      fields: { type: "array", items: schemaRef("FieldProblem"), description: "Of `validation_failed`: one entry a field." },
      operation: count("Of a batch: which of its operations was refused, from 0."),
      row: count("Of a body that is read as a stream: which of its rows was refused, from 0."),
      line: count("On which line that row stands, from 1."),
    },
    required: ["code", "message", "details", "hint"],
  });
}
