import { readClaims } from "../read-claims.ts";
import type { KnownProvider } from "./known-provider.ts";

export const slack: KnownProvider = {
  title: "Slack",
  facts: () => ({
    title: "Slack",
    issuer: "https://slack.com",
    scopes: ["openid", "profile", "email"],
    // Whoever runs a workspace says what addresses its members have, and `email_verified` is true all the same.
    read: ({ claims }) => readClaims(claims, () => false),
  }),
};
