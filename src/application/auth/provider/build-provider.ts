import { didYouMean, parseDuration } from "#base";
import type { Column, Table } from "#database";
import { type DefinitionProblem, namedThings } from "../../schema/definition-error.ts";

/** Other apps sign in with accounts of this site (OpenID Connect): docs/reference/oidc-provider.md. */
export interface ProviderInput {
  /** How long an access token is good: milliseconds, or `"5m"`. From a minute to a day; default ten minutes. */
  readonly accessTokenTime?: number | string;
  /** How long an app that may work in somebody's absence can do so before they must sign in there again. From an hour to a year; default `"30d"`. */
  readonly refreshTokenTime?: number | string;
  /**
   * What else apps learn by the scope `profile`: names of claims, each with the field of `users` that it is read from, as far as the person may read
   * it themselves: `{ nickname: "nick", locale: "language" }`. `name` is the field `name` where it is a text.
   */
  readonly claims?: Readonly<Record<string, string>>;
}

/** The provider of a back end, checked. */
export interface ProviderDefinition {
  /** Milliseconds. */
  readonly accessTokenTime: number;
  /** Milliseconds. */
  readonly refreshTokenTime: number;
  /** Those of the scope `profile`. */
  readonly claims: readonly ProviderClaim[];
}

export interface ProviderClaim {
  readonly name: string;
  readonly column: Column;
}

const names: readonly string[] = ["accessTokenTime", "refreshTokenTime", "claims"];

/** What sign-in says by itself, or a token's own. */
const ownClaims: ReadonlySet<string> = new Set(
  "iss sub aud exp iat nbf jti nonce auth_time acr amr azp at_hash c_hash s_hash sid email email_verified updated_at scope client_id".split(
    " ",
  ),
);

const MINUTE = 60_000;
const DAY = 86_400_000;

/** What was written as `auth.provider`; undefined where there is none. */
export function buildProvider(
  written: unknown,
  { users, hasPages }: { readonly users: Table; readonly hasPages: boolean },
  problems: DefinitionProblem[],
): ProviderDefinition | undefined {
  if (written === undefined || written === false) return undefined;
  const report = (place: string, message: string): void => void problems.push({ place: `auth.provider${place}`, message });
  const given = written === true ? {} : namedThings(written, "auth.provider", problems);
  for (const name of Object.keys(given))
    if (!names.includes(name)) report(`.${name}`, `is nothing that the provider has${didYouMean(name, names)}`);
  if (!hasPages) report("", "needs the pages of sign-in, on which people say yes: take pages: false away");
  const time = (name: string, usual: number, [least, most]: readonly [number, number], range: string): number => {
    const value = given[name];
    if (value === undefined) return usual;
    const read = readTime(value);
    if (read === undefined || read < least || read > most) report(`.${name}`, `is a time ${range}, such as "10m"`);
    return read ?? usual;
  };
  return {
    accessTokenTime: time("accessTokenTime", 10 * MINUTE, [MINUTE, DAY], "from a minute to a day"),
    refreshTokenTime: time("refreshTokenTime", 30 * DAY, [60 * MINUTE, 366 * DAY], "from an hour to a year"),
    claims: readClaims(namedThings(given["claims"] ?? {}, "auth.provider.claims", problems), users, report),
  };
}

function readTime(value: unknown): number | undefined {
  try {
    const time = typeof value === "string" ? parseDuration(value) : value;
    return typeof time === "number" && Number.isInteger(time) ? time : undefined;
  } catch {
    return undefined;
  }
}

function readClaims(
  given: Readonly<Record<string, unknown>>,
  users: Table,
  report: (place: string, message: string) => void,
): readonly ProviderClaim[] {
  const claims: ProviderClaim[] = [];
  for (const [name, field] of Object.entries(given)) {
    const column = typeof field === "string" ? users.columns.get(field) : undefined;
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) report(`.claims.${name}`, "is no name of a claim: small letters, digits and _");
    else if (ownClaims.has(name)) report(`.claims.${name}`, "is said by sign-in itself");
    else if (column === undefined)
      report(`.claims.${name}`, `must name a field of 'users'${didYouMean(String(field), [...users.columns.keys()])}`);
    else if (column.secret) report(`.claims.${name}`, `'users.${column.name}' is secret: nobody reads it`);
    else claims.push({ name, column });
  }
  const column = users.columns.get("name");
  if (column?.kind.name === "text" && !column.secret && !claims.some(({ name }) => name === "name"))
    claims.unshift({ name: "name", column });
  return claims;
}
