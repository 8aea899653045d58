import type { CustomFetch } from "openid-client";
import { fetchSafely } from "../../outgoing/fetch-safely.ts";
import type { OutgoingBody } from "../../outgoing/outgoing-body.ts";
import type { Provider, Said } from "./provider.ts";

/** Bytes of one answer: descriptions and sets of keys have some ten thousand. */
const MOST_BYTES = 262_144;

/**
 * How a site is asked: on the public internet by https, and where the definition names a host at that host (`fetchSafely` says what else it refuses); what
 * its description names is somebody else's word. Nothing of an answer is left to be read later. `requestTime`: milliseconds up to its last byte.
 * `fetch`: what carries it.
 */
export function createTransport(
  provider: Pick<Provider, "allow" | "mend">,
  requestTime: number,
  fetch: typeof fetchSafely = fetchSafely,
): CustomFetch {
  const { allow = [], mend } = provider;
  return async (address, { method, headers, body, signal }) => {
    const answer = await fetch(address, {
      method,
      headers: new Headers(headers),
      body: (body ?? null) as OutgoingBody | null,
      redirect: "error",
      ports: [443],
      allow,
      timeout: requestTime,
      connectTimeout: requestTime / 2,
      maxResponseBytes: MOST_BYTES,
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await answer.text();
    const { status, headers: given } = answer;
    return new Response(mend === undefined || method !== "POST" ? text : mended(text, mend), { status, headers: given });
  };
}

/** What is no object is left for whoever reads it to refuse. */
function mended(text: string, mend: NonNullable<Provider["mend"]>): string {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null ? JSON.stringify(mend(answer as Said)) : text;
  } catch {
    return text;
  }
}
