import type { ProviderFacts } from "../provider.ts";

/** What may be said of every site. */
export interface ProviderOptions {
  /** What the button calls it. */
  readonly title?: string;
  /** Scopes beside those that signing in takes. */
  readonly scopes?: readonly string[];
}

/** A site that is known by name: its facts, and what may be said of it beside. */
export interface KnownProvider {
  readonly title: string;
  /** Options of its own: each a text, with what is wrong with one. */
  readonly options?: Readonly<Record<string, KnownOption>>;
  readonly facts: (given: Readonly<Record<string, string>>) => ProviderFacts;
}

export interface KnownOption {
  readonly required?: true;
  /** Says what is wrong; undefined where nothing is. */
  readonly check: (value: string) => string | undefined;
}

/** An origin that a site of one's own is at: https, or http on this machine alone. */
export const originOption: KnownOption = {
  check: (value) => (readOrigin(value) === undefined ? 'is an origin such as "https://git.example.org"' : undefined),
};

function readOrigin(value: string): URL | undefined {
  const url = URL.parse(value);
  return url !== null && isSecure(url) && url.origin === value ? url : undefined;
}

/** Whether secrets may be sent there. */
export function isSecure({ protocol, hostname }: URL): boolean {
  if (protocol === "https:") return true;
  return protocol === "http:" && (hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname));
}

/** The host of an address that the definition names: it is meant, wherever it is. */
export function hostOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port === "" ? (protocol === "https:" ? 443 : 80) : port}`;
}

const matching = (form: RegExp, message: string): KnownOption => ({
  check: (value) => (form.test(value) ? undefined : message),
});
export const appleIdOption: KnownOption = { ...matching(/^[A-Z0-9]{10}$/, "is ten letters and digits"), required: true };
export const tenantOption: KnownOption = matching(
  /^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/,
  'is the id or the domain of a directory, "common", "organizations" or "consumers"',
);
export const domainOption: KnownOption = matching(
  /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/,
  'is a domain in small letters, such as "example.org"',
);
