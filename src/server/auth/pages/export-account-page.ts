import { AppError } from "#contract";
import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { form } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import { withReturn } from "../page/return-address.ts";

/** To take a copy of what is kept of somebody. The file comes in answer to the form, and the page stays. */
export const exportAccountPage: AuthPage = {
  path: paths.exportAccount,
  async show(visit) {
    const { say, auth } = visit;
    const isProved = await auth.isProved(visit.signedIn());
    return {
      title: say("exportTitle"),
      text: say("exportText"),
      body: isProved
        ? form(visit, { path: paths.exportAccount, button: "exportButton", fields: [] })
        : html`<p>${say("deleteProve")}</p>
<p><a class="button main" href="${withReturn(paths.prove, paths.exportAccount)}">${say("goOn")}</a></p>`,
      more: html`<p class="aside"><a href="${paths.account}">${say("cancel")}</a></p>`,
    };
  },
  async submit(visit) {
    try {
      return await visit.giveExport(visit.signedIn());
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.error === "proofRequired") return visit.go(paths.exportAccount);
      throw thrown;
    }
  },
};
