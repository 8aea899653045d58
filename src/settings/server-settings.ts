import {
  oneOf,
  parseBaseUrl,
  parseDuration,
  parseHost,
  parseHostNames,
  parseNetworks,
  parseOrigins,
  parseText,
  wholeNumber,
} from "#base";
import type { ApiDocsAccess, LogLevel, ProxyHeader, StrictTransport } from "#server";
import type { Setting } from "./setting.ts";

export type ServerSettings = {
  readonly host: Setting<string>;
  readonly port: Setting<number>;
  readonly dataDirectory: Setting<string | undefined>;
  readonly baseUrl: Setting<string | undefined>;
  readonly prefix: Setting<"kept" | "stripped">;
  readonly allowedHosts: Setting<readonly string[]>;
  readonly trustedProxies: Setting<readonly string[]>;
  readonly proxyHeader: Setting<ProxyHeader>;
  readonly strictTransport: Setting<StrictTransport>;
  readonly corsOrigins: Setting<readonly string[]>;
  readonly apiDocs: Setting<ApiDocsAccess>;
  readonly tokenLifetime: Setting<number>;
  readonly sessionIdle: Setting<number>;
  readonly sessionLifetime: Setting<number>;
  readonly logLevel: Setting<LogLevel>;
  readonly logFormat: Setting<"auto" | "json" | "text">;
  readonly loopWarning: Setting<number | undefined>;
  readonly shutdownTimeout: Setting<number>;
};

/** Where a server answers, to whom, and what it says. */
export const serverSettings: ServerSettings = {
  host: {
    variable: "CHASSIS_HOST",
    type: "address",
    default: "127.0.0.1",
    description: "The address to listen on. `0.0.0.0` or `::` takes connections from other machines.",
    parse: parseHost,
  },
  port: {
    variable: "PORT",
    type: "whole number",
    default: 4000,
    description: "The port to listen on; 0 takes a free one.",
    parse: wholeNumber(0, 65_535),
  },
  dataDirectory: {
    variable: "CHASSIS_DATA",
    type: "path",
    default: undefined,
    description: "Where the database and the token secret are kept. By default `.data` beside the back end's file.",
    parse: parseText,
  },
  baseUrl: {
    variable: "CHASSIS_BASE_URL",
    type: "origin, or origin and path",
    default: undefined,
    description:
      "The origin under which people reach this server, behind a proxy say. By default that of each request's Host header. With a path (`https://example.org/app`) everything is below it.",
    parse: parseBaseUrl,
  },
  prefix: {
    variable: "CHASSIS_PREFIX",
    type: "kept or stripped",
    default: "kept",
    description:
      "Where the base URL has a path: whether requests come with it, or whatever is in front of this server takes it away. `/health/live` and `/health/ready` answer without it either way.",
    parse: oneOf("kept", "stripped"),
  },
  allowedHosts: {
    variable: "CHASSIS_ALLOWED_HOSTS",
    type: "list of host names",
    default: [],
    description:
      "Names under which this server answers, besides that of the base URL: `example.com`, `*.example.com` for all below it, `*` for every name. A request with another Host header is refused with 421.",
    parse: parseHostNames,
  },
  trustedProxies: {
    variable: "CHASSIS_TRUSTED_PROXIES",
    type: "list of addresses",
    default: [],
    description:
      "The proxies in front of this server: addresses, networks such as `10.0.0.0/8`, or `loopback`. Only from them is it believed whose request they pass on. By default nobody is.",
    parse: parseNetworks,
  },
  proxyHeader: {
    variable: "CHASSIS_PROXY_HEADER",
    type: "x-forwarded-for or forwarded",
    default: "x-forwarded-for",
    description:
      "The header in which those proxies say it. The other one is not read. With the first one also `X-Forwarded-Proto` and `X-Forwarded-Host` are: the proxies must set both, or take them out.",
    parse: oneOf("x-forwarded-for", "forwarded"),
  },
  strictTransport: {
    variable: "CHASSIS_STRICT_TRANSPORT",
    type: "subdomains, host or off",
    default: "subdomains",
    description:
      "With a base URL of `https:`, browsers are told to come by HTTPS alone for a year: to this host and all below it, to this host, or not told.",
    parse: oneOf("subdomains", "host", "off"),
  },
  corsOrigins: {
    variable: "CHASSIS_CORS_ORIGINS",
    type: "list of origins",
    default: [],
    description:
      "Other sites whose pages may read answers, and write to the data API by forms, separated by commas; `*` alone for all. By default none.",
    parse: parseOrigins,
  },
  apiDocs: {
    variable: "CHASSIS_API_DOCS",
    type: "everyone, signed-in or off",
    default: "everyone",
    description:
      "Who sees `/openapi.json` and `/docs`, each what they themselves may reach: everyone, whoever has signed in or has a key, or nobody. With `off` these paths are the app's own.",
    parse: oneOf("everyone", "signed-in", "off"),
  },
  tokenLifetime: {
    variable: "CHASSIS_TOKEN_LIFETIME",
    type: "duration",
    default: 30 * 86_400_000,
    description: "How long a token is good for when `chassis token` is not told: `90s`, `15m`, `12h`, `30d`.",
    parse: parseDuration,
  },
  sessionIdle: {
    variable: "CHASSIS_SESSION_IDLE",
    type: "duration",
    default: 7 * 86_400_000,
    description: "How long somebody stays signed in who does nothing.",
    parse: parseDuration,
  },
  sessionLifetime: {
    variable: "CHASSIS_SESSION_LIFETIME",
    type: "duration",
    default: 30 * 86_400_000,
    description: "How long somebody stays signed in at the most, whatever they do.",
    parse: parseDuration,
  },
  logLevel: {
    variable: "CHASSIS_LOG_LEVEL",
    type: "debug, info, warn, error or silent",
    default: "info",
    description: "The least important lines that are logged. `debug` has one for each request.",
    parse: oneOf("debug", "info", "warn", "error", "silent"),
  },
  logFormat: {
    variable: "CHASSIS_LOG_FORMAT",
    type: "auto, json or text",
    default: "auto",
    description: "How lines are written; `auto` is text on a terminal and JSON elsewhere.",
    parse: oneOf("auto", "json", "text"),
  },
  loopWarning: {
    variable: "CHASSIS_LOOP_WARNING",
    type: "milliseconds or off",
    default: 250,
    description:
      "How long one piece of code may hold the event loop, while which nobody is served, before the log says which. The thread that watches takes about 10 MiB of memory; `off` does without it.",
    parse: (text) => (text === "off" ? undefined : wholeNumber(20, 3_600_000)(text)),
  },
  shutdownTimeout: {
    variable: "CHASSIS_SHUTDOWN_TIMEOUT",
    type: "duration",
    default: 10_000,
    description: "How long requests may take to finish after SIGTERM or SIGINT before they are cut.",
    parse: parseDuration,
  },
};
