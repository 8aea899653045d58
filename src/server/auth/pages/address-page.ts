import type { Answer } from "../../http/exchange.ts";
import { html } from "../../pages/html.ts";
import type { AuthPage, Draft, Scene } from "../page/auth-page.ts";
import { emailField, form, hidden } from "../page/fields.ts";
import type { Visit } from "../page/visit.ts";
import { paths } from "../page/paths.ts";
import { goAndProve, isLatelyProved, proveFirst } from "./prove-page.ts";
import { sentPath } from "./sent-page.ts";
import { otherAccountScene } from "./verify-page.ts";

/** To ask for another address, and where the links of both mails lead. */
export const addressPage: AuthPage = {
  path: paths.change,
  onlyOnce: true,
  show(visit, draft) {
    const { given } = visit;
    if (given("done") !== "") return done(visit);
    return given("token") === "" ? ask(visit, draft) : confirm(visit, draft);
  },
  async submit(visit) {
    const { auth, given, request } = visit;
    const token = given("token");
    if (token !== "") {
      const { changed } = await auth.addressChange.confirm(visit.signedIn(), { token }, request);
      return visit.go(`${paths.change}?done=${changed ? "changed" : "waits"}`);
    }
    const me = visit.signedIn();
    try {
      await auth.addressChange.request(me, { email: given("email") }, request);
    } catch (thrown) {
      return proveFirst(visit, thrown, paths.change);
    }
    return visit.go(sentPath("change"));
  },
};

async function ask(visit: Visit, draft: Draft): Promise<Scene | Answer> {
  const { say, auth } = visit;
  const { id, session } = visit.signedIn();
  if (!(await isLatelyProved(visit))) return goAndProve(visit, paths.change);
  const address = (await auth.addressOf(id)) ?? "";
  return {
    title: say("addressTitle"),
    text: say(session.verified ? "addressText" : "addressTextUnverified", { address }),
    body: form(visit, {
      path: paths.change,
      button: "addressButton",
      fields: [emailField(visit, draft, { label: say("newAddress"), autocomplete: "email", value: "", first: true })],
    }),
    more: html`<p class="aside"><a href="${paths.account}">${say("cancel")}</a></p>`,
  };
}

function confirm(visit: Visit, draft: Draft): Scene | Promise<Scene> {
  const { say, given } = visit;
  if (draft.error?.error === "forbidden") return otherAccountScene(visit, "confirmChangeTitle");
  visit.signedIn();
  return {
    title: say("confirmChangeTitle"),
    text: say("confirmChangeText"),
    body: form(visit, { path: paths.change, button: "confirmChangeButton", fields: [hidden("token", given("token"))] }),
  };
}

function done({ say, given, home, me }: Visit): Scene {
  const isChanged = given("done") === "changed";
  const onward = me === null ? home : paths.account;
  return {
    title: say(isChanged ? "changedTitle" : "changeWaitsTitle"),
    text: say(isChanged ? "changedText" : "changeWaitsText"),
    body: html`<p><a class="button" href="${onward}">${say(me === null ? "back" : "accountTitle")}</a></p>`,
  };
}
