import type { AuthDefinition } from "#application";
import type { ErrorName } from "#contract";
import type { JsonSchema, Method } from "../openapi.ts";

/** One request under `/auth/v1`: docs/reference/auth.md says more of each. */
export interface SignInOperation {
  readonly method: Method;
  /** After `/auth/v1/`, with parameters in braces. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** Needs a session; left out, anybody may ask. */
  readonly session?: true;
  /** The fields of its body, those that it cannot do without marked by `needs`. Left out, it has no body; empty, an empty object. */
  readonly takes?: Readonly<Record<string, JsonSchema>>;
  readonly needs?: readonly string[];
  readonly parameters?: Readonly<Record<string, JsonSchema>>;
  /** By status: the schema of the body, or null for none. */
  readonly answers: Readonly<Record<string, JsonSchema | null>>;
  readonly errors?: readonly ErrorName[];
  /** Of which back ends it is a part; by default of all with sign-in. */
  readonly when?: (auth: AuthDefinition) => boolean;
}

const text = (description: string): JsonSchema => ({ type: "string", description });

/** Fields that several requests take. */
export const fields: Readonly<
  Record<"email" | "password" | "token" | "session" | "user" | "pending" | "totp" | "recovery" | "passkey", JsonSchema>
> = {
  email: { type: "string", format: "email", maxLength: 254 },
  password: { type: "string", format: "password" },
  token: text("The token of the link in the mail."),
  session: { $ref: "#/components/schemas/SessionDelivery" },
  user: { $ref: "#/components/schemas/NewUser" },
  pending: text("Of a program: `pending` of the answer that asked for a second factor."),
  totp: text("The code that the authenticator app shows."),
  recovery: text("A recovery code."),
  passkey: { type: "object", additionalProperties: true, description: "What the browser made of the question." },
};

export function object(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  return { type: "object", properties, required: Object.keys(properties).filter((name) => !optional.includes(name)) };
}

export function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

export const plain: Readonly<
  Record<"text" | "textOrNull" | "truth" | "count" | "moment" | "momentOrNull" | "anything", JsonSchema>
> = {
  text: { type: "string" },
  textOrNull: { type: ["string", "null"] },
  truth: { type: "boolean" },
  count: { type: "integer" },
  moment: { type: "string", format: "date-time" },
  momentOrNull: { type: ["string", "null"], format: "date-time" },
  anything: { type: "object", additionalProperties: true },
};

export const sent: JsonSchema = object({ sent: { type: "boolean", const: true } });
export const given: JsonSchema = { $ref: "#/components/schemas/GivenSession" };
