import { countryName } from "../content/countries.ts";
import { featuredLabel, ratingLine } from "../design/components.ts";
import { html } from "../design/html.ts";
import type { Page } from "../design/layout.ts";
import type { SchoolView } from "./views.ts";

/** More would not fit beside each other. */
export const compareLimit = 4;

export function comparePage(view: { readonly schools: readonly SchoolView[]; readonly asked: number }): Page {
  const { schools, asked } = view;
  return {
    title: "Schools compared",
    description: "Up to four schools side by side.",
    body: html`
<div class="page"><h1>Schools compared</h1></div>
${asked > compareLimit && html`<div class="gap"><p class="notice bad">You chose ${asked} schools. Four fit side by side: these are the first four.</p></div>`}
${
  schools.length === 0
    ? html`<div class="empty stack section"><h2>Nothing to compare yet</h2><p class="muted">Tick up to four schools in the finder, then choose “Compare the chosen”.</p><p><a class="button" href="/schools">Find schools</a></p></div>`
    : html`<table class="folds gap"><caption>What we know of each school</caption><thead><tr><th scope="col">School</th><th scope="col">Country</th><th scope="col">Rating</th><th scope="col">Domain</th></tr></thead><tbody>${schools.map(
        (school) =>
          html`<tr><th scope="row" dir="auto"><a href="/schools/${school.domain}">${school.name}</a> ${school.featured && featuredLabel}</th><td data-label="Country">${school.country === null ? "Not known" : countryName(school.country)}</td><td data-label="Rating">${ratingLine(school.rating, school.reviewCount)}</td><td data-label="Domain"><span class="domain">${school.domain}</span></td></tr>`,
      )}</tbody></table><p class="gap"><a class="button quiet" href="/schools">Choose others</a></p>`
}`,
  };
}
