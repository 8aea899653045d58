import { AppError, type FetchHandler, type RouteContext } from "chassis";
import { type Page, signInAddress, type Viewer } from "./design/layout.ts";
import { failurePage } from "./pages/failure.ts";
import type { schema } from "./schema.ts";
import { accountRoutes } from "./site/account-routes.ts";
import { assetResponse } from "./site/assets.ts";
import { readForm } from "./site/forms.ts";
import { pageRoutes } from "./site/page-routes.ts";
import { place } from "./site/place.ts";
import { createStore } from "./site/records-store.ts";
import { respond, seeOther } from "./site/respond.ts";
import type { PathwaysStore } from "./site/store.ts";
import { findRoute, type Route, type Visit } from "./site/visit.ts";

/** The pages of Pathways as one fetch handler. */
export function routes(app: RouteContext<typeof schema>): FetchHandler {
  const table: readonly Route[] = [...pageRoutes, ...accountRoutes(app)];

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
      if (route.signedIn === true && viewer === null) throw new AppError("signInRequired");
      const form = method === "POST" ? await readForm(request) : {};
      const visit: Visit = { request, url, parameters, viewer, store, form };
      const result = await route.handler(visit);
      return result instanceof Response ? result : show(result);
    } catch (error) {
      if (error instanceof AppError && error.status === 401) throw error;
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
    const { me, db } = await app.as(request);
    const store = createStore(db, me);
    if (me === null) return { viewer: null, store };
    const { roles, session } = me;
    const name = (await store.name()) ?? "Account";
    return { viewer: { name, editor: roles.includes("editor"), verified: session?.verified === true }, store };
  }

  async function answerOrFail(request: Request): Promise<Response> {
    const url = new URL(request.url);
    try {
      return await answer(request, url);
    } catch (error) {
      // Nobody in particular asks, or their session is over: they sign in, and come back to the page that they were on.
      if (error instanceof AppError && error.status === 401) return seeOther(signInAddress(returnPath(request, url)));
      return respond(failurePage(statusOf(error)), { path: url.pathname, viewer: null }, request);
    }
  }

  return async (request) => place(await answerOrFail(request), app.base);
}

/** A form leads back to the page that it stands on: that of a school, or the account's. */
function returnPath({ method }: Request, { pathname, search }: URL): string {
  if (method === "GET" || method === "HEAD") return pathname + search;
  return /^\/schools\/[^/]+/.exec(pathname)?.[0] ?? "/account";
}
