import { isIP, SocketAddress } from "node:net";

/**
 * An IP address in its one spelling (RFC 5952), without a zone, and an IPv4 address that IPv6 wraps (`::ffff:192.0.2.1`) as itself;
 * undefined for whatever is not one.
 */
export function canonicalAddress(text: string): string | undefined {
  const version = isIP(text);
  if (version === 0) return undefined;
  if (version === 4) return text;
  const { address } = new SocketAddress({ address: text.split("%", 1)[0] ?? "", family: "ipv6" });
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

/**
 * Whom an address stands for where callers are counted. Whoever has one IPv6 address has the 2⁶⁴ of its network (RFC 6177), so that
 * network is one caller: `2001:db8:1:2::/64`. An IPv4 address stands for itself. `address` is in its one spelling.
 */
export function addressGroup(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const end = tail === "" ? [] : tail.split(":");
    // An IPv4 address at the end is two groups.
    const missing = 8 - groups.length - end.length - (tail.includes(".") ? 1 : 0);
    groups.push(...Array.from({ length: missing }, () => "0"), ...end);
  }
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** 127.0.0.0/8 and ::1, in their one spelling. */
export function isLoopback(address: string): boolean {
  return address === "::1" || (address.startsWith("127.") && isIP(address) === 4);
}
