import { checkbox, textField } from "../design/components.ts";
import { type Html, html } from "../design/html.ts";
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
${view.changed && html`<p class="notice" role="status">Saved.</p>`}
${textField({ name: "name", label: "Your name", value: values["name"] ?? viewer.name, hint: "It stands beside your reviews, for everybody to see.", problem: problems["name"] }, html`autocomplete="nickname" maxlength="80" required`)}
${viewer.verified ? mails(viewer, account) : html`<p class="notice">To get mails from us, <a href="/auth/account">confirm your address</a> first.</p>`}
<p><button class="button">Save</button></p></form>
<div class="stack"><section class="card stack" aria-labelledby="sign-in"><h2 id="sign-in">How you sign in</h2>
${account.address !== null && html`<p class="muted">As ${account.address}, which nobody but you sees.</p>`}
${viewer.editor && html`<p>Editors change what everybody reads. Keep your account yours with a passkey or an authenticator app.</p>`}
<p><a class="button quiet" href="/auth/account">Password and devices</a></p></section>
<p class="row"><a class="button quiet" href="/saved">Saved schools</a>${viewer.editor && html`<a class="button quiet" href="/editor">Featured partners</a>`}</p></div></div>`,
  };
}

function mails({ editor }: Viewer, { digest, notices }: AccountView): Html {
  return html`<fieldset class="stack"><legend>Mails</legend>
${checkbox({ name: "digest", label: "Every Monday, what is new about the schools that I saved", checked: digest })}
${editor && checkbox({ name: "notices", label: "Every review that is new or changed, since I am an editor", checked: notices })}
</fieldset>`;
}
