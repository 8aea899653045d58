import { hmac, invalidSignature, matchesOne, readSecrets, type VerifyOptions, type WebhookPayload } from "./verify-signature.ts";

/** What the headers of a message of GitHub say, once its signature is checked. */
export interface GitHubWebhook {
  /** Of the delivery (`x-github-delivery`), the same when it is redelivered. It is not signed, nor is `event`. */
  readonly id: string;
  /** What the message is about (`x-github-event`), such as `push`. */
  readonly event: string;
}

/**
 * Checks a message of GitHub by its `x-hub-signature-256` (GitHub Docs, "Validating webhook deliveries"). The signature covers the body alone, without
 * a time: whoever has seen a message can send it again under another id. Where doing it twice would hurt, compare with what the body says too.
 * Throws `invalidSignature` (400), and TypeError where the secret is missing.
 */
export function verifyGitHubWebhook(
  headers: Headers,
  payload: WebhookPayload,
  { secret }: Pick<VerifyOptions, "secret">,
): GitHubWebhook {
  const secrets = readSecrets(secret);
  const id = headers.get("x-github-delivery");
  const event = headers.get("x-github-event");
  if (!isToken(id) || !isToken(event)) throw invalidSignature("It has no x-github-delivery or no x-github-event.");
  const given = headers.get("x-hub-signature-256");
  if (given === null) throw invalidSignature("It has no x-hub-signature-256: give the webhook a secret at GitHub.");
  const [, hex] = /^sha256=([0-9a-f]{64})$/i.exec(given) ?? [];
  if (hex === undefined) throw invalidSignature("Its x-hub-signature-256 is no sha256= with 64 hexadecimal digits.");
  const right = secrets.map((each) => hmac(each, payload));
  if (!matchesOne([Buffer.from(hex, "hex")], right)) throw invalidSignature("The signature in x-hub-signature-256 is not right.");
  return { id, event };
}

function isToken(value: string | null): value is string {
  return value !== null && /^[\w.:-]{1,256}$/.test(value);
}
