import type { AppLimits, RateLimits, RouteLimit } from "#application";
import type { Incoming } from "./incoming.ts";

/** Counts a request to the app's own routes for every limit that it fits. Rejects with `tooManyRequests`. */
export type CountRoute = (incoming: Incoming) => Promise<void>;

export function createRouteLimits(rates: RateLimits, { routes }: AppLimits): CountRoute {
  return async (incoming) => {
    for (const limit of routes) if (fits(limit, incoming)) await rates.take(limit.name, incoming.client.group);
  };
}

function fits({ method, segments }: RouteLimit, { method: asked, segments: path }: Incoming): boolean {
  const isMethod = method === undefined || method === asked || (method === "GET" && asked === "HEAD");
  return isMethod && segments.length <= path.length && segments.every((segment, index) => segment === path[index]);
}
