import assert from "node:assert/strict";
import { type MutableResponse, type MutableToken, OAuth2Server } from "oauth2-mock-server";
import { type Backend, defineBackend } from "../../definition.ts";
import { everyone, nobody } from "../../rules/conditions.ts";
import { defineSchema } from "../../schema/define-schema.ts";
import { accountEmail, bool, text } from "../../schema/fields.ts";
import { type People, request } from "../auth-fixtures.ts";
import type { AuthRequest } from "../auth-parts.ts";
import type { AuthInput } from "../build-auth.ts";
import { isPending } from "../factors/pending-sign-in.ts";
import type { GivenSession } from "../sessions.ts";
import type { OAuthOutcome, OAuthStart } from "./oauth.ts";
import { oidc, type OidcOptions } from "./oidc.ts";

const users = { name: text().min(1).max(80), email: accountEmail(), nick: text().optional().unique() };

/** A back end where people sign in by `acme`. `terms`: a new user must agree to something that no site says for them. */
export function acmeBackend(
  issuer: string,
  {
    terms = false,
    auth = {},
    ...more
  }: Partial<OidcOptions> & { readonly terms?: boolean; readonly auth?: AuthInput<never, never> } = {},
): Backend {
  const rules = ({ row, me }: never) => {
    const own = (row as { readonly id: { eq(id: unknown): never } }).id.eq((me as { readonly id: unknown }).id);
    return { read: everyone, create: own, update: own, delete: nobody };
  };
  const schema = terms ? defineSchema({ users: { ...users, terms: bool() } }) : defineSchema({ users });
  return defineBackend(schema as never, {
    rules: { users: rules } as never,
    auth: { ...auth, providers: { ...auth.providers, acme: oidc({ issuer, title: "Acme", ...more }) } },
  });
}

export const acmeClient: ReadonlyMap<string, { readonly id: string; readonly secret: string }> = new Map([
  ["acme", { id: "chassis", secret: "a secret of acme" }],
]);

/** An issuer on this machine, by which somebody signs in at once. */
export interface Acme {
  readonly url: string;
  readonly server: OAuth2Server;
  /** Who signs in from now on: claims of the ID token. */
  is(claims: Readonly<Record<string, unknown>>): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startAcme(): Promise<Acme> {
  const server = new OAuth2Server();
  await server.issuer.keys.generate("RS256");
  await server.start(0, "localhost");
  let claims: Readonly<Record<string, unknown>> = {};
  server.service.on("beforeTokenSigning", (token: MutableToken) => {
    Object.assign(token.payload, claims);
  });
  server.service.on("beforeUserinfo", (answer: MutableResponse) => {
    answer.body = { sub: String(claims["sub"]) };
  });
  const { url } = server.issuer;
  assert.ok(url !== undefined);
  return {
    url,
    server,
    is: (next) => void (claims = next),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** `ada@acme.example`, whom Acme knows as 1. */
export const ada: Readonly<Record<string, unknown>> = {
  sub: "1",
  name: "Ada Lovelace",
  email: "ada@acme.example",
  email_verified: true,
};

/** Goes there and comes back with what the site sends along. */
export async function visitSite(location: string): Promise<URLSearchParams> {
  const answer = await fetch(location, { redirect: "manual" });
  await answer.body?.cancel();
  return new URL(answer.headers.get("location") ?? "none:").searchParams;
}

/** All of it: out, and in again. `asking`: what their browser sends along. */
export async function travel(
  { auth }: Pick<People, "auth">,
  { asking = request, ...start }: Partial<OAuthStart> & { readonly asking?: AuthRequest } = {},
  change: (given: URLSearchParams) => void = () => {},
): Promise<OAuthOutcome> {
  const { me = null, provider = "acme" } = start;
  const { location, browser } = await auth.oauth.begin({ provider, me, ...start }, asking);
  const given = await visitSite(location);
  change(given);
  return auth.oauth.finish({ provider, given, browser, me }, asking);
}

/** The session that it gave. */
export function entered(outcome: OAuthOutcome): GivenSession {
  assert.equal(outcome.type, "session", JSON.stringify(outcome));
  assert.ok(outcome.type === "session" && !isPending(outcome.session));
  return outcome.session;
}
