import { createSessionCookies } from "#application";
import { returnAddress } from "./return-address.ts";

/** What is kept in a browser between the pages of one way in: until they are done, and an hour at the most. */
export interface VisitState {
  /** The address that a mail was asked for, to be shown once more. */
  readonly address?: string | undefined;
  /** What a code is good together with. */
  readonly request?: string | undefined;
  /** What half a sign-in can be finished with, with spaces between. */
  readonly factors?: string | undefined;
  /** An authenticator app that is being set up. */
  readonly enrolment?: string | undefined;
  /** Tells this browser from others where it has nothing else: see `createSentTwice`. */
  readonly mark?: string | undefined;
  /** Where they want to go after. */
  readonly to?: string | undefined;
}

const HOUR = 3_600_000;
const MOST_ADDRESS = 254;
/** Characters. Browsers drop a cookie of more than 4096 bytes (RFC 6265bis, section 5.6), its name and attributes among them in some. */
const MOST_KEPT = 3800;

/** Nothing of it is believed: whoever changes it changes what they themselves are shown. */
export function readVisitState(origin: string, cookie: string | undefined): VisitState {
  const kept = createSessionCookies(origin, "visit").read(cookie);
  if (kept === undefined) return {};
  const parameters = new URLSearchParams(decode(kept));
  const address = parameters.get("address") ?? "";
  return {
    address: address === "" || address.length > MOST_ADDRESS ? undefined : address,
    request: parameters.get("request") ?? undefined,
    factors: parameters.get("factors") ?? undefined,
    enrolment: parameters.get("enrolment") ?? undefined,
    mark: parameters.get("mark") ?? undefined,
    to: returnAddress(parameters.get("to")),
  };
}

export function keepVisitState(origin: string, { to, ...state }: VisitState): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) if (value !== undefined) parameters.set(name, value);
  const kept = encodeURIComponent(parameters.toString());
  if (to !== undefined) parameters.set("to", to);
  const all = encodeURIComponent(parameters.toString());
  // Where to go after is what can be done without.
  return createSessionCookies(origin, "visit").set(all.length > MOST_KEPT ? kept : all, HOUR);
}

export function forgetVisitState(origin: string): string {
  return createSessionCookies(origin, "visit").clear;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
