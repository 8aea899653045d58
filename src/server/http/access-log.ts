import type { Logger } from "#base";
import type { AppError } from "#contract";
import { redactPath } from "../observability/redact.ts";
import type { Incoming } from "./incoming.ts";

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/**
 * What a log says of a request: where it came from, what it asked for, and who asked where that is known. Never a header but the caller's own request id, where it has the form of one, and
 * never the query: filters hold people's data, and addresses tokens.
 */
export function about(incoming: Incoming): object {
  const theirs = incoming.header("x-request-id");
  return {
    requestId: incoming.requestId,
    client: incoming.client.address,
    method: incoming.method,
    path: path(incoming),
    ...incoming.told,
    ...(theirs !== undefined && REQUEST_ID.test(theirs) ? { callerRequestId: theirs } : {}),
  };
}

export function logAccess(logger: Logger, incoming: Incoming, status: number, milliseconds: number): void {
  logger.debug({ ...about(incoming), status, milliseconds: Math.round(milliseconds * 1000) / 1000 }, "Answered.");
}

/** What the server is to blame for, with its cause. What it refused is told by `RefusalLog`, other mistakes of callers in the access log alone. */
export function logFailure(logger: Logger, incoming: Incoming, error: AppError): void {
  if (error.status < 500) return;
  const fields = { ...about(incoming), code: error.code, ...(error.cause === undefined ? {} : { err: error.cause }) };
  if (error.error === "internal" || error.error === "databaseDamaged") logger.error(fields, "A request failed.");
  else logger.warn(fields, error.message);
}

function path(incoming: Incoming): string | undefined {
  try {
    return redactPath(incoming.segments);
  } catch {
    return undefined;
  }
}
