import { isVerified, objectOf, readClaims } from "../read-claims.ts";
import type { KnownProvider } from "./known-provider.ts";

const issuer = "https://www.linkedin.com/oauth";

export const linkedin: KnownProvider = {
  title: "LinkedIn",
  facts: () => ({
    title: "LinkedIn",
    issuer,
    endpoints: { authorization: `${issuer}/v2/authorization`, token: `${issuer}/v2/accessToken` },
    scopes: ["openid", "profile", "email"],
    clientBy: "post",
    // It refuses a verifier of apps that are no programs on a phone, and its ID tokens have no nonce: so its API is asked, over TLS.
    withoutPkce: true,
    withoutIdToken: true,
    mend: (answer) => ({ ...answer, id_token: undefined }),
    read: async ({ ask }) =>
      readClaims({ ...objectOf(await ask("https://api.linkedin.com/v2/userinfo")), iss: issuer }, isVerified),
  }),
};
