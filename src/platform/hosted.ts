import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "#contract";
import { createFetchServer, NodeHandler, type NodeHandlerOptions, type Router, type ServerFetch } from "#server";

/** A handler of node:http, and of Express and the like. `next` is called for what is none of the back end's, or with what is wrong with how it is mounted. */
export type NodeRequestHandler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void;

/** What servers of somebody else hand requests to. */
export interface Hosted {
  readonly fetch: ServerFetch;
  readonly handle: NodeRequestHandler;
  /** Answers what is under way, for at most `patience` milliseconds. */
  close(patience: number): Promise<void>;
}

export function createHosted(options: NodeHandlerOptions & { readonly router: Router }): Hosted {
  const { router, checkHost, logger, prefix } = options;
  const onNameless = once(() =>
    logger.warn(
      {},
      "A request came by fetch without the address of whoever sent it: all such are counted as one caller's. Hand it over: fetch(request, { address }), or null for a request of your own.",
    ),
  );
  const server = createFetchServer({ ...options, network: { checkHost, onNameless } });
  const handler = new NodeHandler(options);
  let closed = false;

  /** Routes are asked by path alone; whatever is wrong with that is ours to say. */
  function isNobodys(request: IncomingMessage, response: ServerResponse): boolean {
    try {
      router(handler.exchangeOf(request, response, false).target);
      return false;
    } catch (thrown) {
      return thrown instanceof AppError && thrown.error === "invalidPath";
    }
  }

  return {
    fetch: server.fetch,
    handle(request, response, next) {
      const problem = mountProblem(request, prefix?.path ?? "");
      if (problem !== undefined) {
        if (next !== undefined) return next(problem);
        throw problem;
      }
      if (closed) return refuse(response);
      if (next !== undefined && isNobodys(request, response)) return next();
      void handler.handle(request, response, false);
    },
    async close(patience) {
      closed = true;
      await Promise.all([server.close(patience), handler.finish(patience)]);
    },
  };
}

/**
 * Express says below which path a handler is mounted: links would lead elsewhere. It says so in the letters of whoever asks, `/API` for `/api`: a caller's
 * spelling, which is nobody's mistake here, and none of our paths.
 */
function mountProblem(request: IncomingMessage, prefix: string): Error | undefined {
  const { baseUrl } = request as { readonly baseUrl?: unknown };
  if (typeof baseUrl !== "string" || (baseUrl === "" && prefix !== "")) return undefined;
  if (baseUrl.toLowerCase() === prefix.toLowerCase()) return undefined;
  return new Error(
    `Chassis is mounted at ${baseUrl}, and its base URL ${prefix === "" ? "has no path" : `has the path ${prefix}`}: set CHASSIS_BASE_URL to the address with that path, such as https://example.org${baseUrl}.`,
  );
}

function refuse(response: ServerResponse): void {
  const body = JSON.stringify(new AppError("unavailable").toBody());
  response.writeHead(503, { "content-type": "application/json; charset=utf-8", "retry-after": "1", "cache-control": "no-store" });
  response.end(body);
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}
