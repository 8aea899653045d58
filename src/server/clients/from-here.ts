import type { Exchange } from "../http/exchange.ts";
import { canonicalAddress, isLoopback } from "./ip-address.ts";

/** By which something between says that it passes a request on: a tunnel, say, that makes this machine public. */
const passedOn: readonly string[] = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

const hostForm =
  /^(?:(localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.localhost)|(127(?:\.\d{1,3}){3})|\[([0-9a-f:.]{2,45})\])(?::\d{1,5})?$/i;

/**
 * Whether a request comes from somebody at this machine: over its loopback, by one of its loopback names (a page of a stranger whose name points here has
 * another, which is DNS rebinding), passed on by nobody, and from no page of another site. Those pages may at most open it in a window. For what is shown to
 * developers alone: mails, and what is wrong with their code.
 */
export function isFromHere(exchange: Pick<Exchange, "method" | "remoteAddress" | "header">): boolean {
  const { remoteAddress = "" } = exchange;
  const address = canonicalAddress(remoteAddress);
  if (address === undefined || !isLoopback(address)) return false;
  const host = exchange.header("host") ?? "";
  if (!isLoopbackHost(host)) return false;
  if (passedOn.some((name) => exchange.header(name) !== undefined)) return false;
  const origin = exchange.header("origin");
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) return false;
  const site = exchange.header("sec-fetch-site");
  if (site === undefined || site === "same-origin" || site === "none") return true;
  const opens = exchange.header("sec-fetch-mode") === "navigate" && exchange.header("sec-fetch-dest") === "document";
  return exchange.method === "GET" && opens;
}

function isLoopbackHost(host: string): boolean {
  const [, name, version4, version6] = hostForm.exec(host) ?? [];
  const address = canonicalAddress(version4 ?? version6 ?? "");
  return name !== undefined || (address !== undefined && isLoopback(address));
}
