import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";
import type { SchoolView } from "./views.ts";

/** The featured partners, for editors: where the marks are taken away; they are set on a school's own page. */
export function editorPage(view: { readonly featured: readonly SchoolView[] }): Page {
  return {
    title: "Featured partners",
    description: "For editors: which schools carry the label.",
    body: html`
<div class="page"><h1>Featured partners</h1><p class="lead">The label is all that a partner gets. To mark a school, open its page and choose “Mark as featured partner”.</p></div>
<div class="gap">${
      view.featured.length === 0
        ? html`<div class="empty stack"><h2>No school carries the label</h2><p><a class="button" href="/schools">Find a school</a></p></div>`
        : html`<ul class="schools">${view.featured.map(
            (school) =>
              html`<li><div><h2 dir="auto"><a href="/schools/${school.domain}">${school.name}</a></h2><p class="domain">${school.domain}</p></div><span></span><form method="post" action="/schools/${school.domain}/featured"><input type="hidden" name="to" value="/editor"><button class="button quiet small" name="featured" value="no">Take away<span class="away"> the label of ${school.name}</span></button></form></li>`,
          )}</ul>`
    }</div>`,
  };
}
