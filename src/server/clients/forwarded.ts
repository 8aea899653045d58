/** What a proxy says of the request that it passes on, one step of the way. */
export interface Hop {
  readonly address: string | undefined;
  readonly host?: string | undefined;
  readonly protocol?: string | undefined;
}

const PAIR = /\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))\s*(;|,|$)/y;

/**
 * The elements of a `Forwarded` header, the nearest hop last (RFC 7239). From an element on that cannot be read, everything that stands
 * before it is left out as well: read from the right, what comes next to a forgery is not known.
 */
export function parseForwarded(header: string): readonly Hop[] {
  let hops: Hop[] = [];
  let element: Record<string, string> = {};
  let position = 0;
  while (position < header.length) {
    PAIR.lastIndex = position;
    const match = PAIR.exec(header);
    if (match === null) {
      const comma = header.indexOf(",", position);
      if (comma === -1) return [];
      hops = [];
      element = {};
      position = comma + 1;
      continue;
    }
    const [whole, name = "", quoted, token = "", end] = match;
    element[name.toLowerCase()] ??= quoted?.replaceAll(/\\(.)/g, "$1") ?? token;
    position += whole.length;
    if (end !== ";") {
      hops.push({ address: nodeAddress(element["for"] ?? ""), host: element["host"], protocol: element["proto"] });
      element = {};
    }
  }
  return hops;
}

/** The nodes of an `X-Forwarded-For` header, the nearest hop last. */
export function parseForwardedFor(header: string): readonly Hop[] {
  return header.split(",").map((node) => ({ address: nodeAddress(node.trim()) }));
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`: the address, as it is written. Others are left to whoever reads it. */
function nodeAddress(node: string): string | undefined {
  if (node.startsWith("[")) return /^\[([^\]]+)\](?::\d{1,5})?$/.exec(node)?.[1];
  return /^([^:]+):\d{1,5}$/.exec(node)?.[1] ?? node;
}
