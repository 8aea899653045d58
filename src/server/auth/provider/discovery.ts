import { contextClasses, type Provider, scopeNames, signingAlgorithms } from "#application";
import { oidcPaths } from "./oidc-paths.ts";

const ownClaims: readonly string[] = [
  "iss",
  "sub",
  "aud",
  "exp",
  "iat",
  "auth_time",
  "nonce",
  "acr",
  "amr",
  "sid",
  "email",
  "email_verified",
];

/** What this provider can do, and where (OpenID Connect Discovery 1.0, RFC 8414, RFC 9207). What is not here is not there. */
export function describeProvider({ issuer, definition }: Pick<Provider, "issuer" | "definition">): object {
  const site = issuer();
  const methods = ["client_secret_basic", "client_secret_post"];
  return {
    issuer: site,
    authorization_endpoint: site + oidcPaths.authorize,
    token_endpoint: site + oidcPaths.token,
    userinfo_endpoint: site + oidcPaths.userInfo,
    jwks_uri: site + oidcPaths.keys,
    revocation_endpoint: site + oidcPaths.revoke,
    introspection_endpoint: site + oidcPaths.introspect,
    end_session_endpoint: site + oidcPaths.endSession,
    scopes_supported: scopeNames,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: signingAlgorithms,
    token_endpoint_auth_methods_supported: [...methods, "none"],
    revocation_endpoint_auth_methods_supported: [...methods, "none"],
    introspection_endpoint_auth_methods_supported: methods,
    prompt_values_supported: ["none", "login", "consent", "select_account"],
    acr_values_supported: contextClasses,
    claim_types_supported: ["normal"],
    claims_supported: [...ownClaims, ...definition.claims.map(({ name }) => name)],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  };
}
