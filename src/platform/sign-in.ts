import {
  type Auth,
  type Authenticate,
  canHashPasswords,
  createAuthMailer,
  createSessionAuthenticate,
  createSessionCookies,
  createSite,
  type Jobs,
  openAuth,
  type OpenAuthOptions,
  readClients,
  SiteSettingsError,
  type SessionCookies,
} from "#application";
import type { Config } from "#config";
import {
  type AuthPagesOptions,
  createAuthPages,
  createAuthRoutes,
  createCrossSite,
  createExportAnswer,
  type CrossSite,
  exportRoom,
  type Route,
} from "#server";

export interface SignInOptions
  extends Pick<
    OpenAuthOptions,
    | "definition"
    | "dbs"
    | "database"
    | "records"
    | "rates"
    | "reach"
    | "codeKey"
    | "factorKeys"
    | "providerKeys"
    | "clock"
    | "ids"
    | "logger"
  > {
  readonly config: Config;
  readonly dataDirectory: string;
  /** Somebody develops here: sites without their settings are left out, with a word about it. */
  readonly development: boolean;
  readonly pages: Pick<AuthPagesOptions, "settings" | "home" | "mailbox">;
  readonly jobs: Pick<Jobs, "enqueueOwn">;
  /** Keys: what else proves who is asking. */
  readonly tokens: Authenticate;
}

/** Sign-in of a back end that runs, as the platform puts it together. */
export interface SignIn {
  readonly auth: Auth;
  readonly authenticate: Authenticate;
  readonly routes: readonly Route[];
  readonly crossSite: CrossSite;
  /** What the cookie of a session is called now. */
  readonly cookie: () => string;
  /** Where the server listens, once it does. */
  readonly listens: (url: string) => void;
  close(): Promise<void>;
}

/** @throws SiteSettingsError where the settings would let a password or a link go astray. */
export async function openSignIn({
  config,
  dataDirectory,
  development,
  pages,
  jobs,
  tokens,
  ...options
}: SignInOptions): Promise<SignIn> {
  if (!canHashPasswords)
    throw new SiteSettingsError(
      "People sign in here, and this runtime has no Argon2id to keep their passwords with (argon2 of node:crypto). Run this back end with Node.js or Bun.",
    );
  const { baseUrl, host, port, sessionIdle, sessionLifetime: lifetime, corsOrigins } = config;
  const site = createSite({ baseUrl, host, port });
  const origin = (): string => site.origin;
  let jar: SessionCookies | undefined;
  const cookies = (): SessionCookies => {
    if (jar?.origin !== origin()) jar = createSessionCookies(origin());
    return jar;
  };
  const known = { development, origin: origin() };
  const { clients, missing } = readClients(options.definition.providers, config.oauthClients, known);
  for (const each of missing) options.logger.warn({}, each);
  const auth = await openAuth({
    ...options,
    clients,
    times: { idle: sessionIdle, lifetime },
    site: origin,
    send: createAuthMailer(jobs.enqueueOwn, { site: origin, name: pages.settings.brand.name }),
  });
  const crossSite = createCrossSite({
    hasSession: (cookie) => cookies().read(cookie) !== undefined,
    site: () => new URL(origin()).origin,
    allowed: corsOrigins,
  });
  const authenticate = createSessionAuthenticate({
    sessions: auth.sessions,
    cookies,
    checkKey: auth.checkKey,
    impersonation: auth.impersonation,
    tokens: auth.guardTokens(tokens),
  });
  const giveExport = createExportAnswer({ auth, room: exportRoom(dataDirectory), clock: options.clock });
  const shared = { auth, authenticate, cookies, crossSite, lifetime, giveExport };
  return {
    auth,
    authenticate,
    routes: [
      ...createAuthRoutes({ ...shared, home: pages.home }),
      ...createAuthPages({ ...shared, ...pages, clock: options.clock }),
    ],
    crossSite,
    cookie: () => cookies().name,
    listens: (url) => site.listens(url),
    close: () => auth.close(),
  };
}
