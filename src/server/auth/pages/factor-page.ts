import type { GivenFactor } from "#application";
import { AppError } from "#contract";
import { html, type Html } from "../../pages/html.ts";
import type { AuthPage, Draft } from "../page/auth-page.ts";
import { codeField, field, form, hidden, passkeyForm } from "../page/fields.ts";
import { paths } from "../page/paths.ts";
import type { Visit } from "../page/visit.ts";

/** A wrong code is said of the field that it was typed into. */
export const factorBlame: NonNullable<AuthPage["blame"]> = { wrongCode: { field: "code", say: "wrongCode" } };

/** The other half of a sign-in: a code of the authenticator app, or a recovery code in its place. */
export const factorPage: AuthPage = {
  path: paths.factor,
  onlyOnce: true,
  again: paths.signIn,
  blame: factorBlame,
  show(visit, draft) {
    const { say, given, pending, state } = visit;
    if (pending === undefined) return visit.go(paths.signIn);
    const has = (state.factors ?? "totp recovery").split(" ");
    const hasApp = has.includes("totp");
    const isRecovery = given("with") === "recovery";
    const codes = form(visit, {
      path: paths.factor,
      button: "signInButton",
      fields: isRecovery ? recoveryField(visit, draft) : [codeField(visit, draft, say("factorCode"))],
    });
    const passkey = has.includes("passkey")
      ? passkeyForm(visit, { kind: "factor", path: paths.factor, button: "passkeyUse" })
      : null;
    const other = isRecovery ? (hasApp ? paths.factor : undefined) : `${paths.factor}?with=recovery`;
    return {
      title: say("factorTitle"),
      text: isRecovery ? say("recoveryText") : hasApp ? say("factorText") : undefined,
      passkeys: passkey !== null,
      body: html`${isRecovery || hasApp ? codes : null}${passkey}`,
      more:
        other === undefined
          ? null
          : html`<p class="aside"><a href="${other}">${say(isRecovery ? "useApp" : "useRecovery")}</a></p>`,
    };
  },
  async submit(visit) {
    const { auth, request, pending, state } = visit;
    const factor = givenFactor(visit);
    if (factor === undefined) throw codeMissing();
    return visit.enter(await auth.factors.finish(pending, factor, request), state.to);
  },
};

export function recoveryField(visit: Visit, draft: Draft): readonly (Html | null)[] {
  return [
    hidden("with", "recovery"),
    field(visit, draft, { name: "code", label: visit.say("recoveryCode"), type: "text", first: true, look: "code" }),
  ];
}

/** What was typed, or signed by a passkey; undefined where nothing was. */
export function givenFactor({ given, passkey }: Visit): GivenFactor | undefined {
  if (passkey !== undefined) return { passkey };
  const code = given("code").trim();
  if (code === "") return undefined;
  return given("with") === "recovery" ? { recovery: code } : { totp: code };
}

export function codeMissing(): AppError {
  return new AppError("validationFailed", { fields: [{ field: "code", message: "must be filled in" }] });
}
