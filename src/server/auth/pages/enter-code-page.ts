import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { codeField, form } from "../page/fields.ts";
import { withReturn } from "../page/return-address.ts";
import { paths } from "../page/paths.ts";

/** To type the code that came by mail. */
export const enterCodePage: AuthPage = {
  path: paths.enterCode,
  onlyOnce: true,
  blame: { wrongCode: { field: "code", say: "wrongCode" } },
  show(visit, draft) {
    const { say, state, mailbox } = visit;
    if (state.request === undefined) return visit.go(paths.code);
    return {
      title: say("enterCodeTitle"),
      text: say("enterCodeText", { address: state.address ?? say("yourAddress") }),
      body: html`${form(visit, { path: paths.enterCode, button: "signInButton", fields: [codeField(visit, draft, say("code"))] })}
${mailbox === undefined ? null : html`<p><a class="button" href="${mailbox}">${say("mailbox")}</a></p>`}`,
      more: html`<p class="aside"><a href="${withReturn(paths.code, state.to)}">${say("codeAgain")}</a></p>`,
    };
  },
  async submit(visit) {
    const { auth, given, request, state } = visit;
    const session = await auth.signInCode.use({ request: state.request, code: given("code") }, request);
    return visit.enter(session, state.to);
  },
};
