import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import type { ClientInput } from "#application";
import { bool, type Backend, defineBackend, defineSchema, everyone, text } from "chassis";
import type { Browser, LivePeople, Reply } from "./live-people.ts";

const schema = defineSchema(
  { users: { name: text().min(1).max(80), nick: text().optional(), hidden: text().optional(), agreed: bool().default(false) } },
  { roles: ["editor"] },
);

/** People whose accounts other apps sign in with. */
export const providerBackend: Backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({
      read: everyone,
      create: row.id.eq(me.id),
      update: row.id.eq(me.id),
      delete: row.id.eq(me.id),
      fields: { hidden: { read: me.hasRole("editor") } },
    }),
  },
  auth: {
    provider: { claims: { nickname: "nick", hidden: "hidden" } },
    secondFactor: { requiredFor: ["editor"] },
    impersonation: true,
  },
});

export const callback = "https://app.example/callback";

export interface App {
  readonly id: string;
  readonly secret: string | undefined;
}

/** Writes an app down, as `chassis client add` does. */
export async function addApp({ platform }: LivePeople, more: Partial<ClientInput> = {}): Promise<App> {
  const client: ClientInput = {
    name: "The shop",
    isPublic: false,
    trusted: false,
    redirectUris: [callback],
    logoutUris: ["https://app.example/bye"],
    scopes: ["openid", "profile", "email", "offline_access"],
    resources: [],
    algorithm: "RS256",
    ...more,
  };
  const outcome = await platform.auth?.provider?.obey({ type: "clients", action: "add", client });
  assert.ok(outcome !== undefined && !("refused" in outcome), JSON.stringify(outcome));
  return { id: outcome.id, secret: outcome.secret };
}

/** PKCE, as apps make it. */
export function newVerifier(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

type Fields = Readonly<Record<string, string | undefined>>;

/** The path that an app sends a browser to. Undefined leaves a parameter out. */
export function authorizePath(app: App, challenge: string, more: Fields = {}): string {
  const fields: Fields = {
    client_id: app.id,
    redirect_uri: callback,
    response_type: "code",
    scope: "openid profile email",
    code_challenge: challenge,
    code_challenge_method: "S256",
    state: "a-state",
    ...more,
  };
  return `/oidc/v1/authorize?${form(fields)}`;
}

export function form(fields: Fields): URLSearchParams {
  return new URLSearchParams(Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** As a link on the app's site leads there. */
export function follow(browser: Browser, path: string): Promise<Reply> {
  return browser.get(path, { headers: { "sec-fetch-site": "cross-site" } });
}

export function submit(
  browser: Browser,
  path: string,
  fields: Fields,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const body = form(fields).toString();
  return browser.post(path, body, { headers: { "content-type": "application/x-www-form-urlencoded", ...headers } });
}

/** Where an answer leads: by a redirect, or by a page that goes on by itself. */
export function leadsTo(reply: Reply): URL {
  const refresh = refreshOf(reply);
  const to = refresh ?? reply.headers.get("location");
  assert.ok(to !== null && to !== undefined, `${reply.status} ${reply.text.slice(0, 2000)}`);
  return new URL(to, "http://here.invalid");
}

/** Where a page goes on to by itself. */
export function refreshOf({ text }: Reply): string | undefined {
  const escaped = /<meta http-equiv="refresh" content="0;url=([^"]*)">/.exec(text)?.[1];
  return escaped?.replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}

/** Says yes on the page that asks, and gives where it leads. */
export async function sayYes(browser: Browser & { readonly user: string }, path: string): Promise<URL> {
  const asked = leadsTo(await follow(browser, path));
  if (asked.pathname !== "/auth/consent") return asked;
  return leadsTo(await submit(browser, "/auth/consent", { request: asked.search.slice(1), user: browser.user, answer: "allow" }));
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** As the app's own server asks. */
export async function askAsApp(url: string, endpoint: string, app: App | undefined, fields: Fields): Promise<Answer> {
  const credentials = app === undefined ? {} : { client_id: app.id, client_secret: app.secret };
  const response = await fetch(`${url}/oidc/v1/${endpoint}`, { method: "POST", body: form({ ...credentials, ...fields }) });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer["body"] };
}

/** What the token endpoint gives for a code. */
export function exchange(url: string, app: App | undefined, code: string, verifier: string, more: Fields = {}): Promise<Answer> {
  return askAsApp(url, "token", app, {
    grant_type: "authorization_code",
    code,
    redirect_uri: callback,
    code_verifier: verifier,
    ...more,
  });
}

export function refresh(url: string, app: App | undefined, token: unknown, more: Fields = {}): Promise<Answer> {
  return askAsApp(url, "token", app, { grant_type: "refresh_token", refresh_token: String(token), ...more });
}

/** Status of the userinfo that an access token opens. */
export async function userInfo(url: string, token: unknown): Promise<Answer> {
  const response = await fetch(`${url}/oidc/v1/userinfo`, { headers: { authorization: `Bearer ${String(token)}` } });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer["body"] };
}

/** The code that somebody's yes gives an app, and what goes with it. */
export async function codeFor(
  browser: Browser & { readonly user: string },
  app: App,
  more: Fields = {},
): Promise<{ readonly code: string; readonly verifier: string }> {
  const { verifier, challenge } = newVerifier();
  const back = await sayYes(browser, authorizePath(app, challenge, more));
  const code = back.searchParams.get("code");
  assert.ok(code !== null, back.href);
  return { code, verifier };
}

/** The tokens that come of it. */
export async function tokensFor(
  url: string,
  browser: Browser & { readonly user: string },
  app: App,
  more: Fields = {},
): Promise<Readonly<Record<string, unknown>>> {
  const { code, verifier } = await codeFor(browser, app, more);
  const { status, body } = await exchange(
    url,
    app,
    code,
    verifier,
    more["redirect_uri"] === undefined ? {} : { redirect_uri: more["redirect_uri"] },
  );
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}
