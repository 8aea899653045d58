import type { Authenticate, Caller, FunctionReach, Reach } from "#application";
import { AppError } from "#contract";
import type { Route } from "../http/router.ts";
import { whoAsks } from "../http/who-asks.ts";
import { entityTag, matchesTag } from "../rest/headers/entity-tag.ts";
import { chooseEncoding, PackedText } from "./encoding.ts";
import type { OpenApiDocument } from "./openapi.ts";

/** Who may see the document and its page. */
export type ApiDocsAccess = "everyone" | "signed-in" | "off";

export interface OpenApiRouteOptions {
  readonly access: ApiDocsAccess;
  readonly authenticate: Authenticate;
  readonly reachOf: (caller: Caller) => Reach;
  readonly functionsOf: (caller: Caller) => readonly FunctionReach[];
  readonly write: (what: { readonly tables: Reach; readonly functions: readonly FunctionReach[] }) => OpenApiDocument;
}

export const documentPath = "/openapi.json";

/** Documents that are kept, each of one kind of caller: those that were asked for last. */
const MOST = 16;

interface Written {
  readonly packed: PackedText;
  readonly tag: string;
}

/**
 * `/openapi.json`: what the caller may reach, as OpenAPI 3.1. Callers who may reach the same share a document, which is written when the first of them asks.
 */
export function createOpenApiRoute({ access, authenticate, reachOf, functionsOf, write }: OpenApiRouteOptions): Route {
  const written = new Map<string, Written>();
  const numbers = new WeakMap<Reach, number>();
  let last = 0;
  const numberOf = (reach: Reach): number => {
    let number = numbers.get(reach);
    if (number === undefined) numbers.set(reach, (number = ++last));
    return number;
  };

  const documentOf = (caller: Caller): Written => {
    const tables = reachOf(caller);
    const functions = functionsOf(caller);
    const kind = `${numberOf(tables)} ${functions.map(({ name }) => name).join()}`;
    let found = written.get(kind);
    if (found === undefined) {
      const text = JSON.stringify(write({ tables, functions }));
      found = { packed: new PackedText(text), tag: entityTag(text) };
    } else written.delete(kind);
    written.set(kind, found);
    const [oldest] = written.keys();
    if (written.size > MOST && oldest !== undefined) written.delete(oldest);
    return found;
  };

  return {
    path: documentPath,
    methods: {
      async GET(exchange) {
        const caller = await whoAsks(exchange, authenticate);
        if (caller === null && access === "signed-in")
          throw new AppError("signInRequired", { headers: { "www-authenticate": "Bearer" } });
        const { packed, tag } = documentOf(caller);
        const headers = { etag: tag, vary: "Accept-Encoding, Authorization, Cookie" };
        if (matchesTag(exchange.header("if-none-match"), tag)) return { status: 304, headers, body: undefined };
        const encoding = chooseEncoding(exchange.header("accept-encoding"), ["gzip"]);
        return {
          status: 200,
          headers: {
            "content-type": "application/json; charset=utf-8",
            ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
            ...headers,
          },
          body: await packed.as(encoding),
        };
      },
    },
  };
}
