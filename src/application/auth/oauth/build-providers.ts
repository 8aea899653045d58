import { didYouMean, parseDuration } from "#base";
import { allowedHosts } from "../../outgoing/target.ts";
import { type DefinitionProblem, namedThings } from "../../schema/definition-error.ts";
import type { OidcProvider } from "./oidc.ts";
import type { Provider, ProviderFacts } from "./provider.ts";
import { hostOf, isSecure } from "./providers/known-provider.ts";
import { type KnownProvidersInput, knownProviders } from "./providers/known-providers.ts";
import { isVerified, readClaims } from "./read-claims.ts";

/** Sites that people may sign in by: those known by name, and any that speaks OpenID Connect under a name of one's own. */
export type ProvidersInput = KnownProvidersInput & {
  readonly [name: string]: KnownProvidersInput[keyof KnownProvidersInput] | OidcProvider;
};

type Report = (place: string, message: string) => void;

const oidcNames: readonly string[] = [
  "type",
  "issuer",
  "title",
  "scopes",
  "provesAddresses",
  "maxAge",
  "acr",
  "allow",
] satisfies readonly (keyof OidcProvider)[];

/** What was written as `auth.providers`, in its order; what cannot stand is a problem and left out. */
export function buildProviders(written: unknown, problems: DefinitionProblem[]): readonly Provider[] {
  if (written === undefined) return [];
  const place = "auth.providers";
  return Object.entries(namedThings(written, place, problems)).flatMap(([name, input]) => {
    if (input === undefined) return [];
    const before = problems.length;
    const report: Report = (where, message) => void problems.push({ place: `${place}.${name}${where}`, message });
    const provider = buildProvider(name, input, report);
    return provider === undefined || problems.length > before ? [] : [provider];
  });
}

function buildProvider(name: string, input: unknown, report: Report): Provider | undefined {
  // It stands in addresses, and in capitals in the names of settings.
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > 40)
    report("", "is a name of small letters, digits and single hyphens, 40 at the most");
  if (isOidc(input)) return buildOidc(name, input, report);
  const known = Object.hasOwn(knownProviders, name) ? knownProviders[name as keyof KnownProvidersInput] : undefined;
  if (known === undefined) {
    const names = Object.keys(knownProviders);
    report("", `is no site that is known by name${didYouMean(name, names)}; for another write oidc({ issuer: "https://..." })`);
    return undefined;
  }
  if (input !== true && (typeof input !== "object" || input === null || Array.isArray(input))) {
    report("", "is true, or an object of what is to be otherwise");
    return undefined;
  }
  const given = input === true ? {} : (input as Readonly<Record<string, unknown>>);
  const own = known.options ?? {};
  const names = ["title", "scopes", ...Object.keys(own)];
  for (const key of Object.keys(given))
    if (!names.includes(key)) report(`.${key}`, `is nothing that ${name} has${didYouMean(key, names)}`);
  const values: Record<string, string> = {};
  for (const [key, { check, required }] of Object.entries(own)) {
    const value = given[key];
    if (value === undefined) {
      if (required === true) report(`.${key}`, "is needed");
      continue;
    }
    const problem = typeof value === "string" ? check(value) : "is text";
    if (typeof value === "string" && problem === undefined) values[key] = value;
    else report(`.${key}`, problem ?? "is text");
  }
  const facts = known.facts(values);
  const scopes = readTexts(given["scopes"], ".scopes", report);
  return {
    ...facts,
    name,
    title: readTitle(given["title"], report) ?? facts.title,
    scopes: [...new Set([...facts.scopes, ...scopes])],
    maxAge: undefined,
    acr: [],
  };
}

function isOidc(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === "object" && input !== null && "type" in input && input.type === "oidc";
}

function buildOidc(name: string, given: Readonly<Record<string, unknown>>, report: Report): Provider | undefined {
  for (const key of Object.keys(given))
    if (!oidcNames.includes(key)) report(`.${key}`, `is nothing that oidc has${didYouMean(key, oidcNames)}`);
  const { provesAddresses = true } = given;
  if (typeof provesAddresses !== "boolean") report(".provesAddresses", "is true or false");
  const issuer = readIssuer(given["issuer"]);
  if (issuer === undefined) {
    report(".issuer", 'is the address of an issuer by https, such as "https://id.example.org", without ? and #');
    return undefined;
  }
  const allow = readTexts(given["allow"], ".allow", report);
  try {
    allowedHosts(allow);
  } catch (error) {
    report(".allow", (error as Error).message.replace(/^allow: /, ""));
  }
  const facts: ProviderFacts = {
    title: readTitle(given["title"], report) ?? name,
    issuer: issuer.text,
    scopes: [...new Set(["openid", ...readTexts(given["scopes"], ".scopes", report, ["profile", "email"])])],
    asksAnew: true,
    allow: [hostOf(issuer.url), ...allow],
    read: ({ claims }) => readClaims(claims, (each) => provesAddresses === true && isVerified(each)),
  };
  const acr = readTexts(given["acr"], ".acr", report);
  return {
    ...facts,
    ...(acr.length === 0 ? {} : { parameters: { acr_values: acr.join(" ") } }),
    name,
    acr,
    maxAge: readAge(given["maxAge"], report),
  };
}

function readIssuer(given: unknown): { readonly text: string; readonly url: URL } | undefined {
  if (typeof given !== "string") return undefined;
  const url = URL.parse(given);
  const isRight = url !== null && isSecure(url) && url.search === "" && url.hash === "" && url.username + url.password === "";
  return isRight ? { text: given, url } : undefined;
}

function readAge(given: unknown, report: Report): number | undefined {
  if (given === undefined) return undefined;
  try {
    return parseDuration(typeof given === "string" ? given : "");
  } catch (error) {
    report(".maxAge", (error as Error).message);
    return undefined;
  }
}

function readTitle(given: unknown, report: Report): string | undefined {
  if (given === undefined || (typeof given === "string" && /^[^\p{Cc}]{1,40}$/u.test(given))) return given;
  report(".title", "is a text of 1 to 40 characters");
  return undefined;
}

/** Each without a space, for a space ends it where it is sent. */
function readTexts(given: unknown, place: string, report: Report, usual: readonly string[] = []): readonly string[] {
  if (given === undefined) return usual;
  if (Array.isArray(given) && given.every((each) => typeof each === "string" && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(each)))
    return given as readonly string[];
  report(place, "is a list of texts without spaces");
  return usual;
}
