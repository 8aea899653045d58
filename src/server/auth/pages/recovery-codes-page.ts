import { html } from "../../pages/html.ts";
import type { AuthPage, Scene } from "../page/auth-page.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";
import { proveFirst } from "./prove-page.ts";

/** Makes new recovery codes in the place of all from before, and shows them this once. */
export const recoveryCodesPage: AuthPage = {
  path: paths.recoveryCodes,
  onlyOnce: true,
  show: (visit) => visit.go(paths.totp),
  async submit(visit) {
    try {
      const codes = await visit.auth.factors.recoveryCodes.renew(visit.signedIn(), visit.request);
      return codesScene(visit, codes, { after: paths.account, cookies: [] });
    } catch (thrown) {
      return proveFirst(visit, thrown, paths.totp);
    }
  },
};

/** The codes, and onward. They are kept nowhere, so this is the answer itself and no page to come back to. */
export function codesScene(
  { say }: Visit,
  codes: readonly string[],
  { after, cookies }: { readonly after: string; readonly cookies: readonly string[] },
): Scene {
  return {
    title: say("codesTitle"),
    text: say("codesText"),
    body: html`<ul class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<p><a class="button main" href="${after}">${say("codesKept")}</a></p>`,
    cookies,
  };
}
