import type { Target } from "./scanner.ts";

/** A request whose value at `*` is attacked. */
export interface Address {
  readonly what: string;
  /** With the `*` in it, unless the body has it. */
  readonly path: string;
  /** Without one GET, and POST where there is a body. */
  readonly method?: "PATCH";
  readonly body?: string;
  readonly type?: string;
  /** As somebody who has signed in: by a cookie, as pages are asked for, or a token, as the data API is. */
  readonly signedIn?: "cookie" | "token";
  /** Of sqlmap's tests, 3 by default. Those of 3 make a value negative, and it gives up for good at the first 416 that a negative limit is answered with. */
  readonly risk?: 2;
  /** What the request is answered with before anything is attacked, 200 by default: an address that is gone would prove nothing. */
  readonly status?: number;
}

const json = "application/json";
const form = "application/x-www-form-urlencoded";
const schools = "/rest/v1/schools?select=id,name&limit=5";

/** What Pathways reads of a request and hands to the database in some form. */
export const addresses: readonly Address[] = [
  { what: "data API, filter", path: `${schools}&domain=eq.tudelft.nl*` },
  { what: "data API, pattern", path: `${schools}&name=ilike.%25delft*%25` },
  { what: "data API, list of values", path: `${schools}&country=in.(nl*,de)` },
  { what: "data API, search", path: `${schools}&name=fts.delft*` },
  { what: "data API, name of a column", path: `${schools}&domain*=eq.tudelft.nl` },
  { what: "data API, operator", path: `${schools}&domain=eq*.tudelft.nl` },
  { what: "data API, select", path: "/rest/v1/schools?limit=5&select=id,name*" },
  { what: "data API, cast in select", path: "/rest/v1/schools?limit=5&select=id,version::text*" },
  { what: "data API, order", path: `${schools}&order=sort_name*.asc` },
  { what: "data API, direction of order", path: `${schools}&order=sort_name.asc*` },
  { what: "data API, or", path: `${schools}&or=(domain.eq.tudelft.nl*,country.eq.de)` },
  { what: "data API, not within and", path: `${schools}&and=(domain.eq.tudelft.nl,country.not.eq.de*)` },
  { what: "data API, embedded select", path: "/rest/v1/reviews?limit=5&select=stars,school:schools(name*)" },
  { what: "data API, filter of an embed", path: "/rest/v1/reviews?limit=5&select=stars,schools(name)&schools.country=eq.nl*" },
  { what: "data API, limit", path: "/rest/v1/schools?select=id,name&limit=5*", risk: 2 },
  { what: "data API, offset", path: `${schools}&offset=0*`, risk: 2 },
  { what: "data API, name of a table", path: "/rest/v1/schools*?select=id&limit=5" },
  {
    what: "data API, change of a row",
    method: "PATCH",
    path: "/rest/v1/users?id=eq.ada",
    body: '{"name":"Ada*"}',
    type: json,
    signedIn: "token",
    status: 204,
  },
  { what: "function, JSON", path: "/rest/v1/rpc/compare", body: '{"domains":["tudelft.nl*"]}', type: json },
  { what: "function, name", path: "/rest/v1/rpc/compare*", body: '{"domains":["tudelft.nl"]}', type: json },
  { what: "finder, words", path: "/schools?q=delft*&country=nl&sort=name" },
  { what: "finder, country", path: "/schools?q=delft&country=nl*&sort=name" },
  { what: "finder, order", path: "/schools?q=delft&country=nl&sort=rating*" },
  { what: "finder, place", path: "/schools?sort=name&after=WyJuYW1lIiwwLCI0MiBiZXJsaW4iLCJzdHVkZW50LjQyYmVybGluLmRlIl0*" },
  { what: "page of a school", path: "/schools/tudelft.nl*" },
  { what: "comparison", path: "/compare?school=tudelft.nl*&school=ethz.ch" },
  {
    what: "form, review",
    path: "/schools/tudelft.nl/review",
    body: "stars=4&body=Good*",
    type: form,
    signedIn: "cookie",
    status: 303,
  },
  {
    what: "form, stars",
    path: "/schools/tudelft.nl/review",
    body: "stars=4*&body=Good",
    type: form,
    signedIn: "cookie",
    status: 303,
  },
  { what: "form, account", path: "/account", body: "name=Ada*", type: form, signedIn: "cookie", status: 303 },
  {
    what: "form, sign-in",
    path: "/auth/sign-in",
    body: "email=ada@example.org*&password=wrong+password",
    type: form,
    status: 401,
  },
  { what: "form, confirmation", path: "/auth/confirm", body: "token=abc*", type: form, status: 400 },
  {
    what: "sign-in of the API",
    path: "/auth/v1/sign-in",
    body: '{"email":"ada@example.org*","password":"wrong password"}',
    type: json,
    status: 401,
  },
];

export interface PlainRequest {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The headers by which somebody is signed in; none where the address asks for nobody, or nobody can sign in. */
export function proofOf({ signedIn }: Address, target: Target): Readonly<Record<string, string>> {
  if (signedIn === undefined || target.signedIn === undefined) return {};
  return signedIn === "cookie" ? { Cookie: target.signedIn.cookie } : { Authorization: `Bearer ${target.signedIn.token}` };
}

/** The request that an address makes when nothing is attacked. */
export function plainRequest({ path, method, body, type }: Address): PlainRequest {
  const plain = (text: string): string => text.replaceAll("*", "");
  return {
    path: plain(path),
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: type === undefined ? {} : { "content-type": type },
    body: body === undefined ? undefined : plain(body),
  };
}
