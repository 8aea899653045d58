import type { Person } from "../provider.ts";
import { objectOf, subjectOf, textOf } from "../read-claims.ts";
import { hostOf, type KnownProvider, originOption, type ProviderOptions } from "./known-provider.ts";

export interface GitHubOptions extends ProviderOptions {
  /** Of an Enterprise Server: `https://git.example.org`. */
  readonly origin?: string;
}

export const github: KnownProvider = {
  title: "GitHub",
  options: { origin: originOption },
  facts({ origin = "https://github.com" }) {
    const isPublic = origin === "https://github.com";
    const api = isPublic ? "https://api.github.com" : `${origin}/api/v3`;
    // What it calls itself in answers, without a description to find it in.
    const issuer = `${origin}/login/oauth`;
    return {
      title: "GitHub",
      issuer,
      endpoints: { authorization: `${issuer}/authorize`, token: `${issuer}/access_token` },
      scopes: ["read:user", "user:email"],
      clientBy: "post",
      withoutIdToken: true,
      ...(isPublic ? {} : { allow: [hostOf(new URL(origin))] }),
      async read({ ask }): Promise<Person> {
        const user = objectOf(await ask(`${api}/user`));
        const addresses = await ask(`${api}/user/emails`);
        // The address of the profile is what somebody shows, and need not be theirs.
        const own = (Array.isArray(addresses) ? addresses : []).map(objectOf).find(({ primary }) => primary === true);
        const address = textOf(own?.["email"]);
        return {
          issuer,
          subject: subjectOf(user["id"]),
          address,
          proved: address !== undefined && own?.["verified"] === true,
          name: textOf(user["name"]),
          nick: textOf(user["login"]),
        };
      },
    };
  },
};
