import { didYouMean } from "#base";
import { isMailProvider, mailProviders, type MailProviderName } from "./providers.ts";

/** The secrets of each provider that is set. */
export type MailEventSecrets = ReadonlyMap<MailProviderName, readonly string[]>;

/**
 * `resend=whsec_...,mailgun=key`. A provider that is named twice has two secrets, while one replaces the other. Throws an error whose message
 * says what was expected, and no part of a secret.
 */
export function parseMailEvents(text: string): MailEventSecrets {
  const secrets = new Map<MailProviderName, readonly string[]>();
  for (const part of text.split(",").map((piece) => piece.trim())) {
    const [, name = "", secret = ""] = /^([a-z]+)=(.*)$/.exec(part) ?? [];
    if (name === "") throw new Error("must be a list such as resend=whsec_...,mailgun=key, without commas in a secret");
    const names = Object.keys(mailProviders);
    if (!isMailProvider(name)) throw new Error(`knows ${names.join(", ")}, not '${name}'${didYouMean(name, names)}`);
    const provider = mailProviders[name];
    if (!provider.isSecret(secret)) throw new Error(`what follows ${name}= must be ${provider.secretForm}`);
    secrets.set(name, [...(secrets.get(name) ?? []), secret]);
  }
  return secrets;
}
