import type { Socket } from "node:net";
import { type Hop, parseForwarded, parseForwardedFor } from "./forwarded.ts";
import { addressGroup, canonicalAddress } from "./ip-address.ts";
import { createTrustedProxies } from "./trusted-proxies.ts";

/** Who is at the other end, as far as the connection and trusted proxies tell. No header of anybody else has a say in it. */
export interface Client {
  /** Their IP address in its one spelling; undefined where no connection can be seen, as with `Platform.fetch`. */
  readonly address: string | undefined;
  /** What they are counted by: an IPv4 address, or the first 64 bits of an IPv6 one (`2001:db8:1:2::/64`). */
  readonly group: string | undefined;
  /** By which they reached the outermost trusted proxy, or us. */
  readonly protocol: "http" | "https";
  /** The host that they asked for, with its port: the Host header's, or what a trusted proxy says. Checked before any route is asked. */
  readonly host: string | undefined;
}

export const unknownClient: Client = Object.freeze({ address: undefined, group: undefined, protocol: "http", host: undefined });

export interface ProxyOptions {
  /** Addresses, networks and `loopback`. Empty believes nobody. */
  readonly trusted: readonly string[];
  /** The one header that the proxies write; the other one may be anybody's. */
  readonly header: ProxyHeader;
  /** Hears once of a machine that passes requests on and is not named: `address` is whose word was not taken. */
  readonly onStranger?: (address: string) => void;
}

export type ProxyHeader = "x-forwarded-for" | "forwarded";

/** Reads who sent a request; `header` gives a header by its lower-case name. */
export type ReadClient = (
  socket: Pick<Socket, "remoteAddress"> & { readonly encrypted?: boolean },
  header: (name: string) => string | undefined,
) => Client;

/** Longer lists are a forgery, and nobody is to be made to read them. */
const MOST_HOPS = 32;

/**
 * The address is that of the connection. Where that is a trusted proxy, it is the last one in its header; where that is one too, the one
 * before, and so on: what stands to the left of the first stranger was written by that stranger. A node that is no address
 * (`unknown`, `_hidden`) ends the way at the proxy that wrote it.
 *
 * Host and protocol are those which the nearest proxy tells.
 */
export function createClientReader({ trusted, header: proxyHeader, onStranger }: ProxyOptions): ReadClient {
  const isTrusted = createTrustedProxies(trusted);
  // The same for every request of a connection.
  const peers = new WeakMap<object, { readonly address: string; readonly group: string; readonly isProxy: boolean }>();

  let tell = onStranger;

  function peerOf(socket: Pick<Socket, "remoteAddress">) {
    const known = peers.get(socket);
    if (known !== undefined) return known;
    const address = canonicalAddress(socket.remoteAddress ?? "");
    if (address === undefined) return undefined;
    const peer = { address, group: addressGroup(address), isProxy: isTrusted(address) };
    peers.set(socket, peer);
    return peer;
  }

  return (socket, header) => {
    const peer = peerOf(socket);
    const host = header("host");
    if (peer === undefined) return { ...unknownClient, host };
    const { address, group, isProxy } = peer;
    if (!isProxy && tell !== undefined && header(proxyHeader) !== undefined) {
      tell(address);
      tell = undefined;
    }
    // A server that this one is mounted in may speak TLS itself.
    if (!isProxy) return { address, group, protocol: socket.encrypted === true ? "https" : "http", host };

    const hops = proxyHeader === "forwarded" ? forwarded(header("forwarded")) : forwardedFor(header);
    const client = walk(address, hops, isTrusted);
    const nearest = hops.at(-1);
    return {
      address: client,
      group: addressGroup(client),
      protocol: nearest?.protocol === "https" ? "https" : "http",
      host: nearest?.host ?? host,
    };
  };
}

function walk(peer: string, hops: readonly Hop[], isTrusted: (address: string) => boolean): string {
  let client = peer;
  for (let index = hops.length - 1; index >= 0 && isTrusted(client); index -= 1) {
    const address = canonicalAddress(hops[index]?.address ?? "");
    if (address === undefined) break;
    client = address;
  }
  return client;
}

function forwarded(header: string | undefined): readonly Hop[] {
  return header === undefined ? [] : parseForwarded(header).slice(-MOST_HOPS);
}

function forwardedFor(header: (name: string) => string | undefined): readonly Hop[] {
  const hops = parseForwardedFor(header("x-forwarded-for") ?? "").slice(-MOST_HOPS);
  const nearest: Hop = {
    address: hops.at(-1)?.address,
    host: last(header("x-forwarded-host")),
    protocol: last(header("x-forwarded-proto"))?.toLowerCase(),
  };
  return [...hops.slice(0, -1), nearest];
}

/** What the nearest proxy added, or its only word. */
function last(header: string | undefined): string | undefined {
  const value = header?.slice(header.lastIndexOf(",") + 1).trim();
  return value === "" ? undefined : value;
}
