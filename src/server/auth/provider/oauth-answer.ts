import { AppError, type ErrorName } from "#contract";
import type { Answer, Exchange } from "../../http/exchange.ts";
import { json } from "../auth-tools.ts";

/** The rows of the error table whose code is an `error` of OAuth. */
const oauthErrors: ReadonlySet<ErrorName> = new Set<ErrorName>([
  "invalidOauthRequest",
  "invalidClient",
  "unauthorizedClient",
  "invalidGrant",
  "invalidScope",
  "invalidTarget",
  "unsupportedGrantType",
  "unsupportedResponseType",
  "requestNotSupported",
  "requestUriNotSupported",
  "registrationNotSupported",
  "accessDenied",
  "loginRequired",
  "consentRequired",
  "invalidAccessToken",
  "insufficientScope",
]);

export function isOauthError(thrown: unknown): thrown is AppError {
  return thrown instanceof AppError && oauthErrors.has(thrown.error);
}

/** What went wrong, as apps read it (RFC 6749 section 5.2, RFC 6750 section 3). */
export function oauthErrorAnswer(exchange: Exchange, error: AppError): Answer {
  const { status, headers } = error;
  const answer = json(status, { error: nameOf(error), error_description: error.message });
  return { ...answer, headers: { ...answer.headers, ...headers, ...challenge(exchange, error) } };
}

function nameOf(error: AppError): string {
  if (oauthErrors.has(error.error)) return error.code;
  if (error.status === 429 || error.status === 503) return "temporarily_unavailable";
  return error.status >= 500 ? "server_error" : "invalid_request";
}

function challenge(exchange: Exchange, error: AppError): Readonly<Record<string, string>> {
  if (error.error === "invalidClient")
    return exchange.header("authorization") === undefined ? {} : { "www-authenticate": 'Basic realm="apps"' };
  if (error.error === "invalidAccessToken" || error.error === "insufficientScope")
    return { "www-authenticate": `Bearer error="${error.code}"` };
  return {};
}
