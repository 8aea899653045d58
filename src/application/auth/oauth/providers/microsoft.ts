import { readClaims } from "../read-claims.ts";
import { type KnownProvider, type ProviderOptions, tenantOption } from "./known-provider.ts";

export interface MicrosoftOptions extends ProviderOptions {
  /** The id of a directory, so that nobody of another one comes in; `organizations`, `consumers`, or `common`, which is both. Default `common`. */
  readonly tenant?: string;
}

export const microsoft: KnownProvider = {
  title: "Microsoft",
  options: { tenant: tenantOption },
  facts: ({ tenant = "common" }) => ({
    title: "Microsoft",
    issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
    scopes: ["openid", "profile", "email"],
    parameters: { prompt: "select_account" },
    asksAnew: true,
    // Whoever runs a directory writes what they like into `email` and `preferred_username`, the addresses of others too (nOAuth).
    read: ({ claims }) => readClaims(claims, () => false),
  }),
};
