import assert from "node:assert/strict";
import { type Backend, accountEmail, defineBackend, defineSchema, everyone, nobody, oidc, text } from "chassis";
import { type Claims, type FalseIssuer, startFalseIssuer } from "./false-issuer.ts";
import { type Browser, type LivePeople, type Reply, startPeople } from "./live-people.ts";
import type { Platform } from "#platform";
import type { Scope } from "./temporary-folder.ts";

const schema = defineSchema({ users: { name: text().min(1).max(80), email: accountEmail() } }, { roles: ["editor"] });

/** A back end where people sign in by the issuers at these addresses, each under its name. */
export function oauthBackend(issuers: Readonly<Record<string, string>>, more: { readonly signUp?: "closed" } = {}): Backend {
  const providers = Object.fromEntries(
    Object.entries(issuers).map(([name, issuer]) => [
      name,
      oidc({ issuer, title: name.charAt(0).toUpperCase() + name.slice(1) }),
    ]),
  );
  return defineBackend(schema, {
    rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }) },
    auth: { ...more, secondFactor: { requiredFor: ["editor"] }, providers },
    routes: (app) => async (request) => {
      const { me } = await app.as(request);
      return new Response(`<!doctype html><title>Here</title><p>${me?.id ?? "nobody"}</p>`, {
        headers: { "content-type": "text/html" },
      });
    },
  });
}

/** The settings of their clients. */
export function oauthEnvironment(...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`CHASSIS_OAUTH_${name.toUpperCase()}_ID`, "chassis"],
      [`CHASSIS_OAUTH_${name.toUpperCase()}_SECRET`, `a secret of ${name}`],
    ]),
  );
}

/** Where the site sends this browser back to, as path and query. */
export async function goThere(browser: Browser, name: string, body: object = {}): Promise<string> {
  const begun = await browser.post(`/auth/v1/oauth/${name}`, body);
  assert.equal(begun.status, 200, begun.text);
  const answer = await fetch(String(begun.body["location"]), { redirect: "manual" });
  const { pathname, search } = new URL(answer.headers.get("location") ?? "none:");
  return pathname + search;
}

/** As a browser follows a link of another site's. */
export function comeBack(browser: Browser, path: string): Promise<Reply> {
  return browser.get(path, { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } });
}

/** There and back. */
export async function signInBy(browser: Browser, name: string, body: object = {}): Promise<Reply> {
  return comeBack(browser, await goThere(browser, name, body));
}

/** Where that leads: the address without what may differ. */
export function placeOf(reply: Reply): string {
  assert.equal(reply.status, 303, reply.text);
  return String(reply.headers.get("location"));
}

/** Who a browser is signed in as; null for nobody. */
export async function whoIs(browser: Browser): Promise<unknown> {
  return (await browser.get("/auth/v1/session")).body["user"];
}

/** A server on which people sign in by two issuers, and what tests of it have in common. */
export interface OAuthPeople {
  readonly acme: FalseIssuer;
  readonly other: FalseIssuer;
  readonly live: LivePeople;
  readonly platform: Platform;
  /** Somebody new. */
  readonly subject: () => string;
  /** What an issuer says of them: all that is needed. */
  readonly known: (sub: string, more?: Claims) => Claims;
  /** The first value of the first row. */
  readonly query: (sql: string, ...values: string[]) => Promise<unknown>;
  /** Another mail may go to the same address. */
  readonly forgetMails: () => Promise<unknown>;
}

export async function startOAuthPeople(t: Scope): Promise<OAuthPeople> {
  const acme = await startFalseIssuer(t);
  const other = await startFalseIssuer(t);
  const backend = oauthBackend({ acme: acme.url, other: other.url });
  const live = await startPeople(t, { backend, environment: oauthEnvironment("acme", "other") });
  const { platform } = live;
  let count = 0;
  return {
    acme,
    other,
    live,
    platform,
    subject: () => `subject-${++count}`,
    known: (sub, more = {}) => ({ sub, name: "Ada", email: `${sub}@acme.example`, email_verified: true, ...more }),
    query: async (sql, ...values) => (await platform.database.get(sql, values))?.[0],
    forgetMails: () => platform.database.transaction((connection) => connection.run("DELETE FROM _chassis_mail_budget", [])),
  };
}
