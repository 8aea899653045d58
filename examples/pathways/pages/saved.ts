import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";
import { schoolList } from "./school-list.ts";
import type { SchoolView } from "./views.ts";

export function savedPage(view: { readonly schools: readonly SchoolView[] }): Page {
  return {
    title: "Saved schools",
    description: "Your private list of schools.",
    body: html`
<div class="page"><h1>Saved schools</h1><p class="lead">Your own list. Nobody else can see it, editors included.</p></div>
<div class="gap">${
      view.schools.length > 0
        ? schoolList(view.schools)
        : html`<div class="empty stack"><h2>Your list is empty</h2><p class="muted">Open a school and choose “Save this school”. It will wait for you here.</p><p><a class="button" href="/schools">Find a school</a></p></div>`
    }</div>`,
  };
}
