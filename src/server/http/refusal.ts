import type { AppError } from "#contract";
import { errorAnswer } from "./error-answer.ts";
import { completeAnswer, type Outgoing } from "./outgoing.ts";
import { apiHeaders } from "./security-headers.ts";

/** The answer to a request that never reached a route. */
export function refusal(error: AppError, requestId: string): Outgoing {
  return completeAnswer(errorAnswer(error), { defaults: apiHeaders, requestId });
}
