import { checkbox, textField } from "../design/components.ts";
import { html } from "../design/html.ts";
import type { Page, Viewer } from "../design/layout.ts";
import type { AccountView, FormState } from "./views.ts";

export function accountPage(view: {
  readonly viewer: Viewer;
  readonly account: AccountView;
  readonly form: FormState;
  readonly changed: boolean;
  readonly status?: number;
}): Page {
  const { viewer, account, form } = view;
  const { values, problems } = form;
  return {
    title: "Your account",
    description: "Your name on the site, and which mails you get.",
    status: view.status ?? 200,
    body: html`
<div class="page"><h1>Your account</h1></div>
<div class="gap columns"><form class="card stack" method="post" action="/account">
${view.changed && html`<p class="notice" role="status">Saved.${account.isAsked && html` We sent a mail to ${account.email}: follow its link, and your mails go there.`}</p>`}
${textField({ name: "name", label: "Your name", value: values["name"] ?? viewer.name ?? "", hint: "It stands beside your reviews, for everybody to see.", problem: problems["name"] }, html`autocomplete="nickname" maxlength="80"`)}
${textField({ name: "email", label: "Your e-mail address", value: values["email"] ?? account.email ?? "", hint: addressHint(account), problem: problems["email"] }, html`type="email" autocomplete="email" maxlength="254"`)}
<fieldset class="stack"><legend>Mails</legend>
${checkbox({ name: "digest", label: "Every Monday, what is new about the schools that I saved", checked: account.digest })}
${viewer.editor && checkbox({ name: "notices", label: "Every review that is new or changed, since I am an editor", checked: account.notices })}
</fieldset>
<p><button class="button">Save</button></p></form>
<div class="stack"><p class="row"><a class="button quiet" href="/saved">Saved schools</a>${viewer.editor && html`<a class="button quiet" href="/editor">Featured partners</a>`}</p>
<form method="post" action="/sign-out"><button class="button quiet">Sign out</button></form></div></div>`,
  };
}

function addressHint({ email, isAsked }: AccountView): string {
  if (isAsked) return "Not confirmed yet: follow the link in the mail that we sent there.";
  return email === null ? "Nobody but you sees it. Needed for mails alone." : "Nobody but you sees it. It is confirmed.";
}
