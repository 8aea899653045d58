import { DefinitionError, type FetchHandler, type OwnRoute, ownPaths } from "#application";
import type { Router } from "#server";

/**
 * Refuses an app with routes at paths of the server's own, which nobody would ever reach. Only an app that lists its routes, as Hono does, can be asked: of a
 * function nothing is known, and the server's own paths win without a word.
 *
 * @throws DefinitionError with each of them.
 */
export function refuseShadowed(routes: FetchHandler, router: Router): void {
  const shadowed = new Map(
    (ownPaths(routes) ?? []).filter((route) => isShadowed(route, router)).map((each) => [each.path, each]),
  );
  if (shadowed.size > 0)
    throw new DefinitionError([...shadowed.values()].map((route) => ({ place: "routes", message: problemOf(route) })));
}

function isShadowed({ path }: OwnRoute, router: Router): boolean {
  const parts = path.split("/").slice(1);
  const trailingSlash = parts.at(-1) === "";
  // What stands for any segment is none of ours: it lies below one of our paths, or is the app's.
  const segments = (trailingSlash ? parts.slice(0, -1) : parts).map((part) => (/[:*{]/.test(part) ? "{}" : part));
  try {
    return !router({ segments, trailingSlash, search: "" }).isPage;
  } catch {
    return true;
  }
}

function problemOf({ method, path }: OwnRoute): string {
  const what = `has ${method === "ALL" ? "" : `${method} `}${path}, which is a path of the server's own and would never be reached`;
  return /^\/(?:docs(?:\/|$)|openapi\.json$)/.test(path)
    ? `${what}: give it another, or set CHASSIS_API_DOCS=off, which leaves /docs and /openapi.json to the app`
    : `${what}: give it another`;
}
