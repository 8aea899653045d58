import { BlockList } from "node:net";

/** Whether the machine at this address, in its one spelling, is a proxy whose word on where a request comes from is taken. */
export type IsTrustedProxy = (address: string) => boolean;

/** `networks`: addresses, networks (`10.0.0.0/8`) and `loopback`, as `parseNetworks` gives them. */
export function createTrustedProxies(networks: readonly string[]): IsTrustedProxy {
  if (networks.length === 0) return () => false;
  const list = new BlockList();
  for (const network of networks.flatMap((each) => (each === "loopback" ? ["127.0.0.0/8", "::1/128"] : [each]))) {
    const [address = "", prefix] = network.split("/");
    const family = address.includes(":") ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => list.check(address, address.includes(":") ? "ipv6" : "ipv4");
}
