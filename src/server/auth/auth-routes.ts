import { AppError } from "#contract";
import type { Route } from "../http/router.ts";
import { accountRoutes } from "./account-routes.ts";
import { addressRoutes } from "./address-routes.ts";
import { type AuthRoutesOptions, createAuthTools } from "./auth-tools.ts";
import { factorRoutes } from "./factor-routes.ts";
import { impersonationRoutes } from "./impersonation-routes.ts";
import { keyRoutes } from "./key-routes.ts";
import { mailSignInRoutes } from "./mail-sign-in-routes.ts";
import { organisationRoutes } from "./organisation-routes.ts";
import { oauthRoutes } from "./oauth-routes.ts";
import { passkeyRoutes } from "./passkey-routes.ts";
import { passwordRoutes } from "./password-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { signUpRoutes } from "./sign-up-routes.ts";

/** What is not there is ours all the same: no page of the app answers in its place. */
const nothingElse: Route = {
  path: "/auth/v1",
  reserved: true,
  subtree() {
    throw new AppError("invalidPath");
  },
};

/** Signing in as JSON under `/auth/v1`: docs/reference/auth.md. */
export function createAuthRoutes(options: AuthRoutesOptions): readonly Route[] {
  const tools = createAuthTools(options);
  return [
    ...signUpRoutes(tools),
    ...sessionRoutes(tools),
    ...passwordRoutes(tools),
    ...mailSignInRoutes(tools),
    ...addressRoutes(tools),
    ...factorRoutes(tools),
    ...passkeyRoutes(tools),
    ...accountRoutes(tools),
    ...organisationRoutes(tools),
    ...keyRoutes(tools),
    ...oauthRoutes(tools, { home: options.home ?? "/" }),
    ...impersonationRoutes(tools),
    nothingElse,
  ];
}
