import { AppError } from "#contract";
import type { AuthPage } from "../page/auth-page.ts";
import { paths } from "../page/paths.ts";
import { carried, readAppRequest, tellApp, withRequest } from "./app-request.ts";
import { oidcPaths } from "./oidc-paths.ts";

/** Where apps send people to sign in (OpenID Connect Core 3.1.2). Nothing is to be seen here: it leads on to whatever comes first. */
export const authorizePage: AuthPage = {
  path: oidcPaths.authorize,
  async show(visit) {
    const app = await readAppRequest(visit, new URLSearchParams(visit.exchange.search));
    if ("title" in app) return app;
    return withRequest(visit, app, async (checked) => {
      const { provider } = app;
      if (await provider.needsConsent(checked)) {
        if (checked.wanted.prompts.has("none")) throw new AppError("consentRequired");
        return visit.go(`${paths.consent}?${await carried(visit, app)}`);
      }
      return tellApp(visit, app, { code: await provider.authorize(checked, visit.request) });
    });
  },
};
