import type { ErrorName, errorTable } from "#contract";

/** What goes wrong before an answer can be read: the client's own errors, beside those of the server. */
export type ClientErrorName = "networkFailed" | "noAnswerInTime" | "unreadableAnswer";

type Snake<T extends string> = T extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : "";

/** What crosses the wire: `error.code`. */
export type ErrorCode = (typeof errorTable)[ErrorName]["code"] | Snake<ClientErrorName>;

/**
 * The names of the errors whose code is not their name in snake case. Not the table of src/contract itself: its messages come with the
 * answers, and a browser need not load them. A test holds the two together.
 */
const names: Readonly<Record<string, ErrorName>> = {
  PGRST100: "invalidQuery",
  PGRST101: "functionMethodNotAllowed",
  PGRST102: "invalidBody",
  PGRST103: "invalidRange",
  PGRST105: "invalidPut",
  PGRST106: "unknownSchema",
  PGRST107: "notAcceptable",
  PGRST108: "notEmbedded",
  PGRST114: "putWithLimit",
  PGRST115: "putKeyMismatch",
  PGRST116: "singleRowExpected",
  PGRST117: "methodNotAllowed",
  PGRST118: "orderNotToOne",
  PGRST120: "embedFilterNotNull",
  PGRST122: "invalidPreference",
  PGRST124: "maxAffectedExceeded",
  PGRST125: "invalidPath",
  PGRST126: "noDescription",
  PGRST127: "notSupported",
  PGRST200: "unknownRelation",
  PGRST201: "ambiguousRelation",
  PGRST202: "unknownFunction",
  PGRST204: "unknownInsertColumn",
  PGRST205: "unknownTable",
  PGRST301: "invalidToken",
  PGRST302: "signInRequired",
  PGRST303: "expiredToken",
  "08007": "outcomeUnknown",
  "21000": "unfilteredMutation",
  "22003": "numberOutOfRange",
  "22P02": "invalidValue",
  "23001": "stillReferenced",
  "23502": "notNullViolation",
  "23503": "foreignKeyViolation",
  "23505": "uniqueViolation",
  "23514": "checkViolation",
  "42501": "forbidden",
  "42703": "unknownColumn",
  "42803": "invalidGrouping",
  "42883": "operatorMismatch",
  "57014": "timeout",
  XX001: "databaseDamaged",
  invalid_request: "invalidOauthRequest",
  invalid_token: "invalidAccessToken",
  misdirected_request: "misdirected",
};

/** The name of the error that has this code: in the table of the server, or one of the client's own. */
export function errorName(code: string): ErrorName | ClientErrorName {
  return names[code] ?? (code.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as ErrorName | ClientErrorName);
}
