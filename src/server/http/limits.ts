/**
 * What one request, one connection and all connections together may take. Every refusal names the limit that it met.
 * Sizes are in bytes, times in milliseconds.
 */
export interface HttpLimits {
  /** Of all header lines together. */
  readonly headerBytes: number;
  readonly headerCount: number;
  /** Of path and query together, as they came. */
  readonly urlLength: number;
  readonly bodyBytes: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headerTimeout: number;
  /** From the first byte of a request to the end of its body. */
  readonly receiveTimeout: number;
  /** From the end of the headers to the first byte of the answer. */
  readonly answerTimeout: number;
  /** An idle connection between two requests. */
  readonly keepAliveTimeout: number;
  /** A connection on which nothing moves although something should: half-open ones and slow readers. */
  readonly idleTimeout: number;
  readonly connections: number;
  readonly requestsPerConnection: number;
}

export const defaultHttpLimits: HttpLimits = Object.freeze({
  headerBytes: 16_384,
  headerCount: 100,
  urlLength: 16_384,
  bodyBytes: 10_485_760,
  headerTimeout: 10_000,
  receiveTimeout: 60_000,
  answerTimeout: 30_000,
  keepAliveTimeout: 65_000,
  idleTimeout: 120_000,
  connections: 10_000,
  requestsPerConnection: 100_000,
});
