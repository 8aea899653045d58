import { changeProofAge } from "#application";
import { AppError } from "#contract";
import type { Answer } from "../../http/exchange.ts";
import { html, type Html } from "../../pages/html.ts";
import type { AuthPage, Draft, Scene } from "../page/auth-page.ts";
import { codeField, form, passkeyForm, passwordField, passwordOwner } from "../page/fields.ts";
import { withReturn } from "../page/return-address.ts";
import type { Visit } from "../page/visit.ts";
import { paths } from "../page/paths.ts";
import { codeMissing, factorBlame, givenFactor, recoveryField } from "./factor-page.ts";
import { providerButtons } from "./provider-buttons.ts";

/** To show once more who one is, before something that matters: by a second factor where the account has one. */
export const provePage: AuthPage = {
  path: paths.prove,
  onlyOnce: true,
  blame: { ...factorBlame, wrongCredentials: { field: "password", say: "wrongPassword" } },
  async show(visit, draft) {
    const { demanded } = await visit.auth.factors.list(visit.signedIn());
    return demanded ? byFactor(visit, draft) : byPassword(visit, draft);
  },
  async submit(visit) {
    const { auth, given, request, to } = visit;
    const me = visit.signedIn();
    const factor = givenFactor(visit);
    if (factor !== undefined) return visit.enter(await auth.factors.prove(me, factor, request), to ?? paths.account);
    if ((await auth.factors.list(me)).demanded) throw codeMissing();
    return visit.enter(await auth.signIn.prove(me, { password: given("password") }, request), to ?? paths.account);
  },
};

/** Whether whoever asks has shown who they are as lately, and by as much, as it takes to change how they sign in. */
export async function isLatelyProved({ auth, now, signedIn }: Visit): Promise<boolean> {
  const me = signedIn();
  const { demanded } = await auth.factors.list(me);
  const proved = demanded ? me.session.factorProved : me.session.proved;
  return proved !== undefined && now - proved <= changeProofAge;
}

async function byPassword(visit: Visit, draft: Draft): Promise<Scene> {
  const { say, to, auth } = visit;
  const address = await auth.addressOf(visit.signedIn().id);
  return {
    title: say("proveTitle"),
    text: say("proveText"),
    body: form(visit, {
      path: paths.prove,
      button: "goOn",
      fields: [passwordOwner(address), passwordField(visit, draft, { first: true })],
    }),
    passkeys: true,
    more: html`${passkeyForm(visit, { kind: "prove", path: paths.prove, button: "passkeyUse" })}${await proveButtons(visit)}<p class="aside"><a href="${withReturn(paths.link, to)}">${say("proveByMail")}</a></p>
${leave(visit)}`,
  };
}

/** By the sites that are connected and ask anew who somebody is; one where somebody is signed in anyhow would show nothing. */
async function proveButtons(visit: Visit): Promise<Html | null> {
  const { auth, to } = visit;
  const connected = new Set((await auth.oauth.list(visit.signedIn())).map(({ provider }) => provider));
  const providers = auth.oauth.providers.filter(({ name, asksAnew }) => asksAnew && connected.has(name));
  return providerButtons(visit, { words: "proveWith", intent: "prove", providers, to: to ?? paths.account });
}

function byFactor(visit: Visit, draft: Draft): Scene {
  const { say, to, given } = visit;
  const isRecovery = given("with") === "recovery";
  const other = withReturn(`${paths.prove}${isRecovery ? "" : "?with=recovery"}`, to);
  return {
    title: say("proveTitle"),
    text: say(isRecovery ? "recoveryText" : "proveFactorText"),
    body: form(visit, {
      path: paths.prove,
      button: "goOn",
      fields: isRecovery ? recoveryField(visit, draft) : [codeField(visit, draft, say("factorCode"))],
    }),
    passkeys: true,
    more: html`${passkeyForm(visit, { kind: "prove", path: paths.prove, button: "passkeyUse" })}<p class="aside"><a href="${other}">${say(isRecovery ? "useApp" : "useRecovery")}</a></p>
${leave(visit)}`,
  };
}

function leave({ say }: Visit): Html {
  return html`<p class="aside"><a href="${paths.account}">${say("cancel")}</a></p>`;
}

/** Where something wants a proof, the page that asks for it, and back; what else went wrong is thrown once more. */
export function proveFirst(visit: Visit, thrown: unknown, to: string): Answer {
  if (thrown instanceof AppError && thrown.error === "proofRequired" && visit.me !== null) return goAndProve(visit, to);
  throw thrown;
}

export function goAndProve(visit: Visit, to: string): Answer {
  return visit.go(withReturn(paths.prove, to));
}
