import { type Authenticate, type Backend, createReach, functionsWithin, system } from "#application";
import type { Clock } from "#base";
import type { Config } from "#config";
import { createOpenApiRoute, createReferenceRoutes, type OpenApiDocument, type Route, writeDocument } from "#server";

/** The cookie of a session where it is not known from where people come: over HTTPS. */
const usualCookie = "__Host-chassis-session";

/** `/openapi.json` and `/docs`, as far as the settings have them. */
export function createApiDocs({
  backend,
  config,
  clock,
  authenticate,
  cookie = () => usualCookie,
}: {
  readonly backend: Backend;
  readonly config: Config;
  readonly clock: Clock;
  readonly authenticate: Authenticate;
  readonly cookie: (() => string) | undefined;
}): readonly Route[] {
  const { apiDocs: access, baseUrl } = config;
  if (access === "off") return [];
  const { model, rules, functions, auth } = backend;
  const reach = createReach(model, rules);
  const title = titleOf(backend);
  return [
    createOpenApiRoute({
      access,
      authenticate,
      reachOf: (caller) => reach.of(caller),
      functionsOf: (caller) => functionsWithin(functions, { caller, model, now: clock.now() }),
      write: (what) => writeDocument({ ...what, title, serverUrl: baseUrl ?? "/", auth, cookie: cookie() }),
    }),
    ...createReferenceRoutes({
      access,
      authenticate,
      title,
      signInPath: auth?.pages === undefined ? undefined : "/auth/sign-in?to=/docs",
    }),
  ];
}

/** The document of all that anybody at all may reach, or of one caller: without a server, and without a database. */
export function describeApi(
  backend: Backend,
  {
    caller = system,
    serverUrl = "/",
    now,
  }: { readonly caller?: Parameters<ReturnType<typeof createReach>["of"]>[0]; readonly serverUrl?: string; readonly now: number },
): OpenApiDocument {
  const { model, rules, functions, auth } = backend;
  return writeDocument({
    title: titleOf(backend),
    serverUrl,
    tables: createReach(model, rules).of(caller),
    functions: functionsWithin(functions, { caller, model, now }),
    auth,
    cookie: usualCookie,
  });
}

function titleOf({ mails }: Backend): string {
  return mails.settings.brand.name || "API";
}
