import type { RateLimits } from "#application";
import type { Clock, Logger } from "#base";
import { toAppError } from "#contract";
import { logAccess, logFailure } from "./access-log.ts";
import type { Cors } from "./cors.ts";
import { errorAnswer } from "./error-answer.ts";
import type { Answer } from "./exchange.ts";
import type { Incoming, Respond } from "./incoming.ts";
import { completeAnswer } from "./outgoing.ts";
import type { Prefix } from "./prefix.ts";
import { RefusalLog } from "./refusal-log.ts";
import type { Router, ShowError } from "./router.ts";
import { plainSecurityHeaders, type SecurityHeaders } from "./security-headers.ts";

export interface ResponderOptions {
  readonly router: Router;
  readonly cors: Cors;
  readonly rates: RateLimits;
  /** Throws for what no route is to see, such as a request that a page of another site sent with a cookie of ours. */
  readonly guard?: ((incoming: Incoming) => void) | undefined;
  /** By default those of a server without TLS. */
  readonly headers?: SecurityHeaders;
  readonly prefix?: Prefix | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Writes a line for each request, at debug level. */
  readonly accessLog: boolean;
}

/**
 * What happens to every request, whichever way it came: route, handler, error shape, headers, log. Whatever a handler
 * throws that is no `AppError` is logged with its cause and answered as `internal`, without a word about it.
 */
export function createResponder({
  router,
  cors,
  rates,
  guard,
  headers: security = plainSecurityHeaders,
  prefix,
  logger,
  clock,
  accessLog,
}: ResponderOptions): Respond {
  const refusals = new RefusalLog(logger, clock);
  return async (incoming) => {
    const started = accessLog ? clock.monotonic() : 0;
    let headers = security.own;
    let answer: Answer;
    let showError: ShowError | undefined;
    let isOwn = true;
    try {
      // First of all, so that nothing is cheaper for whoever sends too much.
      const counted = rates.take("requests", incoming.client.group);
      if (counted !== undefined) await counted;
      const found = router(incoming.target);
      if (!found.anyHost) incoming.checkHost();
      showError = found.showError;
      const early = cors.preflight(incoming) ?? prefix?.move(incoming.target);
      if (early === undefined) {
        if (found.isPage) headers = security.pages;
        guard?.(incoming);
        answer = await found.handle(incoming);
        // An app's own routes write their addresses themselves: `base` of what they are given says what stands before them.
        isOwn = !found.isPage;
      } else {
        answer = early;
        isOwn = false;
      }
    } catch (thrown) {
      const error = toAppError(thrown);
      headers = security.own;
      answer = showError?.(incoming, error) ?? errorAnswer(error);
      logFailure(logger, incoming, error);
      refusals.note(incoming, error);
    }
    if (prefix !== undefined && isOwn) answer = prefix.place(answer);
    if (accessLog) logAccess(logger, incoming, answer.status, clock.monotonic() - started);
    return completeAnswer(answer, { defaults: headers, cors: cors.headers(incoming), requestId: incoming.requestId });
  };
}
