import { html, type Html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import type { SignedIn, Visit } from "../page/visit.ts";
import { providerOf } from "./app-request.ts";

/** Takes back what somebody allowed an app: what the account's page sends. */
export const appsPage: AuthPage = {
  path: paths.apps,
  show: (visit) => visit.go(paths.account),
  async submit(visit) {
    const me = visit.signedIn();
    await providerOf(visit).removeApp(me, visit.given("app"), visit.request);
    return visit.go(`${paths.account}?done=app`);
  },
};

/** The part of the account's page about apps; null where there are none. */
export async function appsPart({ say, when, auth, now }: Visit, me: SignedIn): Promise<Html | null> {
  const apps = (await auth.provider?.apps(me)) ?? [];
  if (apps.length === 0) return null;
  const ago = (moment: number): string => when(now - moment < 60_000 ? 0 : (moment - now) / 1000);
  const items = apps.map(
    ({ id, name, created }) => html`<li class="line">
<p><strong>${name}</strong> <span class="quiet">${say("appSince", { time: ago(created) })}</span></p>
<form method="post" action="${paths.apps}">${hidden("app", id)}<button class="button" aria-label="${say("removeAppOf", { app: name })}">${say("removeApp")}</button></form>
</li>`,
  );
  return html`<section class="part">
<h2>${say("appsTitle")}</h2>
<ul class="sessions">${items}</ul>
</section>`;
}
