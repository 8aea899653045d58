import { type AtOnce, defaultAtOnce, defaultRates, parseRate, type Rate, type RateName } from "#application";
import { oneOf, wholeNumber } from "#base";
import { defaultHttpLimits, defaultRestLimits, type HttpLimits } from "#server";
import type { Setting } from "./setting.ts";

function limit(variable: string, name: keyof HttpLimits, description: string, maximum = 2 ** 31 - 1): Setting<number> {
  return { variable, type: "whole number", default: defaultHttpLimits[name], description, parse: wholeNumber(1, maximum) };
}

function rate(variable: string, name: RateName, description: string): Setting<Rate | "off"> {
  return { variable, type: "number/time or off", default: defaultRates[name], description, parse: parseRate };
}

function atOnce(variable: string, name: keyof AtOnce, description: string): Setting<number> {
  return { variable, type: "whole number", default: defaultAtOnce[name], description, parse: wholeNumber(1, 1_000_000) };
}

const MEBIBYTE = 1_048_576;

export type LimitSettings = {
  readonly bulkBytes: Setting<number>;
  readonly bulkRows: Setting<number>;
  readonly bulkTime: Setting<number>;
  readonly rateLimits: Setting<"on" | "off">;
  readonly rateStore: Setting<"memory" | "database">;
} & { readonly [Name in RateName]: Setting<Rate | "off"> } & { readonly [Name in keyof AtOnce]: Setting<number> } & {
  readonly [Limit in keyof HttpLimits]: Setting<number>;
};

/** What nobody may exceed: by size, by time, and by how often. A limit of HTTP has the name that refusals call it by. */
export const limitSettings: LimitSettings = {
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
  rateStore: {
    variable: "CHASSIS_RATE_STORE",
    type: "memory or database",
    default: "memory",
    description:
      "Where attempts at accounts, mails to one address and what the app's `limits` name are counted: by this process, or in the database, for all nodes on it and over restarts. Every single request is counted by this process either way.",
    parse: oneOf("memory", "database"),
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
  anonymous: rate("CHASSIS_RATE_ANONYMOUS", "anonymous", "Accounts of people who have not signed up that one address makes."),
  factors: rate(
    "CHASSIS_RATE_FACTORS",
    "factors",
    "Codes of a second factor, and recovery codes, that one account tries, right or wrong.",
  ),
  invitations: rate(
    "CHASSIS_RATE_INVITATIONS",
    "invitations",
    "Mails with invitations that one account has sent, to whichever organisations; one that is sent once more counts too.",
  ),
  organisationInvitations: rate(
    "CHASSIS_RATE_ORGANISATION_INVITATIONS",
    "organisationInvitations",
    "The same of one organisation, whoever of its members invites.",
  ),
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
    "Requests to the app's own routes that one address may have under way at once, until the answer begins.",
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
