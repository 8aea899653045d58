import {
  type Address,
  type AtOnce,
  defaultAtOnce,
  defaultRates,
  type MailServerSetting,
  parseMailServer,
  parseRate,
  parseSender,
  type Rate,
  type RateName,
  type Rates,
} from "#application";
import {
  didYouMean,
  durationUnits,
  oneOf,
  parseDuration,
  parseHost,
  parseHostNames,
  parseHostPorts,
  parseNetworks,
  parseOrigin,
  parseOrigins,
  parseText,
  wholeNumber,
} from "#base";
import { type BackupConfig, defaultFeedLimits, type Durability, parseRetention } from "#database";
import {
  defaultHttpLimits,
  defaultRestLimits,
  type HttpLimits,
  type LogLevel,
  type MailEventSecrets,
  parseMailEvents,
  type ProxyHeader,
  type StrictTransport,
} from "#server";

/** What one setting is: every reader, the command line and docs/reference/settings.md take it from here. */
export interface Setting<T> {
  readonly variable: string;
  readonly type: string;
  readonly default: T;
  readonly description: string;
  /** Gives the value, or throws an error whose message says what was expected. */
  readonly parse: (text: string) => T;
}

function limit(variable: string, name: keyof HttpLimits, description: string, maximum = 2 ** 31 - 1): Setting<number> {
  return { variable, type: "whole number", default: defaultHttpLimits[name], description, parse: wholeNumber(1, maximum) };
}

function rate(variable: string, name: RateName, description: string): Setting<Rate | "off"> {
  return { variable, type: "number/time or off", default: defaultRates[name], description, parse: parseRate };
}

function atOnce(variable: string, name: keyof AtOnce, description: string): Setting<number> {
  return { variable, type: "whole number", default: defaultAtOnce[name], description, parse: wholeNumber(1, 1_000_000) };
}

/** Never part of a message: any text is taken. */
function secret(variable: string, description: string): Setting<string | undefined> {
  return { variable, type: "secret", default: undefined, description, parse: (text) => text };
}

const MEBIBYTE = 1_048_576;

type SettingsTable = {
  readonly host: Setting<string>;
  readonly port: Setting<number>;
  readonly dataDirectory: Setting<string | undefined>;
  readonly baseUrl: Setting<string | undefined>;
  readonly allowedHosts: Setting<readonly string[]>;
  readonly trustedProxies: Setting<readonly string[]>;
  readonly proxyHeader: Setting<ProxyHeader>;
  readonly strictTransport: Setting<StrictTransport>;
  readonly corsOrigins: Setting<readonly string[]>;
  readonly rateLimits: Setting<"on" | "off">;
  readonly tokenLifetime: Setting<number>;
  readonly sessionIdle: Setting<number>;
  readonly sessionLifetime: Setting<number>;
  readonly logLevel: Setting<LogLevel>;
  readonly logFormat: Setting<"auto" | "json" | "text">;
  readonly loopWarning: Setting<number | undefined>;
  readonly queryTimeout: Setting<number>;
  readonly transactionTimeout: Setting<number>;
  readonly durability: Setting<Durability>;
  readonly jobs: Setting<"on" | "off">;
  readonly mailServer: Setting<MailServerSetting | undefined>;
  readonly mailFrom: Setting<Address | undefined>;
  readonly mailEvents: Setting<MailEventSecrets | undefined>;
  readonly jobsKeepFailed: Setting<number>;
  readonly jobsKeepCancelled: Setting<number>;
  readonly webhooksAllow: Setting<readonly string[]>;
  readonly webhooksKeep: Setting<number>;
  readonly feedEntries: Setting<number>;
  readonly feedBytes: Setting<number>;
  readonly shutdownTimeout: Setting<number>;
  readonly idempotencyRetention: Setting<number>;
  readonly bulkBytes: Setting<number>;
  readonly bulkRows: Setting<number>;
  readonly bulkTime: Setting<number>;
} & { readonly [Name in keyof BackupConfig]: Setting<BackupConfig[Name]> } & {
  readonly [Name in RateName]: Setting<Rate | "off">;
} & {
  readonly [Name in keyof AtOnce]: Setting<number>;
} & {
  readonly [Limit in keyof HttpLimits]: Setting<number>;
};

/** All settings. A limit of HTTP has the name that refusals call it by. */
export const settings: SettingsTable = {
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
    type: "origin",
    default: undefined,
    description:
      "The origin under which people reach this server, behind a proxy say. By default that of each request's Host header.",
    parse: parseOrigin,
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
    description: "Other sites whose pages may read answers, separated by commas; `*` alone for all. By default none.",
    parse: parseOrigins,
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
  queryTimeout: {
    variable: "CHASSIS_QUERY_TIMEOUT",
    type: "duration",
    default: 1000,
    description: "How long one statement may run that a caller's request became; after that it is stopped and answered with 503.",
    parse: parseDuration,
  },
  transactionTimeout: {
    variable: "CHASSIS_TRANSACTION_TIMEOUT",
    type: "duration",
    default: 10_000,
    description:
      "How long the transaction of a request may stay open; after that it is rolled back and answered with 503. Meanwhile all other changes wait.",
    parse: parseDuration,
  },
  durability: {
    variable: "CHASSIS_DURABILITY",
    type: "lose-nothing, lose-a-second or lose-minutes",
    default: "lose-nothing",
    description:
      "What a power cut or a dead operating system may take of what was acknowledged: nothing, the last second or so, or all since the last checkpoint. A process that dies alone loses nothing in any of them.",
    parse: oneOf("lose-nothing", "lose-a-second", "lose-minutes"),
  },
  jobs: {
    variable: "CHASSIS_JOBS",
    type: "on or off",
    default: "on",
    description:
      "Whether this server runs the back end's jobs, those by the clock included. With `off` it only serves: what is handed over is kept until a server that runs them starts on this database.",
    parse: oneOf("on", "off"),
  },
  jobsKeepFailed: {
    variable: "CHASSIS_JOBS_KEEP_FAILED",
    type: "duration",
    default: 30 * 86_400_000,
    description: "How long a job that was set aside as failed stays, to be looked into and retried. Then it goes.",
    parse: parseDuration,
  },
  jobsKeepCancelled: {
    variable: "CHASSIS_JOBS_KEEP_CANCELLED",
    type: "duration",
    default: 7 * 86_400_000,
    description: "How long a job that was cancelled stays.",
    parse: parseDuration,
  },
  mailServer: {
    variable: "CHASSIS_MAIL_SERVER",
    type: "secret",
    default: undefined,
    description:
      "The SMTP server that sends mails: `smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465` (TLS), `smtp+plain://localhost:25` for a relay on this machine, or `mailbox`, which sends nothing and keeps the newest 500 to be looked at. By default `chassis dev` has the mailbox, and with `chassis start` mails wait.",
    parse: parseMailServer,
  },
  mailFrom: {
    variable: "CHASSIS_MAIL_FROM",
    type: "address",
    default: undefined,
    description:
      "Who sends: `Example <hello@example.org>`. It wins over `mail.from` of the definition; a mail's own `from` stays.",
    parse: parseSender,
  },
  mailEvents: {
    variable: "CHASSIS_MAIL_EVENTS",
    type: "secret",
    default: undefined,
    description:
      "Who tells of bounces and complaints at `/mail/v1/events/<provider>`, and what proves it: `resend=whsec_...,mailgun=key`. A provider named twice has two secrets. By default nobody does.",
    parse: parseMailEvents,
  },
  webhooksAllow: {
    variable: "CHASSIS_WEBHOOKS_ALLOW",
    type: "list of host:port",
    default: [],
    description:
      "Hosts that webhooks may be sent to although they are not of the public internet, or not by https on port 443: exactly host and port, separated by commas, such as `localhost:3000` while developing. By default none.",
    parse: parseHostPorts,
  },
  webhooksKeep: {
    variable: "CHASSIS_WEBHOOKS_KEEP",
    type: "duration",
    default: 30 * 86_400_000,
    description: "How long messages of webhooks are kept, with every attempt to send them: to be seen, and to be replayed.",
    parse: parseDuration,
  },
  feedEntries: {
    variable: "CHASSIS_FEED_ENTRIES",
    type: "whole number",
    default: defaultFeedLimits.entries,
    description:
      "Transactions that the commit feed keeps for consumers that are slow or come back. One that has fallen further behind reads everything anew.",
    parse: wholeNumber(1, 10_000_000),
  },
  feedBytes: {
    variable: "CHASSIS_FEED_BYTES",
    type: "whole number",
    default: defaultFeedLimits.bytes,
    description: "Bytes of memory that these may take.",
    parse: wholeNumber(1, 2 ** 36),
  },
  shutdownTimeout: {
    variable: "CHASSIS_SHUTDOWN_TIMEOUT",
    type: "duration",
    default: 10_000,
    description: "How long requests may take to finish after SIGTERM or SIGINT before they are cut.",
    parse: parseDuration,
  },
  idempotencyRetention: {
    variable: "CHASSIS_IDEMPOTENCY_RETENTION",
    type: "duration",
    default: 86_400_000,
    description: "How long an answer is kept at least for its Idempotency-Key: a retry after that is a new request.",
    parse: parseDuration,
  },
  backupTo: {
    variable: "CHASSIS_BACKUP_TO",
    type: "folder or s3://bucket/prefix",
    default: undefined,
    description: "Where backups go. By default none are made.",
    parse: parseText,
  },
  backupEvery: {
    variable: "CHASSIS_BACKUP_EVERY",
    type: "duration",
    default: 86_400_000,
    description: "The time between two backups.",
    parse: parseDuration,
  },
  backupKeep: {
    variable: "CHASSIS_BACKUP_KEEP",
    type: "numbers of h, d, w, m, y",
    default: "7d,4w,12m",
    description: "Of how many of the last hours, days, weeks, months and years that have a backup the newest is kept.",
    parse(text) {
      parseRetention(text);
      return text;
    },
  },
  backupLogEvery: {
    variable: "CHASSIS_BACKUP_LOG_EVERY",
    type: "duration or off",
    default: 1000,
    description:
      "How often the changes since then are sent to where backups go, so that any moment can be restored; `off` sends none.",
    parse: (text) => (text === "off" ? undefined : parseDuration(text)),
  },
  backupLogKeep: {
    variable: "CHASSIS_BACKUP_LOG_KEEP",
    type: "duration",
    default: 7 * 86_400_000,
    description: "How far back any moment can be restored.",
    parse: parseDuration,
  },
  backupPassphrase: secret(
    "CHASSIS_BACKUP_PASSPHRASE",
    "Encrypts backups, and with them the token secret is in them. 12 characters at least.",
  ),
  backupKeyFile: {
    variable: "CHASSIS_BACKUP_KEY_FILE",
    type: "path",
    default: undefined,
    description: "A file with the passphrase, in its place.",
    parse: parseText,
  },
  backupS3Endpoint: {
    variable: "CHASSIS_BACKUP_S3_ENDPOINT",
    type: "origin",
    default: undefined,
    description: "The S3 server, where it is not Amazon's.",
    parse: parseOrigin,
  },
  backupS3Region: {
    variable: "CHASSIS_BACKUP_S3_REGION",
    type: "name",
    default: "us-east-1",
    description: "The region of the bucket.",
    parse: parseText,
  },
  backupS3AccessKeyId: secret("CHASSIS_BACKUP_S3_ACCESS_KEY_ID", "Who writes into the bucket."),
  backupS3SecretAccessKey: secret("CHASSIS_BACKUP_S3_SECRET_ACCESS_KEY", "What proves it."),
  bulkBytes: {
    variable: "CHASSIS_LIMIT_BULK_BYTES",
    type: "whole number",
    default: defaultRestLimits.bulkBytes,
    description: "Bytes of the body of an insert whose rows are read as a stream.",
    parse: wholeNumber(1, 2 ** 40),
  },
  bulkRows: {
    variable: "CHASSIS_LIMIT_BULK_ROWS",
    type: "whole number",
    default: defaultRestLimits.bulkRows,
    description: "Rows of such an insert. Whoever else writes waits while they are written.",
    parse: wholeNumber(1, 1_000_000_000),
  },
  bulkTime: {
    variable: "CHASSIS_LIMIT_BULK_TIME",
    type: "whole number",
    default: defaultRestLimits.bulkTime,
    description: "Milliseconds that such an insert may take to be written, once it has come whole.",
    parse: wholeNumber(1, 2 ** 31 - 1),
  },
  rateLimits: {
    variable: "CHASSIS_RATE_LIMITS",
    type: "on or off",
    default: "on",
    description:
      "Whether it is counted how much everybody asks, by the settings that follow. `off` where something in front of the server does.",
    parse: oneOf("on", "off"),
  },
  requests: rate("CHASSIS_RATE_REQUESTS", "requests", "Requests of one address, an IPv6 network of 64 bits counting as one."),
  writes: rate(
    "CHASSIS_RATE_WRITES",
    "writes",
    "Changes by the data API, each operation of a batch by itself: of one user, or of strangers at one address.",
  ),
  functions: rate("CHASSIS_RATE_FUNCTIONS", "functions", "Calls of functions: of one user, or of strangers at one address."),
  signIns: rate("CHASSIS_RATE_SIGN_INS", "signIns", "Attempts at signing in, signing up and recovering, from one address."),
  accountSignIns: rate("CHASSIS_RATE_ACCOUNT_SIGN_INS", "accountSignIns", "The same for one account, from wherever they come."),
  readsAtOnce: atOnce(
    "CHASSIS_LIMIT_READS_AT_ONCE",
    "readsAtOnce",
    "Reads that one caller may have under way at once: slow ones, since others are over before the next one comes.",
  ),
  writesAtOnce: atOnce("CHASSIS_LIMIT_WRITES_AT_ONCE", "writesAtOnce", "Changes that one caller may have under way at once."),
  functionsAtOnce: atOnce(
    "CHASSIS_LIMIT_FUNCTIONS_AT_ONCE",
    "functionsAtOnce",
    "Calls of functions that one caller may have under way at once.",
  ),
  pagesAtOnce: atOnce(
    "CHASSIS_LIMIT_PAGES_AT_ONCE",
    "pagesAtOnce",
    "Requests to the app's own routes that one address may have under way at once.",
  ),
  headerBytes: limit("CHASSIS_LIMIT_HEADER_BYTES", "headerBytes", "Bytes of all header lines of a request together.", MEBIBYTE),
  headerCount: limit("CHASSIS_LIMIT_HEADER_COUNT", "headerCount", "Header lines of a request."),
  urlLength: limit("CHASSIS_LIMIT_URL_LENGTH", "urlLength", "Bytes of a request's path and query.", MEBIBYTE),
  bodyBytes: limit("CHASSIS_LIMIT_BODY_BYTES", "bodyBytes", "Bytes of a request's body."),
  headerTimeout: limit("CHASSIS_LIMIT_HEADER_TIMEOUT", "headerTimeout", "Milliseconds for a request's headers to arrive."),
  receiveTimeout: limit("CHASSIS_LIMIT_RECEIVE_TIMEOUT", "receiveTimeout", "Milliseconds for the whole of a request to arrive."),
  answerTimeout: limit(
    "CHASSIS_LIMIT_ANSWER_TIMEOUT",
    "answerTimeout",
    "Milliseconds from a request's headers to its answer; after them it is stopped.",
  ),
  keepAliveTimeout: limit(
    "CHASSIS_LIMIT_KEEP_ALIVE_TIMEOUT",
    "keepAliveTimeout",
    "Milliseconds that a connection is kept open between two requests.",
  ),
  idleTimeout: limit(
    "CHASSIS_LIMIT_IDLE_TIMEOUT",
    "idleTimeout",
    "Milliseconds without a byte in either direction after which a connection is closed.",
  ),
  connections: limit("CHASSIS_LIMIT_CONNECTIONS", "connections", "Connections that are open at once."),
  requestsPerConnection: limit(
    "CHASSIS_LIMIT_REQUESTS_PER_CONNECTION",
    "requestsPerConnection",
    "Requests on one connection before it is closed.",
  ),
};

export type SettingName = keyof SettingsTable;

type Values = { readonly [Name in SettingName]: SettingsTable[Name]["default"] };

export interface Config extends Omit<Values, keyof HttpLimits | RateName | keyof AtOnce> {
  readonly limits: HttpLimits;
  readonly rates: Rates;
  readonly atOnce: AtOnce;
}

/** Everything that is wrong with the settings, one line each. */
export class SettingsError extends Error {
  override readonly name: string = "SettingsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

export interface ConfigSources {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** From the command line or from code, as text; they win over the environment. */
  readonly overrides?: Readonly<Partial<Record<SettingName, string | undefined>>>;
}

/**
 * Reads all settings, and nothing else reads the environment. Throws `SettingsError` with every problem at once; a
 * `CHASSIS_` variable that is no setting is one, because it is a setting misspelt.
 */
export function loadConfig({ environment = process.env, overrides = {} }: ConfigSources = {}): Config {
  const problems: string[] = [];
  const names = Object.keys(settings) as SettingName[];
  const variables = names.map((name) => settings[name].variable);
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith("CHASSIS_") || variables.includes(variable)) continue;
    problems.push(`${variable}: there is no such setting${didYouMean(variable, variables)}`);
  }
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of names) {
    const setting: Setting<unknown> = settings[name];
    const override = overrides[name];
    // An empty variable is how shells and container files leave one out.
    const text = override ?? (environment[setting.variable] || undefined);
    try {
      values[name] = text === undefined ? setting.default : setting.parse(text);
    } catch (error) {
      const place = override === undefined ? setting.variable : name;
      // What was meant to be a secret is one, however wrong its form is.
      const given = setting.type === "secret" ? "" : `, not '${text}'`;
      problems.push(`${place}: ${(error as Error).message}${given}`);
    }
  }
  if (problems.length > 0) throw new SettingsError(problems);

  const take = (group: object): object => {
    const own: Record<string, unknown> = {};
    for (const name of Object.keys(group) as SettingName[]) {
      own[name] = values[name];
      delete values[name];
    }
    return Object.freeze(own);
  };
  const groups = { limits: take(defaultHttpLimits), rates: take(defaultRates), atOnce: take(defaultAtOnce) };
  return Object.freeze({ ...values, ...groups }) as unknown as Config;
}

/** docs/reference/settings.md, which a test holds to this table. */
export function describeSettings(): string {
  const rows = Object.values(settings).map(
    ({ variable, type, default: value, description }: Setting<unknown>) =>
      `| \`${variable}\` | ${type} | ${formatDefault(value, type)} | ${description} |`,
  );
  return [
    "# Settings",
    "",
    "Chassis reads these environment variables once, when it starts. A value that cannot be read, or a `CHASSIS_` variable",
    "that is not in this table, stops it with a message for each.",
    "",
    "| variable | type | default | meaning |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function formatDefault(value: unknown, type: string): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return "";
  if (type.startsWith("number/time")) {
    const { amount, per } = value as Rate;
    return `\`${amount}/${formatDuration(per)}\``;
  }
  if (!type.startsWith("duration")) return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
  return `\`${formatDuration(Number(value))}\``;
}

function formatDuration(milliseconds: number): string {
  const [unit = "s", size = 1000] = Object.entries(durationUnits).findLast(([, each]) => milliseconds % each === 0) ?? [];
  return `${milliseconds / size}${unit}`;
}
