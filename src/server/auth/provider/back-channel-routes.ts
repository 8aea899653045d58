import type { AuthRequest, OidcClient, Provider } from "#application";
import { AppError } from "#contract";
import type { Answer, Exchange } from "../../http/exchange.ts";
import type { Handler } from "../../http/incoming.ts";
import type { Route } from "../../http/router.ts";
import { json, requestOf } from "../auth-tools.ts";
import { type Form, readForm } from "../page/read-form.ts";
import { readCredentials } from "./client-credentials.ts";
import { describeProvider } from "./discovery.ts";
import { oauthErrorAnswer } from "./oauth-answer.ts";
import { oidcPaths } from "./oidc-paths.ts";

/** Seconds for which what is the same for everybody may be kept. */
const KEPT = 300;

type AppHandler = (given: { readonly app: OidcClient; readonly form: Form; readonly request: AuthRequest }) => Promise<unknown>;

/** What apps ask by themselves, without a browser in between. No cookie has a say here. */
export function backChannelRoutes(provider: Provider): readonly Route[] {
  const asked = (path: string, methods: Readonly<Record<string, Handler>>): Route => ({
    path,
    methods,
    showError: oauthErrorAnswer,
  });
  const byApp = (path: string, handler: AppHandler): Route =>
    asked(path, {
      async POST(exchange) {
        const form = await readForm(exchange);
        const request = requestOf(exchange, undefined);
        const app = await provider.authenticate(readCredentials(exchange, form), request);
        return json(200, await handler({ app, form, request }));
      },
    });
  const userInfo: Handler = async (exchange) => json(200, await provider.userInfo(bearerOf(exchange)));
  const describe: Handler = () => kept(describeProvider(provider));
  return [
    asked(oidcPaths.discovery, { GET: describe }),
    asked(oidcPaths.metadata, { GET: describe }),
    asked(oidcPaths.keys, { GET: async () => kept({ keys: await provider.publishedKeys() }) }),
    byApp(oidcPaths.token, ({ app, form, request }) => giveTokens(provider, app, form, request)),
    byApp(oidcPaths.introspect, ({ app, form }) => provider.introspect(app, form("token"))),
    byApp(oidcPaths.revoke, async ({ app, form, request }) => {
      await provider.revoke(app, form("token"), request);
      return {};
    }),
    asked(oidcPaths.userInfo, { GET: userInfo, POST: userInfo }),
  ];
}

async function giveTokens(provider: Provider, app: OidcClient, form: Form, request: AuthRequest): Promise<unknown> {
  switch (form("grant_type")) {
    case "authorization_code":
      return provider.exchange(
        app,
        { code: form("code"), redirectUri: form("redirect_uri"), verifier: form("code_verifier") },
        request,
      );
    case "refresh_token":
      return provider.refresh(app, { token: form("refresh_token"), scope: form("scope"), resource: form("resource") }, request);
    case "":
      throw new AppError("invalidOauthRequest", { message: "grant_type is missing." });
    default:
      throw new AppError("unsupportedGrantType");
  }
}

/** In the header alone: addresses end in logs, and a form could be another site's (RFC 6750 section 2). */
function bearerOf(exchange: Exchange): string | undefined {
  return /^Bearer +(\S+)$/i.exec(exchange.header("authorization") ?? "")?.[1];
}

function kept(body: unknown): Answer {
  const answer = json(200, body);
  return { ...answer, headers: { ...answer.headers, "cache-control": `public, max-age=${KEPT}` } };
}
