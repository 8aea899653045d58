import { isRegisteredUri, type OidcClient } from "#application";
import type { Answer } from "../../http/exchange.ts";
import { html } from "../../pages/html.ts";
import type { AuthPage, Scene } from "../page/auth-page.ts";
import { hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import { formOf } from "../page/read-form.ts";
import type { Visit } from "../page/visit.ts";
import { clearing } from "../session-routes.ts";
import { findApp, providerOf, unknownApp } from "./app-request.ts";
import { backToApp } from "./back-to-app.ts";
import { oidcPaths } from "./oidc-paths.ts";

/** What an app says when it wants somebody signed out (OpenID Connect RP-Initiated Logout 1.0). */
interface LogoutRequest {
  readonly query: URLSearchParams;
  readonly client: OidcClient | undefined;
  /** Where they go after: an address of the app; undefined for nowhere in particular. */
  readonly uri: string | undefined;
  readonly state: string | undefined;
  /** The session that the app's ID token is of. */
  readonly session: string | undefined;
}

/**
 * Where apps send people to sign out. At once where the app shows an ID token of this very session, which nobody else has; else the person is
 * asked, so that no stranger's link signs anybody out (ASVS 10.6.2).
 */
export const endSessionPage: AuthPage = {
  path: oidcPaths.endSession,
  async show(visit) {
    const asked = await readLogout(visit, new URLSearchParams(visit.exchange.search));
    if ("title" in asked) return asked;
    const { me, say, auth } = visit;
    if (me?.session === undefined || asked.session === me.session.id) return leave(visit, asked);
    const address = (await auth.addressOf(me.id)) ?? "";
    return {
      title: say("signOutTitle"),
      text: asked.client === undefined ? say("signOutText", { address }) : say("leaveText", { app: asked.client.name, address }),
      body: html`<form method="post" action="${paths.leave}">
${hidden("request", asked.query.toString())}
<button class="button main">${say("signOutButton")}</button>
</form>`,
    };
  },
};

/** What the page above sends. */
export const leavePage: AuthPage = {
  path: paths.leave,
  show: (visit) => visit.go(paths.signOut),
  async submit(visit) {
    const asked = await readLogout(visit, new URLSearchParams(visit.given("request")));
    return "title" in asked ? asked : leave(visit, asked);
  },
};

async function readLogout(visit: Visit, query: URLSearchParams): Promise<LogoutRequest | Scene> {
  const provider = providerOf(visit);
  const given = formOf(query);
  const hint = given("id_token_hint") === "" ? undefined : await provider.readHint(given("id_token_hint"));
  const id = given("client_id") === "" ? (hint?.client ?? "") : given("client_id");
  const client = await findApp(provider, id);
  const uri = given("post_logout_redirect_uri");
  const isKnown = uri === "" || (client !== undefined && isRegisteredUri(uri, client.logoutUris, client));
  if (!isKnown || (hint !== undefined && hint.client !== id)) return unknownApp(visit);
  const state = given("state");
  return {
    query,
    client,
    uri: uri === "" ? undefined : uri,
    state: state === "" ? undefined : state,
    session: hint?.session,
  };
}

async function leave(visit: Visit, { client, uri, state }: LogoutRequest): Promise<Answer | Scene> {
  const { me, auth, go, leave: forget } = visit;
  if (me?.session !== undefined) await auth.signIn.signOut(me);
  if (client === undefined || uri === undefined)
    return clearing(go(`${paths.signIn}?done=signed-out`, { state: null, cookies: [forget] }));
  const back = backToApp(visit, { client, uri }, { state });
  return "title" in back ? { ...back, cookies: [forget] } : clearing({ ...back, cookies: [...(back.cookies ?? []), forget] });
}
