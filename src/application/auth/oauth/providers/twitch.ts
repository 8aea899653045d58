import { isVerified, readClaims } from "../read-claims.ts";
import type { KnownProvider } from "./known-provider.ts";

/** It gives nothing of these that it is not asked for by name (OpenID Connect Core 1.0, section 5.5). */
const wanted = { id_token: { email: null, email_verified: null, preferred_username: null } };

export const twitch: KnownProvider = {
  title: "Twitch",
  facts: () => ({
    title: "Twitch",
    issuer: "https://id.twitch.tv/oauth2",
    scopes: ["openid", "user:read:email"],
    parameters: { claims: JSON.stringify(wanted) },
    clientBy: "post",
    // A list, where RFC 6749 (section 5.1) has a text.
    mend: (answer) => (Array.isArray(answer["scope"]) ? { ...answer, scope: answer["scope"].join(" ") } : answer),
    read: ({ claims }) => readClaims(claims, isVerified),
  }),
};
