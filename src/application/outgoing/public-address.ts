import { BlockList, isIP } from "node:net";

/**
 * What is not of the public internet: the special-purpose registries of IANA (RFC 6890 and its updates), multicast, and what clouds
 * keep for themselves. Documentation and benchmark networks are on nobody's internet, so whoever answers there is somebody near.
 */
const refusedNetworks4: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8], // this host (RFC 791); Linux takes 0.0.0.0 for loopback
  ["10.0.0.0", 8], // private (RFC 1918)
  ["100.64.0.0", 10], // carrier-grade NAT (RFC 6598); Alibaba's metadata at 100.100.100.200
  ["127.0.0.0", 8], // loopback
  ["168.63.129.16", 32], // Azure's platform services: a public number that every machine there reaches inside
  ["169.254.0.0", 16], // link-local (RFC 3927), with the metadata of most clouds
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // IETF assignments (RFC 6890); Oracle's metadata at 192.0.0.192
  ["192.0.2.0", 24], // documentation (RFC 5737)
  ["192.31.196.0", 24], // AS112 (RFC 7535): answered by whichever server is near
  ["192.52.193.0", 24], // AMT relays (RFC 7450)
  ["192.88.99.0", 24], // 6to4 relays (RFC 7526)
  ["192.168.0.0", 16], // private
  ["192.175.48.0", 24], // AS112 (RFC 7534)
  ["198.18.0.0", 15], // benchmarks (RFC 2544)
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, and broadcast
];

/** Within 2000::/3, the only part of IPv6 that is global unicast: what is outside (::1, mapped, NAT64, local, multicast) is refused whole. */
const refusedNetworks6: readonly (readonly [network: string, prefix: number])[] = [
  ["2001::", 23], // IETF assignments: Teredo, benchmarks, ORCHID (RFC 2928, 4380, 5180, 7343)
  ["2001:db8::", 32], // documentation (RFC 3849)
  ["2002::", 16], // 6to4, which holds any IPv4 address (RFC 3056)
  ["2620:4f:8000::", 48], // AS112 (RFC 7534)
  ["3ffe::", 16], // 6bone, given back (RFC 3701)
  ["3fff::", 20], // documentation (RFC 9637)
];

const refused4 = new BlockList();
for (const [network, prefix] of refusedNetworks4) refused4.addSubnet(network, prefix, "ipv4");

const refused6 = new BlockList();
for (const [network, prefix] of refusedNetworks6) refused6.addSubnet(network, prefix, "ipv6");

const global6 = new BlockList();
global6.addSubnet("2000::", 3, "ipv6");

/**
 * Whether this is an address of the public internet, in the usual notation. Whatever is not an address, or has a zone (`fe80::1%eth0`),
 * is not: a guard that meets what it does not know says no.
 */
export function isPublicAddress(address: string): boolean {
  if (address.includes("%")) return false;
  const version = isIP(address);
  if (version === 4) return !refused4.check(address, "ipv4");
  return version === 6 && global6.check(address, "ipv6") && !refused6.check(address, "ipv6");
}
