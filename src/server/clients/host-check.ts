import type { Socket } from "node:net";
import { AppError } from "#contract";
import { canonicalAddress, isLoopback } from "./ip-address.ts";

export interface HostCheckOptions {
  /** The origin under which people reach this server. */
  readonly baseUrl: string | undefined;
  /** Further names: `example.com`, `*.example.com` for all below it, `*` for every name. */
  readonly allowedHosts: readonly string[];
}

/** Throws `misdirected` where nobody is meant to reach this server by that host. `socket` is the connection that it came on. */
export type CheckHost = (
  host: string | undefined,
  socket: { readonly localAddress?: Socket["localAddress"] | undefined },
) => void;

const HOST = /^(?:([A-Za-z0-9._-]{1,255})|\[([0-9A-Fa-f:.]{2,45})\])(?::\d{1,5})?$/;

/**
 * Guards against DNS rebinding: a page of a stranger whose name is made to point at this machine, so that a browser takes us for that
 * page's own site. And against addresses in mails and pages that were made from a forged Host header.
 *
 * Good are the host of the base URL, the names that are allowed, and the address on which the connection arrived, which nobody can make
 * another name of. `localhost` and the like are good on connections of this machine, and on all where neither setting says who we are.
 * The port is not looked at.
 */
export function createHostCheck({ baseUrl, allowedHosts }: HostCheckOptions): CheckHost {
  const names = new Set(allowedHosts.filter((host) => !host.startsWith("*")).map(nameOf));
  const endings = allowedHosts.filter((host) => host.startsWith("*.")).map((host) => host.slice(1));
  const isEveryone = allowedHosts.includes("*");
  if (baseUrl !== undefined) names.add(nameOf(new URL(baseUrl).host));
  const isNameless = names.size === 0 && endings.length === 0;
  // A connection mostly asks for one host.
  const good = new WeakMap<object, string>();

  function isGood(host: string, local: string | undefined): boolean {
    const name = nameOf(host);
    if (name === undefined) return false;
    if (isEveryone || names.has(name) || endings.some((ending) => name.endsWith(ending))) return true;
    const here = canonicalAddress(local ?? "");
    if (here !== undefined && name === here) return true;
    return isLoopbackName(name) && (isNameless || (here !== undefined && isLoopback(here)));
  }

  return (host, socket) => {
    if (host !== undefined && good.get(socket) === host) return;
    if (host === undefined || !isGood(host, socket.localAddress)) throw misdirected(host);
    good.set(socket, host);
  };
}

/** The name or address of a host, without its port, in lower case; undefined where it is not one. */
function nameOf(host: string): string | undefined {
  const match = HOST.exec(host);
  if (match === null) return undefined;
  const [, name, address] = match;
  return address === undefined ? name?.toLowerCase().replace(/\.$/, "") : canonicalAddress(address);
}

function isLoopbackName(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost") || isLoopback(name);
}

function misdirected(host: string | undefined): AppError {
  if (host === undefined || nameOf(host) === undefined)
    return new AppError("misdirected", { details: "The request has no Host header, or one that is not a host name." });
  return new AppError("misdirected", {
    details: `The Host header is '${host}'.`,
    hint: "Whoever runs this server: set CHASSIS_BASE_URL to the address that people use, or add the name to CHASSIS_ALLOWED_HOSTS.",
  });
}
