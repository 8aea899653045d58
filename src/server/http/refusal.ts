import type { AppError } from "#contract";
import { errorAnswer } from "./error-answer.ts";
import { completeAnswer, type Outgoing } from "./outgoing.ts";
import { plainSecurityHeaders, type SecurityHeaders } from "./security-headers.ts";

/** The answer to a request that never reached a route. */
export function refusal(error: AppError, requestId: string, { own }: SecurityHeaders = plainSecurityHeaders): Outgoing {
  return completeAnswer(errorAnswer(error), { defaults: own, requestId });
}
