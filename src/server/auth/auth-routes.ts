import type { Route } from "../http/router.ts";
import { type AuthRoutesOptions, createAuthTools } from "./auth-tools.ts";
import { passwordRoutes } from "./password-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { signUpRoutes } from "./sign-up-routes.ts";

/** Signing in as JSON under `/auth/v1`: docs/reference/auth.md. */
export function createAuthRoutes(options: AuthRoutesOptions): readonly Route[] {
  const tools = createAuthTools(options);
  return [...signUpRoutes(tools), ...sessionRoutes(tools), ...passwordRoutes(tools)];
}
