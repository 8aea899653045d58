import { createPrivateKey, type KeyObject } from "node:crypto";
import { didYouMean } from "#base";
import { SiteSettingsError } from "../site.ts";
import type { Provider } from "./provider.ts";

/** By what a site knows this server. */
export interface OAuthClientSecret {
  readonly id: string;
  /** A password; for Apple a private key (PEM). */
  readonly secret: string;
}

/** Clients by the name of their site. A setting of which the other half is missing is there with a half. */
export type OAuthClientSettings = Readonly<Record<string, Partial<OAuthClientSecret>>>;

/** `CHASSIS_OAUTH_ACME_ID` of `acme`. */
function settingName(provider: string, part: "ID" | "SECRET"): string {
  return `CHASSIS_OAUTH_${provider.toUpperCase().replaceAll("-", "_")}_${part}`;
}

export interface KnownClients {
  readonly clients: ReadonlyMap<string, OAuthClientSecret>;
  /** What is missing, where somebody develops and may do without; a line each. */
  readonly missing: readonly string[];
}

/**
 * The client of each site. Where somebody develops, sites without one are left out.
 *
 * @throws SiteSettingsError for a setting of a site that the back end has not, and, on a server that others reach, for a site without its settings.
 */
export function readClients(
  providers: readonly Provider[],
  settings: OAuthClientSettings,
  { development, origin }: { readonly development: boolean; readonly origin: string },
): KnownClients {
  const names = providers.map(({ name }) => name);
  const unknown = Object.keys(settings).filter((name) => !names.includes(name));
  const strangers = unknown.map((name) => {
    const wanted = names.length === 0 ? "auth.providers of the back end names none" : `it has ${names.join(", ")}`;
    return `${settingName(name, "ID")} and _SECRET: the back end lets nobody sign in by '${name}'${didYouMean(name, names) || `; ${wanted}.`}`;
  });
  if (strangers.length > 0) throw new SiteSettingsError(strangers.join("\n"));
  const clients = new Map<string, OAuthClientSecret>();
  const missing: string[] = [];
  for (const { name, title, clientBy } of providers) {
    const { id, secret } = settings[name] ?? {};
    if (secret !== undefined && typeof clientBy === "object") checkAppleKey(name, secret);
    if (id !== undefined && secret !== undefined) clients.set(name, { id, secret });
    else {
      const lacking = [...(id === undefined ? ["ID"] : []), ...(secret === undefined ? ["SECRET"] : [])] as const;
      missing.push(
        `People sign in by ${title} here, and ${lacking.map((part) => settingName(name, part as "ID")).join(" and ")} ${lacking.length === 1 ? "is" : "are"} not set. Register a client at ${title} with the redirect address ${origin}${callbackPath(name)}.`,
      );
    }
  }
  if (missing.length > 0 && !development) throw new SiteSettingsError(missing.join("\n"));
  return { clients, missing };
}

/** Where a site sends people back to: an address for each, so that no answer is taken for one of another (RFC 9700, section 4.4.2). */
export function callbackPath(provider: string): string {
  return `/auth/v1/oauth/${provider}/callback`;
}

/** The private key of a `.p8` file; line breaks may be written as `\n`, for some keepers of settings have one line. */
export function readAppleKey(secret: string): KeyObject {
  return createPrivateKey(secret.replaceAll("\\n", "\n"));
}

/** Before anybody signs in by it. What was given is in no message. */
function checkAppleKey(name: string, secret: string): void {
  try {
    if (readAppleKey(secret).asymmetricKeyDetails?.namedCurve === "prime256v1") return;
  } catch {
    // Said below.
  }
  throw new SiteSettingsError(
    `${settingName(name, "SECRET")} must be the private key that Apple gave: the text of the file AuthKey_....p8, from -----BEGIN PRIVATE KEY----- on.`,
  );
}
