import { deriveKey, deriveKeys, type Secrets, type SigningSecrets } from "#application";

/** The key that signs tokens. */
export function tokenKey(secret: Uint8Array): Uint8Array {
  return deriveKey(secret, "tokens");
}

/** What signs tokens, and what signed them before the secret was rotated. */
export function signingSecrets({ current, previous }: Secrets): SigningSecrets {
  return { secret: tokenKey(current), previous: previous.map(({ secret, until }) => ({ secret: tokenKey(secret), until })) };
}

/** The keys that encrypt secret fields. */
export function secretFieldKeys(secrets: Secrets): readonly Uint8Array[] {
  return deriveKeys(secrets, "secret fields");
}

/** What the database knows callers by whose limits it keeps. Rotating the secret starts them anew. */
export function rateKey({ current }: Secrets): Uint8Array {
  return deriveKey(current, "rate limits");
}

/** The keys that the secrets of webhooks' receivers are kept with. */
export function webhookKeys(secrets: Secrets): readonly Uint8Array[] {
  return deriveKeys(secrets, "webhooks");
}
