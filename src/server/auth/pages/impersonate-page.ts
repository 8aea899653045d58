import { createSessionCookies } from "#application";
import { AppError } from "#contract";
import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { field, form } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";
import { proveFirst } from "./prove-page.ts";

/** Where an administrator begins to act as somebody, and is themselves again. */
export const impersonatePage: AuthPage = {
  path: paths.impersonate,
  labels: { user: "impersonateWho", reason: "impersonateReason" },
  blame: { notFound: { field: "user", say: "nobodySuch" } },
  show(visit, draft) {
    const { say, auth, language } = visit;
    const me = visit.signedIn();
    if (me.impersonator !== undefined) return visit.go(paths.account);
    // As where there is no such page.
    if (!me.roles.includes(auth.definition.adminRole)) throw new AppError("invalidPath");
    const { minutes = 0 } = auth.definition.impersonation ?? {};
    const time = new Intl.NumberFormat(language, { style: "unit", unit: "minute", unitDisplay: "long" }).format(minutes);
    return {
      title: say("impersonateTitle"),
      text: say("impersonateText", { time }),
      body: form(visit, {
        path: paths.impersonate,
        button: "impersonateButton",
        fields: [
          field(visit, draft, { name: "user", label: say("impersonateWho"), type: "text" }),
          field(visit, draft, {
            name: "reason",
            label: say("impersonateReason"),
            hint: say("impersonateReasonHint"),
            type: "text",
          }),
        ],
      }),
      more: html`<p class="aside"><a href="${paths.account}">${say("accountTitle")}</a></p>`,
    };
  },
  async submit(visit) {
    const { auth, given, request, home } = visit;
    const me = visit.signedIn();
    const impersonation = impersonationOf(visit);
    const jar = createSessionCookies(visit.origin, "acting");
    if (given("end") !== "") {
      if (me.impersonator !== undefined) await impersonation.end(me);
      return visit.go(paths.account, { cookies: [jar.clear] });
    }
    if (!me.roles.includes(auth.definition.adminRole)) throw new AppError("invalidPath");
    try {
      const { token, lifetime } = await impersonation.begin(me, { user: given("user"), reason: given("reason") }, request);
      return visit.go(home, { cookies: [jar.set(token, lifetime)] });
    } catch (thrown) {
      return proveFirst(visit, thrown, paths.impersonate);
    }
  },
};

function impersonationOf({ auth }: Visit): NonNullable<typeof auth.impersonation> {
  if (auth.impersonation === undefined) throw new TypeError("Nobody acts as somebody where there is no page for it.");
  return auth.impersonation;
}
