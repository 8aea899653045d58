import type { AppError } from "#contract";
import { errorAnswer } from "./error-answer.ts";
import type { Answer } from "./exchange.ts";
import { apiHeaders } from "./security-headers.ts";

/** The answer to a request that never reached a route, complete with the headers that every answer has. */
export function refusal(error: AppError, requestId: string): Answer {
  const answer = errorAnswer(error);
  return { ...answer, headers: { ...apiHeaders, ...answer.headers, "x-request-id": requestId } };
}
