import type { Auth } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import type { Handler } from "../../http/incoming.ts";
import type { Route } from "../../http/router.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { appsPage } from "./apps-page.ts";
import { authorizePage } from "./authorize-page.ts";
import { backChannelRoutes } from "./back-channel-routes.ts";
import { consentPage } from "./consent-page.ts";
import { endSessionPage, leavePage } from "./end-session-page.ts";
import { oidcPaths } from "./oidc-paths.ts";

/** What other apps sign people in by: docs/reference/oidc-provider.md. No routes where none does. */
export function createProviderRoutes(
  { provider }: Pick<Auth, "provider">,
  { route, nothing }: { readonly route: (page: AuthPage) => Route; readonly nothing: (path: string) => Route },
): readonly Route[] {
  if (provider === undefined) return [];
  return [
    ...backChannelRoutes(provider),
    takesForms(route(authorizePage)),
    takesForms(route(endSessionPage)),
    ...[consentPage, appsPage, leavePage].map(route),
    nothing(oidcPaths.root),
  ];
}

/** Characters of a form, once it stands in an address: proxies take no longer header. */
const MOST = 6000;

/**
 * An app's form may come here as well as its link (OpenID Connect Core 3.1.2.1). It goes on as a link: with the form of another site browsers send
 * no cookie, and nothing is done before they do.
 */
function takesForms(route: Route): Route {
  if (!("methods" in route)) return route;
  const POST: Handler = async (exchange): Promise<Answer> => {
    const [type = ""] = (exchange.header("content-type") ?? "").split(";");
    if (type.trim().toLowerCase() !== "application/x-www-form-urlencoded") throw new AppError("unsupportedMediaType");
    const body = await exchange.body();
    const query = new URLSearchParams(new TextDecoder().decode(body)).toString();
    if (query.length > MOST) throw new AppError("bodyTooLarge");
    return {
      status: 303,
      headers: { location: `${route.path}?${query}`, "cache-control": "no-store" },
      body: undefined,
    };
  };
  return { ...route, methods: { ...route.methods, POST } };
}
