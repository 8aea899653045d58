import type { AppError } from "#contract";
import type { Answer } from "./exchange.ts";

/** The one shape of every answer that is an error: see the table of errors. */
export function errorAnswer(error: AppError): Answer {
  const challenge: Readonly<Record<string, string>> =
    error.status === 401 ? { "www-authenticate": 'Bearer realm="chassis"' } : {};
  return {
    status: error.status,
    headers: { "content-type": "application/json; charset=utf-8", ...challenge, ...error.headers },
    body: JSON.stringify(error.toBody()),
  };
}
