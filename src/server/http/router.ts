import { AppError } from "#contract";
import type { Answer, Exchange } from "./exchange.ts";
import type { Handler, Incoming } from "./incoming.ts";
import type { Target } from "./target.ts";

/**
 * One path of ours: either a handler for each method, or one for the path and all that lies below it. `anyHost` answers under every Host
 * header: for whatever asks by address, and tells nothing that matters. `showError` is for pages: how what went wrong is told to people.
 */
export type Route = { readonly path: string; readonly showError?: ShowError } & (
  | { readonly methods: Readonly<Record<string, Handler>>; readonly anyHost?: boolean }
  /**
   * `rootSlashed`: with a slash at its end the path is the same one. `reserved`: nothing is there, and no page of the app answers in our place.
   */
  | { readonly subtree: Handler; readonly rootSlashed?: boolean; readonly reserved?: boolean }
);

export type ShowError = (exchange: Exchange, error: AppError) => Answer;

export interface RouterOptions {
  readonly routes: readonly Route[];
  /** Everything that is not ours: an app's own routes. */
  readonly fallback?: ((incoming: Incoming) => Promise<Answer>) | undefined;
}

export interface Found {
  readonly handle: (incoming: Incoming) => Answer | Promise<Answer>;
  /** An app's own routes, and none of ours. */
  readonly isPage: boolean;
  readonly anyHost: boolean;
  /** By default as JSON. */
  readonly showError?: ShowError | undefined;
}

/** Finds who answers; throws `invalidPath`. */
export interface Router {
  (target: Target): Found;
  /** Every path of ours, as it is mounted. */
  readonly mounted: readonly MountedPath[];
}

export interface MountedPath {
  readonly path: string;
  /** Without OPTIONS. Undefined where the path and all that lies below it have one handler, which decides. */
  readonly methods: readonly string[] | undefined;
}

interface Node {
  readonly children: Map<string, Node>;
  found: Found | undefined;
  isSubtree: boolean;
  isRootSlashed: boolean;
}

/** Routes by whole, decoded segments: exact in case, never by pattern. The longest path wins. */
export function createRouter({ routes, fallback }: RouterOptions): Router {
  const root = newNode();
  for (const route of routes) {
    let node = root;
    for (const segment of route.path.split("/").slice(1)) {
      let child = node.children.get(segment);
      if (child === undefined) node.children.set(segment, (child = newNode()));
      node = child;
    }
    if (node.found !== undefined) throw new Error(`Two routes have the path ${route.path}.`);
    node.isSubtree = "subtree" in route;
    node.isRootSlashed = "subtree" in route && route.rootSlashed === true;
    node.found = {
      handle: "subtree" in route ? route.subtree : byMethod(route.methods),
      isPage: false,
      anyHost: "methods" in route && route.anyHost === true,
      showError: route.showError,
    };
  }
  const elsewhere: Found | undefined = fallback && { handle: fallback, isPage: true, anyHost: false };

  const find = ({ segments, trailingSlash }: Target): Found => {
    let node: Node | undefined = root;
    let found: Found | undefined;
    for (const segment of segments) {
      node = node.children.get(segment);
      if (node === undefined) break;
      if (node.isSubtree) found = node.found;
    }
    if (trailingSlash) {
      if (node?.isRootSlashed === true && node.found !== undefined) return node.found;
      // Below our own paths a trailing slash is nobody's, so that an app cannot be made to answer in our place.
      if (found === undefined && node?.found === undefined && elsewhere !== undefined) return elsewhere;
      // Among pages a page says so.
      if (found?.showError !== undefined) return found;
      throw new AppError("invalidPath");
    }
    found = node?.found ?? found ?? elsewhere;
    if (found === undefined) throw new AppError("invalidPath");
    return found;
  };
  return Object.assign(find, { mounted: routes.filter((route) => !("reserved" in route && route.reserved)).map(mountedPath) });
}

function mountedPath(route: Route): MountedPath {
  return { path: route.path, methods: "methods" in route ? Object.keys(answered(route.methods)) : undefined };
}

function newNode(): Node {
  return { children: new Map(), found: undefined, isSubtree: false, isRootSlashed: false };
}

/** Who answers GET answers HEAD. */
function answered(methods: Readonly<Record<string, Handler>>): Readonly<Record<string, Handler>> {
  const { GET: get } = methods;
  return get === undefined || "HEAD" in methods ? methods : { ...methods, HEAD: get };
}

function byMethod(methods: Readonly<Record<string, Handler>>): Handler {
  const handlers = new Map(Object.entries(answered(methods)));
  const allow = [...handlers.keys(), "OPTIONS"].join(", ");
  return (exchange) => {
    const handler = handlers.get(exchange.method);
    if (handler !== undefined) return handler(exchange);
    if (exchange.method === "OPTIONS") return { status: 204, headers: { allow }, body: undefined };
    throw new AppError("methodNotAllowed", { hint: `Allowed: ${allow}.`, headers: { allow } });
  };
}
