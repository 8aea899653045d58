import type { Person } from "../provider.ts";
import { objectOf, subjectOf, textOf } from "../read-claims.ts";
import type { KnownProvider } from "./known-provider.ts";

const issuer = "https://discord.com";

export const discord: KnownProvider = {
  title: "Discord",
  facts: () => ({
    title: "Discord",
    issuer,
    endpoints: { authorization: `${issuer}/oauth2/authorize`, token: `${issuer}/api/oauth2/token` },
    scopes: ["identify", "email"],
    clientBy: "post",
    withoutIdToken: true,
    async read({ ask }): Promise<Person> {
      const user = objectOf(await ask(`${issuer}/api/users/@me`));
      const address = textOf(user["email"]);
      return {
        issuer,
        subject: subjectOf(user["id"]),
        address,
        proved: address !== undefined && user["verified"] === true,
        name: textOf(user["global_name"]),
        nick: textOf(user["username"]),
      };
    },
  }),
};
