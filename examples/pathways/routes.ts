import { AppError, type FetchHandler, type RouteContext } from "chassis";
import type { Page, Viewer } from "./design/layout.ts";
import { failurePage } from "./pages/failure.ts";
import type { schema } from "./schema.ts";
import { assetResponse } from "./site/assets.ts";
import { readForm, refuseForeignForm } from "./site/forms.ts";
import { pageRoutes } from "./site/page-routes.ts";
import { createStore } from "./site/records-store.ts";
import { respond, seeOther } from "./site/respond.ts";
import { endedSession, sessionToken, withToken } from "./site/session.ts";
import { accountRoutes } from "./site/account-routes.ts";
import { signInRoutes } from "./site/sign-in-routes.ts";
import type { PathwaysStore } from "./site/store.ts";
import { confirm } from "./work/confirmations.ts";
import { findRoute, type Route, type Visit } from "./site/visit.ts";

/** The pages of Pathways as one fetch handler. */
export function routes(app: RouteContext<typeof schema>): FetchHandler {
  const table: readonly Route[] = [
    ...pageRoutes,
    ...signInRoutes((token, request) => app.as(withToken(request, token))),
    ...accountRoutes({
      confirm: (token) => confirm(app.asSystem(), token),
      hasLeftDigest: async (email) => (await app.suppressions.find(email, "digest"))?.reason === "unsubscribed",
      rejoinDigest: async (email) => void (await app.suppressions.remove(email, { list: "digest" })),
    }),
  ];

  async function answer(request: Request, url: URL): Promise<Response> {
    if (url.pathname.startsWith("/assets/")) {
      const asset = assetResponse(url.pathname);
      if (asset !== undefined) return asset;
    }
    const { viewer, store } = await visitorOf(request);
    const show = (page: Page): Response => respond(page, { path: url.pathname, viewer }, request);
    try {
      const method = request.method === "HEAD" ? "GET" : request.method;
      const found = findRoute(table, method, url.pathname);
      if (found === undefined) throw new AppError("notFound");
      if (found === "otherMethod") throw new AppError("methodNotAllowed");
      const { route, parameters } = found;
      if (method === "POST") refuseForeignForm(request);
      if (route.signedIn === true && viewer === null)
        return seeOther(`/sign-in?to=${encodeURIComponent(method === "GET" ? url.pathname : "/account")}`);
      const form = method === "POST" ? await readForm(request) : {};
      const visit: Visit = { request, url, parameters, viewer, store, form };
      const result = await route.handler(visit);
      return result instanceof Response ? result : show(result);
    } catch (error) {
      return show(failurePage(statusOf(error)));
    }
  }

  /** The status to answer a failure with. What nobody foresaw is logged, and shown as no more than that something broke. */
  function statusOf(error: unknown): number {
    if (error instanceof AppError && error.error !== "internal") return error.status;
    app.logger.error({ err: error }, "A page failed.");
    return error instanceof AppError ? error.status : 500;
  }

  async function visitorOf(request: Request): Promise<{ viewer: Viewer | null; store: PathwaysStore }> {
    const { me, db } = await app.as(withToken(request, sessionToken(request)));
    const store = createStore(db, me);
    const viewer = me === null ? null : { id: me.id, name: await store.name(), editor: me.roles.includes("editor") };
    return { viewer, store };
  }

  return async (request) => {
    const url = new URL(request.url);
    try {
      return await answer(request, url);
    } catch (error) {
      // A token that is no longer good: the session is over, and the visitor is told where to begin a new one.
      if (error instanceof AppError && error.status === 401) return seeOther("/sign-in?ended", endedSession(request));
      return respond(failurePage(statusOf(error)), { path: url.pathname, viewer: null }, request);
    }
  };
}
