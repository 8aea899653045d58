import { isIP } from "node:net";
import { didYouMean } from "./suggest.ts";

// What people write into settings, read: each gives the value, or throws an error whose message says what was expected.

export function oneOf<T extends string>(...values: readonly T[]): (text: string) => T {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) throw new Error(`must be one of ${values.join(", ")}${didYouMean(text, values)}`);
    return value;
  };
}

export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) throw new Error(`must be a whole number from ${minimum} to ${maximum}`);
    return value;
  };
}

export function parseHost(text: string): string {
  if (isIP(text) === 0 && !/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})$/.test(text))
    throw new Error("must be an address or a host name");
  return text;
}

export function parseOrigin(text: string): string {
  if (!URL.canParse(text) || new URL(text).origin !== text.replace(/\/$/, "") || !/^https?:/.test(text)) {
    throw new Error("must be an origin such as https://example.com, without a path");
  }
  return new URL(text).origin;
}

/** An origin, with the path below which everything is where there is one: `https://example.com/app`, without a slash at its end. */
export function parseBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const path = url?.pathname.replace(/\/$/, "") ?? "";
  const isWhole = url !== undefined && `${url.origin}${path}` === text.replace(/\/$/, "") && /^https?:/.test(text);
  // Its spelling stands in cookies' names, and is compared with what requests ask for as it is.
  if (!isWhole || !/^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(path))
    throw new Error(
      "must be an origin such as https://example.com, or with a path such as https://example.com/app whose names are of letters, digits, '.', '_' and '-'",
    );
  return `${url.origin}${path}`;
}

function listOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

export function parseOrigins(text: string): readonly string[] {
  const origins = listOf(text);
  if (origins.includes("*") && origins.length > 1) throw new Error("must be '*' alone, or a list of origins");
  return origins.map((origin) => (origin === "*" ? origin : parseOrigin(origin)));
}

/** Addresses, networks such as `10.0.0.0/8`, and `loopback`. */
export function parseNetworks(text: string): readonly string[] {
  const networks = listOf(text);
  for (const network of networks) {
    if (network === "loopback") continue;
    const [address = "", prefix, ...rest] = network.split("/");
    const version = address.includes("%") ? 0 : isIP(address);
    const bits = version === 4 ? 32 : 128;
    if (version === 0 || rest.length > 0 || (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)))
      throw new Error("must be addresses, networks such as 10.0.0.0/8, or loopback, separated by commas");
    // Everybody would be a proxy, and what they say of themselves be believed.
    if (prefix !== undefined && Number(prefix) === 0) throw new Error("must not trust every address there is");
  }
  return networks;
}

/** Host names, `*.example.com` for those below one, and `*`. Without ports. */
export function parseHostNames(text: string): readonly string[] {
  const names = listOf(text).map((name) => name.toLowerCase().replace(/\.$/, ""));
  for (const name of names) {
    const isAddress = isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
    if (name === "*" || isAddress || /^(?:\*\.)?[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?$/.test(name)) continue;
    throw new Error("must be host names such as example.com or *.example.com, without ports, separated by commas");
  }
  return names.map((name) => (isIP(name) === 6 ? `[${name}]` : name));
}

/** Hosts, each with its port: `localhost:3000`, `[::1]:3000`. */
export function parseHostPorts(text: string): readonly string[] {
  const hosts = listOf(text);
  for (const each of hosts) {
    const [, host = "", port = "0"] = /^([a-z0-9._-]+|\[[0-9a-f:.]+\]):(\d{1,5})$/i.exec(each) ?? [];
    const isRight = URL.canParse(`http://${host}:${port}/`) && Number(port) >= 1 && Number(port) <= 65_535;
    if (!isRight) throw new Error("must be hosts with their ports, such as localhost:3000 or [::1]:3000, separated by commas");
  }
  return hosts;
}

export function parseText(text: string): string {
  if (text === "") throw new Error("must not be empty");
  return text;
}
