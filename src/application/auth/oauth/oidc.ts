import type { ProviderOptions } from "./providers/known-provider.ts";

/** A site that speaks OpenID Connect, whichever it is: a Keycloak, an Entra directory, another app of one's own. */
export interface OidcOptions extends ProviderOptions {
  /** Its issuer identifier, below which its description is (`/.well-known/openid-configuration`). By https, or http on this machine alone. */
  readonly issuer: string;
  /** What the button calls it. Default the name under which it stands in `providers`. */
  readonly title?: string;
  /** Default `openid`, `profile` and `email`; others that are given come beside `openid`. */
  readonly scopes?: readonly string[];
  /**
   * Whether its `email_verified` counts: then somebody new has an account at once. False for an issuer where people, or those who run it for them, may
   * write what address they like. Default true.
   */
  readonly provesAddresses?: boolean;
  /** Who signed in there longer ago is asked anew: `"12h"`. */
  readonly maxAge?: string;
  /** One of these is how they must have signed in there (`acr`); it is asked for them. */
  readonly acr?: readonly string[];
  /**
   * Hosts, as `host:port`, that it is meant to be asked at although they are not of the public internet or not on port 443. The issuer's own host
   * is always among them.
   */
  readonly allow?: readonly string[];
}

/** One of `auth.providers`. */
export interface OidcProvider extends OidcOptions {
  readonly type: "oidc";
}

/**
 * Lets people sign in by an OpenID Connect issuer: `providers: { acme: oidc({ issuer: "https://id.example.org" }) }`. The client that it knows this
 * server by comes from `CHASSIS_OAUTH_ACME_ID` and `CHASSIS_OAUTH_ACME_SECRET`; the address that it sends people back to is
 * `/auth/v1/oauth/acme/callback` below `CHASSIS_BASE_URL`.
 */
export function oidc(options: OidcOptions): OidcProvider {
  return { ...options, type: "oidc" };
}
