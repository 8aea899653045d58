import {
  type AuthorizationRequest,
  isAnonymous,
  isRegisteredUri,
  type OidcClient,
  type Provider,
  readAuthorizationRequest,
} from "#application";
import { AppError } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import { html } from "../../pages/html.ts";
import type { Scene } from "../page/auth-page.ts";
import { paths } from "../page/paths.ts";
import { type Form, formOf } from "../page/read-form.ts";
import { withReturn } from "../page/return-address.ts";
import type { SignedIn, Visit } from "../page/visit.ts";
import { backToApp, type WayBack } from "./back-to-app.ts";
import { isOauthError } from "./oauth-answer.ts";
import { oidcPaths } from "./oidc-paths.ts";

/** A request of an app that is known, with an address of its own to go back to. */
export interface AppRequest extends WayBack {
  readonly provider: Provider;
  /** What an address on the way says: the request as it came, or the name of one that is kept. */
  readonly query: URLSearchParams;
  readonly given: Form;
  /** Characters of the whole request. */
  readonly length: number;
  /** When they were sent to show who they are: see `SINCE`. */
  readonly since: string;
}

/** Characters of a request: what other servers take too. */
const MOST = 8000;

/** Characters of one that goes through the pages of sign-in and back as it is, in a cookie among others. A longer one is kept meanwhile. */
const MOST_CARRIED = 1500;

/** The name of a request that is kept. */
const KEPT = "chassis_request";

/** Milliseconds since 1970 at which somebody was sent to show who they are. Whoever writes it themselves is asked once more, or has left `prompt` out. */
const SINCE = "chassis_since";

export function providerOf({ auth }: Visit): Provider {
  if (auth.provider === undefined) throw new AppError("invalidPath");
  return auth.provider;
}

/**
 * Who asks, and where people go back to. Where that is not known nobody is sent anywhere (RFC 6749 section 3.1.2.4, CWE-601): a page says so. A
 * parameter twice is refused by `formOf`.
 */
export async function readAppRequest(visit: Visit, query: URLSearchParams): Promise<AppRequest | Scene> {
  const provider = providerOf(visit);
  const name = query.get(KEPT);
  const kept = name === null ? undefined : await provider.keptRequest(name);
  if (name !== null && kept === undefined) throw new AppError("usedLink");
  const whole = kept === undefined ? query : new URLSearchParams(kept);
  const given = formOf(whole);
  const client = await findApp(provider, given("client_id"));
  const uri = given("redirect_uri");
  if (client === undefined || !isRegisteredUri(uri, client.redirectUris, client)) return unknownApp(visit);
  return { provider, client, uri, query, given, length: whole.toString().length, since: query.get(SINCE) ?? "" };
}

export async function findApp(provider: Provider, id: string): Promise<OidcClient | undefined> {
  return id === "" ? undefined : provider.findClient(id);
}

export function unknownApp({ say, home }: Visit): Scene {
  return {
    title: say("appUnknownTitle"),
    text: say("appUnknownText"),
    status: 400,
    body: html`<p><a class="button" href="${home}">${say("back")}</a></p>`,
  };
}

export interface CheckedRequest {
  readonly me: SignedIn;
  readonly client: OidcClient;
  readonly wanted: AuthorizationRequest;
}

/**
 * What of a request holds before anybody is asked: that it is well-formed, and that who is signed in is whom the app wants, and has shown it
 * lately enough. `go` is what is done with it then; where something else comes first, that is the answer. What the app did wrong, it is told.
 */
export async function withRequest(
  visit: Visit,
  app: AppRequest,
  go: (checked: CheckedRequest) => Promise<Answer | Scene>,
): Promise<Answer | Scene> {
  try {
    if (app.length > MOST)
      throw new AppError("invalidOauthRequest", { message: `The request is longer than ${MOST} characters.` });
    const wanted = readAuthorizationRequest(app.given, app.client);
    const isSilent = wanted.prompts.has("none");
    const { me } = visit;
    // Whoever has not signed up has shown nothing that an app could be told.
    if (me?.session === undefined || isAnonymous(me)) {
      if (isSilent) throw new AppError("loginRequired");
      return visit.go(withReturn(paths.signIn, await again(visit, app)));
    }
    // Said at once, and not after a page on which to say yes.
    if (me.impersonator !== undefined) throw new AppError(isSilent ? "loginRequired" : "impersonating");
    const checked = { me: { ...me, session: me.session }, client: app.client, wanted };
    await checkHint(app, checked);
    if (!isFresh(visit, app.since, checked)) {
      if (isSilent) throw new AppError("loginRequired");
      return visit.go(withReturn(paths.prove, await again(visit, app)));
    }
    return await go(checked);
  } catch (thrown) {
    if (!isOauthError(thrown)) throw thrown;
    return tellApp(visit, app, { error: thrown.code, error_description: thrown.message });
  }
}

/** The answer to the request, with whose answer it is, so that it is not taken for another provider's (RFC 9207). */
export function tellApp(
  visit: Visit,
  app: AppRequest,
  told: { readonly code: string } | { readonly error: string; readonly error_description: string },
): Answer | Scene {
  const state = app.given("state");
  return backToApp(visit, app, { ...told, state: state === "" ? undefined : state, iss: app.provider.issuer() });
}

/** The same request, once they have shown who they are. */
async function again(visit: Visit, app: AppRequest): Promise<string> {
  const next = await carried(visit, app);
  next.set(SINCE, String(visit.now));
  return `${oidcPaths.authorize}?${next}`;
}

/** The request as it goes on through further pages. */
export async function carried({ request }: Visit, { provider, query }: AppRequest): Promise<URLSearchParams> {
  const text = query.toString();
  return new URLSearchParams(text.length <= MOST_CARRIED ? text : { [KEPT]: await provider.keepRequest(text, request) });
}

/** The app expects somebody: somebody else is not signed in to it by accident. */
async function checkHint({ provider, client }: AppRequest, { me, wanted: { hint } }: CheckedRequest): Promise<void> {
  if (hint === undefined) return;
  const said = await provider.readHint(hint);
  if (said?.client !== client.id)
    throw new AppError("invalidOauthRequest", { message: "id_token_hint is no ID token of this app." });
  if (said.user !== me.id) throw new AppError("loginRequired");
}

function isFresh({ now }: Visit, sent: string, { me, wanted: { prompts, maxAge } }: CheckedRequest): boolean {
  const { proved } = me.session;
  const since = /^\d{13}$/.test(sent) ? Number(sent) : undefined;
  if (since !== undefined && since <= now && proved >= since) return true;
  return !prompts.has("login") && (maxAge === undefined || now - proved <= maxAge);
}
