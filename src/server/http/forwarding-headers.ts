import type { Client } from "../clients/read-client.ts";

/** All by which somebody says whose request it passes on. */
const FORWARDING: readonly string[] = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-prefix",
  "x-real-ip",
  "x-client-ip",
  "client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "fastly-client-ip",
];

/**
 * What an app's own routes read of where a request comes from: `x-forwarded-for` is the client's address, and it is not there where nobody
 * knows it. Whatever else says such a thing may be anybody's word, and is taken out.
 */
export function setForwarded(headers: Headers, { address }: Client): void {
  for (const name of FORWARDING) headers.delete(name);
  if (address !== undefined) headers.set("x-forwarded-for", address);
}
