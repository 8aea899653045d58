/** Where apps find what they need to sign people in. The issuer is the site itself, so that its address is all that an app has to know. */
export const oidcPaths = {
  discovery: "/.well-known/openid-configuration",
  /** The same for clients of OAuth alone (RFC 8414). */
  metadata: "/.well-known/oauth-authorization-server",
  root: "/oidc/v1",
  authorize: "/oidc/v1/authorize",
  token: "/oidc/v1/token",
  userInfo: "/oidc/v1/userinfo",
  keys: "/oidc/v1/keys",
  revoke: "/oidc/v1/revoke",
  introspect: "/oidc/v1/introspect",
  endSession: "/oidc/v1/end-session",
} as const;
