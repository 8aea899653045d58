import { AppError, type ErrorName } from "#contract";
import { FetchFailedError, FetchRefusedError } from "../../outgoing/fetch-errors.ts";
import { UnreadableAnswer } from "./read-claims.ts";

/** A word of RFC 6749 and the like: what somebody else wrote goes into the log as that, or not at all. */
const word = /^[A-Za-z0-9_.-]{1,64}$/;

/** What somebody answers who says no at the site. */
const declined: ReadonlySet<string> = new Set(["access_denied", "user_cancelled_login", "user_cancelled_authorize"]);

interface ProtocolError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  /** Of an answer that says itself that it is one (RFC 6749, sections 4.1.2.1 and 5.2). */
  readonly error?: unknown;
  readonly cause?: unknown;
}

/**
 * What went wrong at another site, in a form that may be shown and logged: the errors of the protocol's library hold whole answers, with their
 * tokens, and stay here. What is no matter of the site's is given as it is.
 */
export function providerFailure(thrown: unknown): unknown {
  if (thrown instanceof AppError) return thrown;
  const reason = reasonOf(thrown);
  if (reason === undefined) return thrown;
  const isDeclined = declined.has(String((thrown as ProtocolError).error));
  const name: ErrorName = isDeclined ? "providerDeclined" : "providerFailed";
  return new AppError(name, { cause: new Error(reason) });
}

/** In words of ours or of the library's, and codes. Undefined for an error of neither. */
function reasonOf(thrown: unknown): string | undefined {
  if (thrown instanceof FetchFailedError || thrown instanceof FetchRefusedError || thrown instanceof UnreadableAnswer)
    return thrown.message;
  // Parsers quote what they could not read.
  if (thrown instanceof SyntaxError) return "Its answer is no JSON.";
  if (!(thrown instanceof Error) || !isProtocolError(thrown)) return undefined;
  const inner = [thrown.message, ...causesOf(thrown)].filter((each, at, all) => all.indexOf(each) === at);
  const codes = [thrown.error, thrown.code].filter((each): each is string => typeof each === "string" && word.test(each));
  return [...inner, ...codes].join("; ");
}

/** The library's errors by their classes' names: the library itself is not loaded for telling them. */
const protocolErrors: ReadonlySet<string> = new Set([
  "ClientError",
  "OperationProcessingError",
  "UnsupportedOperationError",
  "ResponseBodyError",
  "AuthorizationResponseError",
  "WWWAuthenticateChallengeError",
]);

function isProtocolError(thrown: Error): thrown is Error & ProtocolError {
  const { code } = thrown as ProtocolError;
  return protocolErrors.has(thrown.name) || (typeof code === "string" && code.startsWith("OAUTH_"));
}

function causesOf({ cause }: ProtocolError): readonly string[] {
  if (!(cause instanceof Error)) return [];
  const known = reasonOf(cause);
  return known === undefined ? [] : [known];
}
