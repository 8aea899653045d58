import type { Identity } from "#application";
import { AppError } from "#contract";
import { html, type Html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";
import { providerButtons, titleOf } from "./provider-buttons.ts";
import { proveFirst } from "./prove-page.ts";

/** The sites by which whoever asks signs in: to connect one, and to disconnect one. */
export const connectionsPage: AuthPage = {
  path: paths.connections,
  async show(visit, draft) {
    const { say, auth, given } = visit;
    const me = visit.signedIn();
    const identities = await auth.oauth.list(me);
    return {
      title: say("connectionsTitle"),
      // What stands there instead is said of roles.
      text: say(draft.error?.error === "stillNeeded" ? "lastWayIn" : "connectionsText"),
      done: given("done") === "connected" ? say("doneConnected") : undefined,
      body:
        identities.length === 0
          ? html`<p>${say("connectionsNone")}</p>`
          : html`<ul class="sessions">${identities.map((each) => item(visit, each))}</ul>`,
      more: html`${auth.oauth.providers.length === 0 ? null : html`<h2>${say("connectTitle")}</h2>`}
${providerButtons(visit, { words: "connectWith", intent: "connect", to: undefined })}
<p class="aside"><a href="${paths.account}">${say("accountTitle")}</a></p>`,
    };
  },
  async submit(visit) {
    const { auth, given, request } = visit;
    const me = visit.signedIn();
    try {
      await auth.oauth.disconnect(me, given("disconnect"), request);
    } catch (thrown) {
      // It went by itself meanwhile, as was wanted.
      if (thrown instanceof AppError && thrown.error === "notFound") return visit.go(paths.connections);
      return proveFirst(visit, thrown, paths.connections);
    }
    return visit.go(`${paths.account}?done=disconnected`);
  },
};

function item(visit: Visit, { id, provider, label, created, used }: Identity): Html {
  const { say, when, now } = visit;
  const ago = (moment: string): string => when(-Math.max(0, now - Date.parse(moment)) / 1000);
  const title = titleOf(visit, provider);
  return html`<li class="line">
<p><strong>${title}</strong> ${label}
<span class="quiet">${say("connectedSince", { time: ago(created) })} · ${say("passkeyUsed", { time: ago(used) })}</span></p>
<form method="post" action="${paths.connections}">${hidden("disconnect", id)}<button class="button" aria-label="${say("disconnectOf", { name: `${title} ${label}` })}">${say("disconnect")}</button></form>
</li>`;
}
