import { textField } from "../design/components.ts";
import { html } from "../design/html.ts";
import type { Page, Viewer } from "../design/layout.ts";
import type { FormState } from "./views.ts";

export function accountPage(view: {
  readonly viewer: Viewer;
  readonly form: FormState;
  readonly changed: boolean;
  readonly status?: number;
}): Page {
  const { viewer, form } = view;
  return {
    title: "Your account",
    description: "Your name on the site.",
    status: view.status ?? 200,
    body: html`
<div class="page"><h1>Your account</h1></div>
<div class="gap columns"><form class="card stack" method="post" action="/account">
${view.changed && html`<p class="notice" role="status">Saved.</p>`}
${textField({ name: "name", label: "Your name", value: form.values["name"] ?? viewer.name ?? "", hint: "It stands beside your reviews, for everybody to see.", problem: form.problems["name"] }, html`autocomplete="nickname" maxlength="80"`)}
<p><button class="button">Save the name</button></p></form>
<div class="stack"><p class="row"><a class="button quiet" href="/saved">Saved schools</a>${viewer.editor && html`<a class="button quiet" href="/editor">Featured partners</a>`}</p>
<form method="post" action="/sign-out"><button class="button quiet">Sign out</button></form></div></div>`,
  };
}
