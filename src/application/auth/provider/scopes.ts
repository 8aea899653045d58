/** What an app can ask to do: `openid` to know who somebody is, `profile` and `email` what they are called, `offline_access` to go on without them. */
export const scopeNames = ["openid", "profile", "email", "offline_access"] as const;
export type ScopeName = (typeof scopeNames)[number];

/** What an app may ask for unless `chassis client add` says otherwise. */
export const usualScopes: readonly ScopeName[] = ["openid", "profile", "email"];

export function isScopeName(name: string): name is ScopeName {
  return (scopeNames as readonly string[]).includes(name);
}

/** Those of a list with spaces between that there are, each once (RFC 6749 section 3.3; what is not known is left out, OpenID Connect Core 3.1.2.1). */
export function readScopes(text: string): readonly ScopeName[] {
  return [...new Set(text.split(" "))].filter(isScopeName);
}
