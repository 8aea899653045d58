import { isVerified, readClaims } from "../read-claims.ts";
import { hostOf, type KnownProvider, originOption, type ProviderOptions } from "./known-provider.ts";

export interface GitLabOptions extends ProviderOptions {
  /** Of an instance of one's own: `https://git.example.org`. */
  readonly origin?: string;
}

export const gitlab: KnownProvider = {
  title: "GitLab",
  options: { origin: originOption },
  facts: ({ origin = "https://gitlab.com" }) => ({
    title: "GitLab",
    issuer: origin,
    scopes: ["openid", "profile", "email"],
    ...(origin === "https://gitlab.com" ? {} : { allow: [hostOf(new URL(origin))] }),
    read: ({ claims }) => readClaims(claims, isVerified),
  }),
};
