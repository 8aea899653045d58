import { countryName } from "../content/countries.ts";
import { featuredLabel, ratingLine } from "../design/components.ts";
import { type Html, html } from "../design/html.ts";
import type { SchoolView } from "./views.ts";

/** Schools in a form whose checked ones are compared. The list says nothing that `featured` could change but the label. */
export function schoolList(schools: readonly SchoolView[]): Html {
  return html`<form action="/compare">
<ul class="schools">${schools.map(
    (school) =>
      html`<li><div><h2 dir="auto"><a href="/schools/${school.domain}">${school.name}</a> ${school.featured && featuredLabel}</h2>${school.otherNames[0] !== undefined && html`<p class="muted small" dir="auto">${school.otherNames[0]}</p>`}<p class="domain">${school.domain}${school.country !== null && html` · ${countryName(school.country)}`}</p></div>${ratingLine(school.rating, school.reviewCount)}<label class="pick"><input type="checkbox" name="school" value="${school.domain}"> Compare<span class="away"> ${school.name}</span></label></li>`,
  )}</ul>
<p class="row compare-row"><button class="button quiet small">Compare the chosen</button><span class="muted small">Up to four</span></p>
</form>`;
}
