import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { AppError } from "#contract";
import type { Connection } from "#database";
import type { AuthParts } from "../../auth-parts.ts";
import { issueOneTime, oneTimePurposes, useOneTime } from "../../one-time-tokens.ts";
import type { KeptPasskey } from "./passkey-table.ts";

/** What a passkey is asked to do. An answer to one is none to another. */
export type CeremonyKind = "add" | "sign-in" | "factor" | "prove";

/** One question to an authenticator. */
export interface Ceremony {
  /** What comes back with the answer: from the same browser, which keeps it where no script sees it, once, within five minutes. */
  readonly ceremony: string;
  /** For `navigator.credentials`, as the JSON of WebAuthn has it (level 3, sections 5.1.8 and 5.1.9). */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface CeremonyState {
  readonly challenge: string;
  /** Whose passkey it must be; null where the passkey says so. */
  readonly user: string | null;
  /** For `add`. */
  readonly handle: string;
}

type Parts = Pick<AuthParts, "site" | "clock">;

/** The host that passkeys are for. Throws `notSupported` where it is an address, which can have none. */
export function passkeyHost({ site }: Pick<AuthParts, "site">): { readonly origin: string; readonly host: string } {
  const { origin, hostname: host } = new URL(site());
  if (isIP(host.replaceAll(/^\[|\]$/g, "")) !== 0)
    throw new AppError("notSupported", { message: "Passkeys need a host with a name: CHASSIS_BASE_URL is an address." });
  return { origin, host };
}

async function begin(
  { clock }: Parts,
  connection: Connection,
  { kind, user, handle = "" }: { readonly kind: CeremonyKind; readonly user: string | null; readonly handle?: string },
): Promise<{ readonly ceremony: string; readonly challenge: string }> {
  const challenge = randomBytes(32).toString("base64url");
  const data = { kind, challenge, handle };
  const ceremony = await issueOneTime(connection, { purpose: "passkey", user, addressKey: "", data, now: clock.now() });
  return { ceremony, challenge };
}

const descriptor = ({ id, transports }: KeptPasskey) => ({ type: "public-key", id, transports });

/** To sign in, or to show once more who one is, with one of `known`; with whichever the browser finds where there are none. */
export async function askPasskey(
  parts: Parts,
  connection: Connection,
  { kind, user, known }: { readonly kind: CeremonyKind; readonly user: string | null; readonly known: readonly KeptPasskey[] },
): Promise<Ceremony> {
  const { host } = passkeyHost(parts);
  const { ceremony, challenge } = await begin(parts, connection, { kind, user });
  const options = {
    challenge,
    rpId: host,
    timeout: oneTimePurposes.passkey,
    userVerification: "required",
    allowCredentials: known.map(descriptor),
  };
  return { ceremony, options };
}

export interface NewPasskeyOwner {
  readonly user: string;
  /** What the browser shows. */
  readonly name: string;
  readonly known: readonly KeptPasskey[];
}

/** To make another one. */
export async function askNewPasskey(
  parts: Parts,
  connection: Connection,
  { user, name, known }: NewPasskeyOwner,
): Promise<Ceremony> {
  const { host } = passkeyHost(parts);
  // Not the user's id, which may say who they are: an authenticator shows it to whoever holds it (WebAuthn section 14.6.1).
  const handle = known[0]?.handle ?? randomBytes(32).toString("base64url");
  const { ceremony, challenge } = await begin(parts, connection, { kind: "add", user, handle });
  const options = {
    challenge,
    rp: { id: host, name: host },
    user: { id: handle, name, displayName: name },
    // EdDSA, ES256, RS256: what the library verifies (RFC 9053, RFC 8812).
    pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: "public-key", alg })),
    timeout: oneTimePurposes.passkey,
    attestation: "none",
    excludeCredentials: known.map(descriptor),
    authenticatorSelection: { residentKey: "preferred", requireResidentKey: false, userVerification: "required" },
    extensions: { credProps: true },
  };
  return { ceremony, options };
}

/** Uses the question up, whatever the answer is. Undefined where there is none of that kind. */
export async function useCeremony(
  { clock }: Parts,
  connection: Connection,
  given: unknown,
  kind: CeremonyKind,
): Promise<CeremonyState | undefined> {
  const used = await useOneTime(connection, given, { purpose: "passkey", now: clock.now() });
  if (used === undefined) return undefined;
  const data = used.data as { readonly kind: CeremonyKind; readonly challenge: string; readonly handle: string };
  return data.kind === kind ? { challenge: data.challenge, user: used.user, handle: data.handle } : undefined;
}
