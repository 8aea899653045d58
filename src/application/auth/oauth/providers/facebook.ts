import type { Person } from "../provider.ts";
import { objectOf, subjectOf, textOf } from "../read-claims.ts";
import type { KnownProvider } from "./known-provider.ts";

const version = "v24.0";
const issuer = "https://www.facebook.com";
const graph = `https://graph.facebook.com/${version}`;

export const facebook: KnownProvider = {
  title: "Facebook",
  facts: () => ({
    title: "Facebook",
    issuer,
    endpoints: { authorization: `${issuer}/${version}/dialog/oauth`, token: `${graph}/oauth/access_token` },
    scopes: ["public_profile", "email"],
    clientBy: "post",
    withoutIdToken: true,
    async read({ ask }): Promise<Person> {
      const user = objectOf(await ask(`${graph}/me?fields=id,name,first_name,last_name,email`));
      return {
        issuer,
        subject: subjectOf(user["id"]),
        // Many have a telephone number alone. It does not say of an address whether anybody has shown that it is theirs.
        address: textOf(user["email"]),
        proved: false,
        name: textOf(user["name"]),
        givenName: textOf(user["first_name"]),
        familyName: textOf(user["last_name"]),
      };
    },
  }),
};
