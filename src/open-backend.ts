import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { AnySchema, Auth, Backend, RouteContext } from "#application";
import type { Logger } from "#base";
import type { ServerFetch } from "#server";
import type { NodeRequestHandler } from "#platform";

/** What a back end within another program is given. */
export interface OpenBackendOptions {
  /**
   * Where the database and the keys are kept: made when it is not there, and no other process may have it. A path is one from the current folder; `new URL(".data", import.meta.url)` is one
   * beside the file. Default the setting `CHASSIS_DATA`; without either it is refused, for a database that is looked for in another folder would seem empty.
   */
  readonly dataDirectory?: string | URL;
  /** Settings by the names of their variables, such as `{ CHASSIS_BASE_URL: "https://example.org/app" }`. They win over the environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where all other settings are read. Default `process.env`; `{}` reads none. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The file whose default export the back end is (`import.meta.resolve("./backend.ts")`). Only a back end with heavy jobs needs it: their threads load it. */
  readonly backendFile?: string | URL;
  /** Default lines on the standard output, as with `chassis start`. */
  readonly logger?: Logger;
  /** As with `chassis dev`: mails go to the mailbox where no server is set, which is at `/dev/mailbox` for whoever sits at this machine. Default false. */
  readonly development?: boolean;
}

/** A back end that runs within a program of yours. */
export interface OpenedBackend<S extends AnySchema> extends AsyncDisposable {
  /**
   * The whole of it as one function: requests and answers stream, and the request's signal gives it up. `address` is who sent it, for limits and logs:
   * `fetch(request, { address })`. Null is for requests of your own program.
   *
   * The host of the request's address must be a name of this server (`CHASSIS_BASE_URL`, `CHASSIS_ALLOWED_HOSTS`, `localhost`), as with Host headers.
   */
  readonly fetch: ServerFetch;
  /**
   * The same for servers of node:http and frameworks on them: `app.use("/app", backend.handle)`. It reads the body itself, so it is mounted before whatever parses bodies, and the caller's
   * address from the connection and the proxies of `CHASSIS_TRUSTED_PROXIES`. With `next`, what is no path of the back end goes on.
   */
  readonly handle: NodeRequestHandler;
  /** The data, as whoever sent a request (`as`) or as the system, and what else the back end's own routes have. */
  readonly app: RouteContext<S>;
  /** Accounts and sessions, from code; undefined for a back end without sign-in. */
  readonly auth: Auth | undefined;
  /**
   * Answers what is under way within `CHASSIS_SHUTDOWN_TIMEOUT`, and lets go of everything. Requests that come after are answered with 503. Stop your own server from
   * taking connections first. Calling it again waits for the same end.
   */
  close(): Promise<void>;
}

/**
 * Starts a back end within a program of yours, all but listening: the database is opened and made ready, jobs run, and the first request finds all of it there. That costs what
 * `chassis start` does; what is wrong with settings, migrations or the database is thrown here and not at somebody's request.
 *
 * ```ts
 * const backend = await openBackend(library, { dataDirectory: new URL(".data", import.meta.url) });
 * express().use(backend.handle).listen(3000);
 * ```
 *
 * The process is yours: signals, uncaught errors and the watch over the event loop are too. `close()` before it ends, or the next start has a little to mend; nothing that was
 * acknowledged is lost either way.
 *
 * @throws SettingsError with everything that is wrong with the settings.
 */
export async function openBackend<S extends AnySchema>(
  backend: Backend<S>,
  { dataDirectory, settings = {}, environment, backendFile, logger, development = false }: OpenBackendOptions = {},
): Promise<OpenedBackend<S>> {
  // Not before: a file that only defines a back end is read by every command, and by the threads of heavy jobs.
  const [{ loadConfig, SettingsError }, { createPlatform }, { createLogger }] = await Promise.all([
    import("#config"),
    import("#platform"),
    import("#server"),
  ]);
  const config = loadConfig({ environment, settings });
  const directory = dataDirectory === undefined ? config.dataDirectory : pathOf(dataDirectory);
  const problems = [
    ...(directory === undefined
      ? [
          'dataDirectory: say where the database is kept, { dataDirectory: new URL(".data", import.meta.url) } say, or set CHASSIS_DATA',
        ]
      : []),
    ...(backend.auth !== undefined && config.baseUrl === undefined
      ? [
          "CHASSIS_BASE_URL: people sign in here, and what listens is not this back end: set it to the address that they use, such as http://localhost:3000. Links in mails and cookies are made for it",
        ]
      : []),
  ];
  if (directory === undefined || problems.length > 0) throw new SettingsError(problems);
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: resolve(directory),
    logger:
      logger ?? (await createLogger({ level: config.logLevel, format: formatOf(config.logFormat), stream: process.stderr })),
    development,
    ...(backendFile === undefined ? {} : { backendFile: pathOf(backendFile) }),
  });
  const { fetch, handle } = platform.hosted;
  const close = (): Promise<void> => platform.close();
  return {
    fetch,
    handle,
    app: platform.context as unknown as RouteContext<S>,
    auth: platform.auth,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function pathOf(place: string | URL): string {
  if (place instanceof URL) return fileURLToPath(place);
  return place.startsWith("file:") ? fileURLToPath(place) : place;
}

function formatOf(format: "auto" | "json" | "text"): "json" | "text" {
  if (format !== "auto") return format;
  return process.stdout.isTTY ? "text" : "json";
}
