import type { Person, Said } from "../provider.ts";
import { isVerified, readClaims, UnreadableAnswer } from "../read-claims.ts";
import { domainOption, type KnownProvider, type ProviderOptions } from "./known-provider.ts";

export interface GoogleOptions extends ProviderOptions {
  /** Lets in the accounts of this Google Workspace domain alone. */
  readonly domain?: string;
}

export const google: KnownProvider = {
  title: "Google",
  options: { domain: domainOption },
  facts: ({ domain }) => ({
    title: "Google",
    issuer: "https://accounts.google.com",
    scopes: ["openid", "profile", "email"],
    parameters: { prompt: "select_account", ...(domain === undefined ? {} : { hd: domain }) },
    read({ claims }): Person {
      // The parameter only chooses what is shown; who signs in may change it.
      if (domain !== undefined && claims["hd"] !== domain) throw new UnreadableAnswer("It is an account of another domain.");
      return readClaims(claims, isProved);
    },
  }),
};

/**
 * Google answers for an address of its own, or of a domain that it hosts. Of others it once sent a mail there: who owns the address by now it does
 * not know, and says so in its documentation.
 */
function isProved(claims: Said): boolean {
  return isVerified(claims) && (typeof claims["hd"] === "string" || /@gmail\.com$/i.test(String(claims["email"])));
}
