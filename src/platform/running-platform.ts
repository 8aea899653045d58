import type { Socket } from "node:net";
import type {
  AnySchema,
  Auth,
  Enqueue,
  FetchHandler,
  Functions,
  Jobs,
  Mail,
  OpenWebhooks,
  RecordStore,
  Retention,
  RouteContext,
  Tokens,
  Webhooks,
} from "#application";
import type { Clock, IdSource, Logger } from "#base";
import type { Config } from "#config";
import type { SqliteDatabase } from "#database";
import {
  createClientReader,
  createFetchServer,
  createHostCheck,
  type FetchServer,
  Listener,
  type Maintenance,
  type MountedPath,
  type NodeHandlerOptions,
  type Prefix,
  type Respond,
  type Router,
  type SecurityHeaders,
  type ServerFetch,
} from "#server";
import { createHosted, type Hosted } from "./hosted.ts";
import type { SignIn } from "./sign-in.ts";

/** Connections that another process takes: `chassis dev`, who holds them while one version makes way for the next. */
export interface Door {
  /** Where it listens. */
  readonly origin: string;
  /** Says who gets them from now on. */
  readonly onConnection: (take: (socket: Socket) => void) => void;
}

/** A back end that runs. */
export interface Platform {
  /** The whole of it as one fetch handler, to be mounted elsewhere or called without a network. */
  readonly fetch: ServerFetch;
  /** The same for servers that strangers reach, made when it is first asked for. */
  readonly hosted: Hosted;
  /** What the back end's own routes are given. */
  readonly context: RouteContext<AnySchema>;
  /** Takes connections at the address of the settings, and gives the address where it answers: with the path of the base URL, where requests come with that. */
  listen(door?: Door): Promise<string>;
  /** Where it listens; undefined while it does not. */
  readonly url: string | undefined;
  readonly records: RecordStore;
  readonly tokens: Tokens;
  /** Hands over a job or a mail, in a transaction of its own. */
  readonly enqueue: Enqueue;
  readonly mail: Mail;
  readonly webhooks: Webhooks;
  /** Undefined for a back end without sign-in. */
  readonly auth: Auth | undefined;
  readonly database: SqliteDatabase;
  /** Every path of the server's own. */
  readonly mounted: readonly MountedPath[];
  /** The app's own routes; undefined for a back end without any. */
  readonly routes: FetchHandler | undefined;
  /** What is called at `/rpc`. */
  readonly functions: Functions;
  /** What waits for its time: of use to whoever sets the clock. */
  readonly waiting: Waiting;
  /** Answers what is under way within the time of the settings, then lets go of everything. */
  close(): Promise<void>;
}

/** Jobs, jobs by the clock and webhooks whose time has not come. */
export interface Waiting {
  /** When the next of them is due: milliseconds since 1970; undefined where nothing waits. */
  nextDue(): Promise<number | undefined>;
  /** Begins what is due now, and removes what was kept long enough. */
  lookNow(): Promise<void>;
}

/** What runs, put together. */
export interface PlatformParts {
  readonly respond: Respond;
  readonly routes: FetchHandler | undefined;
  readonly headers: SecurityHeaders;
  readonly prefix: Prefix | undefined;
  readonly context: RouteContext<AnySchema>;
  readonly router: Router;
  readonly records: RecordStore;
  readonly functions: Functions;
  readonly retention: Retention;
  readonly tokens: Tokens;
  readonly mail: Mail;
  readonly signIn: SignIn | undefined;
  readonly database: SqliteDatabase;
  readonly jobs: Jobs;
  readonly hooks: OpenWebhooks;
  readonly maintenance: Maintenance;
  /** What is closed last, when nobody is served any more. */
  readonly opened: AsyncDisposableStack;
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

type NetworkParts = NodeHandlerOptions & Pick<PlatformParts, "router">;

/** Listens, answers, and ends in order. */
export class RunningPlatform implements Platform {
  readonly records: RecordStore;
  readonly tokens: Tokens;
  readonly enqueue: Enqueue;
  readonly mail: Mail;
  readonly webhooks: Webhooks;
  readonly auth: Auth | undefined;
  readonly database: SqliteDatabase;
  readonly mounted: readonly MountedPath[];
  readonly routes: FetchHandler | undefined;
  readonly functions: Functions;
  readonly waiting: Waiting;
  readonly fetch: ServerFetch;
  readonly #parts: PlatformParts;
  readonly #fetchServer: FetchServer;
  readonly #listener: Listener;
  readonly #network: NetworkParts;
  readonly context: RouteContext<AnySchema>;
  #hosted: Hosted | undefined;
  #url: string | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: PlatformParts) {
    const { records, tokens, mail, database, config } = parts;
    const { limits, baseUrl, allowedHosts } = config;
    this.#parts = parts;
    this.records = records;
    this.tokens = tokens;
    this.enqueue = parts.jobs.enqueue;
    this.mail = mail;
    this.webhooks = parts.hooks.webhooks;
    this.auth = parts.signIn?.auth;
    this.database = database;
    this.mounted = parts.router.mounted;
    this.routes = parts.routes;
    this.functions = parts.functions;
    this.waiting = waitingIn(parts);
    this.#fetchServer = createFetchServer({ ...parts, limits });
    this.context = parts.context;
    this.#network = {
      ...parts,
      limits,
      origin: baseUrl === undefined ? undefined : new URL(baseUrl).origin,
      readClient: createClientReader({
        trusted: config.trustedProxies,
        header: config.proxyHeader,
        onStranger: (address) =>
          parts.logger.warn(
            { address, header: config.proxyHeader },
            "A machine that is not named as a proxy said whose request it passes on, and was not believed. If it is a proxy of yours, name it in CHASSIS_TRUSTED_PROXIES: else all who come through it are taken for one caller.",
          ),
      }),
      checkHost: createHostCheck({ baseUrl, allowedHosts }),
    };
    this.#listener = new Listener(this.#network);
    this.fetch = this.#fetchServer.fetch;
  }

  get hosted(): Hosted {
    this.#hosted ??= createHosted(this.#network);
    return this.#hosted;
  }

  get url(): string | undefined {
    return this.#url;
  }

  async listen(door?: Door): Promise<string> {
    const { host, port, prefix } = this.#parts.config;
    const origin = door?.origin ?? (await this.#listener.listen({ host, port }));
    door?.onConnection((socket) => this.#listener.take(socket));
    const url = prefix === "kept" ? origin + this.context.base : origin;
    this.#url = url;
    this.#parts.signIn?.listens(url);
    this.database.announce(url);
    return url;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { shutdownTimeout } = this.#parts.config;
    const { jobs, hooks, maintenance, opened } = this.#parts;
    await Promise.all([
      this.#listener.close(shutdownTimeout),
      this.#fetchServer.close(shutdownTimeout),
      this.#hosted?.close(shutdownTimeout),
      jobs.close(shutdownTimeout),
      hooks.close(shutdownTimeout),
      maintenance.close(),
    ]);
    this.#url = undefined;
    await opened.disposeAsync();
  }
}

function waitingIn({ jobs, hooks, retention, config }: Pick<PlatformParts, "jobs" | "hooks" | "retention" | "config">): Waiting {
  return {
    async nextDue() {
      if (config.jobs === "off") return undefined;
      const due = [await jobs.nextDue(), await hooks.nextDue()].filter((at) => at !== undefined);
      return due.length === 0 ? undefined : Math.min(...due);
    },
    async lookNow() {
      if (config.jobs === "on") {
        await jobs.lookNow();
        hooks.wake();
      }
      await retention.sweep();
    },
  };
}
