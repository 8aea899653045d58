import { readFile } from "node:fs/promises";
import type { Authenticate } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import type { Route } from "../../http/router.ts";
import { whoAsks } from "../../http/who-asks.ts";
import { html } from "../../pages/html.ts";
import { page } from "../../pages/page.ts";
import { chooseEncoding, PackedFile } from "../encoding.ts";
import { type ApiDocsAccess, documentPath } from "../openapi-route.ts";
import { referenceScript } from "./reference-script.ts";
import { scalar } from "./scalar.ts";

export interface ReferenceRouteOptions {
  readonly access: ApiDocsAccess;
  readonly authenticate: Authenticate;
  readonly title: string;
  /** Where somebody signs in; undefined where there is no page for it. */
  readonly signInPath: string | undefined;
}

const referencePath = "/docs";

const scriptPath = `${referencePath}/scalar-${Buffer.from(scalar.integrity.replace("sha256-", ""), "base64").toString("hex").slice(0, 16)}.js`;

/** `/docs`: Scalar's reference of the document at `/openapi.json`, and its script. Whatever else is below it is not there. */
export function createReferenceRoutes({ access, authenticate, title, signInPath }: ReferenceRouteOptions): readonly Route[] {
  const script = new PackedFile(() => readFile(new URL("scalar.js.br", import.meta.url)));
  const shown = (): Answer =>
    page({
      title: `${title}: reference`,
      body: html`<div id="reference"></div><p id="without">This page needs a script. What it shows is at <a href="${documentPath}">${documentPath}</a>.</p>`,
      bare: true,
      script: referenceScript,
      scriptFile: { path: scriptPath, integrity: scalar.integrity },
      sources: { connections: ["'self'"] },
    });
  return [
    {
      path: referencePath,
      async subtree(exchange) {
        if (exchange.segments.length > 1) throw new AppError("invalidPath");
        if (exchange.method === "OPTIONS") return { status: 204, headers: { allow: "GET, HEAD, OPTIONS" }, body: undefined };
        if (exchange.method !== "GET" && exchange.method !== "HEAD")
          throw new AppError("methodNotAllowed", { headers: { allow: "GET, HEAD, OPTIONS" } });
        if (access === "signed-in" && (await whoAsks(exchange, authenticate)) === null) return refused(title, signInPath);
        return shown();
      },
    },
    {
      path: scriptPath,
      methods: {
        async GET(exchange) {
          const encoding = chooseEncoding(exchange.header("accept-encoding"), ["br", "gzip"]);
          return {
            status: 200,
            headers: {
              "content-type": "text/javascript; charset=utf-8",
              // Its name is its content's.
              "cache-control": "public, max-age=31536000, immutable",
              vary: "Accept-Encoding",
              ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
            },
            body: await script.as(encoding),
          };
        },
      },
    },
  ];
}

function refused(title: string, signInPath: string | undefined): Answer {
  return page({
    title: `${title}: reference`,
    status: 401,
    body: html`<main><div class="card"><h1>This is for who has signed in</h1>${
      signInPath === undefined
        ? html`<p>The reference of this API is shown to nobody else.</p>`
        : html`<p>The reference of this API is shown to nobody else. <a href="${signInPath}">Sign in</a></p>`
    }</div></main>`,
  });
}
