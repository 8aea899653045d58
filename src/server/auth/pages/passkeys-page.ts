import type { Passkey } from "#application";
import type { Answer } from "../../http/exchange.ts";
import { html, type Html } from "../../pages/html.ts";
import type { AuthPage, Scene } from "../page/auth-page.ts";
import { field, hidden, passkeyForm } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";
import { goAndProve, isLatelyProved, proveFirst } from "./prove-page.ts";
import { codesScene } from "./recovery-codes-page.ts";

/** The passkeys of whoever asks: to add one, which takes a script, and to take one away, which does not. */
export const passkeysPage: AuthPage = {
  path: paths.passkeys,
  onlyOnce: true,
  async show(visit, draft): Promise<Scene | Answer> {
    const { say, auth } = visit;
    const me = visit.signedIn();
    // Before the device is asked, which would do so for nothing.
    if (!(await isLatelyProved(visit))) return goAndProve(visit, paths.passkeys);
    const passkeys = await auth.factors.passkeys.list(me);
    const name = field(visit, draft, { name: "name", label: say("passkeyName"), type: "text", optional: true });
    return {
      title: say("passkeysTitle"),
      text: say("passkeysText"),
      passkeys: true,
      body: html`${
        passkeys.length === 0
          ? html`<p>${say("passkeysNone")}</p>`
          : html`<ul class="sessions">${passkeys.map((each) => item(visit, each))}</ul>`
      }
${passkeyForm(visit, { kind: "add", path: paths.passkeys, button: "passkeyAdd", fields: [name] })}`,
      more: html`<p class="aside"><a href="${paths.account}">${say("accountTitle")}</a></p>`,
    };
  },
  async submit(visit) {
    const { auth, given, request, passkey } = visit;
    const me = visit.signedIn();
    const { passkeys } = auth.factors;
    try {
      if (passkey === undefined) {
        await passkeys.remove(me, given("remove"), request);
        return visit.go(`${paths.account}?done=passkey-removed`);
      }
      const name = given("name").trim();
      const added = await passkeys.add({ me }, { ...passkey, ...(name === "" ? {} : { name }) }, request);
      const after = `${paths.account}?done=passkey`;
      if (added.recoveryCodes === undefined) return visit.enter(added.session, after);
      return codesScene(visit, added.recoveryCodes, { after, cookies: visit.keepSession(added.session.token) });
    } catch (thrown) {
      return proveFirst(visit, thrown, paths.passkeys);
    }
  },
};

function item({ say, when, now }: Visit, { id, name, created, used }: Passkey): Html {
  const ago = (moment: string): string => when(-Math.max(0, now - Date.parse(moment)) / 1000);
  return html`<li class="line">
<p><strong>${name}</strong>
<span class="quiet">${say("passkeyAdded", { time: ago(created) })}${used === null ? null : html` · ${say("passkeyUsed", { time: ago(used) })}`}</span></p>
<form method="post" action="${paths.passkeys}">${hidden("remove", id)}<button class="button" aria-label="${say("passkeyRemoveOf", { name })}">${say("passkeyRemove")}</button></form>
</li>`;
}
