import {
  type Authenticate,
  type Backend,
  createReach,
  functionsWithin,
  newAnonymous,
  newUser,
  type ReachFinder,
  system,
} from "#application";
import type { Column } from "#database";
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
  const fields = newUserFields(backend, reach);
  return [
    createOpenApiRoute({
      access,
      authenticate,
      reachOf: (caller) => reach.of(caller),
      functionsOf: (caller) => functionsWithin(functions, { caller, model, now: clock.now() }),
      write: (what) => writeDocument({ ...what, title, serverUrl: baseUrl ?? "/", auth, newUser: fields, cookie: cookie() }),
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
  const reach = createReach(model, rules);
  return writeDocument({
    title: titleOf(backend),
    serverUrl,
    tables: reach.of(caller),
    functions: functionsWithin(functions, { caller, model, now }),
    auth,
    newUser: newUserFields(backend, reach),
    cookie: usualCookie,
  });
}

/** Whose id has no meaning: rules are asked what somebody of this kind may write. */
const SOMEBODY = "00000000-0000-7000-8000-000000000000";

function newUserFields({ auth }: Backend, reach: ReachFinder): readonly Column[] | undefined {
  if (auth === undefined) return undefined;
  const { users } = auth;
  const who = auth.signUp === "open" ? newUser(SOMEBODY) : newAnonymous(SOMEBODY);
  const own = reach.of(who).find(({ table }) => table.name === users.name);
  return own?.creates?.filter(({ name }) => name !== users.key.name);
}

function titleOf({ mails }: Backend): string {
  return mails.settings.brand.name || "API";
}
