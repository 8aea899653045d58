import type { Person } from "../provider.ts";
import { isVerified, readClaims, textOf } from "../read-claims.ts";
import { appleIdOption, type KnownProvider, type ProviderOptions } from "./known-provider.ts";

export interface AppleOptions extends ProviderOptions {
  /** The id of the team, ten letters and digits. */
  readonly team: string;
  /** The id of the private key that stands in `CHASSIS_OAUTH_APPLE_SECRET`. */
  readonly key: string;
}

export const apple: KnownProvider = {
  title: "Apple",
  options: { team: appleIdOption, key: appleIdOption },
  facts: ({ team = "", key = "" }) => ({
    title: "Apple",
    issuer: "https://appleid.apple.com",
    scopes: ["openid", "name", "email"],
    clientBy: { team, key },
    formPost: true,
    read: ({ claims, given }): Person => ({
      // It writes what is true as a text, at times. An address of its relay reaches them too.
      ...readClaims(claims, (each) => isVerified(each) || each["email_verified"] === "true"),
      ...readName(given("user")),
    }),
  }),
};

/** What somebody is called it says once, the first time, beside the token and not in it: good enough to be filled in beforehand. */
function readName(user: string | null): Pick<Person, "givenName" | "familyName"> {
  try {
    const { name } = JSON.parse(user ?? "{}") as {
      readonly name?: { readonly firstName?: unknown; readonly lastName?: unknown };
    };
    return { givenName: textOf(name?.firstName), familyName: textOf(name?.lastName) };
  } catch {
    return {};
  }
}
