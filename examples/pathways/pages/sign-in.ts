import { textArea } from "../design/components.ts";
import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";
import type { FormState } from "./views.ts";

export function signInPage(view: {
  readonly to: string;
  readonly form: FormState;
  readonly ended?: boolean;
  readonly status?: number;
}): Page {
  return {
    title: "Sign in",
    description: "Sign in with a token.",
    status: view.status ?? 200,
    body: html`
<div class="page columns"><div><h1>Sign in</h1><p class="lead">Signed in, you can review schools and keep a private list of those you like.</p></div>
<form class="card stack" method="post" action="/sign-in">${view.ended === true && html`<p class="notice" role="status">Your token is no longer good, so you have been signed out.</p>`}<input type="hidden" name="to" value="${view.to}">
${textArea({ name: "token", label: "Your token", value: view.form.values["token"] ?? "", hint: "Whoever runs this site makes one with the command below, and you paste it here.", problem: view.form.problems["token"] }, html`autocomplete="off" spellcheck="false" required`)}
<p class="small"><code>npx chassis token examples/pathways --user you</code></p>
<p><button class="button">Sign in</button></p></form></div>`,
  };
}
