import type { AuthPageWords, ScopeName } from "#application";
import { html, type Html } from "../../pages/html.ts";
import type { AuthPage, Scene } from "../page/auth-page.ts";
import { hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import { withReturn } from "../page/return-address.ts";
import type { Visit } from "../page/visit.ts";
import { type AppRequest, carried, type CheckedRequest, readAppRequest, tellApp, withRequest } from "./app-request.ts";
import { oidcPaths } from "./oidc-paths.ts";

/** Whether an app may sign somebody in, and what it gets. The form has the whole request, which is checked once more. */
export const consentPage: AuthPage = {
  path: paths.consent,
  async show(visit) {
    const app = await readAppRequest(visit, queryOf(visit));
    if ("title" in app) return app;
    return withRequest(visit, app, (checked) => ask(visit, app, checked));
  },
  async submit(visit) {
    const app = await readAppRequest(visit, queryOf(visit));
    if ("title" in app) return app;
    const { given, request } = visit;
    return withRequest(visit, app, async (checked) => {
      if (given("answer") === "deny")
        return tellApp(visit, app, { error: "access_denied", error_description: "The person said no." });
      // Somebody else has signed in meanwhile, in another window: they were not asked.
      if (given("answer") !== "allow" || given("user") !== checked.me.id) return ask(visit, app, checked);
      return tellApp(visit, app, { code: await app.provider.allow(checked, request) });
    });
  },
};

function queryOf({ given, exchange }: Visit): URLSearchParams {
  return new URLSearchParams(exchange.method === "POST" ? given("request") : exchange.search);
}

const scopeWords: Readonly<Record<ScopeName, keyof AuthPageWords>> = {
  openid: "consentOpenid",
  profile: "consentProfile",
  email: "consentEmail",
  offline_access: "consentOffline",
};

async function ask(visit: Visit, request: AppRequest, { me, wanted }: CheckedRequest): Promise<Scene> {
  const { say, auth } = visit;
  const { client, uri } = request;
  const query = await carried(visit, request);
  const address = (await auth.addressOf(me.id)) ?? (await auth.nameOf(me)) ?? me.id;
  const app = client.name;
  const { scopes, resource } = wanted;
  const other = withReturn(paths.signIn, `${oidcPaths.authorize}?${query}`);
  const button = (answer: "allow" | "deny", text: keyof AuthPageWords, look: string): Html =>
    html`<button class="${look}" name="answer" value="${answer}">${say(text)}</button>`;
  return {
    title: say("consentTitle", { app }),
    text: say("consentText", { app }),
    body: html`<p class="done">${say("consentAs", { address })}</p>
<div class="things">
<p>${say("consentGives")}</p>
<ul>${scopes.map((scope) => html`<li>${say(scopeWords[scope])}</li>`)}${resource === undefined ? null : html`<li>${say("consentResource", { resource })}</li>`}</ul>
</div>
<form method="post" action="${paths.consent}">
${hidden("request", query.toString())}${hidden("user", me.id)}
${button("allow", "consentButton", "button main")}
${button("deny", "denyButton", "button")}
</form>
<p class="hint">${say("consentLater", { host: hostOf(uri) })}</p>`,
    more: html`<p class="aside"><a href="${other}">${say("consentOther")}</a></p>`,
  };
}

/** Where they go, as far as it tells anybody something: the host, or the scheme of an installed app. */
function hostOf(uri: string): string {
  const { host, protocol } = new URL(uri);
  return protocol === "https:" || protocol === "http:" ? host : protocol.slice(0, -1);
}
