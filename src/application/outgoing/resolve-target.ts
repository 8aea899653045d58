import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { FetchFailedError } from "./fetch-errors.ts";
import { isPublicAddress } from "./public-address.ts";
import { notPublic, type Target } from "./target.ts";

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** The addresses of a name. What it gives is checked, whoever it is. */
export type ResolveHost = (name: string) => Promise<readonly string[]>;

/** The machine's own way: hosts file, resolver, search domains. */
export const systemResolver: ResolveHost = async (name) => {
  const found = await lookup(name, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
};

// A name may have more; that many are tried before a connection is given up.
const MOST = 16;

/**
 * The addresses that a connection may go to, from the one look-up of a request. One that is not public refuses them all: no
 * honest name mixes them, and a second look-up would be another's to answer.
 */
export async function resolveTarget({ host, allowed }: Target, resolve: ResolveHost): Promise<readonly ResolvedAddress[]> {
  let found: readonly string[];
  try {
    found = isIP(host) === 0 ? await resolve(host) : [host];
  } catch (error) {
    throw new FetchFailedError("name", "The host was not found.", error);
  }
  const addresses = found.map((address): ResolvedAddress | undefined => {
    const family = isIP(address);
    return family === 4 || family === 6 ? { address, family } : undefined;
  });
  const usable = addresses.filter((each) => each !== undefined);
  const refused = allowed ? undefined : found.find((address) => !isPublicAddress(address));
  if (refused !== undefined) throw notPublic(refused);
  if (usable.length === 0) throw new FetchFailedError("name", "The host was not found.");
  return usable.slice(0, MOST);
}
