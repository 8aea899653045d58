import type { RouteContext } from "./route-context.ts";
import { DefinitionError, type DefinitionProblem } from "./schema/definition-error.ts";
import type { AnySchema } from "./schema/schema.ts";

/** Anything that answers a fetch `Request`. It gets every request that is not for one of the server's own paths. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** An object that answers a fetch `Request`: a Hono app, say. */
export interface FetchApp {
  fetch(request: Request): Response | Promise<Response>;
}

/** The pages and endpoints of a back end: an app, or a function that makes one or a handler, once, when the back end starts. */
export type RoutesInput<S extends AnySchema> = FetchApp | ((app: RouteContext<S>) => FetchHandler | FetchApp);

/**
 * What makes the handler when the back end starts. It throws `DefinitionError` where the function of the definition gives no
 * handler.
 */
export type Routes = (app: RouteContext<AnySchema>) => FetchHandler;

const example = 'such as (app) => async (request) => new Response("Hello")';

/** What was written of routes, unchecked. */
export function buildRoutes(written: unknown, problems: DefinitionProblem[]): Routes | undefined {
  if (written === undefined) return undefined;
  if (hasFetch(written)) return () => handlerOf(written);
  if (typeof written === "function") return (app) => madeBy(written as (app: unknown) => unknown, app);
  problems.push({ place: "routes", message: `needs an object with a fetch method, or a function ${example}` });
  return undefined;
}

function madeBy(factory: (app: unknown) => unknown, app: RouteContext<AnySchema>): FetchHandler {
  const made = factory(app);
  if (hasFetch(made)) return handlerOf(made);
  if (typeof made === "function") return made as FetchHandler;
  // It is refused here: what comes of it is nobody's to hear of any more.
  if (made instanceof Promise) made.catch(() => {});
  const wanted = `a handler or an object with a fetch method, ${example}`;
  throw new DefinitionError([{ place: "routes", message: `the function gave ${described(made)}, where it must give ${wanted}` }]);
}

function hasFetch(value: unknown): value is FetchApp {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  return isObject && "fetch" in value && typeof value.fetch === "function";
}

function handlerOf(app: FetchApp): FetchHandler {
  return Object.assign((request: Request) => app.fetch(request), { app });
}

/** One route of an app of the back end's author. */
export interface OwnRoute {
  /** "ALL" for every one. */
  readonly method: string;
  readonly path: string;
}

/** What an app says of its own routes, as Hono does in `routes`; undefined where it says nothing. What it mounts for every path is left out. */
export function ownRoutes(handler: FetchHandler): readonly OwnRoute[] | undefined {
  const routes = ownPaths(handler)?.filter(({ path }) => !path.endsWith("*"));
  if (routes === undefined) return undefined;
  const seen = new Map(routes.map(({ method, path }) => [`${method} ${path}`, { method, path }]));
  return [...seen.values()];
}

/** All that it says, with what it does before others answer. */
export function ownPaths(handler: FetchHandler): readonly OwnRoute[] | undefined {
  const { app } = handler as FetchHandler & { readonly app?: FetchApp & { readonly routes?: unknown } };
  const listed: unknown = app?.routes;
  return Array.isArray(listed) ? listed.filter(isOwnRoute) : undefined;
}

function isOwnRoute(value: unknown): value is OwnRoute {
  if (typeof value !== "object" || value === null || !("method" in value) || !("path" in value)) return false;
  return typeof value.method === "string" && typeof value.path === "string";
}

function described(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value instanceof Promise) return "a promise";
  // A handler was written where the function that makes it belongs.
  if (value instanceof Response) return "a Response";
  return value === null ? "null" : `a plain ${typeof value}`;
}
