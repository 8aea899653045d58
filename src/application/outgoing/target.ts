import { isIP } from "node:net";
import { FetchRefusedError } from "./fetch-errors.ts";
import { isPublicAddress } from "./public-address.ts";

/** Where a request goes, read once by the WHATWG rules: nothing reads the text a second time in another way. */
export interface Target {
  readonly url: URL;
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Of an allowed host, any address is right. */
  readonly allowed: boolean;
}

export interface TargetRules {
  readonly ports: readonly number[];
  /** `host:port`, as `allowedHosts` gives them. */
  readonly allow: ReadonlySet<string>;
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };
// A URL lets more through (`!$&'()*+,;=`), and no host on the internet has any of it.
const hostName = /^(?=.{1,254}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/;
// What leads to loopback is not asked: resolvers disagree about names below it, and about the dot (RFC 6761 section 6.3).
const loopbackName = /(^|\.)localhost\.?$/;

/** The written hosts in the one spelling that addresses are compared in. Throws TypeError where one is not `host:port`. */
export function allowedHosts(written: readonly string[]): ReadonlySet<string> {
  return new Set(written.map(allowedHost));
}

function allowedHost(written: string): string {
  const [, host = "", digits = ""] = /^([^/?#@\\\s]+):(\d{1,5})$/.exec(written) ?? [];
  const url = host === "" ? null : URL.parse(`http://${host}/`);
  const port = Number(digits);
  const isHost = url !== null && url.port === "" && (url.hostname.startsWith("[") || hostName.test(url.hostname));
  if (!isHost || port < 1 || port > 65_535)
    throw new TypeError(`allow: '${written}' must be a host and a port, such as "intranet.example:8080" or "[::1]:3000".`);
  return `${url.hostname}:${port}`;
}

/** Reads an address and says whether a request may go there, as far as that can be said before its name is looked up. */
export function readTarget(address: string | URL, { ports, allow }: TargetRules): Target {
  const url = URL.parse(address);
  if (url === null) throw new FetchRefusedError("invalid_request", "This is not the address of a web page.");
  const standard = defaultPorts[url.protocol];
  if (standard === undefined) throw new FetchRefusedError("scheme", "Only http and https addresses can be fetched.");
  if (url.username !== "" || url.password !== "")
    throw new FetchRefusedError("credentials", "The address holds a user name or a password: they belong into a header.");
  const port = url.port === "" ? standard : Number(url.port);
  const bracketed = url.hostname.startsWith("[");
  const host = bracketed ? url.hostname.slice(1, -1) : url.hostname;
  if (allow.has(`${url.hostname}:${port}`)) return { url, host, port, allowed: true };
  if (!bracketed && !hostName.test(host)) throw new FetchRefusedError("invalid_request", "The host's name has the wrong form.");
  if (!ports.includes(port))
    throw new FetchRefusedError("port", `Port ${port} is not among those that may be fetched from: ${ports.join(", ")}.`);
  if (loopbackName.test(host) || (isIP(host) !== 0 && !isPublicAddress(host))) throw notPublic(host);
  return { url, host, port, allowed: false };
}

/** The refusal of an address. What a name led to is the cause's to tell, for the log. */
export function notPublic(address: string): FetchRefusedError {
  return new FetchRefusedError("address", "The host is not on the public internet.", new Error(`Its address is ${address}.`));
}
