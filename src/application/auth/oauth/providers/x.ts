import type { Person } from "../provider.ts";
import { objectOf, subjectOf, textOf } from "../read-claims.ts";
import type { KnownProvider } from "./known-provider.ts";

const issuer = "https://x.com";
const api = "https://api.x.com/2";

export const x: KnownProvider = {
  title: "X",
  facts: () => ({
    title: "X",
    issuer,
    endpoints: { authorization: `${issuer}/i/oauth2/authorize`, token: `${api}/oauth2/token` },
    scopes: ["users.read", "tweet.read", "users.email"],
    clientBy: "basic",
    withoutIdToken: true,
    async read({ ask }): Promise<Person> {
      const user = objectOf(objectOf(await ask(`${api}/users/me?user.fields=confirmed_email`))["data"]);
      const address = textOf(user["confirmed_email"]);
      return {
        issuer,
        subject: subjectOf(user["id"]),
        address,
        proved: address !== undefined,
        name: textOf(user["name"]),
        nick: textOf(user["username"]),
      };
    },
  }),
};
