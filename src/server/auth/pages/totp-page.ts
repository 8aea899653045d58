import type { FactorOwner, TotpEnrolment } from "#application";
import { AppError } from "#contract";
import { Html, html } from "../../pages/html.ts";
import type { AuthPage, Draft, Scene } from "../page/auth-page.ts";
import { codeField, form, hidden } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";
import { proveFirst } from "./prove-page.ts";
import { codesScene } from "./recovery-codes-page.ts";

/** To set an authenticator app up and to turn it off: for whoever is signed in, and for half a sign-in that must have one. */
export const totpPage: AuthPage = {
  path: paths.totp,
  onlyOnce: true,
  again: paths.totp,
  blame: { wrongCode: { field: "code", say: "wrongCode" } },
  async show(visit, draft) {
    const enrolment = await enrolmentOf(visit);
    return enrolment === undefined ? choose(visit) : scan(visit, draft, enrolment);
  },
  async submit(visit) {
    const { auth, given, request, state } = visit;
    try {
      if (given("step") === "remove") {
        await auth.factors.totp.remove(visit.signedIn(), request);
        return visit.go(`${paths.account}?done=totp-removed`);
      }
      const owner = ownerOf(visit);
      if (given("step") === "begin") {
        const { enrolment } = await auth.factors.totp.begin(owner, request);
        return visit.go(paths.totp, { state: { ...state, enrolment } });
      }
      const { enrolment } = state;
      const { session, recoveryCodes } = await auth.factors.totp.confirm(owner, { enrolment, code: given("code") }, request);
      const after = state.to ?? ("me" in owner ? `${paths.account}?done=totp` : visit.home);
      if (recoveryCodes === undefined) return visit.enter(session, after);
      return codesScene(visit, recoveryCodes, { after, cookies: visit.keepSession(session.token) });
    } catch (thrown) {
      return proveFirst(visit, thrown, paths.totp);
    }
  },
};

function ownerOf(visit: Visit): FactorOwner {
  if (visit.me === null && visit.pending !== undefined) return { pending: visit.pending };
  return { me: visit.signedIn() };
}

/** That which is being set up, where it still is. */
async function enrolmentOf(visit: Visit): Promise<TotpEnrolment | undefined> {
  const { auth, state } = visit;
  if (state.enrolment === undefined) return undefined;
  try {
    return await auth.factors.totp.show(ownerOf(visit), state.enrolment);
  } catch (thrown) {
    if (thrown instanceof AppError && (thrown.error === "usedLink" || thrown.error === "proofRequired")) return undefined;
    throw thrown;
  }
}

async function choose(visit: Visit): Promise<Scene> {
  const { say, me, auth } = visit;
  const owner = ownerOf(visit);
  const list = "me" in owner ? await auth.factors.list(owner.me) : undefined;
  const isOn = list !== undefined && list.totp !== null;
  const step = (name: string, button: "totpBegin" | "totpAgain" | "totpRemove", plain: boolean): Html =>
    form(visit, { path: paths.totp, button, fields: [hidden("step", name)], plain });
  return {
    title: say("totpTitle"),
    text: "me" in owner ? say("totpText") : `${say("totpText")} ${say("totpDemanded")}`,
    body: html`${isOn ? html`<p><span class="tag">${say("totpIsOn")}</span> ${say("codesLeft", { count: list.recoveryCodes })}</p>` : null}
${step("begin", isOn ? "totpAgain" : "totpBegin", isOn)}
${isOn ? html`${form(visit, { path: paths.recoveryCodes, button: "codesNew", fields: [], plain: true })}${step("remove", "totpRemove", true)}` : null}`,
    more: me === null ? null : html`<p class="aside"><a href="${paths.account}">${say("accountTitle")}</a></p>`,
  };
}

function scan(visit: Visit, draft: Draft, { qr, secret }: TotpEnrolment): Scene {
  const { say } = visit;
  return {
    title: say("totpTitle"),
    text: say("totpScan"),
    body: html`<div class="qr" role="img" aria-label="${say("qrCode")}">${new Html(qr)}</div>
<p class="aside">${say("totpSecret")} <code class="secret">${(secret.match(/.{1,4}/g) ?? []).join(" ")}</code></p>
${form(visit, {
  path: paths.totp,
  button: "totpConfirm",
  fields: [codeField(visit, draft, say("factorCode"))],
})}`,
  };
}
