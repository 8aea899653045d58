import type { Auth, Enqueue, Jobs, Mail, OpenWebhooks, RecordStore, Tokens, Webhooks } from "#application";
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
  type Respond,
  type SecurityHeaders,
  type ServerFetch,
} from "#server";
import type { SignIn } from "./sign-in.ts";

/** A back end that runs. */
export interface Platform {
  /** The whole of it as one fetch handler, to be mounted elsewhere or called without a network. */
  readonly fetch: ServerFetch;
  /** Takes connections at the address of the settings, and gives the origin where it answers. */
  listen(): Promise<string>;
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
  /** Answers what is under way within the time of the settings, then lets go of everything. */
  close(): Promise<void>;
}

/** What runs, put together. */
export interface PlatformParts {
  readonly respond: Respond;
  readonly headers: SecurityHeaders;
  readonly records: RecordStore;
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

/** Listens, answers, and ends in order. */
export class RunningPlatform implements Platform {
  readonly records: RecordStore;
  readonly tokens: Tokens;
  readonly enqueue: Enqueue;
  readonly mail: Mail;
  readonly webhooks: Webhooks;
  readonly auth: Auth | undefined;
  readonly database: SqliteDatabase;
  readonly fetch: ServerFetch;
  readonly #parts: PlatformParts;
  readonly #fetchServer: FetchServer;
  readonly #listener: Listener;
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
    this.#fetchServer = createFetchServer({ ...parts, limits });
    this.#listener = new Listener({
      ...parts,
      limits,
      origin: baseUrl,
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
    });
    this.fetch = this.#fetchServer.fetch;
  }

  get url(): string | undefined {
    return this.#url;
  }

  async listen(): Promise<string> {
    const { host, port } = this.#parts.config;
    const url = await this.#listener.listen({ host, port });
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
      jobs.close(shutdownTimeout),
      hooks.close(shutdownTimeout),
      maintenance.close(),
    ]);
    this.#url = undefined;
    await opened.disposeAsync();
  }
}
