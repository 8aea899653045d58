import type { Clock } from "#base";
import { FetchFailedError, FetchRefusedError } from "../../outgoing/fetch-errors.ts";
import { fetchSafely } from "../../outgoing/fetch-safely.ts";
import type { ResolveHost } from "../../outgoing/resolve-target.ts";
import { signWebhook } from "../standard-webhooks.ts";
import type { AttemptNote, DueDelivery } from "./delivery-table.ts";
import { type SecretSeal, SealedSecretError } from "./endpoint-secrets.ts";

export interface SendOptions {
  readonly clock: Clock;
  readonly seal: SecretSeal;
  /** Hosts besides those of the public internet: `host:port`. */
  readonly allow: readonly string[];
  readonly signal: AbortSignal;
  /** Milliseconds, up to the end of what is read of the answer. */
  readonly timeout: number;
  readonly resolve?: ResolveHost;
  /** Authorities (PEM) of certificates, where they are not Node's own. */
  readonly ca?: string;
}

export interface Sent {
  readonly note: AttemptNote;
  readonly retryAfter: string | null;
  /** For the log alone: it may hold addresses. */
  readonly cause?: unknown;
}

/** Bytes of an answer that are kept, for whoever looks for what went wrong. The rest is not read. */
const KEPT_ANSWER = 1024;

/** One attempt. What an answer means is its status, whatever its body does. Throws where the signal aborts. */
export async function sendWebhook(delivery: DueDelivery, options: SendOptions): Promise<Sent> {
  const { clock } = options;
  const [at, begin] = [clock.now(), clock.monotonic()];
  const noteOf = (more: Partial<AttemptNote>): AttemptNote => ({
    at,
    took: Math.round(clock.monotonic() - begin),
    status: null,
    error: null,
    answer: null,
    ...more,
  });
  try {
    const response = await post(delivery, at, options);
    const answer = await readStart(response);
    options.signal.throwIfAborted();
    return { note: noteOf({ status: response.status, answer }), retryAfter: response.headers.get("retry-after") };
  } catch (error) {
    options.signal.throwIfAborted();
    return { note: noteOf({ error: describe(error) }), retryAfter: null, cause: error };
  }
}

async function post(
  { url, message, payload, endpoint, secret, oldSecrets }: DueDelivery,
  at: number,
  { seal, allow, signal, timeout, resolve, ca }: SendOptions,
): Promise<Response> {
  const old = oldSecrets.filter(({ until }) => until > at).flatMap((each) => openIfKnown(seal, each.secret, endpoint));
  const headers = signWebhook({
    id: message,
    payload,
    secret: [seal.open(secret, endpoint), ...old],
    timestamp: new Date(at),
  });
  return fetchSafely(url, {
    method: "POST",
    headers: {
      ...headers,
      "content-type": "application/json",
      "user-agent": "Chassis-Webhooks",
      // The start of an answer is shown as it comes.
      "accept-encoding": "identity",
    },
    body: payload,
    // Given as the answer, which is no success: where a receiver has gone its owner has to say.
    redirect: "manual",
    allow,
    timeout,
    connectTimeout: timeout,
    maxRequestBytes: Number.MAX_SAFE_INTEGER,
    maxResponseBytes: Number.MAX_SAFE_INTEGER,
    signal,
    ...(resolve === undefined ? {} : { resolve }),
    ...(ca === undefined ? {} : { ca }),
  });
}

/** One that was kept with a lost token secret may be why it was replaced: the new one signs alone. */
function openIfKnown(seal: SecretSeal, sealed: string, endpoint: string): readonly string[] {
  try {
    return [seal.open(sealed, endpoint)];
  } catch (error) {
    if (error instanceof SealedSecretError) return [];
    throw error;
  }
}

/** The first bytes, as text; null where there are none. */
async function readStart(response: Response): Promise<string | null> {
  const reader = response.body?.getReader();
  if (reader === undefined) return null;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    while (bytes < KEPT_ANSWER) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      bytes += value.byteLength;
    }
  } catch {
    // A body that breaks off, or does not end in time: the status has been said.
  }
  await reader.cancel().catch(() => {});
  const text = Buffer.concat(chunks).subarray(0, KEPT_ANSWER).toString("utf8").replaceAll("\u0000", "");
  return text === "" ? null : text;
}

/** What may be shown to the owner of the endpoint. */
function describe(error: unknown): string {
  const isKnown = error instanceof FetchRefusedError || error instanceof FetchFailedError || error instanceof SealedSecretError;
  return isKnown ? error.message : "It could not be sent.";
}
