import type { AuthDefinition } from "#application";
import type { ErrorName } from "#contract";
import type { Column } from "#database";
import { responsesOf } from "../errors.ts";
import type { JsonSchema, OperationObject, ParameterObject, PathItem, Paths, ResponseObject } from "../openapi.ts";
import type { PathContext } from "../table-paths.ts";
import { isRequired, newRowSchema } from "../row-schemas.ts";
import { ownAccount } from "./own-account.ts";
import { fields, plain, type SignInOperation } from "./sign-in-operation.ts";
import { teamsAndPrograms } from "./teams-and-programs.ts";
import { waysIn } from "./ways-in.ts";

export const signInTag = "Sign-in";

const operations: readonly SignInOperation[] = [...waysIn, ...ownAccount, ...teamsAndPrograms];

const always: readonly ErrorName[] = ["invalidToken", "expiredToken", "invalidPath", "forbidden"];
const withBody: readonly ErrorName[] = [
  "invalidBody",
  "bodyTooLarge",
  "unsupportedMediaType",
  "validationFailed",
  "limitExceeded",
  "storageFull",
  "storageFailed",
  "outcomeUnknown",
];
const withSession: readonly ErrorName[] = ["signInRequired", "accountSuspended", "impersonating"];

/** Everything under `/auth/v1` that a back end with this sign-in has. */
export function signInPaths(auth: AuthDefinition, newUser: readonly Column[] | undefined, context: PathContext): Paths {
  const { text, moment } = plain;
  context.components.schema("SessionDelivery", {
    type: "string",
    enum: ["cookie", "token"],
    default: "cookie",
    description: "How the session is given: as a cookie, or as `token` in the answer, for programs that keep no cookies.",
  });
  context.components.schema("GivenSession", {
    type: "object",
    description: "A session that was given, as a cookie or as `token`.",
    properties: {
      user: { ...text, description: "Whose it is." },
      session: { ...text, description: "Its id." },
      expires: { ...moment, description: "When it ends at the latest." },
      token: { ...text, description: "What proves it, where that was asked for: `Authorization: Bearer ...`." },
      recoveryCodes: { type: "array", items: text, description: "New ones, where a second factor was turned on: this once." },
      passkey: { ...text, description: "The id of a passkey that was added." },
    },
    required: ["user", "session"],
  });
  const whole = newRowSchema(
    newUser ?? [],
    context.isKnown,
    "What whoever signs up says of themselves: the row in `users`, but for its id.",
  );
  context.components.schema("NewUser", whole);
  if (auth.providers.length > 0) {
    const { required: _, ...rest } = whole;
    context.components.schema("NewUserRest", { ...rest, description: "The same, as far as the other site has not said it." });
  }
  const isUserNeeded = newUser?.some(isRequired) === true;
  const paths: Record<string, PathItem> = {};
  for (const operation of operations) {
    if (operation.when?.(auth) === false) continue;
    const path = `/auth/v1/${operation.path}`;
    paths[path] = { ...paths[path], [operation.method]: written(operation, isUserNeeded, context) };
  }
  return paths;
}

function written(operation: SignInOperation, isUserNeeded: boolean, { components, operationId }: PathContext): OperationObject {
  const { id, summary, description, session, takes, needs = [], parameters = {}, answers, errors = [] } = operation;
  const needsUser = isUserNeeded && takes?.["user"] === fields.user;
  const isWrite = operation.method !== "get";
  const named = Object.entries(parameters).map(
    ([name, schema]): ParameterObject => ({
      name,
      in: "path",
      required: true,
      description: `Which ${name === "id" ? "one" : name}.`,
      schema,
    }),
  );
  const query: readonly ParameterObject[] =
    id === "endSessions"
      ? [{ name: "others", in: "query", description: "`true` spares the session that asks.", schema: { type: "boolean" } }]
      : [];
  const all = [...named, ...query];
  return {
    operationId: operationId(id),
    tags: [signInTag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(session === undefined ? {} : { security: [{ session: [] }, { bearer: [] }] }),
    ...(all.length === 0 ? {} : { parameters: all }),
    ...(takes === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: bodyOf(takes, needsUser ? [...needs, "user"] : needs) } },
          },
        }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, schema]) => [status, answer(status, schema)])),
      ...responsesOf(components, [
        ...always,
        ...(isWrite ? withBody : []),
        ...(session === undefined ? [] : withSession),
        ...errors,
      ]),
    },
  };
}

function bodyOf(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema {
  return { type: "object", properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false };
}

function answer(status: string, schema: JsonSchema | null): ResponseObject {
  const description = status === "202" ? "It will be done: a mail goes out, where there is somebody to get it." : "Done.";
  return { description, ...(schema === null ? {} : { content: { "application/json": { schema } } }) };
}
