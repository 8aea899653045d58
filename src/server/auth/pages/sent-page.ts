import type { AuthPageWords } from "#application";
import { html } from "../../pages/html.ts";
import type { AuthPage } from "../page/auth-page.ts";
import { withReturn } from "../page/return-address.ts";
import { paths } from "../page/paths.ts";

/** What mails are asked for: what is said of each, and where to ask again. */
const mails: Readonly<Record<SentMail, { readonly text: keyof AuthPageWords; readonly again: string }>> = {
  "sign-up": { text: "sentSignUp", again: paths.signUp },
  oauth: { text: "sentSignUp", again: paths.finishOAuth },
  reset: { text: "sentReset", again: paths.reset },
  link: { text: "sentLink", again: paths.link },
  verify: { text: "sentVerify", again: paths.account },
  change: { text: "sentChange", again: paths.change },
};

export type SentMail = "sign-up" | "oauth" | "reset" | "link" | "verify" | "change";

export function sentPath(mail: SentMail): string {
  return `${paths.sent}?mail=${mail}`;
}

/** That a mail is on its way. Whether one is, it does not know either. */
export const sentPage: AuthPage = {
  path: paths.sent,
  show(visit) {
    const { say, state, given, mailbox } = visit;
    const mail = given("mail");
    if (!isSentMail(mail)) return visit.go(paths.signIn);
    const { text, again } = mails[mail];
    return {
      title: say("sentTitle"),
      text: say(text, { address: state.address ?? say("yourAddress") }),
      body: html`<p class="aside quiet">${say("sentNothing")}</p>
<p class="aside"><a href="${withReturn(again, state.to)}">${say("askAgain")}</a></p>
${mailbox === undefined ? null : html`<p><a class="button" href="${mailbox}">${say("mailbox")}</a></p>`}`,
    };
  },
};

function isSentMail(given: string): given is SentMail {
  return Object.hasOwn(mails, given);
}
