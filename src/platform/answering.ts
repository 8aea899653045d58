import { createMailEvents, createRouteContext, type AnySchema, type FetchHandler, type RouteContext } from "#application";
import { AppError } from "#contract";
import type { SqliteDatabase } from "#database";
import {
  type Cors,
  createAppRoutes,
  createCallerLimits,
  createCors,
  createHealthRoutes,
  createMailRoutes,
  createMaintenanceRoute,
  createPrefix,
  createResponder,
  createRevokeTokenRoute,
  createRouteLimits,
  createRouter,
  createRunOrder,
  createSecurityHeaders,
  Maintenance,
  type Prefix,
  type Respond,
  type Route,
  type Router,
  type SecurityHeaders,
} from "#server";
import { createApiDocs } from "./api-docs.ts";
import { createDataApi } from "./data-api.ts";
import type { Callers } from "./open-callers.ts";
import type { Data } from "./open-data.ts";
import type { Work } from "./open-work.ts";
import type { Surroundings } from "./platform-options.ts";
import { refuseShadowed } from "./shadowed-routes.ts";
import type { SignIn } from "./sign-in.ts";

/** What stands behind every answer. */
export interface Parts extends Data, Callers, Work {
  /** Undefined for a back end without sign-in. */
  readonly signIn: SignIn | undefined;
}

/** How requests are answered, whichever way they come. */
export interface Answering {
  readonly respond: Respond;
  readonly router: Router;
  readonly headers: SecurityHeaders;
  readonly prefix: Prefix | undefined;
  /** The app's own routes; undefined for a back end without any. */
  readonly routes: FetchHandler | undefined;
  readonly context: RouteContext<AnySchema>;
  readonly maintenance: Maintenance;
}

/** @throws DefinitionError where the app has routes at paths of the server's own. */
export function createAnswering(surroundings: Surroundings, parts: Parts): Answering {
  const { backend, config, dataDirectory, clock, logger, closedAtEnd } = surroundings;
  const { database, records, rates, underWay, signIn } = parts;
  const prefix = createPrefix(config);
  const context = createRouteContext({
    base: prefix?.path ?? "",
    records,
    reader: database,
    dbs: parts.dbs,
    enqueue: parts.jobs.enqueue,
    jobs: parts.jobs.control,
    webhooks: parts.hooks.webhooks,
    suppressions: parts.mail.suppressions,
    authenticate: authenticateOf(parts),
    logger,
  });
  const routes = backend.routes?.(context);
  const runOrders = createRunOrder({ database, records, model: backend.model, dataDirectory, timeLimit: config.bulkTime });
  const maintenance = closedAtEnd(new Maintenance(runOrders, logger));
  const headers = createSecurityHeaders(config);
  const pages = routes && createAppRoutes(routes, headers);
  const countRoute = createRouteLimits(rates, backend.limits);
  const cors = createCors({ origins: config.corsOrigins });
  const router = createRouter({
    routes: ownRoutes(surroundings, parts, { maintenance, cors }),
    fallback:
      pages &&
      (async (incoming) => {
        await countRoute(incoming);
        return underWay.during("pagesAtOnce", incoming.client.group, () => pages(incoming));
      }),
  });
  if (routes !== undefined) refuseShadowed(routes, router);
  const respond = createResponder({
    router,
    cors,
    rates,
    guard: signIn?.crossSite.checkCookie,
    headers,
    prefix,
    logger,
    clock,
    accessLog: config.logLevel === "debug",
  });
  return { respond, router, headers, prefix, routes, context, maintenance };
}

/** Every route of the server's own. */
function ownRoutes(
  { backend, config, dataDirectory, development, clock, logger, loopStalls }: Surroundings,
  parts: Parts,
  { maintenance, cors }: { readonly maintenance: Maintenance; readonly cors: Cors },
): readonly Route[] {
  const { database, backups, records, functions, rates, underWay, tokens, mail, jobs, hooks, signIn } = parts;
  const authenticate = authenticateOf(parts);
  return [
    createDataApi({
      callers: createCallerLimits({ rates, underWay }),
      records,
      functions,
      config,
      dataDirectory,
      clock,
      authenticate,
      cors,
    }),
    ...createApiDocs({ backend, config, clock, authenticate, cookie: signIn?.cookie }),
    ...(signIn?.routes ?? []),
    createRevokeTokenRoute(tokens),
    ...createMailRoutes({
      mail,
      events: createMailEvents(database, clock),
      settings: backend.mails.settings,
      secrets: config.mailEvents,
      development,
      clock,
      logger,
    }),
    createMaintenanceRoute(maintenance, tokens, {
      jobs: jobs.obey,
      webhooks: hooks.obey,
      mail: mail.obey,
      users: signIn?.auth.obey,
      clients: signIn?.auth.provider?.obey,
    }),
    ...createHealthRoutes({
      checkReady: () => checkReady(database),
      describe: () => ({
        ...(backups === undefined ? {} : { backup: backups.state }),
        ...(loopStalls() === 0 ? {} : { loop: `held ${loopStalls()} times` }),
      }),
    }),
  ];
}

function authenticateOf({ signIn, tokens }: Parts): Parts["tokens"]["authenticate"] {
  return signIn?.authenticate ?? tokens.authenticate;
}

/** Reads and writes: where it only reads any more, only a restart helps, and whatever watches has to know. */
async function checkReady(database: SqliteDatabase): Promise<void> {
  await database.get("SELECT 1", []);
  if (!database.state.writable) throw new AppError("storageFailed", { details: database.state.reason });
}
