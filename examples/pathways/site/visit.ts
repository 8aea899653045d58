import type { Page, Viewer } from "../design/layout.ts";
import type { PathwaysStore } from "./store.ts";

/** One request of a visitor, as the handlers of pages see it. */
export interface Visit {
  readonly request: Request;
  readonly url: URL;
  /** The words of the path that its pattern leaves open, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly viewer: Viewer | null;
  /** Data as this visitor may see it. */
  readonly store: PathwaysStore;
  /** The fields of the form that was sent. */
  readonly form: Readonly<Record<string, string>>;
}

/** A page to lay out, or an answer that is complete. */
export type Handler = (visit: Visit) => Page | Response | Promise<Page | Response>;

export interface Route {
  readonly method: "GET" | "POST";
  /** Words, and `:name` for those left open. */
  readonly path: string;
  readonly handler: Handler;
  /** Nobody in particular is asked to sign in first. */
  readonly signedIn?: boolean;
}

/** The first route for a path with what its open words hold; whether others serve the path decides between 404 and 405. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; parameters: Record<string, string> } | "otherMethod" | undefined {
  let known = false;
  for (const route of routes) {
    const parameters = matchPath(route.path, path);
    if (parameters === undefined) continue;
    if (route.method === method) return { route, parameters };
    known = true;
  }
  return known ? "otherMethod" : undefined;
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const words = pattern.split("/");
  const given = path.split("/");
  if (words.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, word] of words.entries()) {
    const value = given[index] ?? "";
    if (word.startsWith(":") && value !== "") parameters[word.slice(1)] = value;
    else if (word !== value) return undefined;
  }
  return parameters;
}
