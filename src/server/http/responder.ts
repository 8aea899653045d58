import type { Clock, Logger } from "#base";
import { toAppError } from "#contract";
import { logAccess, logFailure } from "./access-log.ts";
import type { Cors } from "./cors.ts";
import { errorAnswer } from "./error-answer.ts";
import type { Answer } from "./exchange.ts";
import type { Respond } from "./incoming.ts";
import type { Router } from "./router.ts";
import { apiHeaders } from "./security-headers.ts";

export interface ResponderOptions {
  readonly router: Router;
  readonly cors: Cors;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Writes a line for each request, at debug level. */
  readonly accessLog: boolean;
}

/**
 * What happens to every request, whichever way it came: route, handler, error shape, headers, log. Whatever a handler
 * throws that is no `AppError` is logged with its cause and answered as `internal`, without a word about it.
 */
export function createResponder({ router, cors, logger, clock, accessLog }: ResponderOptions): Respond {
  return async (incoming) => {
    const started = clock.monotonic();
    let headers = apiHeaders;
    let answer: Answer;
    try {
      const preflight = cors.preflight(incoming);
      if (preflight === undefined) {
        const found = router(incoming.target);
        headers = found.headers;
        answer = await found.handle(incoming);
      } else answer = preflight;
    } catch (thrown) {
      const error = toAppError(thrown);
      headers = apiHeaders;
      answer = errorAnswer(error);
      logFailure(logger, incoming, error);
    }
    if (accessLog) logAccess(logger, incoming, answer.status, clock.monotonic() - started);
    return withHeaders(answer, { ...headers, ...cors.headers(incoming) }, incoming.requestId);
  };
}

function withHeaders(answer: Answer, defaults: Readonly<Record<string, string>>, requestId: string): Answer {
  const headers: Record<string, string> = { ...defaults, ...answer.headers, "x-request-id": requestId };
  // An entity tag is for asking again: kept by the caller alone, and never used without asking.
  if (headers["etag"] !== undefined && headers["cache-control"] === "no-store") headers["cache-control"] = "private, no-cache";
  const { vary } = defaults;
  if (vary !== undefined && answer.headers["vary"] !== undefined && !answer.headers["vary"].includes(vary)) {
    headers["vary"] = `${answer.headers["vary"]}, ${vary}`;
  }
  return { ...answer, headers };
}
